"""Colours of a change: the language's own, and the words that differ between two versions of a line."""

import difflib
from collections.abc import Sequence

from core.hunks import text_lines
from tui.visible import visible
from tui.widgets.feeds import python_rows
from tui.widgets.lines import Span


class Coloured:
    """Old and new text, coloured once for all views of them."""

    def __init__(self, before: str, after: str) -> None:
        self.old = coloured_rows(text_lines(before))
        self.new = coloured_rows(text_lines(after))


def coloured_rows(lines: Sequence[str]) -> list[tuple[Span, ...]]:
    """The spans of every line of a Python text."""
    return python_rows(visible("\n".join(lines)) + "\n")[0] if lines else []


def changed_words(
    old: tuple[Span, ...] | None, new: tuple[Span, ...] | None
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both sides of a changed line with the words that differ set off, where the two are close."""
    if not old or not new:
        return old or (), new or ()
    a, b = "".join(span.text for span in old), "".join(span.text for span in new)
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() <= 0.5:
        return old, new
    blocks = [each for each in matcher.get_opcodes() if each[0] != "equal"]
    return (
        _set_off(old, [(i1, i2) for _, i1, i2, _, _ in blocks], "removed-word"),
        _set_off(new, [(j1, j2) for _, _, _, j1, j2 in blocks], "added-word"),
    )


def _set_off(spans: tuple[Span, ...], ranges: Sequence[tuple[int, int]], tone: str) -> tuple[Span, ...]:
    made: list[Span] = []
    at = 0
    for span in spans:
        end, position = at + len(span.text), at
        for low, high in ranges:
            low, high = max(low, position), min(high, end)
            if low >= high:
                continue
            made += [Span(span.text[position - at : low - at], span.tone), Span(span.text[low - at : high - at], tone)]
            position = high
        made.append(Span(span.text[position - at :], span.tone))
        at = end
    return tuple(span for span in made if span.text)
