"""Which columns the table of tasks has room for."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.bench.datasets.known import paired_parts
from tui.benchmark.figures import Cell

_SHORT = {
    "coder-only": "coder",
    "reviewer-only": "reviewer",
    "plan-then-code": "plan",
    "review-then-fix": "review",
    "review-then-fix-retry": "retry",
    "adversarial": "advers.",
}
_TASK, _STAGE, _MARK, _SPEED, _TIME, _FAILURE = 14, 9, 8, 6, 7, 10
"""Widths in cells, at least. That of a mark holds "✓ fixed" and "✗ broke", that of the failure takes what is left."""
_TASK_SHARE = 4
"""Longer names of tasks get at most one of so many parts of the row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``cell`` is the place of its text in a row that has all of them."""

    title: str
    width: int
    cell: int


def columns_for(patterns: Sequence[str], width: int, *, longest: int = _TASK) -> tuple[Column, ...]:
    """The columns of a row in ``width`` cells: task, stage, a mark for every pattern, tok/s, time, failure; what there
    is no room for is left out, from the last one on, and the stage before marks. ``longest``: cells of the longest
    label of a task."""
    count = len(patterns)
    task = min(max(_TASK, longest), max(_TASK, width // _TASK_SHARE))
    full = max((len(name) for name in patterns), default=0)
    left = width - (task + _STAGE + count * _MARK + _SPEED + _TIME + _FAILURE + count + 5)
    wide = left >= count * max(0, full - _MARK)
    mark = max(full, _MARK) if wide else _MARK
    titles = patterns if wide else [_SHORT.get(name, name) for name in patterns]
    made = [Column("task", task, 0), Column("stage", _STAGE, 1)]
    made += [Column(title, mark, 2 + place) for place, title in enumerate(titles)]
    room = width - sum(column.width + 1 for column in made)
    if room < 0:
        del made[1]
        room += _STAGE + 1
    for place, (title, least) in enumerate((("tok/s", _SPEED), ("time", _TIME), ("failure", _FAILURE))):
        if room <= least:
            break
        made.append(Column(title, room - 1 if title == "failure" else least, 2 + count + place))
        room -= made[-1].width + 1
    return tuple(made)


def label(task: str, width: int = 60) -> str:
    """What a row calls its task in ``width`` cells; of a paired one the end is kept, which says the variant."""
    parts = paired_parts(task)
    if parts is None:
        return task
    problem, variant = parts
    room = width - len(variant) - 1
    return f"{problem if len(problem) <= room else problem[: max(0, room - 1)] + '…'}/{variant}"


def picked(cells: Sequence[Cell], columns: Sequence[Column]) -> list[Cell]:
    """The cells of a row that there are columns for."""
    return [cells[column.cell] for column in columns]
