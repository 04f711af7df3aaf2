"""The start of the program on a terminal: what can wait until after the first picture waits."""

import asyncio
import contextlib
import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

PATIENCE_SECONDS = 0.5
"""A start that takes longer says that it is one: the first after an installation, or on a busy machine."""
WORD = "secondpass is starting…"
_FORGET = "\r\x1b[2K"

REST = (
    "tui.workbench.live",
    "tui.workbench.lint_lines",
    "analyzers.lint",
    "core.chosen",
    "core.gain.store",
    "pygments.lexers.python",
    "tui.diff.screen",
    "tui.workbench.accept",
)
"""What the first picture does without, and the first keys of a person do not; the soonest needed comes first."""


@contextmanager
def starting(terminal: int) -> Iterator[None]:
    """Load the program within. Where that takes long a line says so, and is gone again at the end.

    Args:
        terminal: The file descriptor of the terminal.
    """
    over = threading.Lock()
    said = False

    def say() -> None:
        nonlocal said
        if over.acquire(blocking=False):
            said = True
            _ = os.write(terminal, WORD.encode())
            over.release()

    timer = threading.Timer(PATIENCE_SECONDS, say)
    timer.daemon = True
    timer.start()
    gc.disable()  # modules are no garbage, and every look at them costs as much as loading some of them
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        timer.cancel()
        over.acquire()
        if said:
            _ = os.write(terminal, _FORGET.encode())


def load_the_rest() -> None:
    """Load in a thread what was left out, and keep it all out of full collections, which stop the loop for 100 ms."""
    loop = asyncio.get_running_loop()

    def load() -> None:
        for name in REST:
            _ = import_module(name)
        with contextlib.suppress(RuntimeError):  # the program was left meanwhile
            loop.call_soon_threadsafe(gc.freeze)

    threading.Thread(target=load, name="load the rest", daemon=True).start()
