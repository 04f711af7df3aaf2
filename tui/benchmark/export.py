"""In which formats a run is written into the working directory."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.workbench.header import SCRIPTED

_FORMATS = {
    "html": "one page with plots and every task; loads nothing",
    "md": "the figures as Markdown",
    "csv": "a row for every sample",
    "json": "everything, codes included",
    "evalplus": "samples and results as EvalPlus reads them",
    "all": "all of these",
}


class ExportScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks; gives the formats, or None."""

    CSS_PATH = "benchmark.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="export.back", key_display="Esc")]

    def __init__(self, *, scripted: bool) -> None:
        super().__init__()
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="export-box") as box:
            box.border_title, box.border_subtitle = "Export into this folder", "Enter writes · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            options = [Option(Text.assemble((f"{name:<10}", "bold"), what), id=name) for name, what in _FORMATS.items()]
            yield OptionList(*options, id="export-formats", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chosen = event.option.id or ""
        _ = self.dismiss(tuple(name for name in _FORMATS if name != "all") if chosen == "all" else (chosen,))

    def action_back(self) -> None:
        """Back."""
        _ = self.dismiss(None)
