"""Drafts out of files: a folder of Python programs, or samples as JSON lines."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from analyzers.spec import Spec
from core.deep.drafts import Draft
from core.errors import UsageError
from core.patterns.candidates import extract_program

_MOST_BYTES = 64_000_000
_TEXTS = ("solution", "completion", "response")
"""Where a line holds its program: EvalPlus's two fields, then an answer as a model gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """One program, or an answer that holds one. ``task`` and ``name`` say what it is for, "" where nothing does."""

    text: str
    origin: str
    task: str = ""
    name: str = ""


class StoredDrafts:
    """The drafts of a file or folder."""

    def __init__(self, place: Path, stored: tuple[_Stored, ...]) -> None:
        self._place = place
        self._stored = stored

    def of(self, spec: Spec, stem: str) -> tuple[Draft, ...]:
        """The drafts for ``spec``, which stands in a file called ``stem`` (without its suffix).

        A sample is for it if its task is called like the file ("HumanEval/47", HumanEval_47.py); else if it says, or
        defines, the spec's name.

        Raises:
            UsageError: several tasks define that name and none is called like the file.
        """
        name = spec.name
        if name is None:
            return ()
        chosen = [one for one in self._stored if one.task and _plain(one.task) == _plain(stem)]
        if not chosen:
            defines = re.compile(rf"^(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", re.M)
            chosen = [
                one
                for one in self._stored
                if one.name == name or (not one.name and defines.search(one.text) is not None)
            ]
            tasks = sorted({one.task for one in chosen if one.task})
            if len(tasks) > 1:
                raise UsageError(
                    f"{self._place} holds drafts of {name} for several tasks ({', '.join(tasks[:3])}); give the spec's "
                    f"file the name of one, such as {_plain(tasks[0])}.py."
                )
        found = [(one, extract_program(spec, one.text)) for one in chosen]
        return tuple(Draft(extraction.code, one.origin) for one, extraction in found if extraction.code is not None)


def read_drafts(place: Path) -> StoredDrafts:
    """Read drafts.

    Args:
        place: JSON lines, each with ``solution`` or ``completion`` (EvalPlus's samples), or ``response`` (a raw
            answer), and with ``task_id`` or ``entry_point``; or a folder, all of whose ``NAME.py``, ``NAME-WHICH.py``
            and ``NAME/WHICH.py`` are drafts of NAME.

    Raises:
        UsageError: there is nothing there, or it is no such thing; the sentence says where.
    """
    if place.is_dir():
        stored = tuple(_from_folder(place))
        if not stored:
            raise UsageError(f"The folder {place} holds no .py file; name the drafts of a spec NAME-1.py, NAME-2.py.")
        return StoredDrafts(place, stored)
    return StoredDrafts(place, tuple(_from_lines(place, _read(place))))


def _from_folder(folder: Path) -> list[_Stored]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        names = [part.removesuffix(".py") for part in reversed(relative.parts)]
        text = _read(path)
        # "median-2.py", "median.gpt.py" and "median/2.py" are drafts of median; the name is the one that it defines.
        name = next(
            (
                start
                for part in names
                for start in (part, re.split(r"[-.]", part)[0], re.sub(r"_\d+\Z", "", part))
                if start.isidentifier() and _defines(text, start)
            ),
            None,
        )
        if name is not None:
            found.append(_Stored(text=text, origin=relative.as_posix(), name=name))
    return found


def _from_lines(place: Path, text: str) -> list[_Stored]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            sample = json.loads(line)
            if not isinstance(sample, dict):
                raise ValueError("not an object")
            field = next(field for field in _TEXTS if isinstance(sample.get(field), str))
        except (ValueError, RecursionError):
            raise UsageError(f"{place}, line {number}: this is not a JSON object; drafts are JSON lines.") from None
        except StopIteration:
            raise UsageError(f'{place}, line {number}: there is no "solution" or "completion" (a text).') from None
        found.append(
            _Stored(
                text=sample[field],
                origin=f"{place.name}, line {number}",
                task=_text(sample.get("task_id")),
                name=_text(sample.get("entry_point")),
            )
        )
    if not found:
        raise UsageError(f"{place} holds no drafts; write samples to it, one JSON object a line.")
    return found


def _defines(text: str, name: str) -> bool:
    return re.search(rf"^(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", text, re.M) is not None


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _plain(task: str) -> str:
    return re.sub(r"\W+", "_", task).strip("_").lower()


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"There are no drafts at {path}; check --drafts-from.") from None
    except OSError as error:
        raise UsageError(f"The drafts in {path} cannot be read ({error.strerror}); check its permissions.") from None
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB; cut the drafts out that are needed.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.") from None
