"""Choose a turn to go back to."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.visible import one_line
from tui.workbench.header import SCRIPTED
from tui.workbench.state import Workbench


class RewindScreen(ModalScreen[int | None]):
    """The turns of a session, the newest first; the answer is how many of them are kept, None for all.

    Args:
        past: All turns, oldest first, the one on the screen last.
        scripted: Whether the pair is scripted.
    """

    DEFAULT_CSS = """
    RewindScreen { align: center middle; }
    #rewind-box {
        width: 90%; max-width: 100; height: auto; max-height: 80%; border: round $border; background: $surface;
        padding: 0 1;
    }
    #rewind-list { height: auto; max-height: 100%; border: none; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Stay", id="rewind.back", priority=True),
    ]

    def __init__(self, past: tuple[Workbench, ...], *, scripted: bool) -> None:
        super().__init__()
        self._past = past
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="rewind-box") as box:
            box.border_title = "Go back to"
            box.border_subtitle = "Enter goes back · Esc stays"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            options = [
                Option(Text(f"after turn {number}: {_what(state)}"), id=str(number))
                for number, state in reversed(list(enumerate(self._past[:-1], start=1)))
            ]
            options.append(Option(Text("before the first turn: the spec, and no code"), id="0"))
            yield OptionList(*options, id="rewind-list", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        _ = self.dismiss(int(event.option.id or 0))

    def action_dismiss_none(self) -> None:
        """Stay."""
        _ = self.dismiss(None)


def _what(state: Workbench) -> str:
    run = state.run
    asked = run.requests[-1] if run and run.requests else f"the first code for {_name(state)}"
    lines = len((state.code or "").splitlines())
    return f"{one_line(asked, 70)} ({lines} lines)" if lines else f"{one_line(asked, 70)} (no code)"


def _name(state: Workbench) -> str:
    return (state.spec.name if state.spec else None) or "the spec"
