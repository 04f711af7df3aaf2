"""A command of the person's own, while it runs and when it has ended."""

import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from core.child import Child, describe_exit
from tui.shell.command import STOP, start_shell
from tui.shell.output import Output
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneText
from tui.workbench.header import SCRIPTED

_DRAW_SECONDS = 0.1
_NOTHING = "Nothing was printed."
_RUNS = "It still runs; Esc stops it."


class ShellScreen(Screen[str | None]):
    """Runs ``command`` and shows what it prints; gives what is to be asked about it, None if nothing is.

    Args:
        command: A line for the person's shell.
        folder: Where it is run.
        scripted: Whether the demo pair is in use.
    """

    HELP = (
        "A command of yours, in your shell. It can ask you nothing; the models see its output only when you ask them."
    )
    DEFAULT_CSS = """
    ShellScreen { background: $background; }
    #shell-head { height: auto; max-height: 4; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop_or_back", "Stop, back", id="shell.back", key_display="Esc"),
        Binding("a", "ask_about", "Ask the models about it", id="shell.ask"),
        Binding("r", "again", "Run again", id="shell.again"),
        Binding("c,ctrl+y", "copy_output", "Copy", id="shell.copy", key_display="c"),
    ]

    def __init__(self, command: str, folder: Path, *, scripted: bool) -> None:
        super().__init__()
        self._command = command
        self._folder = folder
        self._scripted = scripted
        self._output = Output()
        self._child: Child | None = None
        self._began = 0.0
        self._asked_to_stop = False
        self._ending = ""
        self._well = False
        self.seconds = 0.0
        """How long it has run."""

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield ToneText(id="shell-head")
        yield LineView(id="shell-output", classes="open")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(LineView).focus()
        self.set_interval(_DRAW_SECONDS, self._tick)
        # How wide the output may be is known by then.
        self.call_after_refresh(self._start)

    async def on_unmount(self) -> None:
        if self._child is not None:
            await self._child.kill()

    @property
    def running(self) -> bool:
        """Whether the command has not ended."""
        return not self._ending

    def _start(self) -> None:
        self._child, self._output, self._ending, self._asked_to_stop = None, Output(), "", False
        self._began, self.seconds = time.monotonic(), 0.0
        self.run_worker(self._run(), group="shell", exclusive=True, exit_on_error=False)
        self.draw()

    async def _run(self) -> None:
        columns = max(20, self.query_one(LineView).size.width)
        try:
            self._child = child = await start_shell(self._command, self._folder, self._output, columns=columns)
        except OSError as error:
            self._end(f"could not be started in {self._folder} ({error.strerror or error})", well=False)
            return
        await child.exited()
        # What ignores that its shell has ended is not left behind either.
        await child.kill()
        code = child.returncode
        self._end(describe_exit(code), well=code == 0)

    def _end(self, ending: str, *, well: bool) -> None:
        self.seconds = time.monotonic() - self._began
        self._ending, self._well = ending, well
        self.draw()

    def _tick(self) -> None:
        if self.running:
            self.seconds = time.monotonic() - self._began
            self.draw()

    def draw(self) -> None:
        """Show how it stands."""
        if not self.is_mounted:
            return
        self.query_one("#shell-head", ToneText).show(self._head())
        shown = self._output.lines
        if not shown and not self.running:
            shown = [line((_NOTHING, "muted"))]
        self.query_one(LineView).show(shown, follow=True)

    def _head(self) -> Line:
        """How it stands, before the command, which may be long."""
        took = f" · {self.seconds:.0f} s" if self.seconds >= 1 else ""
        if self.running:
            told = "asked to stop; Esc again ends it at once" if self._asked_to_stop else "runs; Esc stops it"
            how = (f"◐ {told}{took}", "info")
        else:
            mark, tone = ("✓", "good") if self._well else ("✗", "bad")
            how = (f"{mark} {self._ending}{took}", tone)
        return line(how, ("  $ ", "muted"), (one_line(self._command, 200), "strong"), hang=2)

    # Keys

    async def action_stop_or_back(self) -> None:
        """Stop the command as Ctrl+C would; again: end it at once; when it has ended: back."""
        child = self._child
        if not self.running or child is None:
            _ = self.dismiss(None)
        elif self._asked_to_stop:
            await child.kill()
        else:
            self._asked_to_stop = True
            child.tell(STOP)
            self.draw()

    def action_ask_about(self) -> None:
        """Put the command and the end of its output at the prompt."""
        if self.running:
            self.notify(_RUNS, markup=False)
        else:
            _ = self.dismiss(self._output.told(self._command, self._ending))

    def action_again(self) -> None:
        """Run it again."""
        if self.running:
            self.notify(_RUNS, markup=False)
        else:
            self._start()

    def action_copy_output(self) -> None:
        """Copy what is kept of the output."""
        if self._output.count:
            self.app.copy_to_clipboard(self._output.text)
        else:
            self.notify("There is nothing to copy yet.", markup=False)
