"""The Benchmark screen: a run while it goes on, or as it is stored; every task a row, behind each its whole story."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from core.choices import PATTERN_NAMES
from core.errors import SecondpassError
from tui.benchmark import figures
from tui.benchmark.child import BenchChild
from tui.benchmark.live import LiveBench
from tui.benchmark.table import FILTERS, TaskTable
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneText
from tui.workbench.header import SCRIPTED, SCRIPTED_SHORT

if TYPE_CHECKING:
    from core.events import RunStarted
    from tui.app import SecondpassApp

FRAME_SECONDS = 0.1
HEAD_FRAMES = 5
"""Frames between two looks at the figures: they go through every sample."""
MOST_PATTERNS = len(PATTERN_NAMES)
_BOTH_FIT = 34
"""Rows of the screen from which on an open task stands below the table, not in its place."""


class BenchmarkScreen(Screen[None]):
    """A run, live or stored.

    Args:
        live: What is shown.
    """

    CSS_PATH = "benchmark.tcss"
    HELP = (
        "Every row is a task. ✓ passes all hidden tests, ✗ does not, … is under way; fixed and broke compare a "
        "pattern's code with its own first draft, the lines above the table compare patterns with the first one, "
        "with 95 % intervals. Leaving this screen does not stop a run; s does, and c goes on where it stopped."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="bench.back", key_display="Esc"),
        Binding("s", "stop", "Stop", id="bench.stop"),
        Binding("c", "resume", "Go on", id="bench.resume"),
        Binding("enter", "open_task", "Task", id="bench.task", priority=True),
        Binding("n", "step(1)", "Next task", id="bench.next", show=False),
        Binding("p", "step(-1)", "Previous task", id="bench.previous", show=False),
        Binding("w", "workbench", "Workbench", id="bench.workbench"),
        Binding("f", "filter", "Filter", id="bench.filter"),
        Binding("o", "sort", "Order", id="bench.sort"),
        Binding("r", "report", "Report", id="bench.report"),
        Binding("e", "export", "Export", id="bench.export"),
    ]

    def __init__(self, live: LiveBench) -> None:
        super().__init__()
        self.live = live
        self._started: RunStarted | None = None
        self._open_task = ""
        self._said: Line | None = None
        self._frame = 0
        self._drawn = -1
        self._was_running = False

    def compose(self) -> ComposeResult:
        with Vertical(id="bench-head"):
            yield ToneText(id="bench-scripted")
            yield ToneText(id="bench-progress")
            for number in range(MOST_PATTERNS):
                yield ToneText(id=f"bench-pattern-{number}")
            yield ToneText(id="bench-richness")
        yield ToneText(id="bench-empty")
        yield TaskTable(id="bench-table")
        yield LineView(id="bench-detail")
        yield ToneText(id="bench-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self.table.begin_again()
        self.draw()
        self.table.focus()
        self.set_interval(FRAME_SECONDS, self._next_frame)

    def on_screen_resume(self) -> None:
        self.table.begin_again()

    def on_resize(self) -> None:
        self._place_detail()
        self.call_after_refresh(self.draw)

    @property
    def table(self) -> TaskTable:
        """The tasks."""
        return self.query_one(TaskTable)

    @property
    def _detail(self) -> LineView:
        return self.query_one("#bench-detail", LineView)

    # Drawing

    def _next_frame(self) -> None:
        if not self.is_current:
            return
        self._frame += 1
        live = self.live
        if live.running != self._was_running or self._frame % HEAD_FRAMES == 0:
            self._draw_head()
        self.table.bring(live.board)
        self._draw_message()

    def draw(self) -> None:
        """Bring the screen in step with the run; all of it."""
        self._drawn = -1
        self._draw_head()
        self.table.bring(self.live.board)
        self._draw_message()

    def _draw_head(self) -> None:
        live, board = self.live, self.live.board
        if board.version == self._drawn and not live.running:
            return
        self._drawn = board.version
        if live.running != self._was_running:
            self._was_running, self._said = live.running, None
            self.refresh_bindings()
        live.note_richness()
        label = SCRIPTED if self.size.width >= 60 else SCRIPTED_SHORT
        self._bar("scripted", line((label if board.scripted else "", "scripted")))
        self._bar("progress", figures.progress_line(live) if board.run else Line())
        lines = figures.pattern_lines(live)
        for number in range(MOST_PATTERNS):
            self._bar(f"pattern-{number}", lines[number] if number < len(lines) else Line())
        self._bar("richness", figures.richness_line(live) if board.run else Line())
        self.table.display = bool(board.run)
        self._bar("empty", Line() if board.run else self._before())
        self._place_detail()

    def _before(self) -> Line:
        if self.live.running:
            return line(
                "Starting: the pair is checked and the data set made ready (the first time takes some seconds)."
            )
        return line("Nothing was run. Esc goes back to the form; what has to be corrected stands below.")

    def _bar(self, name: str, shown: Line) -> None:
        bar = self.query_one(f"#bench-{name}", ToneText)
        bar.display = any(span.text for span in shown.spans)
        bar.show(shown)

    def _draw_message(self) -> None:
        live = self.live
        problem = line(("✗ ", "bad"), one_line(live.problem, 400), hang=2) if live.problem else None
        self._bar("message", self._said or problem or self._hint() or Line())

    def _hint(self) -> Line | None:
        board, table = self.live.board, self.table
        if table.filter != FILTERS[0] or table.failures_first:
            order = ", failures first" if table.failures_first else ""
            count = f"{table.row_count} of {len(board.tasks)} tasks: {table.filter}{order}"
            return line(("● ", "info"), f"{count}. f and o change that.")
        if not self.live.running and board.run and board.finished < board.planned:
            return line(("■ ", "warn"), "Not finished. c goes on where it stopped; nothing that was finished is lost.")
        return None

    def say(self, text: str) -> None:
        """Show one sentence until the next key."""
        self._said = line(("● ", "info"), one_line(text, 400), hang=2)
        self._draw_message()

    def on_key(self, event: events.Key) -> None:
        self._said = None

    # Rows

    def action_filter(self) -> None:
        """Show all tasks; those that failed, that a pattern changed, that patterns disagree on, that are not done."""
        self.table.filter = FILTERS[(FILTERS.index(self.table.filter) + 1) % len(FILTERS)]
        self.table.begin_again()
        self.draw()

    def action_sort(self) -> None:
        """Failures first, or the order of the data set."""
        self.table.failures_first = not self.table.failures_first
        self.table.begin_again()
        self.draw()

    # One task

    def action_open_task(self) -> None:
        """Open the task at the cursor, or close it."""
        if self._open_task:
            self._close_task()
        elif self.table.at_cursor:
            self._load(self.table.at_cursor)

    def action_step(self, by: int) -> None:
        """The next or the previous task; an open one is changed for it."""
        self.table.action_move(by)

    def on_task_table_moved(self, event: TaskTable.Moved) -> None:
        event.stop()
        if self._open_task and self.table.at_cursor != self._open_task:
            self._load(self.table.at_cursor)

    def on_task_table_chosen(self, event: TaskTable.Chosen) -> None:
        event.stop()
        self.action_open_task()

    @work(group="detail", exclusive=True, exit_on_error=False)
    async def _load(self, task: str) -> None:
        from tui.benchmark.detail import task_lines

        try:
            lines, self._started = await asyncio.to_thread(task_lines, self.live.board.run, task)
        except (SecondpassError, ValueError) as error:
            self.say(str(error))
            return
        detail, opened = self._detail, not self._open_task
        self._open_task = task
        detail.show_titles(one_line(task, 60), "Enter closes · n next · p previous · w in the Workbench")
        detail.show([])
        detail.show(lines)
        detail.add_class("open")
        self._place_detail()
        if opened:
            detail.focus()

    def _place_detail(self) -> None:
        self.table.display = bool(self.live.board.run) and (not self._open_task or self.size.height >= _BOTH_FIT)

    def _close_task(self) -> None:
        self._open_task = ""
        self._detail.remove_class("open")
        self._place_detail()
        self.table.focus()

    def action_workbench(self) -> None:
        """Take the spec of the task at the cursor to the Workbench."""
        if self._open_task:
            self._to_workbench()
        elif self.table.at_cursor:
            self._fetch_spec(self.table.at_cursor)

    @work(group="detail", exclusive=True, exit_on_error=False)
    async def _fetch_spec(self, task: str) -> None:
        from tui.benchmark.detail import task_lines

        try:
            _, self._started = await asyncio.to_thread(task_lines, self.live.board.run, task)
        except (SecondpassError, ValueError) as error:
            self.say(str(error))
            return
        self._to_workbench()

    def _to_workbench(self) -> None:
        started, app = self._started, self._app
        if started is None:
            self.say("No sample of this task is finished yet; its spec goes to the Workbench once one is.")
            return
        if app.workbench.state.running:
            self.say("The Workbench is at work; stop it there first (Esc), then come back with F5.")
            return
        while app.screen is not app.workbench:
            _ = app.pop_screen()
        kept = bool(app.workbench.spec_pane.editor.text.strip())
        app.workbench.spec_pane.editor.put(started.spec, started.filename)
        app.workbench.action_open("spec")
        if kept:
            app.notify("The spec of the task is in the editor; undo brings back what was there.", markup=False)

    # The run

    def action_back(self) -> None:
        """Close the task, or leave; a run that goes on goes on."""
        if self._open_task:
            self._close_task()
            return
        if self.live.running:
            self.app.notify("The run goes on; F5 shows it.", markup=False)
        _ = self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        board = self.live.board
        if action == "stop":
            return self.live.running
        if action == "resume":
            return not self.live.running and bool(board.run) and board.finished < board.planned
        return True

    def action_stop(self) -> None:
        """Stop the run at once; what is finished is kept."""
        self.say("Stopping; what is finished is kept.")
        self.run_worker(self.live.stop(), group="stop", exit_on_error=False)

    def action_resume(self) -> None:
        """Go on with a run that was stopped."""
        self._app.run_bench(("--resume", self.live.board.run), live=self.live)

    @work(group="report", exclusive=True, exit_on_error=False)
    async def action_report(self) -> None:
        """Everything that is known of the run so far, in words and figures."""
        from tui.benchmark.report import ReportScreen

        if not self.live.board.run:
            return
        self.say("The figures are worked out…")
        child = BenchChild(("show", self.live.board.run))
        text = await child.output()
        self._said = None
        if child.code:
            self.say(child.last_words)
            return
        lines = [line(each, hang=4) for each in text.splitlines()]
        _ = self.app.push_screen(ReportScreen("Report", lines, scripted=self.live.board.scripted))

    def action_export(self) -> None:
        """Write the run into the working directory, in the formats that are chosen."""
        from tui.benchmark.export import ExportScreen

        if self.live.board.run:
            _ = self.app.push_screen(ExportScreen(scripted=self.live.board.scripted), self._export)

    def _export(self, formats: tuple[str, ...] | None) -> None:
        if formats:
            self._write(formats)

    @work(group="export", exclusive=True, exit_on_error=False)
    async def _write(self, formats: tuple[str, ...]) -> None:
        written: list[str] = []
        for form in formats:
            self.say(f"Writing {form}…")
            child = BenchChild(("export", self.live.board.run, "--format", form))
            written += (await child.output()).splitlines()
            if child.code:
                self.say(child.last_words or "The run could not be exported; the log has the details.")
                return
        self.say(f"Written: {', '.join(written)}")

    @property
    def _app(self) -> "SecondpassApp":
        from tui.app import SecondpassApp

        assert isinstance(self.app, SecondpassApp)
        return self.app
