"""Locks between programs: a file that one process holds at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import SecondpassError


@contextlib.contextmanager
def held(path: Path, taken: SecondpassError) -> Iterator[None]:
    """Hold the lock at ``path``; the system gives it back however the process ends.

    Raises:
        SecondpassError: ``taken``, if another process holds it.
        OSError: The lock file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise taken from None
        yield
    finally:
        os.close(descriptor)
