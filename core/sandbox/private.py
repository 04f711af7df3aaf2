"""The folder that one run of the sandbox keeps its files in."""

import errno
import os
import tempfile
import time
from itertools import count

from core.errors import SandboxError
from core.sandbox.child.reach import reachable_by_anyone

_ATTEMPTS = 50


def make() -> str:
    """A new folder that others may pass through but not look into. Raises SandboxError."""
    parents = [tempfile.gettempdir()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # The code will run as a user of its own, who has to get there.
        parents = [path for path in (*parents, "/tmp", "/var/tmp") if reachable_by_anyone([path])]
    try:
        folder = os.path.realpath(tempfile.mkdtemp(prefix="secondpass-", dir=parents[0] if parents else None))
        os.chmod(folder, 0o711)
    except OSError as error:
        raise SandboxError(
            f"No private folder for running code can be made: {error}; free some space, or set TMPDIR."
        ) from error
    return folder


def remove(folder: str) -> None:
    """Delete ``folder`` and all in it, however deep and with whatever modes; its processes must have ended.

    Folders are moved up before they are emptied, so that neither recursion nor long paths can get in the way.
    """
    names = count()
    attempts = 0
    pending = [folder]
    while pending:
        current = pending[-1]
        try:
            os.chmod(current, 0o700)
            with os.scandir(current) as entries:
                for entry in list(entries):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                    elif current == folder:
                        pending.append(entry.path)
                    else:
                        moved = os.path.join(folder, f"moved-{os.getpid()}-{next(names)}")
                        os.chmod(entry.path, 0o700)  # its ".." entry changes, which takes the right to write it
                        os.rename(entry.path, moved)
                        pending.insert(1, moved)
            if current == folder and len(pending) > 1:
                continue
            os.rmdir(current)
            pending.remove(current)
        except FileNotFoundError:
            pending.remove(current)
        except OSError as error:
            # A process that was killed a moment ago may still finish a write.
            attempts += 1
            if error.errno != errno.ENOTEMPTY or attempts > _ATTEMPTS:
                raise
            time.sleep(0.01)
