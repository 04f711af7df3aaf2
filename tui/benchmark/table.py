"""The tasks of a run as rows, brought in step with it a bounded piece at a time."""

from rich.text import Text
from textual.widgets import DataTable

from tui.benchmark.board import Board, Sample
from tui.benchmark.figures import Cell, cells
from tui.visible import one_line
from tui.widgets.tones import palette_of

MOST_ROWS = 40
"""Rows that one frame draws: the others wait for the next, so that no frame holds up the keys."""
FILTERS = ("all", "failed", "fixed or broke", "patterns differ", "unfinished")
_SHORT = {
    "coder-only": "coder",
    "reviewer-only": "reviewer",
    "plan-then-code": "plan",
    "review-then-fix": "review",
    "review-then-fix-retry": "retry",
    "adversarial": "adversary",
}
_MARK, _TASK, _STAGE, _SPEED, _TIME, _WRONG = 9, 14, 8, 5, 6, 12
"""Widths of columns; that of a mark holds "✓ fixed", that of what went wrong takes what is left."""


class TaskTable(DataTable[Text]):
    """Rows of tasks, of the filter that is chosen, in the order of the data set or failures first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self.filter = FILTERS[0]
        self.failures_first = False
        self._order: list[str] = []
        self._shape: tuple[object, ...] = ()
        self._columns_of: tuple[str, ...] = ()
        self._rows_of: set[str] = set()
        self._cursor_task = ""

    @property
    def at_cursor(self) -> str:
        """The task at the cursor, "" if there is none."""
        if not self.row_count:
            return ""
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value or ""

    @property
    def counted(self) -> int:
        """How many rows are shown."""
        return len(self._rows_of)

    def begin_again(self) -> None:
        """Make the rows anew (another filter, order or width); the cursor stays at its task."""
        self._cursor_task = self._cursor_task or self.at_cursor
        self._shape = ()

    def bring(self, board: Board) -> None:
        """Draw what has changed."""
        shape = (board.run, board.patterns, self.size.width, self.app.theme, board.tasks)
        if not board.patterns or not self.size.width:
            return
        if shape != self._shape:
            if self._rows_of:
                self._cursor_task = self._cursor_task or self.at_cursor
            self._shape = shape
            self._begin(board)
        todo = [task for task in self._order if task in board.changed][:MOST_ROWS]
        for task in todo:
            board.changed.discard(task)
            self._draw(board, task)

    def _begin(self, board: Board) -> None:
        self.clear(columns=True)
        self._rows_of.clear()
        wide = max(map(len, board.patterns))
        fixed = _TASK + _STAGE + _SPEED + _TIME + _WRONG
        left = self.size.width - 2 - fixed - 2 * (len(board.patterns) + 5) - _MARK * len(board.patterns)
        full = left >= (wide - _MARK) * len(board.patterns)
        mark = max(_MARK, wide) if full else _MARK
        wrong = max(_WRONG, _WRONG + left - (mark - _MARK) * len(board.patterns))
        columns = [("task", _TASK), ("stage", _STAGE)]
        columns += [(pattern if full else _SHORT.get(pattern, pattern), mark) for pattern in board.patterns]
        columns += [("tok/s", _SPEED), ("time", _TIME), ("failure", wrong)]
        keys = [self.add_column(Text(name), width=width, key=str(at)) for at, (name, width) in enumerate(columns)]
        self._columns_of = tuple(key.value or "" for key in keys)
        self._order = list(board.tasks)
        if self.failures_first:
            self._order.sort(key=lambda task: not any(_failed(each) for each in _own(board, task)))
        board.changed.update(board.tasks)

    def _draw(self, board: Board, task: str) -> None:
        if not self._shows(board, task):
            if task in self._rows_of:
                self._rows_of.discard(task)
                self.remove_row(task)
            return
        shown = cells(board, task)
        if task not in self._rows_of:
            self._rows_of.add(task)
            self.add_row(Text(one_line(task, 40)), *(self._text(each) for each in shown), key=task)
            if task == self._cursor_task:
                self._cursor_task = ""
                self.move_cursor(row=self.get_row_index(task))
            return
        for name, each in zip(self._columns_of[1:], shown, strict=True):
            text = self._text(each)
            if self.get_cell(task, name) != text:
                self.update_cell(task, name, text)

    def _text(self, cell: Cell) -> Text:
        text, tone = cell
        return Text(text, palette_of(self.app).style(tone), no_wrap=True, overflow="ellipsis")

    def _shows(self, board: Board, task: str) -> bool:
        own = _own(board, task)
        match self.filter:
            case "failed":
                return any(_failed(each) for each in own)
            case "fixed or broke":
                return any(each.change for each in own)
            case "patterns differ":
                return len({each.passes for each in own if each.decided}) > 1
            case "unfinished":
                return sum(each.doing == "done" for each in own) < len(board.patterns) * board.per_task
            case _:
                return True


def _own(board: Board, task: str) -> list[Sample]:
    return [each for pattern in board.patterns for each in board.of(pattern, task) if each is not None]


def _failed(sample: Sample) -> bool:
    return sample.passes is False or sample.doing == "failed"
