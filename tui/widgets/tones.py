"""Tones and their colours. Each palette is made for one ground; contrast is held by a test (WCAG AA, 4.5 : 1)."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.style import Style
from textual.theme import Theme
from textual.widgets.text_area import TextAreaTheme

if TYPE_CHECKING:
    from textual.app import App

_GITHUBISH_DARK = {
    "text": "#d7dde5",
    "muted": "#9aa5b1",
    "strong": "bold #f2f5f9",
    "heading": "bold #8cc8ff",
    "keyword": "#ff9d9d",
    "string": "#a8d5a2",
    "comment": "italic #9aa5b1",
    "number": "#8cc8ff",
    "function": "#d9b8ff",
    "builtin": "#ffc27a",
    "operator": "#d7dde5",
    "good": "#7ee08a",
    "bad": "#ff8f8f",
    "warn": "#f5c76b",
    "scripted": "bold #f5c76b",
    "info": "#8cc8ff",
    "added": "#b9f2c0",
    "removed": "#ffc4c4",
    "added-word": "bold #ffffff on #21693a",
    "removed-word": "bold #ffffff on #8a2f35",
    "hunk": "#8cc8ff",
    "gutter": "#8793a1",
}
_GITHUBISH_LIGHT = {
    "text": "#24292f",
    "muted": "#57606a",
    "strong": "bold #0f1419",
    "heading": "bold #0a53a8",
    "keyword": "#b3202c",
    "string": "#176334",
    "comment": "italic #57606a",
    "number": "#0a53a8",
    "function": "#6f3fbf",
    "builtin": "#8a4600",
    "operator": "#24292f",
    "good": "#176334",
    "bad": "#b3202c",
    "warn": "#7d4e00",
    "scripted": "bold #7d4e00",
    "info": "#0a53a8",
    "added": "#0f4d26",
    "removed": "#8c1520",
    "added-word": "bold #06331a on #9fe3b4",
    "removed-word": "bold #5c0710 on #f7b6ba",
    "hunk": "#0a53a8",
    "gutter": "#666f7a",
}
_NO_COLOUR = {
    "muted": "dim",
    "strong": "bold",
    "heading": "bold",
    "keyword": "bold",
    "comment": "italic",
    "warn": "bold",
    "scripted": "bold",
    "bad": "bold",
    "good": "bold",
    "added-word": "bold underline",
    "removed-word": "bold underline",
    "gutter": "dim",
}


_HIGH_CONTRAST = {
    "text": "#ffffff",
    "muted": "#d0d0d0",
    "strong": "bold #ffffff",
    "heading": "bold #66d9ff",
    "keyword": "bold #ffb3b3",
    "string": "#a6ffa6",
    "comment": "italic #d0d0d0",
    "number": "#66d9ff",
    "function": "#e5ccff",
    "builtin": "#ffd27f",
    "operator": "#ffffff",
    "good": "bold #7dff7d",
    "bad": "bold #ff9c9c",
    "warn": "bold #ffdd33",
    "scripted": "bold #ffdd33",
    "info": "#66d9ff",
    "added": "#c8ffc8",
    "removed": "#ffd5d5",
    "added-word": "bold underline #000000 on #7dff7d",
    "removed-word": "bold underline #000000 on #ff9c9c",
    "hunk": "#66d9ff",
    "gutter": "#d0d0d0",
}
# The terminal's own colours: only those that nearly every scheme keeps apart from its ground, and never alone.
_TERMINAL = {
    "strong": "bold",
    "heading": "bold",
    "keyword": "bold",
    "string": "green",
    "comment": "italic",
    "function": "bold",
    "good": "green",
    "bad": "bold red",
    "warn": "bold magenta",
    "scripted": "bold magenta",
    "info": "magenta",
    "added": "green",
    "removed": "red",
    "added-word": "bold underline green",
    "removed-word": "bold underline red",
    "hunk": "magenta",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours for one ground. ``fills`` are the grounds of whole rows (added and removed lines of a diff)."""

    name: str
    ground: str
    tones: dict[str, str]
    fills: dict[str, str]

    def style(self, tone: str) -> Style:
        """The style of ``tone``; an unknown tone looks like text."""
        return _parsed(self.tones.get(tone) or self.tones.get("text", ""))

    def fill(self, fill: str | None) -> Style:
        """The ground of a row, empty for none."""
        return _parsed(self.fills.get(fill, "")) if fill else Style.null()


@cache
def _parsed(definition: str) -> Style:
    return Style.parse(definition)


DARK = Palette("dark", "#14181d", _GITHUBISH_DARK, {"added": "on #15301f", "removed": "on #3b1a1e"})
LIGHT = Palette("light", "#ffffff", _GITHUBISH_LIGHT, {"added": "on #e3f7e8", "removed": "on #fdeaea"})
CONTRAST = Palette("contrast", "#000000", _HIGH_CONTRAST, {"added": "on #00330f", "removed": "on #400008"})
TERMINAL = Palette("terminal", "", _TERMINAL, {})
PLAIN = Palette("plain", "", _NO_COLOUR, {})

