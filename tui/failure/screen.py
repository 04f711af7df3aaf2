"""The Error screen: what happened in a sentence, what is kept, and how to go on."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tui.failure.failure import Failure
from tui.widgets.key_bar import KeyBar
from tui.workbench.header import SCRIPTED


class FailureScreen(Screen[None]):
    """Shown over the Workbench that the program opened again.

    Args:
        failure: What happened.
        log: The file that has the details.
        scripted: Whether the demo pair is in use.
    """

    DEFAULT_CSS = """
    FailureScreen { background: $background; }
    #failure { padding: 1 2; border: heavy $error; background: $surface; }
    #failure Static { height: auto; margin-bottom: 1; }
    #failure-what { text-style: bold; color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "go_on", "Go on", id="failure.continue", key_display="Enter", priority=True),
        Binding("l", "app.log", "Log", id="failure.log"),
        Binding("c", "copy_path", "Copy the log's path", id="failure.copy"),
        Binding("q", "app.quit", "Quit", id="failure.quit"),
    ]

    def __init__(self, failure: Failure, log: Path, *, scripted: bool) -> None:
        super().__init__()
        self._failure = failure
        self._log = log
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        with VerticalScroll(id="failure") as box:
            box.border_title = "Error"
            yield Static(
                f"✗ secondpass made a mistake of its own ({self._failure.kind}) and had to begin again.",
                markup=False,
                id="failure-what",
            )
            yield Static(self._failure.kept, markup=False)
            yield Static(f"The details are in {self._log}; please report them.", markup=False)
            yield Static("Enter goes on where you were. l shows the log, c copies its path, q quits.", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#failure").focus()

    def action_go_on(self) -> None:
        """Go on."""
        _ = self.dismiss(None)

    def action_copy_path(self) -> None:
        """Copy the path of the log."""
        self.app.copy_to_clipboard(str(self._log))
