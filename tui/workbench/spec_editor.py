"""The text editor that the spec is written in: coloured, and with what the linter found underlined."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit as TextEdit

from tui.alt_keys import is_no_text
from tui.widgets.scroll_bar import CheaplyScrolled
from tui.widgets.tones import editor_theme, palette_of
from tui.workbench.marks import Mark, Rows, marks_of, moved
from tui.workbench.spec_lint import Linted

if TYPE_CHECKING:
    from analyzers.rules.model import Edit

_PYTHON = re.compile(
    r"^\s*(?:@\w|async\s+def\s|def\s+\w+|class\s+\w+|import\s+\w|from\s+\w+\s+import\s|\"\"\"|>>>)", re.M
)
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s|```|~~~)", re.M)
_WEIGHT = {"info": 0, "warning": 1, "error": 2}

_TAKEN = {"f6", "f7"}
"""Keys of the text editor that mean something else here."""

_KEPT_ROWS = 512
"""Painted rows that are kept: those of some screens."""


def language_of(text: str, filename: str | None) -> str | None:
    """The language to colour a spec as: "python", "markdown" or None for prose."""
    if filename and filename.endswith((".py", ".pyi")):
        return "python"
    if (filename and filename.endswith((".md", ".markdown"))) or _MARKDOWN.search(text):
        return "markdown"
    return "python" if _PYTHON.search(text) else None


class SpecEditor(CheaplyScrolled, TextArea, inherit_bindings=False):
    """The spec's text. Replacing it is an edit like any other: Ctrl+Z brings the text before it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in TextArea.BINDINGS if not (isinstance(each, Binding) and each.key in _TAKEN)),
        Binding("ctrl+shift+a", "select_all", "Select all", show=False, id="editor.select-all"),
    ]

    # Textual asks for the highlights while the editor is being made.
    _marks: tuple[Mark, ...] = ()
    _marked_rows: tuple[str, ...] = ()

    def __init__(self, *, id: str | None = None) -> None:
        self._kept: LRUCache[tuple[object, ...], Strip] = LRUCache(_KEPT_ROWS)
        super().__init__(id=id, show_line_numbers=True, soft_wrap=True, tab_behavior="focus")
        self.filename: str | None = None

    def put(self, text: str, filename: str | None) -> None:
        """Make ``text`` the spec, as one step that can be undone."""
        self.filename = filename
        if text != self.text:
            self.history.checkpoint()
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.history.checkpoint()
        self.move_cursor((0, 0))
        self.colour()

    def colour(self) -> None:
        """Colour the text as what it is, for the theme that is shown."""
        language = language_of(self.text, self.filename)
        if language != self.language:
            selection = self.selection
            self.language = language
            self.selection = selection  # Textual makes another document, with the cursor at its start
        theme = editor_theme(palette_of(self.app))
        if theme.name != self.theme:
            self.register_theme(theme)
            self.theme = theme.name

    async def _on_key(self, event: events.Key) -> None:
        if not is_no_text(event):
            await super()._on_key(event)

    def on_text_area_changed(self) -> None:
        self.colour()

    # Painting

    def _render_line(self, y: int) -> Strip:
        # Textual paints every row in view again after every key, as a row could show the cursor or a selection.
        row, rows = y + self.scroll_offset.y, self.wrapped_document._offset_to_line_info
        if row >= len(rows) or not self.soft_wrap:
            return super()._render_line(y)
        line, section = rows[row]
        first, last = sorted(end[0] for end in self.selection)
        bracket = self._matching_bracket_location
        if first <= line <= last or (bracket is not None and bracket[0] == line):
            return super()._render_line(y)
        text, colours = self.document.get_line(line), tuple(self._highlights[line])
        width = self.scrollable_content_region.width - self.gutter_width
        look = (line, section, text, colours, width, self.show_line_numbers, self.theme)
        strip = self._kept.get(look)
        if strip is None:
            strip = self._kept[look] = super()._render_line(y)
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._kept.clear()

    # What the linter found

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is underlined, in the order of the text."""
        return self._marks

    @property
    def offset_of_cursor(self) -> int:
        """Where the cursor stands in ``text``."""
        return self._rows().offset(self.cursor_location)

    def mark(self, linted: Linted) -> None:
        """Underline the findings of ``linted``, whose text is the one in the editor."""
        rows = self._marked_rows = tuple(self.document.lines)
        shown = [(mark.severity, mark.start, mark.end) for mark in self._marks]
        self._marks = marks_of(linted.findings, rows, self.document.newline)
        # Colouring a long text anew takes longer than linting it: most pauses in typing change no underline.
        if shown != [(mark.severity, mark.start, mark.end) for mark in self._marks]:
            self._build_highlight_map()
            self.refresh()

    def marks_at_cursor(self) -> tuple[Mark, ...]:
        """The findings that the cursor stands in: the gravest first, of equal ones the narrowest."""
        found = [mark for mark in self._marks if mark.holds(self.cursor_location)]
        return tuple(sorted(found, key=lambda mark: (-_WEIGHT[mark.severity], _extent(mark))))

    def go_to_mark(self, step: int) -> Mark | None:
        """Move the cursor to the next finding (-1: the one before), around the ends; None if there is none."""
        places = sorted({mark.start for mark in self._marks})
        if not places:
            return None
        here = self.cursor_location
        beyond = [place for place in places if (place > here if step > 0 else place < here)]
        place = (beyond or places)[0 if step > 0 else -1]
        self.move_cursor(place, center=True)
        return self.marks_at_cursor()[0]

    def apply_edits(self, edits: "Sequence[Edit]") -> None:
        """Make ``edits``, whose spans are of the text as it stands, in one step that Ctrl+Z takes back.

        They must not overlap. The cursor stays at what it stood at.
        """
        if not edits:
            return
        text, rows, cursor = self.text, self._rows(), self.offset_of_cursor
        ordered = sorted(edits, key=lambda each: (each.span.start, each.span.end))
        first, last = ordered[0].span.start, max(each.span.end for each in ordered)
        pieces, at = [], first
        for edit in ordered:
            pieces += [text[at : edit.span.start], edit.text]
            at = edit.span.end
        behind = sum(len(each.text) - (each.span.end - each.span.start) for each in ordered if each.span.end <= cursor)
        # One replacement of all that lies between them: the editor's history takes several for several steps.
        replaced = "".join(pieces) + text[at:last]
        self.history.checkpoint()
        self.edit(TextEdit(replaced, rows.location(first), rows.location(last), maintain_selection_offset=False))
        self.history.checkpoint()
        self.move_cursor(self._rows().location(cursor + behind))

    def _rows(self) -> Rows:
        return Rows(self.document.lines, self.document.newline)

    def _build_highlight_map(self) -> None:
        """Add the underlines to the colours of the syntax; Textual does this after every edit and undo."""
        super()._build_highlight_map()
        if not self._marks:
            return
        rows = tuple(self.document.lines)
        self._marks = moved(self._marks, self._marked_rows, rows)
        self._marked_rows = rows
        # The gravest last: it is painted over the others.
        for mark in sorted(self._marks, key=lambda each: _WEIGHT[each.severity]):
            for row, low, high in mark.pieces(rows):
                start, end = (len(rows[row][:column].encode()) for column in (low, high))
                self._highlights[row].append((start, end, f"lint.{mark.severity}"))


def _extent(mark: Mark) -> tuple[int, int]:
    return mark.end[0] - mark.start[0], mark.end[1] - mark.start[1]
