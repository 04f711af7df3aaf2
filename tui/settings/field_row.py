"""One field of a form: its name and where its value comes from, an editor, what it means, and what is wrong with it."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Select, Static

from core.config.editing import Setting
from core.config.fields import Field, show_value
from core.toml_lines import KeyPath
from tui.visible import visible
from tui.widgets.tones import palette_of

_ORIGINS = {"shipped": "shipped", "user": "yours", "folder": "this folder", "named": "--models", "default": "default"}


class FieldRow(Vertical):
    """A field of the form. What is typed and not saved is kept by the screen, as ``draft``.

    Args:
        field: What it is.
        key: Its key in the file.
        setting: What holds now.
        own: Whether the user's file says it.
        choices: Values to choose from, () for text.
        draft: What was typed before, None if nothing.
    """

    class Edited(Message):
        """The text in the editor is now ``text``."""

        def __init__(self, key: KeyPath, text: str) -> None:
            super().__init__()
            self.key = key
            self.text = text

    def __init__(
        self, field: Field, key: KeyPath, setting: Setting, *, choices: tuple[str, ...], draft: str | None
    ) -> None:
        super().__init__()
        self.field = field
        self.key = key
        self._setting = setting
        self._choices = choices
        self._draft = draft
        self._last = draft if draft is not None else show_value(setting.value)

    def compose(self) -> ComposeResult:
        yield Static(markup=False, classes="field-name")
        hint = self._hint()
        if self._choices:
            chosen = self._last if self._last in self._choices else Select.NULL
            options = [(Text(each), each) for each in self._choices]
            yield Select(options, value=chosen, prompt=hint, allow_blank=True, compact=True)
        else:
            yield Input(self._last, placeholder=hint, compact=True, select_on_focus=False)
        yield Static(visible(self.field.description), markup=False, classes="field-text")
        yield Static(markup=False, classes="field-problem")

    def on_mount(self) -> None:
        self._name_it(unsaved=self._draft is not None)

    def _hint(self) -> str:
        if self.field.required:
            return "required"
        default = show_value(self.field.default)
        return f"not set; {default} is the default" if default else "not set"

    def _name_it(self, *, unsaved: bool) -> None:
        palette = palette_of(self.app)
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(self.field.name, palette.style("strong"))
        text.append(f"  {_ORIGINS[self._setting.origin]}", palette.style("muted"))
        if unsaved:
            text.append("  * not saved", palette.style("warn"))
        self.query_one(".field-name", Static).update(text)

    @property
    def unsaved(self) -> str | None:
        """What stands in the editor now, if it is not what holds; messages about it may still be under way."""
        editor = self.query_one("Input, Select")
        value = editor.value if isinstance(editor, Input | Select) else ""
        text = "" if value is Select.NULL else str(value)
        return None if text == show_value(self._setting.value) else text

    def complain(self, problem: str) -> None:
        """Show what is wrong at the field; "" for nothing."""
        self.query_one(".field-problem", Static).update(f"✗ {visible(problem)}" if problem else "")
        self.set_class(bool(problem), "wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._edited(event.value)

    def on_select_changed(self, event: Select.Changed) -> None:
        event.stop()
        self._edited("" if event.value is Select.NULL else str(event.value))

    def _edited(self, text: str) -> None:
        if text == self._last:
            return
        self._last = text
        self.complain("")
        self._name_it(unsaved=text != show_value(self._setting.value))
        self.post_message(self.Edited(self.key, text))