THEMES = (
    Theme(
        name="secondpass-dark",
        primary="#8cc8ff",
        secondary="#d9b8ff",
        warning="#f5c76b",
        error="#ff8f8f",
        success="#7ee08a",
        accent="#8cc8ff",
        foreground="#d7dde5",
        background="#0e1115",
        surface=DARK.ground,
        panel="#1e242c",
        dark=True,
        variables={"footer-key-foreground": "#8cc8ff", "border": "#8cc8ff", "border-blurred": "#465260"},
    ),
    Theme(
        name="secondpass-light",
        primary="#0a53a8",
        secondary="#6f3fbf",
        warning="#7d4e00",
        error="#b3202c",
        success="#176334",
        accent="#0a53a8",
        foreground="#24292f",
        background="#f3f5f8",
        surface=LIGHT.ground,
        panel="#e4e8ee",
        dark=False,
        variables={"footer-key-foreground": "#0a53a8", "border": "#0a53a8", "border-blurred": "#aab4bf"},
    ),
    Theme(
        name="secondpass-contrast",
        primary="#66d9ff",
        secondary="#e5ccff",
        warning="#ffdd33",
        error="#ff9c9c",
        success="#7dff7d",
        accent="#ffdd33",
        foreground="#ffffff",
        background="#000000",
        surface=CONTRAST.ground,
        panel="#1a1a1a",
        dark=True,
        text_alpha=1.0,
        variables={"footer-key-foreground": "#ffdd33", "border": "#ffdd33", "border-blurred": "#d0d0d0"},
    ),
    Theme(
        name="secondpass-terminal",
        ansi=True,
        primary="ansi_default",
        secondary="ansi_default",
        warning="ansi_magenta",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_default",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        variables={
            "footer-key-foreground": "ansi_default",
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "border": "ansi_default",
            "border-blurred": "ansi_bright_black",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "input-cursor-background": "ansi_black",
            "input-cursor-foreground": "ansi_white",
            "input-cursor-text-style": "none",
            "input-selection-background": "ansi_white",
            "input-selection-foreground": "ansi_black",
            "screen-selection-background": "ansi_white",
            "screen-selection-foreground": "ansi_black",
        },
    ),
)
_PALETTES = {f"secondpass-{each.name}": each for each in (DARK, LIGHT, CONTRAST, TERMINAL)}


def palette_of(app: "App[Any]") -> Palette:
    """The colours for the theme that ``app`` shows."""
    if app.no_color:
        return PLAIN
    return _PALETTES.get(app.theme) or (DARK if app.current_theme.dark else LIGHT)


_SYNTAX = {
    "comment": ("comment",),
    "keyword": (
        "keyword",
        "keyword.function",
        "keyword.return",
        "keyword.operator",
        "conditional",
        "repeat",
        "include",
    ),
    "string": ("string", "string.documentation", "inline_code", "markdown.code"),
    "number": ("number", "float", "boolean", "constant.builtin", "json.null"),
    "function": ("function", "function.call", "method", "method.call", "class", "type.class", "constructor"),
    "builtin": ("type", "type.builtin", "function.builtin", "variable.builtin"),
    "heading": ("heading", "heading.marker"),
    "strong": ("bold", "strong"),
    "info": ("link.uri", "link.label"),
}
_UNDERLINED = {"lint.error": "bad", "lint.warning": "warn", "lint.info": "info"}


@cache
def _editor_theme(name: str) -> TextAreaTheme:
    palette = next(each for each in (DARK, LIGHT, CONTRAST, TERMINAL, PLAIN) if each.name == name)
    styles = {capture: palette.style(tone) for tone, captures in _SYNTAX.items() for capture in captures}
    styles |= {name: palette.style(tone) + Style(underline=True) for name, tone in _UNDERLINED.items()}
    if not palette.ground:
        # Without colours of our own the cursor and the selection are seen by reverse video alone.
        reverse = Style(reverse=True)
        return TextAreaTheme(palette.name, cursor_style=reverse, selection_style=reverse, syntax_styles=styles)
    dark = palette is not LIGHT
    return TextAreaTheme(
        palette.name,
        base_style=palette.style("text") + Style(bgcolor=palette.ground),
        gutter_style=palette.style("gutter"),
        cursor_style=Style.parse("#14181d on #d7dde5" if dark else "#ffffff on #24292f"),
        cursor_line_style=Style(bgcolor="#1b2027" if dark else "#f1f4f8"),
        cursor_line_gutter_style=palette.style("text") + Style(bgcolor="#1b2027" if dark else "#f1f4f8"),
        bracket_matching_style=Style(bold=True, underline=True),
        selection_style=Style(bgcolor="#2f4a68" if dark else "#b9d7f7"),
        syntax_styles=styles,
    )


def editor_theme(palette: Palette) -> TextAreaTheme:
    """The text editor's colours, those of ``palette``. The editor compares themes by identity: one object each."""
    return _editor_theme(palette.name)
