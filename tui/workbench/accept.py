"""Accept code into a file: a name, a look at what is in the way, and the truth about what happened."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from core.placing import holds_more
from tui.visible import one_line
from tui.workbench import saving
from tui.workbench.header import SCRIPTED


@dataclass(frozen=True, slots=True)
class Compare:
    """The person wants to see the change to the file at ``path``, which holds ``text``."""

    path: Path
    text: str
    existing: saving.Existing


class AcceptScreen(ModalScreen[saving.Saved | Compare | None]):
    """Ask for a file and write the code to it; None if the person changed their mind.

    A file that exists is replaced only through the Replace button, which stands unfocused beside the others: another
    name, or the change hunk by hunk.
    """

    CSS_PATH = "accept.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="accept.back", priority=True),
    ]

    def __init__(self, code: str, candidate: str, proposal: str, folder: Path, *, scripted: bool) -> None:
        super().__init__()
        self._code = code
        self._candidate = candidate
        self._proposal = proposal
        self._folder = folder
        self._scripted = scripted
        self._in_the_way: tuple[Path, saving.Existing] | None = None
        self._missing: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="accept-box") as box:
            box.border_title = f"Save {one_line(self._candidate)} ({len(self._code.splitlines())} lines)"
            box.border_subtitle = "Enter saves · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield Static(f"File, seen from {self._folder}", markup=False, id="accept-label")
            yield Input(value=self._proposal, id="accept-path", select_on_focus=False)
            yield Static(markup=False, id="accept-message")
            with Horizontal(id="accept-replace"):
                yield Button("Another name", id="accept-other")
                yield Button("See the change", id="accept-look")
                yield Button("Replace, keep a copy", id="accept-yes", variant="warning")
            with Horizontal(id="accept-folder"):
                yield Button("Another name", id="accept-elsewhere")
                yield Button("Make the folder", id="accept-make")

    def on_mount(self) -> None:
        self.query_one("#accept-path", Input).focus()

    def on_input_changed(self) -> None:
        self._ask_nothing()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._try(confirmed=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "accept-yes":
                self._try(confirmed=True)
            case "accept-look":
                self._look()
            case "accept-make":
                self._make_folder()
            case _:
                self._ask_nothing()
                self.query_one("#accept-path", Input).focus()

    def action_dismiss_none(self) -> None:
        """Back without saving."""
        _ = self.dismiss(None)

    def _try(self, *, confirmed: bool) -> None:
        try:
            path = saving.target(self.query_one("#accept-path", Input).value, self._folder)
            agreed = self._in_the_way[1] if confirmed and self._in_the_way and self._in_the_way[0] == path else None
            saved = saving.save(path, self._code, replacing=agreed)
        except saving.ChangedError as error:
            self._ask(path, str(error))
        except saving.NoFolderError as error:
            self._missing = error.folder
            self._say(f"{error} Shall it be made?")
            self.add_class("no-folder")
            self.call_after_refresh(self.query_one("#accept-elsewhere", Button).focus)
        except saving.SaveError as error:
            self._say(str(error))
        else:
            _ = self.dismiss(saved)

    def _ask(self, path: Path, problem: str) -> None:
        try:
            existing = saving.look_at(path)
        except saving.SaveError as error:
            self._say(str(error))
            return
        if existing is None:
            self._say(f"{path} is gone in the meantime; press Enter to save there.")
            return
        self._in_the_way = (path, existing)
        more = " It holds other things too, which See the change keeps." if self._holds_more(path) else ""
        self._say(f"{problem} It has {existing.lines} lines; a copy of it would be kept as {path.name}.bak.{more}")
        self.add_class("asking")
        # After the refresh: a button that is not laid out yet would lose the focus again.
        self.call_after_refresh(self.query_one("#accept-other", Button).focus)

    def _holds_more(self, path: Path) -> bool:
        try:
            return holds_more(saving.read_existing(path)[0], self._code)
        except saving.SaveError:
            return False

    def _look(self) -> None:
        if self._in_the_way is None:
            return
        path = self._in_the_way[0]
        try:
            text, existing = saving.read_existing(path)
        except saving.SaveError as error:
            self._say(str(error))
        else:
            _ = self.dismiss(Compare(path, text, existing))

    def _make_folder(self) -> None:
        if self._missing is None:
            return
        try:
            saving.make_folder(self._missing)
        except saving.SaveError as error:
            self._say(str(error))
        else:
            self._ask_nothing()
            self._try(confirmed=False)

    def _ask_nothing(self) -> None:
        self._in_the_way = self._missing = None
        self.remove_class("asking", "no-folder")
        self._say("")

    def _say(self, text: str) -> None:
        self.query_one("#accept-message", Static).update(one_line(text))
