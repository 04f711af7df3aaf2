"""Two runs beside each other, and the tasks that flipped."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.errors import SecondpassError
from tui.benchmark.report import ReportScreen
from tui.visible import one_line
from tui.widgets.line_view import LineView
from tui.widgets.lines import line
from tui.workbench.header import SCRIPTED


class ComparisonScreen(ModalScreen[None]):
    """What ``secondpass bench compare`` says, and the tasks that flipped, each to be opened in both runs.

    Args:
        words: Its text.
        content: Its JSON.
        scripted: Whether one of the runs is of the demo pair.
    """

    CSS_PATH = "benchmark.tcss"
    HELP = "Tasks that one run solves and the other does not, those that were lost first. Enter opens one in both runs."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="comparison.back", key_display="Esc"),
    ]

    def __init__(self, words: Sequence[str], content: Mapping[str, Any], *, scripted: bool) -> None:
        super().__init__()
        self._words, self._content, self._scripted = words, content, scripted
        self._flips: list[Mapping[str, Any]] = [flip for each in content["patterns"] for flip in each["flips"]]

    def compose(self) -> ComposeResult:
        with Vertical(id="comparison-box"):
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield LineView(id="comparison")
            flips = OptionList(id="flips", markup=False)
            flips.border_title = f"{len(self._flips)} tasks flipped"
            flips.border_subtitle = "Enter opens one in both runs · Esc back" if self._flips else "Esc back"
            yield flips

    def on_mount(self) -> None:
        view = self.query_one(LineView)
        view.show_titles("Two runs")
        view.show([line(text, hang=4) for text in self._words if not text.startswith(("  lost:", "  won:"))])
        flips = self.query_one("#flips", OptionList)
        flips.add_options([Option(_label(flip)) for flip in self._flips])
        if not self._flips:
            flips.add_option(Option(Text("Both runs solve the same tasks."), disabled=True))
        flips.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open(self._flips[event.option_index]["task"])

    @work(group="task", exclusive=True, exit_on_error=False)
    async def _open(self, task: str) -> None:
        from tui.benchmark.detail import task_lines

        lines = []
        for run in (self._content["before"], self._content["after"]):
            try:
                told, _ = await asyncio.to_thread(task_lines, run, task)
            except (SecondpassError, ValueError) as error:
                self.app.notify(one_line(str(error), 400), severity="warning", markup=False)
                return
            lines += [line((f"RUN {run}", "heading")), *told]
        _ = self.app.push_screen(ReportScreen(task, lines, scripted=self._scripted))

    def action_back(self) -> None:
        """Back to the list."""
        _ = self.dismiss(None)


def _label(flip: Mapping[str, Any]) -> Text:
    lost = flip["after"] < flip["before"]
    text = Text("✗ lost  " if lost else "✓ won   ", "bold" if lost else "")
    text.append(f"{one_line(flip['task'], 40):<18} ")
    text.append(one_line(flip["pattern"], 40), "dim")
    if {flip["before"], flip["after"]} - {0.0, 1.0}:
        text.append(f"  {100 * flip['before']:.0f} → {100 * flip['after']:.0f} % of its samples")
    return text
