"""Leaving when no key says so: SIGTERM, a terminal that was closed. And leaving one that takes no more output."""

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from core.errors import ExitCode

if TYPE_CHECKING:
    from textual.app import App

LEAVE_SECONDS = 4.0
"""After that the process ends whatever still waits: a terminal that takes no more output cannot be given back."""


def leave_on_signals(app: "App[Any]") -> None:
    """Let SIGTERM and SIGHUP leave ``app`` in the orderly way, with exit code 130."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, _leave, app)


def _leave(app: "App[Any]") -> None:
    app.exit(return_code=int(ExitCode.INTERRUPTED))


def end_for_certain(code: int) -> threading.Timer:
    """End this process in a while, whatever keeps it, unless what is returned is cancelled before.

    Children are none of its concern: they notice by themselves.
    """
    watchdog = threading.Timer(LEAVE_SECONDS, os._exit, (code,))
    watchdog.daemon = True
    watchdog.start()
    return watchdog
