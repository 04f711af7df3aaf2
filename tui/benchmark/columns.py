"""Which columns the table of tasks has room for."""

from collections.abc import Sequence
from dataclasses import dataclass

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
"""Widths in cells. That of a mark holds "✓ fixed" and "✗ broke", that of the failure takes what is left."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``cell`` is the place of its text in a row that has all of them."""

    title: str
    width: int
    cell: int


def columns_for(patterns: Sequence[str], width: int) -> tuple[Column, ...]:
    """The columns of a row in ``width`` cells: task, stage, a mark for every pattern, tok/s, time, failure; what there
    is no room for is left out, from the last one on, and the stage before marks."""
    count = len(patterns)
    full = max((len(name) for name in patterns), default=0)
    left = width - (_TASK + _STAGE + count * _MARK + _SPEED + _TIME + _FAILURE + count + 5)
    wide = left >= count * max(0, full - _MARK)
    mark = max(full, _MARK) if wide else _MARK
    titles = patterns if wide else [_SHORT.get(name, name) for name in patterns]
    made = [Column("task", _TASK, 0), Column("stage", _STAGE, 1)]
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


def picked(cells: Sequence[Cell], columns: Sequence[Column]) -> list[Cell]:
    """The cells of a row that there are columns for."""
    return [cells[column.cell] for column in columns]
