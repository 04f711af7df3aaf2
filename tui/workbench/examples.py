"""The bundled examples, one key each."""

from dataclasses import dataclass
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.examples import BundledExample
from tui.workbench.header import SCRIPTED

KEYS = "123456789abcdefhilmnopqrstuvwxyz"
"""One key for each example; g, j and k move in lists."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An example and the key that loads and runs it."""

    key: str
    example: BundledExample


def offered(examples: tuple[BundledExample, ...]) -> tuple[Offered, ...]:
    """Every example with its key."""
    return tuple(Offered(key, example) for key, example in zip(KEYS, examples, strict=False))


class ExampleList(OptionList):
    """The examples: a key, Enter or a click loads one and runs it."""

    class Chosen(Message):
        """An example was chosen."""

        def __init__(self, example: BundledExample) -> None:
            super().__init__()
            self.example = example

    def __init__(self, examples: tuple[BundledExample, ...], *, id: str | None = None) -> None:
        self._offered = offered(examples)
        super().__init__(*(Option(_label(each), id=each.key) for each in self._offered), id=id, markup=False)

    def on_key(self, event: events.Key) -> None:
        for each in self._offered:
            if event.character == each.key:
                event.stop()
                self.post_message(self.Chosen(each.example))
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(self._offered[event.option_index].example))


def _label(each: Offered) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text(each.key, "bold"), Text(each.example.title, "bold"))
    grid.add_row("", Text(each.example.shows))
    return grid


class ExamplesScreen(ModalScreen[BundledExample | None]):
    """Choose an example; None if the person changed their mind."""

    CSS_PATH = "examples.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f6", "dismiss_none", "Back", id="examples.back", priority=True)
    ]

    def __init__(self, examples: tuple[BundledExample, ...], *, scripted: bool) -> None:
        super().__init__()
        self._examples = examples
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="examples-box") as box:
            box.border_title = "Examples"
            box.border_subtitle = "a key loads and runs · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield ExampleList(self._examples, id="examples-list")

    def on_key(self, event: events.Key) -> None:
        # A key pressed before the list is composed or has the focus goes to the screen, and is the list's, too. By the
        # time it is read here the list may have the focus. What the list takes itself does not come by.
        self.query_one(ExampleList).on_key(event)

    def on_example_list_chosen(self, event: ExampleList.Chosen) -> None:
        event.stop()
        _ = self.dismiss(event.example)

    def action_dismiss_none(self) -> None:
        """Back without choosing."""
        _ = self.dismiss(None)
