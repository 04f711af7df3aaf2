"""What the panes are made of: logical lines of toned text, safe to print, and how a line breaks into rows.

A *line* is what the user would copy; a *row* is one row of the screen. Tones are names of meanings
("keyword", "added"), turned into colours only where a line is painted (see :mod:`tui.widgets.tones`).
"""

from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

from tui.visible import visible


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one tone. ``text`` holds no control characters (see :mod:`tui.visible`)."""

    text: str
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line.

    ``number`` is shown in the gutter, ``lead`` behind it: marks that are no part of the text. ``wrap`` breaks the line
    at the pane's width (code is scrolled instead), ``hang`` is how many cells the second and later rows are indented,
    ``fill`` a tone for the whole row's ground.
    """

    spans: tuple[Span, ...] = ()
    number: int | None = None
    wrap: bool = True
    hang: int = 0
    fill: str | None = None
    lead: tuple[Span, ...] = ()
    filler: bool = False
    """Nothing but a gap that keeps two sides level: it is never copied."""

    @property
    def text(self) -> str:
        """The line as it is copied."""
        return "".join(span.text for span in self.spans)


def line(*parts: "str | tuple[str, str] | Span", wrap: bool = True, hang: int = 0) -> Line:
    """A line from strings (tone "text"), (text, tone) pairs and spans; every text is made safe to print."""
    spans = []
    for part in parts:
        text, tone = (
            (part, "text") if isinstance(part, str) else (part.text, part.tone) if isinstance(part, Span) else part
        )
        if text:
            spans.append(Span(visible(text), tone))
    return Line(tuple(spans), wrap=wrap, hang=hang)


def lines(text: str, tone: str = "text", *, indent: str = "", wrap: bool = True) -> tuple[Line, ...]:
    """``text`` split at line ends into lines of one tone, each behind ``indent``."""
    return tuple(line(indent, (row, tone), wrap=wrap, hang=len(indent)) for row in text.splitlines())


@lru_cache(maxsize=4096)
def breaks(text: str, width: int, hang: int) -> tuple[int, ...]:
    """Offsets at which the rows of ``text`` begin when no row is wider than ``width`` cells (at least 1 each).

    Rows break after a blank where there is one; later rows have ``hang`` cells less. Wide characters count two.
    """
    if width < 1 or cell_len(text) <= width:
        return (0,)
    starts, start = [0], 0
    while start < len(text):
        room = max(1, width if start == 0 else width - hang)
        end, used, blank = start, 0, None
        while end < len(text):
            used += get_character_cell_size(text[end])
            if used > room and end > start:
                break
            end += 1
            if text[end - 1] == " ":
                blank = end
        if end >= len(text):
            break
        if text[end] == " ":
            blank = end + 1
        start = blank if blank is not None and blank > start else end
        starts.append(start)
    return tuple(starts)
