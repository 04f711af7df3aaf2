"""Page keys in a list that has no rows yet."""

from textual.widgets import OptionList

_move_page = OptionList._move_page


def page_only_what_is_laid_out() -> None:
    """Let page up and page down do nothing in a list without rows: Textual (8.2.8) fails there with a KeyError.

    A list has none before it is laid out, and where there is no room for it, as in a tiny terminal. All lists are
    meant, those within Textual's own widgets, too.
    """
    OptionList._move_page = _move_page_if_laid_out  # type: ignore[method-assign]


def _move_page_if_laid_out(self: OptionList, direction: int) -> None:
    if self._lines:
        _move_page(self, direction)  # type: ignore[arg-type]
