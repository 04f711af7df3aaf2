"""Faults of Textual (8.2.8) that end the program at an ordinary key, mended for all widgets, its own included."""

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, TextArea

_move_page = OptionList._move_page
_recompute_cursor_offset = TextArea._recompute_cursor_offset
_get_widget_and_offset_at = Screen.get_widget_and_offset_at


def mend_textual() -> None:
    """Put the functions below in the places of Textual's."""
    OptionList._move_page = _move_page_if_laid_out  # type: ignore[method-assign]
    TextArea._recompute_cursor_offset = _recompute_cursor_offset_in_text  # type: ignore[method-assign]
    Screen.get_widget_and_offset_at = _get_widget_there_and_offset_at  # type: ignore[assignment, method-assign]


def _move_page_if_laid_out(self: OptionList, direction: int) -> None:
    """Page up and page down in a list that has no rows, before it is laid out or for lack of room: a KeyError."""
    if self._lines:
        _move_page(self, direction)  # type: ignore[arg-type]


def _recompute_cursor_offset_in_text(self: TextArea) -> None:
    """Undo and redo that take the scrollbar away with the lines at the cursor: a ValueError.

    The scrollbar asks for the cursor while the text is already the old one and the cursor not yet; it is put where it
    belongs right after that.
    """
    if self.cursor_location[0] < self.document.line_count:
        _recompute_cursor_offset(self)  # type: ignore[no-untyped-call]


def _get_widget_there_and_offset_at(self: Screen[object], x: int, y: int) -> tuple[Widget | None, Offset | None]:
    """A click on a widget that was just removed, such as a message that vanishes, and is still laid out."""
    widget, offset = _get_widget_and_offset_at(self, x, y)
    if widget is not None and widget.parent is None:
        return None, None
    return widget, offset
