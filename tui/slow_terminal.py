"""A terminal that reads slowly must not hold up the program: frames are left out until it has caught up.

Textual writes from a thread behind a queue of 30 pieces, and waits when that is full: with a slow connection, or a
terminal that was suspended, the event loop would stand still, and with it the models' streams, timers and keys.
"""

from threading import Timer

from rich.console import RenderableType
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.screen import Screen

from tui.leaving import end_for_certain

BEHIND = 3
"""Pieces that wait: a frame is up to three (begin, picture, end)."""
LOOK_AGAIN_SECONDS = 0.1


class PatientApp(App[None]):
    """An app that leaves out what its terminal has no time for, and then paints everything as it stands."""

    _left_out = False
    _watchdog: Timer | None = None

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave: soon, even if the terminal takes no more output; ``has_left`` says that it is done."""
        if self._watchdog is None and not self.is_headless:
            self._watchdog = end_for_certain(return_code)
        super().exit(result, return_code, message)

    def has_left(self) -> None:
        """The screen is given back and nothing is waited for any more."""
        if self._watchdog is not None:
            self._watchdog.cancel()

    def _display(self, screen: Screen[object], renderable: object) -> None:
        if renderable is not None and self._behind():
            if not self._left_out:
                self._left_out = True
                self.set_timer(LOOK_AGAIN_SECONDS, self._catch_up)
            return
        super()._display(screen, renderable)  # type: ignore[arg-type]

    def _behind(self) -> bool:
        writer: WriterThread | None = getattr(self._driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() >= BEHIND

    def _catch_up(self) -> None:
        if self._behind():
            self.set_timer(LOOK_AGAIN_SECONDS, self._catch_up)
            return
        self._left_out = False
        self.screen.refresh()
