"""The help screen: every key, read from the bindings themselves."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui.keymap import keys_in_force, with_id
from tui.workbench.header import SCRIPTED

_WHAT = (
    "The coder drafts, the reviewer looks for defects, each claimed defect is run in a sandbox, and only what is "
    "proven or supported goes back to the coder. A fix counts only if it breaks nothing that worked."
)
_MARKS = """\
Esc stops what runs and never clears text; twice with nothing running, it goes back a turn.
!command at the prompt runs in your shell; @file shows the models a file; / lists the commands.
Findings: ● proven by a run, ◐ supported by a second opinion, ◇ disputed, ○ unconfirmed, ▷ advice
Keys can be changed: [keys] in models.toml, by the name on the right (docs/configuration.md).
Lines of a fix: f1 changed for finding 1, r1 in retry 1, t2 in turn 2, you by yourself; w tells about them
Engines: ○ stopped, ◌ starting, ● ready, ◐ busy (also with a prefill that was stopped), ✗ failed"""

_SIGNS = {"backslash": "\\", "full_stop": ".", "slash": "/"}
"""Keys that Textual names and people do not."""


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
                table.add_row(Text(keys, "bold"), Text(what), Text(id_, "italic"))
            yield Static(table, classes="help-keys")
            if self._about is None:
                yield Static(_MARKS, markup=False)

    def on_mount(self) -> None:
        self.query_one("#help-box").focus()

    def action_close(self) -> None:
        """Back."""
        _ = self.dismiss(None)


def keys_of(app: App[Any], screen: Screen[Any], keymap: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(keys, what, id) of every binding in force that has an id: of the screen, of what stands on it, of the app.

    Args:
        app: The program.
        screen: The screen that help is asked for.
        keymap: The keys that the person gave to bindings; those are marked.
    """
    sources = [screen, *screen.query("*"), app]
    kinds = dict.fromkeys(kind for source in sources for kind in type(source).__mro__)
    found: dict[str, tuple[str, str, str]] = {}
    for kind in kinds:
        for binding in with_id(vars(kind).get("BINDINGS", [])):
            id_ = binding.id or ""
            keys = spelled(",".join(keys_in_force(binding, keymap)))
            found.setdefault(id_, (f"{keys} (yours)" if id_ in keymap else keys, binding.description, id_))
    return list(found.values())


def spelled(keys: str) -> str:
    """Keys as people write them: Ctrl+\\, F4; a single letter is what is typed: n is not N."""
    return ", ".join(
        key if len(key) == 1 else "+".join(_SIGNS.get(part, part.capitalize()) for part in key.split("+"))
        for key in keys.split(",")
    )
