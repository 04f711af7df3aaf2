"""The help screen: every key, read from the bindings themselves."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui.workbench.header import SCRIPTED

_WHAT = (
    "The coder drafts, the reviewer looks for defects, each claimed defect is run in a sandbox, and only what is "
    "proven or supported goes back to the coder. A fix counts only if it breaks nothing that worked."
)
_MARKS = """\
Findings: ● proven by a run, ◐ supported by a second opinion, ◇ disputed, ○ unconfirmed, ▷ advice
Engines: ○ stopped, ◌ starting, ● ready, ◐ busy (also with a prefill that was stopped), ✗ failed"""


class HelpScreen(ModalScreen[None]):
    """Keys and marks.

    Args:
        bindings: Keys, what they do, and their ids (``keys_of``).
        scripted: Whether the demo pair is in use.
        about: What the screen says of itself; None for the Workbench's words and marks.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "close", "Back", id="help.back")]

    def __init__(self, bindings: list[tuple[str, str, str]], *, scripted: bool, about: str | None = None) -> None:
        super().__init__()
        self._about = about
        self._keys = bindings
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield Static(self._about or _WHAT, markup=False)
            table = Table.grid(padding=(0, 2, 0, 0))
            for keys, what, id_ in self._keys:
                table.add_row(Text(keys, "bold"), what, Text(id_, "italic"))
            yield Static(table, classes="help-keys")
            if self._about is None:
                yield Static(_MARKS, markup=False)

    def on_mount(self) -> None:
        self.query_one("#help-box").focus()

    def action_close(self) -> None:
        """Back."""
        _ = self.dismiss(None)


def keys_of(app_bindings: list[BindingType], screen: Screen[object]) -> list[tuple[str, str, str]]:
    """(keys, what, id) of every binding with an id, of the screen's classes first and then of the app."""
    sources: list[BindingType] = []
    for kind in type(screen).__mro__:
        sources += vars(kind).get("BINDINGS", [])
    sources += app_bindings
    found = [each for each in sources if isinstance(each, Binding) and each.id]
    return [(_spelled(each.key), each.description, each.id or "") for each in found]


def _spelled(keys: str) -> str:
    return ", ".join(
        # A single letter is what is typed: n is not N.
        key if len(key) == 1 else "+".join(part.capitalize() for part in key.split("+"))
        for key in keys.split(",")
    )
