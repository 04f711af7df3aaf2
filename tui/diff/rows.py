"""A change as lines to show: in one column, or old and new side by side."""

from dataclasses import dataclass
from itertools import zip_longest

from core.events import HunkChoice
from core.hunks import Hunk, text_lines
from tui.diff.choosing import Choosing
from tui.diff.colour import Coloured, changed_words, coloured_rows
from tui.visible import one_line
from tui.widgets.lines import Line, Span, line

CONTEXT = 6
"""Unchanged lines shown around a hunk; a few more are shown rather than folded."""

_BAR, _NO_BAR = Span("▌", "hunk"), Span(" ", "hunk")


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines, and for every hunk its first and last one. ``other`` is the right side of a split view."""

    lines: tuple[Line, ...]
    places: tuple[tuple[int, int], ...]
    other: tuple[Line, ...] = ()


def _number(number: int | None, width: int) -> str:
    return f"{'' if number is None else number:>{width}} "


class _Writer:
    def __init__(self, choosing: Choosing, coloured: Coloured, *, split: bool) -> None:
        self.choosing = choosing
        self.coloured = coloured
        self.split = split
        self.left: list[Line] = []
        self.right: list[Line] = []
        self.width = len(str(max(len(coloured.old), len(coloured.new), 1)))

    def equal(self, old: int, new: int) -> None:
        spans = self.coloured.old[old]
        if self.split:
            self.left.append(self._line(spans, " ", old + 1, None))
            self.right.append(self._line(self.coloured.new[new], " ", None, new + 1))
        else:
            self.left.append(self._line(spans, " ", old + 1, new + 1))

    def folded(self, count: int) -> None:
        for side in self._sides():
            side.append(Line((Span(f"⋯ {count} unchanged lines", "muted"),), wrap=False))

    def head(self, number: int) -> None:
        choice, hunk, here = self.choosing.choices[number], self.choosing.hunks[number], number == self.choosing.at
        count = len(self.choosing.hunks)
        box = "[x] taken" if choice.taken else "[ ] left out"
        if choice.taken and choice.edited is not None:
            box += ", edited by you"
        tone = "good" if choice.taken else "warn"
        where = _where(hunk)
        head = line(
            ("▶ " if here else "  ", "strong"),
            (f"hunk {number + 1} of {count}", "strong" if here else "hunk"),
            "  ",
            (box, tone),
            (f"  {where}", "muted"),
            wrap=False,
        )
        self.left.append(head)
        if self.split:
            self.right.append(Line((Span(" ", "muted"),), wrap=False, filler=True))
        if not choice.taken and choice.reason:
            reason = one_line(choice.reason, 36 if self.split else 300)
            self.left.append(line(("  because: ", "muted"), reason, hang=11, wrap=not self.split))
            if self.split:
                self.right.append(Line((Span(" ", "muted"),), wrap=False, filler=True))

    def hunk(self, number: int) -> None:
        hunk, choice = self.choosing.hunks[number], self.choosing.choices[number]
        old = [self.coloured.old[hunk.start - 1 + index] for index in range(len(hunk.before))]
        if choice.edited is None:
            new = [self.coloured.new[hunk.new_start - 1 + index] for index in range(len(hunk.after))]
        else:
            new = coloured_rows(text_lines(choice.edited))
        pairs = list(zip_longest(old, new))
        here = number == self.choosing.at
        removed, added = [], []
        for index, (a, b) in enumerate(pairs):
            a_look, b_look = changed_words(a, b)
            if a is not None:
                removed.append(self._changed(a_look, "-", hunk.start + index, choice, here))
            if b is not None:
                added.append(self._changed(b_look, "+", hunk.new_start + index, choice, here))
        if not self.split:
            self.left += [*removed, *added]
            return
        gap = Line((Span(" ", "muted"),), wrap=False, filler=True)
        for a_line, b_line in zip_longest(removed, added, fillvalue=gap):
            self.left.append(a_line)
            self.right.append(b_line)

    def _sides(self) -> tuple[list[Line], ...]:
        return (self.left, self.right) if self.split else (self.left,)

    def _changed(self, spans: tuple[Span, ...], sign: str, number: int, choice: HunkChoice, here: bool) -> Line:
        tone = "removed" if sign == "-" else "added"
        fill = tone if choice.taken else None
        if not choice.taken:
            spans = tuple(Span(span.text, "muted") for span in spans)
        return self._line(
            spans, sign, number if sign == "-" else None, number if sign == "+" else None, fill=fill, here=here
        )

    def _line(
        self,
        spans: tuple[Span, ...],
        sign: str,
        old: int | None,
        new: int | None,
        *,
        fill: str | None = None,
        here: bool = False,
    ) -> Line:
        if self.split:
            numbers = _number(old if old is not None else new, self.width)
        else:
            numbers = _number(old, self.width) + _number(new, self.width)
        lead = (_BAR if here else _NO_BAR, Span(numbers, "gutter"))
        tone = {"-": "removed", "+": "added"}.get(sign, "text")
        shown = (Span(f"{sign} ", tone), *spans)
        return Line(shown, wrap=not self.split, hang=6, fill=fill, lead=lead)


def _where(hunk: Hunk) -> str:
    if not hunk.before:
        return f"new before line {hunk.start}"
    last = hunk.start + len(hunk.before) - 1
    lines = f"line {hunk.start}" if last == hunk.start else f"lines {hunk.start}-{last}"
    return lines if hunk.after else f"{lines} removed"


def rows(choosing: Choosing, coloured: Coloured, *, split: bool) -> Rows:
    """Every hunk with some of what stands around it."""
    writer = _Writer(choosing, coloured, split=split)
    places: list[tuple[int, int]] = []
    old = new = 0
    for number, hunk in enumerate(choosing.hunks):
        _context(writer, old, hunk.start - 1, new, first=number == 0, last=False)
        begin = len(writer.left)
        writer.head(number)
        writer.hunk(number)
        places.append((begin, len(writer.left) - 1))
        old, new = hunk.start - 1 + len(hunk.before), hunk.new_start - 1 + len(hunk.after)
    _context(writer, old, len(coloured.old), new, first=not choosing.hunks, last=True)
    return Rows(tuple(writer.left), tuple(places), tuple(writer.right))


def _context(writer: _Writer, begin: int, end: int, new: int, *, first: bool, last: bool) -> None:
    before, after = (0 if first else CONTEXT), (0 if last else CONTEXT)
    count = end - begin
    folded = count - before - after
    if folded <= 3:
        before, folded = count, 0
    for index in range(begin, begin + before):
        writer.equal(index, new + index - begin)
    if folded:
        writer.folded(folded)
        for index in range(end - after, end):
            writer.equal(index, new + index - begin)
