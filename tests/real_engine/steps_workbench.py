"""Steps: the Workbench in a pseudo-terminal, driven by keys and read from the screen."""

import time
from collections.abc import Callable
from types import TracebackType

import pexpect
import pyte
from answers import ENDLESS, SCRIPTS, Script
from backends import PATIENT, Backend
from programs import SECONDPASS, Home
from report import CheckError, Report, expect

COLUMNS, ROWS = 140, 44
EDITOR_COLUMNS = 54
F4 = "\x1bOS"
ESCAPE = "\x1b"
TAB = "\t"
SPEC_HAS_FOCUS = "┏━ Spec"
_STILL = 0.5
"""Seconds without a change after which a screen is taken to be complete."""

LONGEST_SPEC = 40
"""Presses of Ctrl+K that empty the editor: two for each line of a spec."""

PAGE_UP, HOME, CONTROL_K = "\x1b[5~", "\x1b[H", "\x0b"
QUIT = "\x11"


class Terminal:
    """A program in a pseudo-terminal of 140 x 44 cells, and what its screen shows."""

    def __init__(self, home: Home, arguments: list[str]) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        environment = home.environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        for variable in ("COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(variable, None)
        self._program = pexpect.spawn(
            str(SECONDPASS), arguments, env=environment, cwd=str(home.folder), dimensions=(ROWS, COLUMNS), timeout=None
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.close(force=True)

    @property
    def pid(self) -> int:
        return int(self._program.pid)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        self._program.send(keys)

    def paste(self, text: str) -> None:
        """Put ``text`` where the cursor is, as a terminal does with a clipboard."""
        self._program.send(f"\x1b[200~{text}\x1b[201~")

    def wait(self, what: str, holds: Callable[[str], bool], seconds: float = 90.0) -> None:
        """Read the screen until ``holds`` is true of it.

        Raises:
            CheckError: it did not become true in time, or the program ended.
        """
        deadline = time.monotonic() + seconds
        while not holds(self.text):
            expect(
                time.monotonic() < deadline, f"{what} was not shown within {seconds:.0f} s; the screen:\n{self.text}"
            )
            self._read()

    def changed_by(self, keys: str, seconds: float = 3.0) -> None:
        """Press ``keys`` and read until the screen is another one and stands still, or the time is over."""
        before, deadline = self.text, time.monotonic() + seconds
        self.press(keys)
        while self.text == before and time.monotonic() < deadline:
            self._read()
        # A screen arrives in pieces: what a key did is not told by the first of them.
        shown, since = self.text, time.monotonic()
        while time.monotonic() - since < _STILL and time.monotonic() < deadline + _STILL:
            self._read()
            if self.text != shown:
                shown, since = self.text, time.monotonic()

    def read(self, seconds: float) -> None:
        """Take in what is shown for some time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read()

    def quit(self, seconds: float = 30.0) -> int:
        """Leave with the program's own key; returns the exit code.

        Raises:
            CheckError: it did not end.
        """
        self.press(QUIT)
        deadline = time.monotonic() + seconds
        while self._program.isalive():
            expect(time.monotonic() < deadline, f"the Workbench did not end; the screen:\n{self.text}")
            self._read(ended_is_fine=True)
        self._program.close()
        return int(self._program.exitstatus if self._program.exitstatus is not None else -1)

    def _read(self, *, ended_is_fine: bool = False) -> None:
        try:
            self._stream.feed(self._program.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            if not ended_is_fine:
                raise CheckError(f"the Workbench ended; its last screen:\n{self.text}") from None


def check_workbench(report: Report, home: Home, backend: Backend) -> None:
    """Run a spec, stop a stream, kill the server in the middle of an answer, and run again, all on one screen."""
    with Terminal(home, ["--pair", PATIENT]) as terminal:
        with report.step("Workbench: a spec becomes code that passes") as step:
            terminal.wait("the Workbench", lambda text: "Spec" in text and PATIENT in text)
            step.saw(run_spec(terminal, SCRIPTS[0]))
        with report.step("Workbench: Esc stops a stream") as step:
            start_endless(terminal)
            begun = time.monotonic()
            terminal.press(ESCAPE)
            terminal.wait("that the run was stopped", lambda text: "Stopped." in text)
            expect("total += 1" in terminal.text, f"the partial draft is gone:\n{terminal.text}")
            step.saw(f"shown {time.monotonic() - begun:.2f} s after the key, the partial draft stays")
        with report.step("Workbench: server killed in the middle of an answer, started again") as step:
            start_endless(terminal)
            backend.kill(terminal.pid)
            terminal.wait("the error", lambda text: "Error:" in text)
            expect("total += 1" in terminal.text, f"the partial draft is gone:\n{terminal.text}")
            step.saw("one error on the screen, the partial draft stays")
            step.saw(f"server {backend.start()}")
            step.saw(f"next run: {run_spec(terminal, SCRIPTS[1])}")
            expect(terminal.quit() == 0, "the Workbench did not exit with 0")


def run_spec(terminal: Terminal, script: Script) -> str:
    """Put the spec into the editor, run it, and wait until its fix stands; returns what the screen says of it.

    Raises:
        CheckError: the screen does not say so.
    """
    enter_spec(terminal, script)
    terminal.press(F4)
    examples = script.path.read_text(encoding="utf-8").count(">>>")
    said = f"fix 1 stands and passes {examples} of {examples} examples"
    begun = time.monotonic()
    terminal.wait(said, lambda text: f"Done: {said}" in text)
    return f"{said}, {time.monotonic() - begun:.1f} s after F4"


def start_endless(terminal: Terminal) -> None:
    """Run the spec whose draft never ends until a good part of it is on the screen."""
    enter_spec(terminal, ENDLESS)
    terminal.press(F4)

    def streams(text: str) -> bool:
        return "[DRAFT]" in text and text.count("total += 1") > 10

    # The draft of the run before may still be on the screen when this one's stage is: it is gone a moment later.
    terminal.wait("the stream", streams)
    terminal.read(_STILL)
    terminal.wait("the stream of this run", streams)


def focus_spec(terminal: Terminal) -> None:
    """Tab to the spec editor; its heavy border says when it has the focus.

    Raises:
        CheckError: it never gets it.
    """
    for _ in range(20):
        if SPEC_HAS_FOCUS in terminal.text:
            return
        terminal.changed_by(TAB)
    raise CheckError(f"Tab does not lead to the spec editor; the screen:\n{terminal.text}")


def enter_spec(terminal: Terminal, script: Script) -> None:
    """Replace what the editor holds."""
    spec = script.path.read_text(encoding="utf-8")
    focus_spec(terminal)
    # Keys and pasted text take different ways into the editor, so one is seen done before the other is sent.
    if "def " in editor_text(terminal.text):
        terminal.press(2 * PAGE_UP + HOME + LONGEST_SPEC * CONTROL_K)
        terminal.wait("an empty editor", lambda text: '"""' not in editor_text(text))
    terminal.paste(spec)
    terminal.wait("the spec", lambda text: f"def {script.name}(" in editor_text(text) and '"""' in editor_text(text))


def editor_text(screen: str) -> str:
    """What stands in the spec editor, the left part of the screen."""
    return "\n".join(line[:EDITOR_COLUMNS] for line in screen.splitlines())
