"""The Diff screen: take, edit or reject every hunk of a change; what is chosen is run before it stands."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from core.errors import SecondpassError
from core.events import Event
from tui.diff.choosing import Choosing
from tui.diff.dialogs import EditScreen, ReasonScreen
from tui.diff.panel import HunkPanel
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import Line, line
from tui.widgets.question import QuestionPanel
from tui.widgets.tone_text import ToneText
from tui.workbench.header import SCRIPTED

_BACK, _ANYWAY = "Back to the change", "Let it stand all the same"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What checking the chosen code gave: ``problem`` is one sentence, "" if nothing speaks against it."""

    events: tuple[Event, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the person lets stand, and the events of its check."""

    choosing: Choosing
    events: tuple[Event, ...]


class DiffScreen(Screen[Decided | None]):
    """Hunks of a change; None while the person has not decided.

    Args:
        choosing: The change and the choices to begin with; at least one hunk.
        old, new: What both sides are called.
        check: Runs the examples on what was chosen.
        does: What Enter does with it, in a few words.
        note: A sentence about the change, such as what the guard said.
    """

    CSS_PATH = "diff.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="diff.back", key_display="Esc"),
        Binding("v", "split", "Split", id="diff.split"),
        Binding("ctrl+y", "copy_code", "Copy the code", show=False, id="diff.copy"),
        Binding("f12", "answer", "Answer a question", show=False, id="diff.answer", priority=True),
    ]

    def __init__(
        self,
        choosing: Choosing,
        old: str,
        new: str,
        *,
        check: Callable[[str], Awaitable[Checkup]],
        does: str,
        note: str = "",
        scripted: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._start = choosing
        self._names = (old, new)
        self._check = check
        self._does = does
        self._note = note
        self._scripted = scripted
        self._clock = clock
        self._checking: Worker[None] | None = None
        self._checked: Checkup | None = None

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield ToneText(id="diff-head")
        yield HunkPanel(self._start, clock=self._clock)
        yield QuestionPanel(id="diff-question", clock=self._clock)
        yield ToneText(id="diff-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self._panel.focus()
        self._tell()

    @property
    def _panel(self) -> HunkPanel:
        return self.query_one(HunkPanel)

    @property
    def choosing(self) -> Choosing:
        """The choices as they stand."""
        return self._panel.choosing if self.is_mounted else self._start

    def _tell(self, message: Line | None = None) -> None:
        choosing = self.choosing
        count, taken = len(choosing.hunks), choosing.taken
        old, new = self._names
        left_out = f", {count - taken} left out" if taken < count else ""
        self.query_one("#diff-head", ToneText).show(
            line(
                (one_line(old, 60), "strong"),
                " → ",
                (one_line(new, 60), "strong"),
                f"   {taken} of {count} taken{left_out}",
            )
        )
        self.query_one("#diff-message", ToneText).show(message or self._what_enter_does())

    def _what_enter_does(self) -> Line:
        choosing = self.choosing
        reasons = choosing.reasons
        asked = ""
        if reasons:
            asked = f"; then the coder is told your {'reason' if reasons == 1 else f'{reasons} reasons'}"
        first = f"{one_line(self._note)} " if self._note else ""
        return line(("● ", "info"), f"{first}Enter runs the examples on it, {self._does}{asked}.", hang=2)

    def on_hunk_panel_changed(self, event: HunkPanel.Changed) -> None:
        event.stop()
        self.query_one(QuestionPanel).close()
        self._tell()

    def on_hunk_panel_asked(self, event: HunkPanel.Asked) -> None:
        event.stop()
        if self._checking is not None:
            return
        if event.what == "reject":
            screen = ReasonScreen(self.choosing.choice.reason, scripted=self._scripted)
            _ = self.app.push_screen(screen, self._rejected)
        elif event.what == "edit":
            text = "\n".join(self.choosing.lines_at)
            _ = self.app.push_screen(EditScreen(text, scripted=self._scripted), self._edited)
        else:
            self._checking = self.run_worker(self._apply(), group="check", exit_on_error=False)

    def _rejected(self, reason: str | None) -> None:
        if reason is not None:
            self._panel.rejected(reason)

    def _edited(self, text: str | None) -> None:
        if text is not None:
            self._panel.edited(text)

    # Enter

    async def _apply(self) -> None:
        self._tell(line(("… ", "info"), "The examples run on what you chose. Esc stops that."))
        try:
            checkup = await self._check(self.choosing.code)
        except SecondpassError as error:
            self._tell(
                line(("✗ ", "bad"), f"It could not be checked, so nothing was changed: {one_line(str(error))}", hang=2)
            )
            return
        if not checkup.problem:
            _ = self.dismiss(Decided(self.choosing, checkup.events))
            return
        self._checked = checkup
        self._tell(line(("✗ ", "bad"), one_line(checkup.problem, 600), hang=2))
        panel = self.query_one(QuestionPanel)
        panel.close()
        panel.ask("stand", "What you chose does less than what stands now. What now?", (_BACK, _ANYWAY))
        self.call_after_refresh(panel.focus)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is self._checking and event.worker.is_finished:
            self._checking = None
            if event.state is WorkerState.ERROR:
                self._tell(
                    line(("✗ ", "bad"), f"secondpass itself failed ({event.worker.error}); nothing was changed.")
                )

    def on_question_panel_answered(self, event: QuestionPanel.Answered) -> None:
        event.stop()
        self.query_one(QuestionPanel).close()
        if event.choice == _ANYWAY and self._checked is not None:
            _ = self.dismiss(Decided(self.choosing, self._checked.events))
            return
        self._tell()
        self._panel.focus()

    def action_answer(self) -> None:
        """Focus the question that is asked."""
        panel = self.query_one(QuestionPanel)
        if panel.question:
            panel.focus()

    def action_copy_code(self) -> None:
        """Copy the program as it would stand."""
        self.app.copy_to_clipboard(self.choosing.code)

    def action_split(self) -> None:
        """Old and new side by side, or in one column."""
        self._panel.turn_split()

    def action_dismiss_none(self) -> None:
        """Stop the check that runs; else back, and what was chosen is kept for the next time."""
        if self._checking is not None:
            self._checking.cancel()
            self._tell()
        elif self.query_one(QuestionPanel).question:
            self.query_one(QuestionPanel).close()
            self._tell()
            self._panel.focus()
        else:
            _ = self.dismiss(None)
