"""One writer of runs at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import UsageError


@contextlib.contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold the lock of the store at ``store``; the system gives it back however the process ends.

    Raises:
        UsageError: Another process holds it.
        OSError: The lock file cannot be made.
    """
    descriptor = os.open(f"{store}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "Another benchmark run is going on (one at a time: both would share the GPU); wait for it, or stop it."
            ) from None
        yield
    finally:
        os.close(descriptor)
