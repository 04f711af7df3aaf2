"""One writer of runs at a time."""

from contextlib import AbstractContextManager
from pathlib import Path

from core.errors import UsageError
from core.locks import held


def writing(store: Path) -> AbstractContextManager[None]:
    """Hold the lock of the store at ``store``; the system gives it back however the process ends.

    Raises:
        UsageError: Another process holds it.
        OSError: The lock file cannot be made.
    """
    sentence = "Another benchmark run is going on (one at a time: both would share the GPU); wait for it, or stop it."
    return held(Path(f"{store}.lock"), UsageError(sentence))
