"""The terminal belongs to the screen alone while the app runs.

Native code and children write to file descriptors 1 and 2 whatever Python says, and every such byte would land in the
middle of the picture. So both descriptors lead to a log file while the app runs, and Textual gets a handle of its own.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path


@contextmanager
def own_terminal(log: Path) -> Iterator[None]:
    """Lead descriptors 1 and 2 to ``log``; ``sys.__stdout__`` and ``sys.__stderr__`` stay the terminal meanwhile.

    Textual's driver writes to the latter and asks the former for the size. The handle is not inherited by children.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    terminal = os.fdopen(os.dup(1 if os.isatty(1) else 2), "w", encoding="utf-8", errors="replace", newline="")
    saved = [(target, os.dup(target)) for target in (1, 2)]
    streams = sys.__stdout__, sys.__stderr__
    try:
        for target, _ in saved:
            os.dup2(sink, target)
        sys.__stdout__ = sys.__stderr__ = terminal  # type: ignore[misc]
        # Closed, and so flushed, before the descriptors lead back: what was printed meanwhile belongs to the log.
        with (
            open(os.dup(sink), "w", encoding="utf-8", errors="replace", buffering=1) as printed,
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            yield
    finally:
        sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
        for target, copy in saved:
            os.dup2(copy, target)
            os.close(copy)
        os.close(sink)
        terminal.close()
