"""Search what was asked before."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.prompt.history import PromptHistory
from tui.visible import one_line
from tui.workbench.header import SCRIPTED

_MOST = 200


class HistoryScreen(ModalScreen[str | None]):
    """Type words, choose a prompt; None if the person changed their mind."""

    DEFAULT_CSS = """
    HistoryScreen { align: center middle; }
    #history-box {
        width: 90%; max-width: 110; height: auto; max-height: 80%; border: round $border; background: $surface;
        padding: 0 1;
    }
    #history-list { height: auto; max-height: 14; border: none; background: $surface; }
    #history-words { border: none; padding: 0; height: 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+r", "dismiss_none", "Back", id="history.back", priority=True),
    ]

    def __init__(self, history: PromptHistory, *, scripted: bool) -> None:
        super().__init__()
        self._history = history
        self._scripted = scripted
        self._found: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="history-box") as box:
            box.border_title = "Prompts"
            box.border_subtitle = "words search · Enter takes · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield Input(placeholder="search", id="history-words")
            yield OptionList(id="history-list", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._search("")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, words: str) -> None:
        self._found = self._history.search(words)[:_MOST]
        shown = self.query_one(OptionList)
        shown.clear_options()
        shown.add_options([Option(Text(one_line(entry, 200), no_wrap=True)) for entry in self._found])
        if self._found:
            shown.highlighted = 0
        else:
            what = "Nothing was asked yet." if not words else "No prompt holds these words."
            shown.add_option(Option(Text(what, "dim"), disabled=True))

    def on_key(self, event: events.Key) -> None:
        shown = self.query_one(OptionList)
        if event.key in ("up", "down") and self._found:
            event.stop()
            step = 1 if event.key == "down" else -1
            shown.highlighted = ((shown.highlighted or 0) + step) % len(self._found)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self.query_one(OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def _take(self, index: int | None) -> None:
        if self._found and index is not None:
            _ = self.dismiss(self._found[index])

    def action_dismiss_none(self) -> None:
        """Back without a prompt."""
        _ = self.dismiss(None)
