"""Ask for the name of a new pair, model or endpoint."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class NewNameScreen(ModalScreen[str | None]):
    """The name that was typed, None if the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="new-name.back", priority=True)
    ]
    DEFAULT_CSS = """
    NewNameScreen { align: center middle; }
    #new-box { width: 60; max-width: 90%; height: auto; padding: 0 1; border: round $primary; background: $surface; }
    #new-box Static { height: auto; color: $warning; }
    """

    def __init__(self, kind: str, taken: tuple[str, ...]) -> None:
        super().__init__()
        self._kind, self._taken = kind, taken

    def compose(self) -> ComposeResult:
        with Vertical(id="new-box") as box:
            box.border_title = f"Name of the new {self._kind}"
            box.border_subtitle = "Enter goes on · Esc back"
            yield Input(id="new-name")
            yield Static(markup=False, id="new-problem")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        problem = ""
        if not name or not name.isprintable():
            problem = "Type a name."
        elif name in self._taken:
            problem = f"There is a {self._kind} of this name already."
        if problem:
            self.query_one("#new-problem", Static).update(problem)
        else:
            _ = self.dismiss(name)

    def action_dismiss_none(self) -> None:
        """Back."""
        _ = self.dismiss(None)
