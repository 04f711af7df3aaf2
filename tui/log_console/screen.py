"""The log console: the program's own log and those of the engines, as they grow."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from core.errors import SecondpassError
from tui.log_console.tail import LEVELS, Tail, leveled, log_files
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneText
from tui.workbench.header import SCRIPTED

_LOOK_SECONDS = 0.5
_FILTERS = ("DEBUG", "WARNING", "ERROR")
_FILTER_WORDS = {"DEBUG": "everything", "WARNING": "warnings and errors", "ERROR": "errors"}
_TONES = {"DEBUG": "muted", "INFO": "text", "WARNING": "warn", "ERROR": "bad", "CRITICAL": "bad"}
_EMPTY = "Nothing was written to this log yet."


class LogScreen(Screen[None]):
    """The end of a log.

    Args:
        scripted: Whether the demo pair is in use.
    """

    DEFAULT_CSS = """
    LogScreen { background: $background; }
    #log-head { height: auto; max-height: 3; padding: 0 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+backslash", "back", "Back", id="log.back", key_display="Esc"),
        Binding("n", "next_file", "Next log", id="log.next"),
        Binding("p", "next_file(-1)", "Previous log", show=False, id="log.previous"),
        Binding("f", "filter", "Level", id="log.filter"),
        Binding("c", "copy_path", "Copy the path", id="log.copy"),
    ]

    def __init__(self, *, scripted: bool) -> None:
        super().__init__()
        self._scripted = scripted
        self._tails: list[Tail] = []
        self._index = 0
        self._least = _FILTERS[0]

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield ToneText(id="log-head")
        yield LineView(id="log-view", classes="open")
        yield KeyBar()

    def on_mount(self) -> None:
        try:
            self._tails = [Tail(path) for path in log_files()]
        except SecondpassError as error:
            self.query_one("#log-head", ToneText).show(line(("✗ ", "bad"), one_line(str(error), 400), hang=2))
        self.query_one(LineView).focus()
        self.set_interval(_LOOK_SECONDS, self._look)
        self.call_after_refresh(self._show)

    @property
    def _tail(self) -> Tail | None:
        return self._tails[self._index] if self._tails else None

    def _look(self) -> None:
        if self._tail is not None and self._tail.read():
            self._draw()

    def _show(self) -> None:
        if self._tail is not None:
            self._tail.read()
            self._draw()

    def _draw(self) -> None:
        tail = self._tail
        if tail is None:
            return
        least = LEVELS.index(self._least)
        shown = [line((text, _TONES[level])) for level, text in leveled(tail.lines) if LEVELS.index(level) >= least]
        if tail.problem:
            shown = [line(("✗ ", "bad"), tail.problem)]
        elif not shown:
            nothing = _EMPTY if not tail.lines else f"No line of this log is among {_FILTER_WORDS[self._least]}."
            shown = [line((nothing, "muted"))]
        which = f"{self._index + 1} of {len(self._tails)}"
        head: Line = line((f"{tail.path}", "strong"), (f"  log {which}, {_FILTER_WORDS[self._least]}", "muted"), hang=2)
        self.query_one("#log-head", ToneText).show(head)
        self.query_one(LineView).show(shown, follow=True)

    def action_next_file(self, step: int = 1) -> None:
        """Show the next log (-1: the one before)."""
        if self._tails:
            self._index = (self._index + step) % len(self._tails)
            self._show()

    def action_filter(self) -> None:
        """Show everything, warnings and errors, errors."""
        self._least = _FILTERS[(_FILTERS.index(self._least) + 1) % len(_FILTERS)]
        self._draw()

    def action_copy_path(self) -> None:
        """Copy the path of the log that is shown."""
        if self._tail is not None:
            self.app.copy_to_clipboard(str(self._tail.path))

    def action_back(self) -> None:
        """Back."""
        _ = self.dismiss(None)
