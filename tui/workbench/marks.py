"""Where findings stand in the editor: from offsets in the text to rows and columns, and how typing moves them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzers.rules.model import LintFinding, Severity
    from analyzers.spec import Span

Location = tuple[int, int]
"""Row and column, both from 0; columns count code points."""


class Rows:
    """The editor's rows, and where each begins in its text.

    Args:
        rows: Without their line ends. The editor breaks at more characters than ``\\n``, so they are its own.
        newline: What the editor puts between them.
    """

    def __init__(self, rows: Sequence[str], newline: str) -> None:
        self._rows = rows
        self._starts = list(accumulate((len(row) + len(newline) for row in rows), initial=0))[: len(rows)] or [0]

    def location(self, offset: int) -> Location:
        """Where ``offset`` of the text stands; within a line end, the end of its row."""
        row = max(0, bisect_right(self._starts, max(0, offset)) - 1)
        width = len(self._rows[row]) if self._rows else 0
        return row, min(offset - self._starts[row], width) if offset > 0 else 0

    def offset(self, location: Location) -> int:
        """The offset of a place in the text."""
        row, column = location
        return self._starts[min(row, len(self._starts) - 1)] + column


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding's place in the editor, ``end`` exclusive."""

    start: Location
    end: Location
    finding: "LintFinding"

    @property
    def severity(self) -> "Severity":
        """How much it matters."""
        return self.finding.severity

    def holds(self, location: Location) -> bool:
        """Whether the cursor at ``location`` stands in it or right behind it."""
        return self.start <= location <= self.end

    def pieces(self, rows: Sequence[str]) -> list[tuple[int, int, int]]:
        """(row, first column, end) of what to underline: its words, without the indentation of its later rows."""
        found = []
        for row in range(self.start[0], min(self.end[0], len(rows) - 1) + 1):
            text = rows[row]
            low = self.start[1] if row == self.start[0] else len(text) - len(text.lstrip())
            high = self.end[1] if row == self.end[0] else len(text)
            # Blanks are underlined only where there is nothing else to show.
            words = len(text[low:high].rstrip())
            if words or (low < high and self.start[0] == self.end[0]):
                found.append((row, low, low + words if words else high))
        return found


def marks_of(findings: "Sequence[LintFinding]", rows: Sequence[str], newline: str) -> tuple[Mark, ...]:
    """The places of ``findings``. An empty span is widened by a character, so that it can be seen."""
    places = Rows(rows, newline)
    return tuple(_mark(finding, finding.span, places, rows) for finding in findings)


def _mark(finding: "LintFinding", span: "Span", places: Rows, rows: Sequence[str]) -> Mark:
    start, end = places.location(span.start), places.location(max(span.start, span.end))
    if start == end and rows:
        row, column = start
        start, end = (row, max(0, min(column, len(rows[row]) - 1))), (row, min(column + 1, len(rows[row])))
    return Mark(start, end, finding)


def moved(marks: Sequence[Mark], before: Sequence[str], after: Sequence[str]) -> tuple[Mark, ...]:
    """``marks`` after the rows ``before`` were edited into ``after``; one that the edit touched is gone.

    It holds until the text is linted again: squiggles stay under their words while the person types elsewhere.
    """
    first = _common(before, after)
    if first == len(before) == len(after):
        return tuple(marks)
    rest = min(len(before), len(after)) - first
    same = 0
    while same < rest and before[-1 - same] == after[-1 - same]:
        same += 1
    old_end, new_end = len(before) - same, len(after) - same
    # What changed is between two places of the old text and the same two of the new one.
    top = (first, _common(before[first], after[first]) if first < min(old_end, new_end) else 0)
    old_bottom, new_bottom = (old_end, 0), (new_end, 0)
    if first < min(old_end, new_end):
        a, b = before[old_end - 1], after[new_end - 1]
        room = min(len(a) - (top[1] if old_end - 1 == first else 0), len(b) - (top[1] if new_end - 1 == first else 0))
        tail = 0
        while tail < room and a[-1 - tail] == b[-1 - tail]:
            tail += 1
        old_bottom, new_bottom = (old_end - 1, len(a) - tail), (new_end - 1, len(b) - tail)
    kept = []
    for mark in marks:
        if mark.end <= top:
            kept.append(mark)
        elif mark.start >= old_bottom:
            start, end = (_shifted(place, old_bottom, new_bottom) for place in (mark.start, mark.end))
            kept.append(replace(mark, start=start, end=end))
    return tuple(kept)


def _shifted(place: Location, old: Location, new: Location) -> Location:
    row, column = place
    return row + new[0] - old[0], column + new[1] - old[1] if row == old[0] else column


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many items two sequences begin with in common."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count
