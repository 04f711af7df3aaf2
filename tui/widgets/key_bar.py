"""The keys that work now, in one row at the bottom of a screen.

In place of Textual's Footer, which makes a widget for every key again whenever the focus moves, and (8.2.8) never lets
go of them: its ``data_bind`` keeps a watcher for each, about 0.7 MB a run of the Workbench.
"""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget

_KEPT = "app.help"
"""The binding that stays when there is not room for all: it shows the others."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does; ``enabled`` is False for one that does nothing now."""

    id: str
    key: str
    display: str
    description: str
    enabled: bool

    @property
    def cells(self) -> int:
        """The room that it takes, blanks included."""
        return cell_len(self.display) + cell_len(self.description) + 3


class KeyBar(Widget):
    """The keys of the screen it is on and of what has the focus; one that is clicked does what it does when pressed."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--off"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom; height: 1; color: $footer-foreground; background: $footer-background;
        .key-bar--key { color: $footer-key-foreground; text-style: bold; }
        .key-bar--off { text-style: dim; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        if not self.is_attached:
            return
        active = self.screen.active_bindings.values()
        found = {
            binding.action: Key(
                binding.id or "", binding.key, self.app.get_key_display(binding), binding.description, enabled
            )
            for _, binding, enabled, _ in reversed(active)
            if binding.show
        }
        keys = tuple(reversed(found.values()))
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def shown(self) -> tuple[Key, ...]:
        """Those that fit, in order."""
        room = self.size.width - sum(key.cells for key in self._keys if key.id == _KEPT)
        made: list[Key] = []
        for key in self._keys:
            if key.id == _KEPT:
                made.append(key)
            elif key.cells <= room:
                room -= key.cells
                made.append(key)
        return tuple(made)

    def render(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        name, off = (self.get_component_rich_style(f"key-bar--{part}", partial=True) for part in ("key", "off"))
        for key in self.shown():
            text.append(f" {key.display}", name)
            text.append(f" {key.description} ", "" if key.enabled else off)
        return text

    def on_click(self, event: events.Click) -> None:
        at = 0
        for key in self.shown():
            at += key.cells
            if event.x < at:
                if key.enabled:
                    self.app.simulate_key(key.key)
                return
