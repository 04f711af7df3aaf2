"""What is asked about one hunk: why it is left out, and what is to stand in its place."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static, TextArea

from tui.widgets.tones import editor_theme, palette_of
from tui.workbench.header import SCRIPTED


class ReasonScreen(ModalScreen[str | None]):
    """Why a hunk is left out; "" gives no reason, None: it is not left out after all."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="reason.back", priority=True),
    ]

    def __init__(self, reason: str, *, scripted: bool) -> None:
        super().__init__()
        self._reason = reason
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(classes="hunk-box") as box:
            box.border_title = "Leave this change out"
            box.border_subtitle = "Enter leaves it out · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield Label("Why? The coder is told when you apply your choices, and writes it anew.")
            yield Input(self._reason, placeholder="empty: it is left out and nothing is asked", id="hunk-reason")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        _ = self.dismiss(event.value.strip())

    def action_dismiss_none(self) -> None:
        """Back; the hunk is as it was."""
        _ = self.dismiss(None)


class EditScreen(ModalScreen[str | None]):
    """The lines of a hunk, to be changed; None: they stay as they were."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="hunk-edit.back", priority=True),
        Binding("ctrl+s,f4", "take", "Take it", id="hunk-edit.take", priority=True),
        Binding("ctrl+g", "outside", "$EDITOR", id="hunk-edit.outside", priority=True),
    ]

    def __init__(self, text: str, *, scripted: bool) -> None:
        super().__init__()
        self._text = text
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(classes="hunk-box tall") as box:
            box.border_title = "Edit this change"
            box.border_subtitle = "Ctrl+S takes it · Ctrl+G $EDITOR · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield TextArea(self._text, tab_behavior="indent", show_line_numbers=False, soft_wrap=False, id="hunk-text")
            yield Static(markup=False, id="hunk-problem")

    def on_mount(self) -> None:
        editor = self.query_one(TextArea)
        theme = editor_theme(palette_of(self.app))
        editor.register_theme(theme)
        editor.theme = theme.name
        if "python" in editor.available_languages:
            editor.language = "python"
        editor.focus()

    def action_take(self) -> None:
        """Take the lines as they stand."""
        _ = self.dismiss(self.query_one(TextArea).text)

    def action_outside(self) -> None:
        """Go on in the person's own editor."""
        self.run_worker(self._edit_outside(), group="editor", exclusive=True, exit_on_error=False)

    async def _edit_outside(self) -> None:
        from tui.outside_editor import EditorError, edit_text

        editor = self.query_one(TextArea)
        try:
            editor.text = await edit_text(self.app, editor.text, suffix=".py")
        except EditorError as error:
            self.query_one("#hunk-problem", Static).update(str(error))
        editor.focus()

    def action_dismiss_none(self) -> None:
        """Back; the hunk is as it was."""
        _ = self.dismiss(None)
