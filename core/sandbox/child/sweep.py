"""Deleting what hostile programs have written."""

import errno
import os
import time
from itertools import count

_ATTEMPTS = 50


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
