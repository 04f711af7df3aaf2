"""Write a file so that nothing is ever lost: the old content stays until the new one is safely there."""

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from core.errors import UsageError


def write_atomically(path: Path, text: str, *, backup: bool = False) -> Path | None:
    """Replace or make ``path`` with ``text`` (UTF-8, line ends as they are).

    The mode of an existing file is kept; a symbolic link is followed, not replaced.

    Args:
        path: The file.
        text: Its new content.
        backup: Keep the old content beside it as NAME.bak (a further one as NAME.bak2 and so on).

    Returns:
        The backup's path, None if there was nothing to back up.

    Raises:
        UsageError: the file cannot be written; the sentence says why and the old content is untouched.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it.")
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise UsageError(f"{path} is read-only; allow writing to it (chmod u+w), or choose another place.")
    saved: Path | None = None
    try:
        if backup and target.exists():
            saved = _free_name(target)
            _copy(target, saved)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    except OSError as error:
        if saved is not None:
            with contextlib.suppress(OSError):
                saved.unlink()
        gone = isinstance(error, FileNotFoundError) and not target.parent.is_dir()
        why = "its folder is gone" if gone else error.strerror or error
        raise UsageError(f"{path} could not be written ({why}); nothing was changed, choose another place.") from None
    return saved


def check_writable(path: Path) -> None:
    """Find out before long work whether ``path`` can be written at its end.

    Raises:
        UsageError: its folder does not exist or cannot be written to, or it is a folder itself.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; make it first, or choose another place.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise UsageError(f"The folder of {path} cannot be written to; choose another place.")


def _copy(source: Path, copy: Path) -> None:
    """A whole copy or none: half of one, left by a full disk, would look like a backup."""
    try:
        shutil.copy2(source, copy)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            copy.unlink()
        raise


def _free_name(path: Path) -> Path:
    number = 1
    while True:
        candidate = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        if not candidate.exists():
            return candidate
        number += 1


def _umask() -> int:
    # There is no way to read the umask but to set it; the program has one thread that does this.
    mask = os.umask(0)
    os.umask(mask)
    return mask
