"""Choose a turn to go back to, and whether the files that were saved since go back too."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.visible import one_line
from tui.workbench.header import SCRIPTED
from tui.workbench.saving import seen_from
from tui.workbench.state import Workbench

_WHERE, _FILES = "Go back to", "Files were saved since"
_STAY, _TOO = "stay", "too"


@dataclass(frozen=True, slots=True)
class Back:
    """How many turns are kept, and whether the saves of the others are taken back."""

    turn: int
    files: bool = False


class RewindScreen(ModalScreen[Back | None]):
    """The turns of a session, the newest first; None: all of them stay.

    Where files were saved in the turns that go, it asks about them, too.

    Args:
        past: All turns, oldest first, the one on the screen last.
        folder: Files are named relative to it.
        scripted: Whether the pair is scripted.
    """

    DEFAULT_CSS = """
    RewindScreen { align: center middle; }
    #rewind-box {
        width: 90%; max-width: 100; height: auto; max-height: 80%; border: round $border; background: $surface;
        padding: 0 1;
    }
    #rewind-list { height: auto; max-height: 100%; border: none; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Stay", id="rewind.back", priority=True),
    ]

    def __init__(self, past: tuple[Workbench, ...], *, folder: Path, scripted: bool) -> None:
        super().__init__()
        self._past = past
        self._folder = folder
        self._scripted = scripted
        self._turn: int | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="rewind-box"):
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield OptionList(id="rewind-list", markup=False)

    def on_mount(self) -> None:
        self._ask_where()

    def _ask_where(self, turn: int | None = None) -> None:
        self._turn = None
        options = [
            Option(Text(f"after turn {number}: {_what(state)}"), id=str(number))
            for number, state in reversed(list(enumerate(self._past[:-1], start=1)))
        ]
        options.append(Option(Text("before the first turn: the spec, and no code"), id="0"))
        self._offer(_WHERE, options, 0 if turn is None else len(self._past) - 1 - turn)

    def _ask_about_files(self, turn: int, replaced: dict[str, bool]) -> None:
        """``replaced`` says of every file whether there was one before."""
        self._turn = turn
        before = [name if was else f"{name} (was new: deleted)" for name, was in replaced.items()]
        # The first is what Enter twice comes to: it touches no file.
        options = [
            Option(Text(f"Leave as saved: {one_line(', '.join(replaced), 160)}"), id=_STAY),
            Option(Text(f"Put back to what it was before: {one_line(', '.join(before), 200)}"), id=_TOO),
        ]
        self._offer(_FILES, options, 0)

    def _offer(self, title: str, options: list[Option], highlighted: int) -> None:
        box = self.query_one("#rewind-box", Vertical)
        box.border_title = title
        box.border_subtitle = f"Enter goes back · Esc {'stays' if self._turn is None else 'chooses another turn'}"
        view = self.query_one(OptionList)
        view.clear_options()
        view.add_options(options)
        view.highlighted = highlighted

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chosen = event.option.id or ""
        if self._turn is not None:
            _ = self.dismiss(Back(self._turn, files=chosen == _TOO))
            return
        turn = int(chosen)
        replaced: dict[str, bool] = {}
        for saved in (saved for state in self._past[turn:] for saved in state.saved):
            replaced.setdefault(seen_from(Path(saved.path), self._folder), saved.replaced)
        if replaced:
            self._ask_about_files(turn, replaced)
        else:
            _ = self.dismiss(Back(turn))

    def action_dismiss_none(self) -> None:
        """Stay; where files are asked about, choose another turn."""
        if self._turn is not None:
            self._ask_where(self._turn)
        else:
            _ = self.dismiss(None)


def _what(state: Workbench) -> str:
    run = state.run
    asked = run.requests[-1] if run and run.requests else f"the first code for {_name(state)}"
    lines = len((state.code or "").splitlines())
    return f"{one_line(asked, 70)} ({lines} lines)" if lines else f"{one_line(asked, 70)} (no code)"


def _name(state: Workbench) -> str:
    return (state.spec.name if state.spec else None) or "the spec"
