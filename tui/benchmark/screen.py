"""The Benchmark screen: a run while it goes on, or as it is stored; every task a row, behind each its whole story."""

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import DataTable

from core.errors import SecondpassError
from tui.benchmark import figures
from tui.benchmark.live import LiveBench
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneText
from tui.workbench.header import SCRIPTED, SCRIPTED_SHORT

if TYPE_CHECKING:
    from core.events import RunStarted

FRAME_SECONDS = 0.1
MOST_ROWS = 60
"""Rows that one frame draws: the others wait for the next, so that no frame holds up the keys."""
_FILTERS = ("all", "failed", "changed", "flipped")


class BenchmarkScreen(Screen[None]):
    """A run, live or stored.

    Args:
        live: What is shown.
    """

    DEFAULT_CSS = """
    BenchmarkScreen { background: $background; }
    #bench-head { height: auto; padding: 0 1; background: $panel; }
    #bench-head ToneText { height: auto; }
    #bench-table { height: 1fr; scrollbar-size: 1 1; }
    #bench-detail { height: 1fr; border: round $border-blurred; background: $surface; display: none; }
    #bench-detail.open { display: block; }
    #bench-detail:focus { border: heavy $border; }
    #bench-message { height: auto; max-height: 3; padding: 0 1; background: $panel; display: none; }
    #bench-message.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back_or_stop", "Stop / back", id="bench.stop", key_display="Esc"),
        Binding("enter", "open_task", "Task", id="bench.task", priority=True),
        Binding("w", "workbench", "In the Workbench", id="bench.workbench"),
        Binding("f", "filter", "Filter", id="bench.filter"),
        Binding("o", "sort", "Order", id="bench.sort"),
        Binding("e", "export", "Export", id="bench.export"),
        Binding("c", "resume", "Go on", id="bench.resume"),
    ]

    def __init__(self, live: LiveBench) -> None:
        super().__init__()
        self.live = live
        self._filter = _FILTERS[0]
        self._by_failure = False
        self._columns: tuple[str, ...] = ()
        self._rows: set[str] = set()
        self._started: RunStarted | None = None
        self._said: Line | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="bench-head"):
            yield ToneText(id="bench-progress")
            yield ToneText(id="bench-rates")
            yield ToneText(id="bench-compared")
            yield ToneText(id="bench-richness")
            yield ToneText(id="bench-scripted")
        yield DataTable[Text](id="bench-table", cursor_type="row", zebra_stripes=True)
        yield LineView(id="bench-detail")
        yield ToneText(id="bench-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(FRAME_SECONDS, self.draw)
        self.live.board.changed.update(self.live.tasks)
        self.draw()
        self.table.focus()

    def on_screen_resume(self) -> None:
        self.live.board.changed.update(self.live.tasks)

    @property
    def table(self) -> "DataTable[Text]":
        """The tasks."""
        return self.query_one(DataTable)

    # Drawing

    def draw(self) -> None:
        """Bring the screen in step with the run, a bounded piece at a time."""
        live, board = self.live, self.live.board
        live.note_richness()
        self._bar("progress", figures.progress_line(board, live.clock, running=live.running))
        self._bar("rates", figures.rates_line(board))
        self._bar("compared", figures.compared_line(board))
        self._bar("richness", figures.richness_line(board, live.richness))
        label = SCRIPTED if self.size.width >= 60 else SCRIPTED_SHORT
        self._bar("scripted", line((label if live.scripted else "", "scripted")))
        problem = line(("✗ ", "bad"), one_line(live.problem, 400), hang=2) if live.problem else None
        message = self._said or problem or self._hint()
        self.query_one("#bench-message").set_class(message is not None, "open")
        self._bar("message", message or Line())
        self._draw_rows()

    def _bar(self, name: str, shown: Line) -> None:
        bar = self.query_one(f"#bench-{name}", ToneText)
        bar.display = bool(shown.spans) and any(span.text for span in shown.spans)
        bar.show(shown)

    def _hint(self) -> Line | None:
        board = self.live.board
        if self._filter != "all" or self._by_failure:
            order = ", failures first" if self._by_failure else ""
            return line(("● ", "info"), f"{len(self._rows)} tasks shown: {self._filter}{order}; f and o change that.")
        if not self.live.running and board.run and board.finished < board.planned:
            return line(("■ ", "warn"), "Not finished; c goes on where it stopped. Nothing that was finished is lost.")
        return None

    def _draw_rows(self) -> None:
        board, table = self.live.board, self.table
        if board.patterns and board.patterns != self._columns:
            self._columns = board.patterns
            table.clear(columns=True)
            self._rows.clear()
            room = max(8, (self.size.width - 56) // len(board.patterns))
            for name, width in (
                ("task", 16),
                ("stage", 8),
                *((pattern, min(room, max(9, len(pattern)))) for pattern in board.patterns),
                ("time", 7),
                ("failure", 22),
            ):
                table.add_column(Text(name), width=width, key=name)
            board.changed.update(self.live.tasks)
        if not self._columns:
            return
        for task in [task for task in self.live.tasks if task in board.changed][:MOST_ROWS]:
            board.changed.discard(task)
            self._draw_row(task)

    def _draw_row(self, task: str) -> None:
        table, names = self.table, ("stage", *self._columns, "time", "failure")
        if not self._shows(task):
            if task in self._rows:
                self._rows.discard(task)
                table.remove_row(task)
            return
        shown = figures.cells(self.live.board, task)
        if task not in self._rows:
            self._rows.add(task)
            table.add_row(Text(one_line(task, 40)), *(_cell(each) for each in shown), key=task)
            return
        for name, text in zip(names, shown, strict=True):
            if table.get_cell(task, name).plain != text:
                table.update_cell(task, name, _cell(text))

    def _shows(self, task: str) -> bool:
        own = [sample for pattern in self._columns if (sample := self.live.board.samples.get((pattern, task, 0)))]
        match self._filter:
            case "failed":
                return any(sample.passes is False for sample in own)
            case "changed":
                return any(sample.change for sample in own)
            case "flipped":
                return len({sample.passes for sample in own if sample.passes is not None}) > 1
            case _:
                return True

    # Keys

    def action_filter(self) -> None:
        """Show all tasks, those that failed, those that a pattern changed, those that patterns disagree on."""
        self._filter = _FILTERS[(_FILTERS.index(self._filter) + 1) % len(_FILTERS)]
        self._redraw()

    def action_sort(self) -> None:
        """Failures first, or the order of the data set."""
        self._by_failure = not self._by_failure
        board = self.live.board
        place = {task: number for number, task in enumerate(board_order(self.live))}
        self.live.tasks.sort(
            key=lambda task: (
                self._by_failure
                and all(
                    (sample := board.samples.get((pattern, task, 0))) is None or sample.passes is not False
                    for pattern in board.patterns
                ),
                place[task],
            )
        )
        self._redraw()

    def _redraw(self) -> None:
        self._columns = ()
        self.draw()

    def action_open_task(self) -> None:
        """Open the task at the cursor, or close it."""
        detail = self.query_one("#bench-detail", LineView)
        if detail.has_class("open"):
            self._close_task()
            return
        if self.table.row_count == 0:
            return
        key = self.table.coordinate_to_cell_key(self.table.cursor_coordinate).row_key.value
        if key is not None:
            self._load(key)

    @work(group="detail", exclusive=True, exit_on_error=False)
    async def _load(self, task: str) -> None:
        from tui.benchmark.detail import task_lines

        try:
            lines, self._started = task_lines(self.live.board.run, task)
        except (SecondpassError, ValueError) as error:
            self.say(str(error))
            return
        detail = self.query_one("#bench-detail", LineView)
        detail.border_title = one_line(f"{task} · Enter closes · w opens it in the Workbench", 120)
        detail.show(lines)
        detail.add_class("open")
        self.table.display = self.size.height >= 34
        detail.focus()

    def _close_task(self) -> None:
        self.query_one("#bench-detail").remove_class("open")
        self.table.display = True
        self.table.focus()

    def say(self, text: str) -> None:
        """Show one sentence until the next key."""
        self._said = line(("● ", "info"), one_line(text, 400), hang=2)
        self.draw()

    def on_key(self, event: events.Key) -> None:
        self._said = None

    def action_workbench(self) -> None:
        """Open the task's spec in the Workbench."""
        if self._started is None:
            self.say("Open a finished task with Enter first; w then takes its spec to the Workbench.")
            return
        started = self._started
        from tui.app import SecondpassApp

        app = self.app
        assert isinstance(app, SecondpassApp)
        while app.screen is not app.workbench:
            _ = app.pop_screen()
        app.workbench.spec_pane.editor.put(started.spec, started.filename)
        app.workbench.action_open("spec")

    async def action_back_or_stop(self) -> None:
        """Close the task; stop the run; leave."""
        if self.query_one("#bench-detail").has_class("open"):
            self._close_task()
        elif self.live.running:
            self.say("Stopping; what is finished is kept.")
            self.run_worker(self.live.stop(), group="stop", exit_on_error=False)
        else:
            _ = self.dismiss(None)

    def action_resume(self) -> None:
        """Go on with a run that was stopped."""
        board = self.live.board
        if self.live.running or not board.run or board.finished >= board.planned:
            self.say("There is nothing to go on with.")
            return
        from tui.app import SecondpassApp

        assert isinstance(self.app, SecondpassApp)
        self.app.run_bench(("--resume", board.run), live=self.live)

    def action_export(self) -> None:
        """Write the run as one HTML page and as Markdown into the working directory."""
        if not self.live.board.run:
            return
        self._export()

    @work(group="export", exclusive=True, exit_on_error=False)
    async def _export(self) -> None:
        from tui.benchmark.child import BenchChild

        written = []
        for form in ("html", "md"):
            child = BenchChild(("export", self.live.board.run, "--format", form))
            written += [text.decode(errors="replace").strip() async for text in child.lines()]
            if child.code:
                self.say(child.last_words or "The run could not be exported; the log has the details.")
                return
        self.say(f"Written: {', '.join(written)}. More formats: secondpass bench export.")


def board_order(live: LiveBench) -> list[str]:
    """The tasks in the order of the data set, as far as their names tell it."""
    return sorted(live.tasks, key=lambda task: (task.rpartition("/")[0], _number(task), task))


def _number(task: str) -> int:
    last = task.rpartition("/")[2]
    return int(last) if last.isdecimal() else 0


def _cell(text: str) -> Text:
    style = "bold" if text.startswith("✗") else ""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
