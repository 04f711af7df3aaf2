"""Two runs beside each other."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.visible import one_line
from tui.widgets.line_view import LineView
from tui.widgets.lines import line
from tui.workbench.header import SCRIPTED


class ComparisonScreen(ModalScreen[None]):
    """What ``secondpass bench compare`` says, with the tasks that flipped."""

    DEFAULT_CSS = """
    ComparisonScreen { align: center middle; }
    #comparison { width: 96%; height: 90%; border: round $border; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="comparison.back", priority=True),
    ]

    def __init__(self, lines: Sequence[str], *, scripted: bool) -> None:
        super().__init__()
        self._lines = lines
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        view = LineView(id="comparison")
        view.border_title = "Two runs · Esc back"
        yield view

    def on_mount(self) -> None:
        view = self.query_one(LineView)
        view.show([line(one_line(text, 4000), hang=4) for text in self._lines])
        view.focus()

    def action_back(self) -> None:
        """Back to the list."""
        _ = self.dismiss(None)
