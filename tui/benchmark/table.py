"""The tasks of a run as rows. A table of Textual's own paints all its rows anew for one that changed; this one does
not, so that a run of hundreds of tasks costs the loop little (docs/performance.md)."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.benchmark.board import Board, Sample
from tui.benchmark.columns import Column, columns_for, label, picked
from tui.benchmark.figures import Cell, cells
from tui.visible import one_line
from tui.widgets.tones import palette_of

FILTERS = ("all", "failed", "fixed or broke", "patterns differ", "unfinished")


class TaskTable(ScrollView, can_focus=True):
    """Rows of tasks that the filter lets through, in the order of the data set or failures first, under a head."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="tasks.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="tasks.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="tasks.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="tasks.page-down"),
        Binding("home,g", "move(-1000000)", "First", show=False, id="tasks.first"),
        Binding("end,G", "move(1000000)", "Last", show=False, id="tasks.last"),
    ]

    class Moved(Message):
        """The cursor is at another task."""

    class Chosen(Message):
        """The task at the cursor was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.filter = FILTERS[0]
        self.failures_first = False
        self._board = Board()
        self._shape: tuple[object, ...] = ()
        self._columns: tuple[Column, ...] = ()
        self._tasks: list[str] = []
        self._places: dict[str, int] = {}
        self._cursor = 0
        self._strips: dict[tuple[str, str], Strip] = {}

    @property
    def at_cursor(self) -> str:
        """The task at the cursor, "" if there is none."""
        return self._tasks[self._cursor] if self._cursor < len(self._tasks) else ""

    @property
    def row_count(self) -> int:
        """How many tasks are shown."""
        return len(self._tasks)

    def row_text(self, task: str) -> str:
        """What the row of ``task`` says."""
        return "  ".join(text for text, _ in self._cells(task)).strip()

    # In step with the run

    def begin_again(self) -> None:
        """Choose the rows anew (another filter or order); the cursor stays at its task."""
        self._shape = ()

    def bring(self, board: Board) -> None:
        """Show what has changed."""
        width = self.scrollable_content_region.width
        shape = (board.run, board.patterns, board.tasks, width, self.app.theme)
        if shape != self._shape:
            self._shape, self._board = shape, board
            longest = max((len(label(task)) for task in board.tasks), default=0)
            self._columns = columns_for(board.patterns, width - 2, longest=longest)
            self._strips.clear()
            self._choose()
        elif board.changed:
            self._note(board.changed)
        board.changed.clear()

    def _note(self, changed: set[str]) -> None:
        for key in [key for key in self._strips if key[0] in changed]:
            del self._strips[key]
        if any(self._shows(task) != (task in self._places) for task in changed if task in self._board.tasks):
            self._choose()
            return
        top, rows = int(self.scroll_offset.y), self.size.height - 1
        for task in changed:
            row = self._places.get(task, -1) - top
            if 0 <= row < rows:
                self.refresh(Region(0, row + 1, self.size.width, 1))

    def _choose(self) -> None:
        at = self.at_cursor
        tasks = [task for task in self._board.tasks if self._shows(task)]
        if self.failures_first:
            tasks.sort(key=lambda task: not any(map(_failed, self._own(task))))
        self._tasks = tasks
        self._places = {task: place for place, task in enumerate(tasks)}
        self._cursor = self._places.get(at, max(0, min(self._cursor, len(tasks) - 1)))
        self.virtual_size = Size(self.scrollable_content_region.width, len(tasks) + 1)
        self._keep_in_view()
        self.refresh()

    def _own(self, task: str) -> list[Sample]:
        board = self._board
        return [each for pattern in board.patterns for each in board.of(pattern, task) if each is not None]

    def _shows(self, task: str) -> bool:
        own = self._own(task)
        match self.filter:
            case "failed":
                return any(map(_failed, own))
            case "fixed or broke":
                return any(each.change for each in own)
            case "patterns differ":
                return len({each.passes for each in own if each.decided}) > 1
            case "unfinished":
                return sum(each.doing == "done" for each in own) < len(self._board.patterns) * self._board.per_task
            case _:
                return True

    # Painting

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if y == 0:
            head = [(column.title, "heading") for column in self._columns]
            return self._painted(head, "  ", base).crop_extend(0, width, base)
        row = int(self.scroll_offset.y) + y - 1
        if row >= len(self._tasks):
            return Strip.blank(width, base)
        look = "" if row != self._cursor else "focused" if self.has_focus else "left"
        key = (self._tasks[row], look)
        strip = self._strips.get(key)
        if strip is None:
            ground = base + (Style(reverse=True) if look == "focused" else Style())
            shown: Sequence[Cell] = self._cells(key[0])
            if look:
                shown = [(text, "strong") for text, _ in shown]
            strip = self._painted(shown, "▸ " if look else "  ", ground).crop_extend(0, width, ground)
            self._strips[key] = strip
        return strip

    def _cells(self, task: str) -> list[Cell]:
        name = label(one_line(task, 60), self._columns[0].width)
        every = ((name, "text"), *cells(self._board, task))
        return picked(every, self._columns)

    def _painted(self, shown: Sequence[Cell], mark: str, base: Style) -> Strip:
        palette = palette_of(self.app)
        made = [Segment(mark, base)]
        for (text, tone), column in zip(shown, self._columns, strict=True):
            fitted = text if len(text) <= column.width else f"{text[: column.width - 1]}…"
            made.append(Segment(set_cell_size(fitted, column.width) + " ", base + palette.style(tone)))
        return Strip(made)

    # Keys and clicks

    def action_move(self, by: int) -> None:
        """The cursor ``by`` rows down."""
        self._put_cursor(self._cursor + by)

    def action_page(self, by: int) -> None:
        """The cursor ``by`` pages down."""
        self._put_cursor(self._cursor + by * max(1, self.size.height - 2))

    def _put_cursor(self, row: int) -> None:
        row = max(0, min(row, len(self._tasks) - 1))
        if row == self._cursor or not self._tasks:
            return
        self._cursor = row
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Moved())

    def _keep_in_view(self) -> None:
        top, rows = int(self.scroll_offset.y), max(1, self.size.height - 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, immediate=True)
        elif self._cursor >= top + rows:
            self.scroll_to(y=self._cursor - rows + 1, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        self._keep_in_view()

    def on_click(self, event: events.Click) -> None:
        row = int(self.scroll_offset.y) + event.y - 1
        if event.y == 0 or row >= len(self._tasks):
            return
        if row == self._cursor:
            self.post_message(self.Chosen())
        else:
            self._put_cursor(row)


def _failed(sample: Sample) -> bool:
    return sample.passes is False or sample.doing == "failed"
