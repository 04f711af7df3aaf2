"""What a terminal shows that has no room for any screen: one sentence, until there is room again."""

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

LEAST = Size(60, 16)
"""Columns and rows that every screen fits into."""


def is_too_small(size: Size) -> bool:
    """Whether a terminal of ``size`` has no room."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(Screen[None]):
    """Covers the screen below it, which goes on; keys of the app still work."""

    DEFAULT_CSS = """
    TooSmallScreen { align: center middle; }
    TooSmallScreen Static { width: 100%; height: auto; text-align: center; }
    """

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="too-small")

    def on_resize(self, event: events.Resize) -> None:
        size = event.size
        self.query_one(Static).update(
            f"This terminal is too small: {size.width} by {size.height}. secondpass needs {LEAST.width} columns and "
            f"{LEAST.height} rows. What runs goes on; Ctrl+C twice quits."
        )
        self._leave_if_there_is_room(size)

    def on_screen_resume(self) -> None:
        self._leave_if_there_is_room(self.app.size)

    def _leave_if_there_is_room(self, size: Size) -> None:
        # Not below another screen, which would be left instead (a screen below a dialog is "current", too).
        if self.is_active and not is_too_small(size):
            _ = self.dismiss(None)
