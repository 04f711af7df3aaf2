"""Samples made elsewhere, in EvalPlus's formats: JSONL with ``solution`` or ``completion``, or a folder per task."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.bench.datasets import Dataset
from core.bench.datasets.prepared import Problem
from core.errors import UsageError
from core.extraction import extract_code

LONGEST_LINE = 50_000_000
"""Characters; a line this long is no sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One program to judge; ``number`` counts the samples of its task from 0."""

    task: str
    number: int
    code: str


def read_samples(path: Path, dataset: Dataset, *, extract: bool = False) -> tuple[Sample, ...]:
    """All samples of ``path``, in its order.

    A sample is its ``solution``, or the task's prompt and its ``completion``, as it stands. ``extract`` takes the code
    out of an answer as a run does (a completion is then the answer, without the prompt).

    Args:
        path: A file (.jsonl, packed with gzip or not), or EvalPlus's folder (``HumanEval_0/0.py``).
        dataset: What they are samples of.
        extract: See above.

    Raises:
        UsageError: It cannot be read, a line is no sample, a task is unknown, or there is no sample at all.
    """
    found: list[Sample] = []
    counts: dict[str, int] = {}
    for where, task, text, whole in _folder(path, dataset) if path.is_dir() else _file(path):
        problem = dataset.problems.get(task)
        if problem is None:
            raise UsageError(
                f"{where}: {dataset.title} has no task {task!r}; is this another data set (--dataset, --data)?"
            )
        number = counts[task] = counts.get(task, -1) + 1
        found.append(Sample(task, number, _code(text, problem, whole=whole, extract=extract)))
    if not found:
        raise UsageError(f'{path} holds no samples; a line is {{"task_id": ..., "solution": ...}}.')
    return tuple(found)


def _code(text: str, problem: Problem, *, whole: bool, extract: bool) -> str:
    if not extract:
        return text if whole else problem.prompt + text
    taken = extract_code(text, entry_point=problem.entry_point)
    return taken.code or ""


def _file(path: Path) -> Iterator[tuple[str, str, str, bool]]:
    """Where, task, text, and whether the text is a whole program."""
    try:
        with _opened(path) as file:
            # Not line by line of the file: a packed one can hold gigabytes without a line's end.
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), ""), start=1):
                if line.strip():
                    yield _sample(f"{path}, line {number}", line)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not a file of samples: it is not UTF-8 text ({error.reason}).") from None
    except (OSError, EOFError, zlib.error) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(f"{path} cannot be read ({why}); name a file or folder of samples.") from None


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8")


def _sample(where: str, line: str) -> tuple[str, str, str, bool]:
    if len(line) > LONGEST_LINE:
        raise UsageError(f"{where}: the line has more than {LONGEST_LINE:,} characters, which is no sample.")
    try:
        content: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error}); correct or remove the line.") from None
    if not isinstance(content, dict) or not isinstance(content.get("task_id"), str):
        raise UsageError(f"{where}: not a sample, which is an object with a task_id; correct or remove the line.")
    for key, whole in (("solution", True), ("completion", False)):
        if key in content:
            if not isinstance(content[key], str):
                raise UsageError(f"{where}: {key} is not a text; write one line for each sample.")
            return where, content["task_id"], content[key], whole
    raise UsageError(f"{where}: neither solution nor completion; a sample has one of them.")


def _folder(path: Path, dataset: Dataset) -> Iterator[tuple[str, str, str, bool]]:
    # EvalPlus writes the slashes of a task's name as underscores.
    tasks = {task.replace("/", "_"): task for task in dataset.problems}
    for folder in sorted(each for each in path.iterdir() if each.is_dir()):
        task = tasks.get(folder.name, "/".join(folder.name.rsplit("_", 1)))
        for file in sorted(folder.glob("*.py"), key=lambda each: (len(each.stem), each.stem)):
            try:
                yield str(file), task, file.read_text(encoding="utf-8"), True
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{file} cannot be read ({error}); correct or remove it.") from None
