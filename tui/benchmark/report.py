"""A page of text over the benchmark screens: the report of a run, or a task of two runs."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.visible import one_line
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line
from tui.workbench.header import SCRIPTED


class ReportScreen(ModalScreen[None]):
    """Shows lines.

    Args:
        title: What they are.
        lines: The text.
        scripted: Whether any of it comes from the demo pair.
    """

    CSS_PATH = "benchmark.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "back", "Back", id="report.back", key_display="Esc")]

    def __init__(self, title: str, lines: Sequence[Line], *, scripted: bool) -> None:
        super().__init__()
        self._title, self._lines, self._scripted = title, lines, scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="report-box"):
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield LineView(id="report")

    def on_mount(self) -> None:
        view = self.query_one(LineView)
        view.show_titles(one_line(self._title, 100), "Esc back")
        view.show(self._lines)
        view.focus()

    def action_back(self) -> None:
        """Back."""
        _ = self.dismiss(None)
