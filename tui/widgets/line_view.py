"""A scrolling, selectable view of lines that is cheap to append to."""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.visible import one_line
from tui.widgets.lines import Line, breaks
from tui.widgets.scroll_bar import CheaplyScrolled
from tui.widgets.tones import palette_of

_Place = tuple[Literal["row", "border"], int]
"""A row of text by its number (the number of rows: a blank one behind them), or a row of the border by its place."""

_KEPT_SCREENS = 8
"""Rows are kept for so many screens of a view before all are dropped: whoever scrolls through a long text keeps few."""


class LineView(CheaplyScrolled, ScrollView, can_focus=True):
    """Shows lines. ``show`` compares with what is shown and lays out only what changed behind the common beginning.

    Following: while the end is in view, lines appended at the end stay in view. When the text is replaced, the view
    goes back to the top (``follow=False``) or to the end.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home,g", "scroll_home", "Top", show=False, id="view.top"),
        Binding("end,G", "scroll_end", "End", show=False, id="view.end"),
        Binding("j", "scroll_down", "Down", show=False, id="view.down"),
        Binding("k", "scroll_up", "Up", show=False, id="view.up"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._rows: list[tuple[int, int, int]] = []  # line, first character, end
        self._first_row: list[int] = []
        # Whole rows of the screen, borders and all: see render_lines.
        self._strips: dict[_Place, Strip] = {}
        self._painted_for: tuple[object, ...] = ()
        self._gutter = 0
        self._laid_out_for = -1
        self._widest = 0
        self._titles = ("", "")

    @property
    def allow_select(self) -> bool:
        return True

    @property
    def text(self) -> str:
        """All lines as they are copied."""
        return "\n".join(line.text for line in self._lines)

    def show(self, lines: Sequence[Line], *, follow: bool = False) -> None:
        """Make ``lines`` what is shown. ``follow`` scrolls to new text at the end."""
        same = 0
        for old, new in zip(self._lines, lines, strict=False):
            if old is not new and old != new:
                break
            same += 1
        if same == len(self._lines) == len(lines):
            return
        at_end = self.is_vertical_scroll_end
        replaced = same == 0 and bool(self._lines)
        rows = len(self._rows)
        self._lines[same:] = lines[same:]
        gutter = self._gutter_width()
        if gutter != self._gutter or self._laid_out_for != self._width():
            self._gutter, same = gutter, 0
        self._lay_out(same)
        if follow and (at_end or replaced):
            # By force: the first lines that overflow come before there is a scrollbar to allow it.
            self.scroll_end(animate=False, immediate=True, x_axis=False, force=True)
        elif replaced and not follow:
            self.scroll_home(animate=False, immediate=True, force=True)
        if replaced or same == 0:
            self.refresh()
        else:
            self._refresh_rows(self._first_row[same] if same < len(self._first_row) else len(self._rows), rows)

    def _refresh_rows(self, first: int, rows_before: int) -> None:
        """Paint rows from ``first`` on, as far as they are in view: there were ``rows_before`` of them."""
        top = self.scroll_offset.y
        first, end = max(first, top), min(max(rows_before, len(self._rows)), top + self.size.height)
        if first < end:
            self.refresh_lines(first, end - first)

    def show_titles(self, title: str, subtitle: str = "") -> None:
        """Set the words in the border: never parsed as markup, drawn only when they change."""
        if (title, subtitle) != self._titles:
            self._titles = (title, subtitle)
            self._strips.clear()
            self.border_title = Text(one_line(title))
            self.border_subtitle = Text(one_line(subtitle))

    def _gutter_width(self) -> int:
        number = max((line.number for line in self._lines if line.number is not None), default=None)
        return 0 if number is None else max(3, len(str(number))) + 1

    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _lay_out(self, start: int) -> None:
        first = self._first_row[start] if start < len(self._first_row) else len(self._rows)
        del self._rows[first:]
        del self._first_row[start:]
        for place in [place for place in self._strips if place[0] == "row" and place[1] >= first]:
            del self._strips[place]
        if start == 0:
            self._widest = 0
        width = self._laid_out_for = self._width()
        for index in range(start, len(self._lines)):
            line = self._lines[index]
            text = line.text
            self._first_row.append(len(self._rows))
            gutter = (self._gutter if line.number is not None else 0) + _lead_width(line)
            starts = breaks(text, max(1, width - gutter), line.hang) if line.wrap and width else (0,)
            self._rows += [(index, at, end) for at, end in zip(starts, (*starts[1:], len(text)), strict=True)]
            if not line.wrap:
                self._widest = max(self._widest, cell_len(text) + gutter)
        size = Size(max(self._widest, 1), len(self._rows))
        if self.styles.auto_dimensions:
            self.virtual_size = size
        elif size != self.virtual_size:
            # Its own size does not follow from the text's: the screen need not be laid out for a line more.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def watch_show_vertical_scrollbar(self) -> None:
        # It takes a column away, and no event of a new size says so.
        self.call_after_refresh(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        if self._laid_out_for != self._width():
            self._lay_out(0)
            self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips.clear()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The logical lines selected, without line numbers, marks, gaps and the rows' breaks."""
        if not self._lines:
            return None
        pieces = []
        for index, line in enumerate(self._lines):
            span = selection.get_span(index)
            if span is not None and not line.filler:
                start, end = span
                pieces.append(line.text[start:] if end == -1 else line.text[start:end])
        return "\n".join(pieces), "\n"

    def bring_into_view(self, first: int, last: int) -> None:
        """Scroll so that lines ``first`` to ``last`` are in view, or the first of them if not all fit."""
        if first >= len(self._first_row):
            return
        top = self._first_row[first]
        bottom = self._first_row[last + 1] if last + 1 < len(self._first_row) else len(self._rows)
        height, at = self.size.height, self.scroll_offset.y
        if top < at or bottom > at + height:
            self.scroll_to(y=max(0, min(top, bottom - height) if bottom - top <= height else top), animate=False)

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual paints every row in view again whenever a view scrolls, which a stream makes it do ten times a
        # second. What a row looks like depends on the row, not on where it stands in view; and a strip handed out a
        # second time has been divided and rendered already.
        scroll_x, scroll_y = self.scroll_offset
        top, height = self.styles.gutter.top, self.size.height
        painted_for = (self.outer_size, self.size, scroll_x, crop.column_span)
        if painted_for != self._painted_for or len(self._strips) > _KEPT_SCREENS * max(height, 1):
            self._strips.clear()
            self._painted_for = painted_for
        places = [self._place(y, scroll_y, top, height) for y in crop.line_range]
        for is_new, run in groupby(enumerate(places, crop.y), key=lambda each: each[1] not in self._strips):
            if is_new:
                ys, new = zip(*run, strict=True)
                painted = super().render_lines(Region(crop.x, ys[0], crop.width, len(ys)))
                self._strips.update(zip(new, painted, strict=True))
        return [self._strips[place] for place in places]

    def _place(self, y: int, scroll_y: int, top: int, height: int) -> _Place:
        if top <= y < top + height:
            return "row", min(scroll_y + y - top, len(self._rows))
        return "border", y

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        width, base = self.size.width, self.rich_style
        row = scroll_y + y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        ground = base + palette_of(self.app).fill(self._lines[self._rows[row][0]].fill)
        return self._paint(row, base).crop_extend(scroll_x, scroll_x + width, ground)

    def _paint(self, row: int, base: Style) -> Strip:
        index, start, end = self._rows[row]
        line, palette = self._lines[index], palette_of(self.app)
        ground = base + palette.fill(line.fill)
        segments: list[Segment] = []
        if line.number is not None:
            label = f"{line.number:>{self._gutter - 1}} " if start == 0 else " " * self._gutter
            segments.append(Segment(label, base + palette.style("gutter")))
        for span in line.lead:
            text = span.text if start == 0 else " " * cell_len(span.text)
            segments.append(Segment(text, base + palette.style(span.tone)))
        if start and line.hang:
            segments.append(Segment(" " * line.hang, ground))
        marked = self._marked(index)
        at = 0
        for span in line.spans:
            low, high = max(at, start), min(at + len(span.text), end)
            if low < high:
                style = ground + palette.style(span.tone)
                for piece_low, piece_high, chosen in _split(low, high, marked):
                    text = span.text[piece_low - at : piece_high - at]
                    look = style + self._selection_style() if chosen else style
                    # Textual reads where a selection begins and ends from this offset: character in line, line.
                    offset = Style.from_meta({"offset": (piece_low, index)})
                    segments.append(Segment(text, look + offset))
            at += len(span.text)
        return Strip(segments)

    def _selection_style(self) -> Style:
        return self.screen.get_component_rich_style("screen--selection")

    def _marked(self, index: int) -> tuple[int, int] | None:
        selection = self.text_selection
        span = selection.get_span(index) if selection is not None else None
        if span is None:
            return None
        start, end = span
        return start, len(self._lines[index].text) if end == -1 else end


def _lead_width(line: Line) -> int:
    return sum(cell_len(span.text) for span in line.lead)


def _split(low: int, high: int, marked: tuple[int, int] | None) -> list[tuple[int, int, bool]]:
    """``low`` to ``high`` in up to three pieces: before, in and after ``marked``."""
    if marked is None:
        return [(low, high, False)]
    begin, end = max(low, min(marked[0], high)), max(low, min(marked[1], high))
    pieces = [(low, begin, False), (begin, end, True), (end, high, False)]
    return [piece for piece in pieces if piece[0] < piece[1]]
