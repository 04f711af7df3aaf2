"""A vertical scrollbar that costs little to move: text that streams moves two of them ten times a second."""

from rich.segment import Segment
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip


class VerticalBar(ScrollBar):
    """Looks and works as Textual's; what its cells look like is kept."""

    def __init__(self, *, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._cells: dict[Segment, Strip] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._cells.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        bar, height = self.render(), self.size.height
        assert isinstance(bar, ScrollBarRender)
        style = self.app.console.get_style(bar.style)
        if style.bgcolor is None or style.color is None:
            return super().render_lines(crop)
        cells = bar.render_bar(
            size=height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=self.size.width,
            vertical=True,
            back_color=style.bgcolor,
            bar_color=style.color,
        ).segments
        return [self._cell(cell).crop(crop.x, crop.right) for cell in cells[crop.y : crop.bottom]]

    def _cell(self, cell: Segment) -> Strip:
        strip = self._cells.get(cell)
        if strip is None:
            _, background = self.background_colors
            strip = Strip(Segment.apply_style([cell], self.rich_style), self.size.width)
            for filter_ in self.get_line_filters():
                strip = strip.apply_filter(filter_, background)
            self._cells[cell] = strip
        return strip


class CheaplyScrolled:
    """Gives a scroll view such a bar; to be named before its class.

    No widget itself: Textual takes a widget's styles from the first of its bases that is one.
    """

    _vertical_scrollbar: ScrollBar | None

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar, made when it is first needed."""
        if self._vertical_scrollbar is None:
            assert isinstance(self, ScrollView)
            self._vertical_scrollbar = bar = VerticalBar(thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar
