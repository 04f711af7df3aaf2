"""Accepting code into a file: nothing is overwritten that the person has not seen and agreed to lose."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from core.errors import SecondpassError
from core.saving import write_atomically

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")


class SaveError(SecondpassError):
    """The code could not be saved; nothing was changed."""


class ChangedError(SaveError):
    """The file is not, or no more, the one that the person agreed to replace."""


@dataclass(frozen=True, slots=True)
class Existing:
    """A file that is in the way, as it was when the person saw it."""

    size: int
    modified_ns: int
    lines: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the code went; ``backup`` holds what was there before, None if there was nothing."""

    path: Path
    backup: Path | None


def suggested_name(name: str | None, filename: str | None, folder: Path) -> str:
    """A file name for the code: the function's or class's own, else the spec's with .py, else solution.py.

    It is not the spec's own file in ``folder``: that would be the first victim of an absent-minded Enter.
    """
    if name and _IDENTIFIER.match(name):
        proposal = f"{name}.py"
    elif filename and Path(filename).stem not in ("", "-"):
        proposal = f"{Path(filename).stem}.py"
    else:
        proposal = "solution.py"
    if filename and Path(filename).name == proposal and (folder / proposal).exists():
        return f"{Path(proposal).stem}_solution.py"
    return proposal


def target(text: str, folder: Path) -> Path:
    """The file that ``text`` means, seen from ``folder``; links are followed.

    Raises:
        SaveError: it is empty, a folder, not a regular file, or lies in a folder that does not exist.
    """
    if not text.strip():
        raise SaveError("Type a file name.")
    try:
        path = (folder / Path(text.strip()).expanduser()).resolve()
        mode = path.stat().st_mode if path.exists() else None
    except (OSError, RuntimeError, ValueError) as error:
        raise SaveError(f"{text} cannot be used as a file name ({_why(error)}); type another one.") from error
    if mode is not None and stat.S_ISDIR(mode):
        raise SaveError(f"{path} is a folder; add a file name.")
    if mode is not None and not stat.S_ISREG(mode):
        raise SaveError(f"{path} is not an ordinary file; type another name.")
    if not path.parent.is_dir():
        raise SaveError(f"The folder {path.parent} does not exist; make it first or type another name.")
    return path


def look_at(path: Path) -> Existing | None:
    """What is at ``path`` now, None if nothing is.

    Raises:
        SaveError: it cannot be read.
    """
    try:
        status = path.stat()
        return Existing(status.st_size, status.st_mtime_ns, path.read_bytes().count(b"\n"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SaveError(f"{path} cannot be read ({_why(error)}); type another name.") from error


def save(path: Path, code: str, *, replacing: Existing | None) -> Saved:
    """Write ``code`` to ``path``, whole or not at all.

    ``replacing`` is the file the person agreed to replace; a copy of it is kept beside it.

    Raises:
        ChangedError: what is at ``path`` is not what the person agreed to.
        SaveError: it cannot be written.
    """
    now = look_at(path)
    if now != replacing:
        raise ChangedError(
            f"{path} exists; say whether it may be replaced."
            if replacing is None
            else f"{path} was changed in the meantime; look at it before you replace it."
        )
    text = code if code.endswith("\n") else f"{code}\n"
    try:
        backup = write_atomically(path, text, backup=now is not None)
    except SecondpassError as error:
        raise SaveError(str(error)) from error
    return Saved(path, backup)


def _why(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
