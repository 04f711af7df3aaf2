"""A data set in the judge's form, made once from its file and kept in the cache folder."""

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.bench.datasets.known import KNOWN, Kind, find_file
from core.errors import DataError, UsageError
from core.paths import cache_dir

_FORM = 4
"""Of the files that ``prepare`` and the judge write; another number means another folder."""
INSTALL = "the judge needs EvalPlus: pip install 'secondpass[bench]' (make bench in a checkout)"
_HEAD = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One task, without its inputs. ``base`` and ``plus`` count the inputs of the two parts."""

    task_id: str
    entry_point: str
    prompt: str
    canonical_solution: str
    atol: float
    base: int
    plus: int
    number: int
    """Its place in the file, from 0."""

    @property
    def canonical(self) -> str:
        """The reference solution as a whole program."""
        return self.prompt + self.canonical_solution


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A prepared data set. ``digest`` is the md5 of the unpacked file, the one that EvalPlus publishes."""

    name: str
    title: str
    kind: Kind
    digest: str
    source: Path
    folder: Path
    problems: Mapping[str, Problem] = field(repr=False)

    def inputs_file(self, problem: Problem) -> Path:
        """The inputs of a task."""
        return self.folder / "tasks" / f"{problem.number}.inputs"

    def truth_file(self, problem: Problem) -> Path:
        """The expected results of a task; the judge makes it when it is first needed."""
        return self.folder / "tasks" / f"{problem.number}.truth"

    def canonical_file(self, problem: Problem) -> Path:
        """The reference solution, for the process that computes the expected results: no other may know it."""
        return self.folder / "tasks" / f"{problem.number}.canonical"

    def reference_seconds(self, problem: Problem) -> float | None:
        """Processor time of the canonical solution on all inputs; None while it is not known."""
        with contextlib.suppress(OSError, ValueError):
            with self.truth_file(problem).open("rb") as file:
                parts: dict[str, float] = json.loads(file.readline(_HEAD))
            return sum(parts.values())
        return None


def open_dataset(name: str, *, data: Path | None = None, environ: Mapping[str, str] | None = None) -> Dataset:
    """The data set of this name, read from ``data`` or from where this machine has it.

    Args:
        name: One of ``DATASET_NAMES``.
        data: A JSONL file, packed with gzip or not, in the data set's format; it need not be the published one.
        environ: Instead of ``os.environ``.

    Raises:
        DataError: The file is not on this machine, is damaged, or is not in this format.
        UsageError: There is no data set of this name, or EvalPlus is not installed.
    """
    known = KNOWN.get(name)
    if known is None:
        raise UsageError(f"There is no data set {name!r}; there are {', '.join(KNOWN)}.")
    source = data if data is not None else find_file(known, environ=environ)
    if source is None:
        raise DataError(
            f"{known.title} is not on this machine; `secondpass bench data fetch {name}` downloads it, "
            f"`secondpass bench data import FILE` takes a file you have, --data FILE uses one where it is."
        )
    digest = _digest(source)
    folder = prepared_folder(known.kind, digest)
    if not (folder / "index.json").is_file():
        _prepare(known.kind, source, folder)
    title = known.title if digest == known.md5 else f"{known.title} ({source.name})"
    return dataset_in(folder, name=name, title=title, kind=known.kind, digest=digest, source=source)


def dataset_in(folder: Path, *, name: str, title: str, kind: Kind, digest: str, source: Path) -> Dataset:
    """The data set that is prepared in ``folder``. Raises DataError."""
    index = _index(folder)
    problems = {task["task_id"]: Problem(number=number, **task) for number, task in enumerate(index)}
    return Dataset(name=name, title=title, kind=kind, digest=digest, source=source, folder=folder, problems=problems)


def prepared_folder(kind: Kind, digest: str) -> Path:
    """Where a data set is, or will be, prepared for this version of Python. Raises SecondpassError."""
    # Results of canonical solutions can differ between versions of Python.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache_dir("judge") / f"{kind}-{digest}-py{version}-{_FORM}"


def _digest(source: Path) -> str:
    try:
        digest = hashlib.md5(usedforsecurity=False)
        with _opened(source) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(f"{source} cannot be read ({reason}); name another file with --data.") from error
    return digest.hexdigest()


def _opened(source: Path) -> Any:
    return gzip.open(source, "rb") if source.suffix == ".gz" else source.open("rb")


def _index(folder: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        tasks: list[dict[str, Any]] = content["tasks"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"The prepared data set {folder} is damaged ({error}); delete this folder.") from error
    return tasks


def _prepare(kind: Kind, source: Path, folder: Path) -> None:
    with new_folder(folder) as made:
        script = str(Path(__file__).with_name("prepare.py"))
        process = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", script, kind, str(source.absolute()), str(made)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=made,
            check=False,
        )
        last = process.stdout.decode(errors="replace").strip().rpartition("\n")[2]
        try:
            answer = json.loads(last)
        except ValueError:
            said = process.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise DataError(f"{source} cannot be read as a data set ({said or 'no reason given'}).") from None
        if "missing" in answer:
            raise UsageError(f"EvalPlus is not installed here, and {INSTALL}.")
        if "problem" in answer:
            raise DataError(f"{source} is not in the format of {KNOWN_BY_KIND[kind]}: {answer['problem']}.")


KNOWN_BY_KIND: dict[Kind, str] = {known.kind: known.title for known in KNOWN.values() if known.url}


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder that becomes ``folder`` when all went well; two that make it at once do not disturb each other."""
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        yield made
        try:
            os.rename(made, folder)
        except OSError:
            if not (folder / "index.json").is_file():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
