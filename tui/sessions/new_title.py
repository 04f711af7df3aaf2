"""Ask for the title of a session."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.errors import UsageError
from core.sessions import LONGEST_TITLE, session_title


class NewTitleScreen(ModalScreen[str | None]):
    """A title; None if the person changed their mind.

    Args:
        title: The one it has.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="title.back", priority=True),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(id="title-box") as box:
            box.border_title = "Title of the session"
            box.border_subtitle = "Enter keeps · Esc back"
            yield Input(self._title, max_length=LONGEST_TITLE, id="title")
            yield Static(markup=False, id="title-message")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            title = session_title(event.value)
        except UsageError as error:
            self.query_one("#title-message", Static).update(str(error))
            return
        _ = self.dismiss(title)

    def action_dismiss_none(self) -> None:
        """Back without a title."""
        _ = self.dismiss(None)
