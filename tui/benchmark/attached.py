"""``secondpass`` as a child of the screen: stops as if by Ctrl+C once whoever started it is gone, however it ended."""

import os
import signal
import threading


def main() -> None:
    """The command line, until standard input, a pipe that the parent holds open, is closed."""
    threading.Thread(target=_watch, name="parent", daemon=True).start()
    from tui.cli import main as command_line

    command_line()


def _watch() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
