"""Patterns to tick, each with what it does."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.choices import PATTERN_NAMES

_USUAL = ("coder-only", "review-then-fix")
_WORDS = {
    "coder-only": "the coder's first draft, which the others are compared with",
    "review-then-fix": "the reviewer's proven findings go back to the coder",
    "review-then-fix-retry": "and up to 3 retries on the visible examples",
    "reviewer-only": "the reviewer writes it alone",
    "plan-then-code": "the reviewer plans, the coder writes",
    "adversarial": "both write, each criticises the other",
    "auto": "review only where it is predicted to pay",
}


class PatternList(OptionList):
    """A list whose lines are ticked with Space, Enter or a click; a tick is a mark, not a colour."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "Tick", show=False, id="patterns.tick")]

    class Ticked(Message):
        """What is ticked has changed."""

    def __init__(self, *, id: str | None = None) -> None:
        # The coder alone comes first: the others are compared with it.
        self._names = sorted(PATTERN_NAMES, key=lambda name: (name != "coder-only", PATTERN_NAMES.index(name)))
        self._ticked = set(_USUAL)
        super().__init__(*(Option(self._label(name), id=name) for name in self._names), id=id, markup=False)

    @property
    def ticked(self) -> list[str]:
        """The names that are ticked, in the order of the list."""
        return [name for name in self._names if name in self._ticked]

    def _label(self, name: str) -> Text:
        mark = "[x]" if name in self._ticked else "[ ]"
        label = Text.assemble((f"{mark} {name:<22} ", "bold" if name in self._ticked else ""), _WORDS.get(name, ""))
        label.no_wrap, label.overflow = True, "ellipsis"
        return label

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        name = event.option.id or ""
        self._ticked ^= {name}
        self.replace_option_prompt(name, self._label(name))
        self.post_message(self.Ticked())
