"""The spec editor and the choice of pattern and guard."""

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.widgets import Label, Select, TextArea

from core.choices import DEFAULT_PATTERN, GUARDS, PATTERN_NAMES
from tui.widgets.tones import editor_theme, palette_of

_PYTHON = re.compile(
    r"^\s*(?:@\w|async\s+def\s|def\s+\w+|class\s+\w+|import\s+\w|from\s+\w+\s+import\s|\"\"\"|>>>)", re.M
)
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s|```|~~~)", re.M)


def language_of(text: str, filename: str | None) -> str | None:
    """The language to colour a spec as: "python", "markdown" or None for prose."""
    if filename and filename.endswith((".py", ".pyi")):
        return "python"
    if (filename and filename.endswith((".md", ".markdown"))) or _MARKDOWN.search(text):
        return "markdown"
    return "python" if _PYTHON.search(text) else None


_TAKEN = {"f6", "f7"}
"""Keys of the text editor that mean something else here."""


class SpecEditor(TextArea, inherit_bindings=False):
    """The spec's text. Replacing it is an edit like any other: Ctrl+Z brings the text before it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in TextArea.BINDINGS if not (isinstance(each, Binding) and each.key in _TAKEN)),
        Binding("ctrl+shift+a", "select_all", "Select all", show=False, id="editor.select-all"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, show_line_numbers=True, soft_wrap=True, tab_behavior="focus")
        self.filename: str | None = None

    def put(self, text: str, filename: str | None) -> None:
        """Make ``text`` the spec, as one step that can be undone."""
        self.filename = filename
        if text != self.text:
            self.history.checkpoint()
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.history.checkpoint()
        self.move_cursor((0, 0))
        self.colour()

    def colour(self) -> None:
        """Colour the text as what it is, for the theme that is shown."""
        language = language_of(self.text, self.filename)
        if language != self.language:
            self.language = language
        theme = editor_theme(palette_of(self.app))
        if theme.name != self.theme:
            self.register_theme(theme)
            self.theme = theme.name

    def on_text_area_changed(self) -> None:
        self.colour()


class SpecPane(Vertical):
    """Editor above, pattern and guard below."""

    def compose(self) -> ComposeResult:
        editor = SpecEditor(id="spec")
        editor.border_title = "Spec"
        yield editor
        with Grid(id="choices"):
            yield Label("Pattern")
            yield Select[str](
                [(name, name) for name in PATTERN_NAMES],
                value=DEFAULT_PATTERN,
                allow_blank=False,
                compact=True,
                id="pattern",
            )
            yield Label("Guard")
            yield Select[str](
                [(guard, guard) for guard in GUARDS], value="proven", allow_blank=False, compact=True, id="guard"
            )

    @property
    def editor(self) -> SpecEditor:
        """The spec editor."""
        return self.query_one(SpecEditor)

    @property
    def pattern(self) -> str:
        """The chosen pattern."""
        return str(self.query_one("#pattern", Select).value)

    @pattern.setter
    def pattern(self, name: str) -> None:
        self.query_one("#pattern", Select).value = name

    @property
    def guard(self) -> str:
        """The chosen guard."""
        return str(self.query_one("#guard", Select).value)

    @guard.setter
    def guard(self, name: str) -> None:
        self.query_one("#guard", Select).value = name

    def on_mount(self) -> None:
        self.editor.colour()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.editor.colour())
