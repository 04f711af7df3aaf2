"""Plain mode, for screen readers: nothing is drawn with characters, marks give way to the words beside them."""

import re
from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.widgets import Input, TextArea

CLASS = "-plain"
"""What the app has as a class in plain mode."""

# Frames and bars, and marks whose word stands behind them. Cells stay cells: every one becomes one character.
_DRAWN = dict.fromkeys(range(9472, 9632), " ")
_MARKS = "✓✗●○◌◐◇▷◆■▸▾▼▲┃"
_BEFORE_A_WORD = re.compile(rf"[{_MARKS}–](?= )")
_ALONE = str.maketrans({"✓": "+", "✗": "x", "·": ",", "⏎": "↵"} | dict.fromkeys("●○◌◐◇▷◆■▸▾▼▲", " ") | _DRAWN)


def is_plain(app: App[Any]) -> bool:
    """Whether ``app`` is in plain mode."""
    return app.has_class(CLASS)


def plain_text(text: str) -> str:
    """``text`` without drawing, cell by cell."""
    return _BEFORE_A_WORD.sub(" ", text).translate(_ALONE)


class PlainFilter(LineFilter):
    """Takes frames, bars and marks out of everything that is painted, whatever widget paints it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() or segment.control else Segment(plain_text(segment.text), segment.style)
            for segment in segments
        ]


def keep_still(widget: object) -> None:
    """Stop the blinking of a cursor."""
    if isinstance(widget, Input | TextArea):
        widget.cursor_blink = False
