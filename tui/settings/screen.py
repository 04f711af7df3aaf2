"""The Settings: models.toml as a form made from its schema, written into the user's own file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.config import load_configuration
from core.config.editing import REMOVE, Change, Settings
from core.config.fields import Field, NotAValue, fields_of, read_value
from core.config.problems import dotted
from core.errors import ConfigurationError, SecondpassError
from core.toml_lines import KeyPath
from tui.outside_editor import edit_text
from tui.settings.field_row import FieldRow
from tui.settings.new_name import NewNameScreen
from tui.visible import one_line, visible
from tui.widgets.key_bar import KeyBar
from tui.workbench.header import SCRIPTED

if TYPE_CHECKING:
    from tui.app import SecondpassApp

_KINDS = {"pairs": "pair", "models": "model", "endpoints": "endpoint"}


class SettingsScreen(Screen[None]):
    """Sections on the left, the fields of one on the right.

    Args:
        models: The file named by ``--models``, which is merged over the user's.
        scripted: Whether the demo pair is in use.
    """

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "#settings-sections"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="settings.back", key_display="Esc"),
        Binding("ctrl+s", "save", "Save", id="settings.save", key_display="^S", priority=True),
        Binding("alt+z", "undo", "Undo save", id="settings.undo", key_display="Alt+Z", priority=True),
        Binding("ctrl+g", "editor", "$EDITOR", id="settings.editor", key_display="^G", priority=True),
        Binding("n", "new", "New", id="settings.new"),
        Binding("x", "remove", "Remove", id="settings.remove"),
    ]

    def __init__(self, models: Path | None, *, scripted: bool) -> None:
        super().__init__()
        self._models, self._scripted = models, scripted
        self._settings: Settings | None = None
        self._section: KeyPath = ()
        self._sections: tuple[KeyPath, ...] = ()
        self._new: list[KeyPath] = []
        self._drafts: dict[KeyPath, str] = {}
        self._rejected: str | None = None
        self._warned: dict[KeyPath, str] | None = None

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield Static(markup=False, id="settings-message")
        with Horizontal(id="settings-columns"):
            yield OptionList(id="settings-sections", markup=False)
            yield VerticalScroll(id="settings-form", can_focus=False)
        yield KeyBar()

    async def on_mount(self) -> None:
        sections = self.query_one("#settings-sections")
        sections.border_title, sections.border_subtitle = "Settings", "* in your file"
        try:
            self._settings = Settings(self._models)
        except SecondpassError as error:
            self._say(f"{error} Ctrl+G opens the file in your editor.")
            return
        self._say(f"Changes are written to {self._settings.path}; an emptied field goes back to what is shipped.")
        self._list_sections()
        await self._show_form()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._warned = None
        message = self.query_one("#settings-message", Static)
        message.update(visible(text))
        message.set_class(wrong, "wrong")

    # Sections

    def _list_sections(self) -> None:
        settings = self._settings
        if settings is None:
            return
        named = [(kind, name) for kind in _KINDS for name in settings.names(kind)]
        self._new = [each for each in self._new if each not in named]
        self._sections = ((), ("interface",), *named, *self._new)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(self._section_text(each)) for each in self._sections])
        if self._section not in self._sections:
            self._section = ()
        listed.highlighted = self._sections.index(self._section)

    def _section_text(self, section: KeyPath) -> Text:
        if len(section) < 2:
            return Text("Interface" if section else "General")
        mark = "+" if section in self._new else "*" if self._settings and self._settings.is_own(section) else " "
        return Text(f"{mark} {_KINDS[section[0]]} {one_line(section[1], 40)}", no_wrap=True, overflow="ellipsis")

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.id != "settings-sections":
            return  # the list of a field's choices
        event.stop()
        section = self._sections[event.option_index]
        if section != self._section:
            self._keep_all()
            self._section = section
            await self._show_form()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "settings-sections":
            event.stop()
            self.focus_next()

    async def _show_form(self) -> None:
        settings = self._settings
        if settings is None:
            return
        form = self.query_one("#settings-form")
        form.border_title = one_line(dotted(self._section), 60) if self._section else "General"
        rows = []
        for field in self._fields():
            key = (*self._section, field.name)
            choices = self._choices(field)
            rows.append(FieldRow(field, key, settings.setting(key), choices=choices, draft=self._drafts.get(key)))
        async with self.batch():
            await form.remove_children()
            await form.mount(*rows)
            form.scroll_home(animate=False)

    def _fields(self) -> tuple[Field, ...]:
        return fields_of(self._section[0] if self._section else "")

    def _choices(self, field: Field) -> tuple[str, ...]:
        if field.kind == "switch":
            return ("true", "false")
        if field.kind == "reference" and self._settings is not None:
            return self._settings.names(field.refers_to)
        return field.choices

    # Changing

    def on_field_row_edited(self, event: FieldRow.Edited) -> None:
        event.stop()
        row = next((each for each in self.query(FieldRow) if each.key == event.key), None)
        self._keep(event.key, event.text if row is None else row.unsaved)

    def _keep_all(self) -> None:
        for row in self.query(FieldRow):
            self._keep(row.key, row.unsaved)

    def _keep(self, key: KeyPath, text: str | None) -> None:
        if text is None:
            self._drafts.pop(key, None)
        else:
            self._drafts[key] = text

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self.action_save()

    async def action_save(self) -> None:
        """Write what was changed, all or nothing."""
        settings = self._settings
        if settings is None:
            return
        self._keep_all()
        if not self._drafts:
            self._say("Nothing was changed.")
            return
        changes: list[Change] = []
        for key, text in self._drafts.items():
            field = next(each for each in fields_of(key[0] if len(key) > 1 else "") if each.name == key[-1])
            try:
                if text.strip():
                    changes.append((key, read_value(field, text)))
                elif settings.is_own(key):
                    changes.append((key, REMOVE))
            except NotAValue as error:
                await self._complain(key, f"{dotted(key)} {error}.")
                return
        try:
            settings.change(changes)
        except ConfigurationError as error:
            at = [key for key in self._keys_in_question() if f" {dotted(key)} " in str(error)]
            await self._complain(at[0] if at else None, str(error))
            return
        except SecondpassError as error:
            self._say(str(error), wrong=True)
            return
        hidden = [file for key, _ in changes if (file := settings.overridden(key))]
        self._drafts.clear()
        told = f"Saved in {settings.path}; Alt+Z takes it back."
        if hidden:
            told += f" {hidden[0]} says something else, and wins while it is named."
        await self._saved(told, interface_only=all(key[0] == "interface" for key, _ in changes))

    def _keys_in_question(self) -> list[KeyPath]:
        """What was changed, and what stands beside it: a key that is missing was not changed."""
        sections = dict.fromkeys(key[:-1] for key in self._drafts)
        beside = [(*each, field.name) for each in sections for field in fields_of(each[0] if each else "")]
        return [*self._drafts, *beside]

    async def _complain(self, key: KeyPath | None, sentence: str) -> None:
        """Show what is wrong at its field, going to its section first; nothing was written."""
        if self._settings is not None:
            # The line is one of a file that was never written.
            sentence = re.sub(rf"^{re.escape(str(self._settings.path))}(, line \d+)?: ", "", sentence)
        self._say(f"Nothing was written: {sentence}", wrong=True)
        if key is None:
            return
        if key[:-1] != self._section:
            self._section = key[:-1]
            self._list_sections()
            await self._show_form()
        for row in self.query(FieldRow):
            if row.key == key:
                row.complain(sentence.removeprefix(dotted(key)).strip())
                row.query_one("Input, Select").focus()

    async def _saved(self, told: str, *, interface_only: bool) -> None:
        configuration = load_configuration(self._models)
        cast("SecondpassApp", self.app).apply_interface(configuration.interface)
        self._say(told + ("" if interface_only else " Pairs and models are used from the next start on."))
        focused = self.focused.parent.key if self.focused and isinstance(self.focused.parent, FieldRow) else None
        self._list_sections()
        await self._show_form()
        for row in self.query(FieldRow):
            if row.key == focused:
                row.query_one("Input, Select").focus()

    async def action_undo(self) -> None:
        """Take the last save back."""
        if self._settings is None:
            return
        try:
            self._settings.undo()
        except (OSError, SecondpassError) as error:
            self._say(str(error), wrong=True)
            return
        await self._saved("The last save was taken back.", interface_only=False)

    def action_new(self) -> None:
        """Add a pair, model or endpoint: of the kind of the section that is shown, else a pair."""
        if self._settings is None:
            return
        kind = self._section[0] if len(self._section) > 1 else "pairs"

        async def named(name: str | None) -> None:
            if name is None:
                return
            self._section = (kind, name)
            self._new.append(self._section)
            self._list_sections()
            await self._show_form()
            self._say(f"Fill in the new {_KINDS[kind]}, then Ctrl+S writes it.")
            self.query(FieldRow).first().query_one("Input, Select").focus()

        _ = self.app.push_screen(NewNameScreen(_KINDS[kind], self._settings.names(kind)), named)

    async def action_remove(self) -> None:
        """Take the shown pair, model or endpoint out of the user's file."""
        settings, section = self._settings, self._section
        if settings is None or len(section) < 2:
            self._say("Only pairs, models and endpoints can be removed.")
            return
        self._drafts = {key: text for key, text in self._drafts.items() if key[:-1] != section}
        if section in self._new:
            self._new.remove(section)
        elif not settings.is_own(section):
            self._say(f"{dotted(section)} is not in your file, so it cannot be removed from it.", wrong=True)
            return
        else:
            try:
                settings.change([(section, REMOVE)])
            except SecondpassError as error:
                self._say(f"Nothing was written: {error}", wrong=True)
                return
        await self._saved(f"{dotted(section)} was removed from your file; Alt+Z takes it back.", interface_only=False)

    async def action_editor(self) -> None:
        """Open the user's file in $EDITOR; what comes back is checked before it is written."""
        self.run_worker(self._edit(), name="editor", group="editor", exclusive=True)

    async def _edit(self) -> None:
        path = self._settings.path if self._settings else Settings.own_path()
        try:
            before = self._rejected or Settings.read_own(path)
            text = await edit_text(self.app, before, suffix=".toml")
            if text == before and self._rejected is None:
                self._say("Nothing was changed.")
                return
            settings = self._settings
            if settings is None:
                Settings.repair(text, self._models)
                settings = self._settings = Settings(self._models)
            else:
                settings.replace(text)
        except ConfigurationError as error:
            self._rejected = text
            self._say(f"Nothing was written: {error} Ctrl+G opens your text again.", wrong=True)
        except SecondpassError as error:
            self._say(str(error), wrong=True)
        else:
            self._rejected = None
            await self._saved(f"Saved in {path}; Alt+Z takes it back.", interface_only=False)

    def action_leave(self) -> None:
        """Back; with unsaved changes only when the screen says that they would be lost."""
        self._keep_all()
        if self._drafts and self._warned != self._drafts:
            count = len(self._drafts)
            self._say(f"{count} {'change is' if count == 1 else 'changes are'} not saved: Ctrl+S saves, Esc leaves.")
            self._warned = dict(self._drafts)
            return
        _ = self.dismiss(None)
