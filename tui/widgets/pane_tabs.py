"""A row of tabs, one row high."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: the pane it stands for, its label, and a short badge behind it ("2", "3/4")."""

    pane: str
    label: str
    badge: str = ""

    @property
    def text(self) -> str:
        """What is shown, without marks."""
        return f"{self.label} {self.badge}" if self.badge else self.label


class PaneTabs(Widget):
    """Tabs to click at. The open one is bold, underlined and in brackets: colour is never the only cue."""

    DEFAULT_CSS = """
    PaneTabs { height: 1; width: 1fr; background: $panel; color: $foreground; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._open = ""

    def show(self, tabs: Sequence[Tab], open_pane: str) -> None:
        """Make ``tabs`` what is shown."""
        if (tuple(tabs), open_pane) != (self._tabs, self._open):
            self._tabs, self._open = tuple(tabs), open_pane
            self.refresh()

    def render(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        for tab in self._tabs:
            if tab.pane == self._open:
                text.append(f"[{tab.text}]", Style(bold=True, reverse=True))
            else:
                text.append(f" {tab.text} ")
        return text

    def on_click(self, event: events.Click) -> None:
        at = 0
        for tab in self._tabs:
            at += cell_len(tab.text) + 2
            if event.x < at:
                self.post_message(self.Chosen(tab.pane))
                return
