"""The installed command in a pseudo-terminal, and the screen it paints."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from tests.tui.driving import flowing

PATIENCE = 60.0
"""Seconds a test waits for what it expects: the machine may be busy."""
_FRAME = 0.2
"""Seconds for which output that does not end is taken in before the screen is looked at."""


class Terminal:
    """A program in a pseudo-terminal of ``rows`` x ``columns``; its output is kept and painted on a screen."""

    def __init__(self, *arguments: str, cwd: Path, size: tuple[int, int] = (120, 40), **environ: str) -> None:
        columns, rows = size
        self.raw = bytearray()
        self._painted = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environ}
        for variable in ("NO_COLOR", "COLUMNS", "LINES"):
            if variable not in environ:
                environment.pop(variable, None)
        self.process = pexpect.spawn(
            arguments[0], list(arguments[1:]), cwd=str(cwd), env=environment, dimensions=(rows, columns), timeout=None
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close(force=True)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(row.rstrip() for row in self._paint().display)

    @property
    def cells(self) -> list[str]:
        """The rows with every cell: the second one of a wide character is empty."""
        screen = self._paint()
        columns = range(screen.columns)
        return ["".join(row[x].data for x in columns) for row in (screen.buffer[y] for y in range(screen.lines))]

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        self._paint().resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program writes within ``seconds``, of which a pseudo-terminal hands over 4 kB at a time;
        whether there was any."""
        try:
            data = self.process.read_nonblocking(65536, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += data
        return True

    def _paint(self) -> pyte.Screen:
        # Only when the screen is looked at: the emulator takes far longer for a frame than a terminal does, and a
        # program whose output is not read waits.
        self._stream.feed(bytes(self.raw[self._painted :]))
        self._painted = len(self.raw)
        return self._screen

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Return when ``condition()`` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"never came true: {what}\n{self.text}"
            self.read()
            # To the end of the frame: amid it the screen is new above and old below.
            frame = time.monotonic() + _FRAME
            while self.read(0.01) and time.monotonic() < frame:
                pass

    def shows(self, words: str) -> None:
        """Return when ``words`` stand on the screen, wherever lines break."""
        self.until(lambda: words in self.text or words in flowing(self.text), f"the screen shows {words!r}")

    def press(self, keys: str) -> None:
        """Send what a terminal sends for ``keys``."""
        self.process.send(keys)

    def paste(self, text: str) -> None:
        """Send ``text`` as a terminal sends what is pasted."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def leave(self) -> float:
        """Quit with Ctrl+C twice; returns the seconds from the second one to the end of the process."""
        self.press("\x03")
        # At once: on a busy machine the two seconds in which the second one counts pass before they are told of.
        self.press("\x03")
        begun = time.monotonic()
        while self.process.isalive():
            assert time.monotonic() - begun < PATIENCE, self.text
            self.read(0.01)
        self.read()
        return time.monotonic() - begun


def secondpass() -> str:
    """The installed command of this environment."""
    beside = Path(sys.executable).with_name("secondpass")
    found = str(beside) if beside.is_file() else shutil.which("secondpass")
    assert found, "install the project first: make test does"
    return found


F1, F4, F5, F6 = "\x1bOP", "\x1bOS", "\x1b[15~", "\x1b[17~"
ESCAPE, ENTER, TAB, END, CTRL_S, CTRL_T = "\x1b", "\r", "\t", "\x1b[F", "\x13", "\x14"
