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
            # A line that does not wrap keeps its size, and a layout of the whole screen ten times a second is dear.
            resized = line.wrap or self._line.wrap
            self._line, self._theme = line, theme
            self.update(to_text(line, palette_of(self.app)), layout=resized)


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
