"""Plots as SVG: bars with intervals, drawn from figures alone. Every bar is labelled; colour is never the only cue."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_LABEL, _PLOT, _VALUE = 190, 420, 190
_ROW = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled value with its interval (None: it has none); ``text`` stands behind it."""

    label: str
    value: float
    low: float | None
    high: float | None
    text: str


def bars(title: str, rows: Sequence[Bar], *, least: float, most: float) -> str:
    """A horizontal bar for each row, from 0, on a scale from ``least`` to ``most``, with its interval as a line."""
    height = _ROW * len(rows) + 12
    width = _LABEL + _PLOT + _VALUE
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
    ]
    span = (most - least) or 1.0

    def x(value: float) -> float:
        return round(_LABEL + (min(max(value, least), most) - least) / span * _PLOT, 1)

    zero = x(0.0)
    parts.append(f'<line class="axis" x1="{zero}" x2="{zero}" y1="2" y2="{height - 4}"/>')
    for number, row in enumerate(rows):
        top = number * _ROW + 6
        middle = top + _ROW / 2 - 3
        left, right = sorted((zero, x(row.value)))
        negative = " lost" if row.value < 0 else ""
        parts.append(f'<text x="{_LABEL - 8}" y="{middle + 4}" text-anchor="end">{escape(row.label)}</text>')
        parts.append(f'<rect class="bar{negative}" x="{left}" y="{top}" width="{max(1.0, right - left)}" height="18"/>')
        if row.low is not None and row.high is not None:
            a, b = x(row.low), x(row.high)
            parts.append(f'<line class="interval" x1="{a}" x2="{b}" y1="{middle}" y2="{middle}"/>')
            parts += [
                f'<line class="interval" x1="{end}" x2="{end}" y1="{middle - 5}" y2="{middle + 5}"/>' for end in (a, b)
            ]
        parts.append(f'<text x="{_LABEL + _PLOT + 8}" y="{middle + 4}">{escape(row.text)}</text>')
    parts.append("</svg>")
    return "\n".join(parts)
