"""Which files a user without rights of its own can get to."""

import os
import stat
from collections.abc import Iterable


def reachable_by_anyone(paths: Iterable[str]) -> bool:
    """Whether a user who owns nothing can open all of ``paths`` (they need not exist), judged by their modes."""
    for path in paths:
        current = os.path.realpath(path)
        while True:
            try:
                mode = os.stat(current).st_mode
            except FileNotFoundError:
                mode = stat.S_IFDIR | stat.S_IXOTH
            if not mode & (stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH):
                return False
            parent = os.path.dirname(current)
            if parent == current:
                break
            current = parent
    return True
