"""Accepting code into a file: nothing is overwritten that the person has not seen and agreed to lose."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from core.errors import SecondpassError
from core.saving import write_atomically

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")


class SaveError(SecondpassError):
    """The code could not be saved, or a save not taken back; nothing was changed."""


class ChangedError(SaveError):
    """The file is not, or no more, the one that the person agreed to replace."""


class NoFolderError(SaveError):
    """The folder of the file does not exist. ``folder`` is its path."""

    def __init__(self, message: str, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Existing:
    """A file that is in the way, as it was when the person saw it. ``digest`` is the SHA-256 of its content."""

    digest: str
    lines: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the code went; ``backup`` holds what was there before, None if there was nothing."""

    path: Path
    backup: Path | None
    digest: str


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


def seen_from(path: Path, folder: Path) -> str:
    """``path`` as it is named in ``folder``: relative to it where it lies in it."""
    return str(path.relative_to(folder.resolve()) if path.is_relative_to(folder.resolve()) else path)


def target(text: str, folder: Path) -> Path:
    """The file that ``text`` means, seen from ``folder``; "~" and links are followed.

    Raises:
        NoFolderError: it lies in a folder that does not exist.
        SaveError: it is empty, a folder, or not a regular file.
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
    if text.strip().endswith(("/", os.sep)):
        raise SaveError(f"{text} names a folder; add a file name.")
    if path.parent.exists() and not path.parent.is_dir():
        raise SaveError(f"{path.parent} is a file, not a folder; type another name.")
    if not path.parent.is_dir():
        raise NoFolderError(f"The folder {path.parent} does not exist.", path.parent)
    return path


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it.

    Raises:
        SaveError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"The folder {folder} cannot be made ({_why(error)}); type another name.") from error


def look_at(path: Path) -> Existing | None:
    """What is at ``path`` now, None if nothing is.

    Raises:
        SaveError: it cannot be read.
    """
    content = _content(path)
    return None if content is None else Existing(_digest(content), content.count(b"\n"))


def read_existing(path: Path) -> tuple[str, Existing]:
    """The text at ``path`` and what it was when it was read.

    Raises:
        SaveError: it is gone, cannot be read, or is no UTF-8 text.
    """
    content = _content(path)
    if content is None:
        raise SaveError(f"{path} is gone in the meantime; press Enter to save there.")
    try:
        return content.decode("utf-8"), Existing(_digest(content), content.count(b"\n"))
    except UnicodeDecodeError as error:
        raise SaveError(
            f"{path} is not UTF-8 text (byte {error.start}), so the change cannot be shown; replace it or type another "
            "name."
        ) from error


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
    return Saved(path, backup, _digest(text.encode("utf-8", "backslashreplace")))


def with_ends_of(existing: str, text: str) -> str:
    """``text`` with the line ends of ``existing``: CRLF if all of its lines end so."""
    crlf = existing.count("\r\n")
    return text.replace("\n", "\r\n") if crlf and crlf == existing.count("\n") else text


def take_back(path: Path, *, digest: str, backup: Path | None, replaced: bool) -> bool:
    """Undo a save: what was there before comes back, a file that was new goes. Returns whether something came back.

    Args:
        path: The file that was written.
        digest: SHA-256 of what was written.
        backup: The copy of what was there before, None where there was nothing.
        replaced: Whether there was something.

    Raises:
        SaveError: somebody changed the file since, or it or its copy is gone; nothing was changed.
    """
    if not digest or (replaced and backup is None):
        raise SaveError(f"The session does not say what was in {path} before; look for a copy beside it ({path}.bak).")
    content = _content(path)
    if content is None:
        raise SaveError(f"{path} is gone; there is nothing to take back." + (f" {backup} is kept." if backup else ""))
    if _digest(content) != digest:
        kept = f" What was there before is in {backup}." if backup else ""
        raise SaveError(f"{path} was changed since it was saved, so it stays as it is.{kept}")
    try:
        if backup is None:
            path.unlink()
        elif not backup.exists():
            raise SaveError(f"The copy {backup} is gone, so {path} stays as it is.")
        else:
            os.replace(backup, path)
    except OSError as error:
        raise SaveError(f"{path} could not be changed ({_why(error)}); it stays as it is.") from error
    return backup is not None


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SaveError(f"{path} cannot be read ({_why(error)}); type another name.") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _why(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
