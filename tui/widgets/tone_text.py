"""One line of toned text in a bar of its own."""

from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from tui.widgets.lines import Line
from tui.widgets.tones import Palette, palette_of


def to_text(line: Line, palette: Palette) -> Text:
    """``line`` with the colours of ``palette``; never parsed as markup."""
    text = Text(no_wrap=not line.wrap, overflow="fold" if line.wrap else "ellipsis")
    for span in line.spans:
        text.append(span.text, palette.style(span.tone))
    return text


class ToneText(Static):
    """Shows one line; wraps it if the line says so."""

    DEFAULT_CSS = "ToneText { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._line = Line()
        self._theme = ""

    def show(self, line: Line) -> None:
        """Make ``line`` what is shown."""
        theme = self.app.theme
        if (line, theme) != (self._line, self._theme):
            # A layout of the whole screen is dear: it is asked for only if the text takes more or fewer rows.
            palette = palette_of(self.app)
            rows = self._rows(line, palette)
            resized = rows is None or rows != self._rows(self._line, palette)
            self._line, self._theme = line, theme
            self.update(to_text(line, palette), layout=resized)

    def _rows(self, line: Line, palette: Palette) -> int | None:
        """How many rows ``line`` takes at this width, None while that is not laid out."""
        if not line.wrap:
            return 1
        width = self.scrollable_content_region.width
        return len(to_text(line, palette).wrap(self.app.console, width)) if width else None


class ToneTable(Static):
    """Rows of two columns: a short label, and a text that wraps beside it."""

    DEFAULT_CSS = "ToneTable { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[tuple[Line, Line], ...] = ()
        self._theme = ""

    def show(self, rows: tuple[tuple[Line, Line], ...]) -> None:
        """Make ``rows`` what is shown."""
        theme = self.app.theme
        if (rows, theme) != (self._rows, self._theme):
            self._rows, self._theme = rows, theme
            palette = palette_of(self.app)
            table = Table.grid(padding=(0, 1, 0, 0))
            for label, text in rows:
                table.add_row(to_text(label, palette), to_text(text, palette))
            self.update(table)
