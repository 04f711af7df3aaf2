"""A change to read: a unified diff, as lines."""

import difflib
from itertools import zip_longest

from tui.diff.colour import Coloured, changed_words
from tui.widgets.lines import Line, Span, line


def diff_lines(before: str, after: str) -> list[Line]:
    """A unified diff with three lines of context; changed words of a changed line are set off."""
    shown = Coloured(before, after)
    old, new = (["".join(span.text for span in row) for row in rows] for rows in (shown.old, shown.new))
    made: list[Line] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        (_, a, _, b, _), (_, _, c, _, d) = group[0], group[-1]
        made.append(line((f"@@ -{a + 1},{c - a} +{b + 1},{d - b} @@", "hunk"), wrap=False))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                made += [Line((Span("  "), *spans), hang=2) for spans in shown.old[i1:i2]]
                continue
            pairs = [changed_words(a, b) for a, b in zip_longest(shown.old[i1:i2], shown.new[j1:j2])]
            made += [_signed("-", "removed", spans) for spans, _ in pairs[: i2 - i1]]
            made += [_signed("+", "added", spans) for _, spans in pairs[: j2 - j1]]
    return made or [line(("No difference.", "muted"))]


def _signed(sign: str, tone: str, spans: tuple[Span, ...]) -> Line:
    return Line((Span(f"{sign} ", tone), *spans), hang=2, fill=tone)
