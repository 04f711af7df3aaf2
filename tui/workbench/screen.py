"""The Workbench screen: what a person can do with a run. Start it, stop it, answer it, save what came of it."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.widgets import Select
from textual.worker import Worker, WorkerState

from core.engines.pair import EnginePair
from core.engines.protocol import Role
from core.errors import ExitCode, SecondpassError
from core.event_log import read_events
from core.event_stamp import stamped
from core.events import Event, ReviewOffered, SentFinding
from core.examples import BundledExample, bundled_examples
from core.request import RunRequest
from tui.notifications import news
from tui.widgets.question import QuestionPanel
from tui.workbench import header
from tui.workbench.deciding import WorkbenchDeciding
from tui.workbench.display import OWN_QUESTION
from tui.workbench.examples import ExampleList, ExamplesScreen
from tui.workbench.keys import KEYS
from tui.workbench.open_session import OpenSession
from tui.workbench.room import room_of
from tui.workbench.state import NOT_STARTED

if TYPE_CHECKING:
    from tui.app import SecondpassApp
    from tui.workbench.live import LiveRun
    from tui.workbench.review_edit import ReviewScreen

_log = logging.getLogger(__name__)
_TRY_AGAIN, _USE_DEMO = "Run again with the same pair", "Use the demo pair (scripted, bundled examples only)"


class WorkbenchScreen(WorkbenchDeciding):
    """The Workbench of one pair.

    Args:
        pair: The engines. None: they could not be made, and ``problem`` says why.
        demo: Makes the demo pair, offered when the pair cannot start.
        folder: Where code is saved by default.
    """

    BINDINGS = KEYS

    def __init__(
        self,
        pair: EnginePair | None,
        roles: header.Roles,
        *,
        folder: Path,
        demo: Callable[[], EnginePair] | None = None,
        problem: str | None = None,
        allow_weak_sandbox: bool = False,
    ) -> None:
        super().__init__(roles, folder=folder, allow_weak_sandbox=allow_weak_sandbox)
        self.pair = pair
        self._demo = demo
        self._problem = problem
        self._session: OpenSession | None = None
        self._review: tuple[ReviewOffered, ReviewScreen] | None = None
        self._live: LiveRun | None = None
        self._warned: RunRequest | None = None
        self._unwatch: list[Callable[[], None]] = []

    def on_mount(self) -> None:
        self._watch_engines()
        if self._problem:
            self.say(self._problem)
            self._offer_demo()

    def on_unmount(self) -> None:
        for end in self._unwatch:
            end()
        self._let_go()

    # Running

    def action_run(self) -> None:
        """Run the spec in the editor; what is in the editor stays there."""
        if self.state.running:
            self.notify("A run is going on; Esc stops it.", markup=False)
            return
        editor = self.spec_pane.editor
        if not editor.text.strip():
            self.say("There is no spec yet: write one in the Spec pane, or press F6 for an example.", "info")
            return
        request = self.request()
        if self.start(request) and request.name is not None:
            self.notify(f"{request.name} is run, the stub at the cursor; the text holds others.", markup=False)

    def start(self, request: RunRequest) -> bool:
        """Start a run: a further turn goes on with the session, another begins one."""
        if self.pair is None:
            self.say(self._problem or "There is no pair to run.")
            self._offer_demo()
            return False
        warning = room_of(request, self.smallest_context()).warning
        if warning and request != self._warned:
            self._warned = request
            self.say(warning, "warn")
            return False
        from tui.workbench.live import LiveRun

        self.query_one(QuestionPanel).close()
        self._let_go()
        session = self._session.path if self._session is not None and request.follow_up is not None else None
        try:
            self._live = LiveRun(
                request, self.pair, self._received, session=session, edit_review=self.spec_pane.asks_first
            )
        except SecondpassError as error:
            self._live = None
            self.say(str(error))
            return False
        self._session = OpenSession(self._live.session) if self._live.session is not None else None
        self.run_worker(self._live.drive(), name="run", group="run", exit_on_error=False)
        return True

    def record(self, event: Event) -> None:
        """Keep what the person did after a run, in the session's log too."""
        event = stamped(event, n=self.state.n + 1, at=self.state.at)
        if self._live is not None:
            event = self._live.after(event)
        elif self._session is not None:
            event, problem = self._session.append(event, last=(self.state.n, self.state.at))
            if problem:
                self.notify(problem, severity="warning", markup=False)
        self.receive(event)

    @property
    def session(self) -> Path | None:
        """The log of the session on the screen; None if there is none, or it is not kept."""
        return self._session.path if self._session is not None else None

    def resume(self, path: Path, events: Sequence[Event] | None = None) -> None:
        """Show the session in the log at ``path``; what is asked next goes on with it.

        Args:
            path: The log.
            events: What it holds, where that was read already.

        Raises:
            OSError: it cannot be read.
            LogFormatError: it is no session log.
        """
        events = list(read_events(path)) if events is None else events
        self.forget()
        self.replay(events)
        # The log tells of the engines of the program that wrote it.
        roles: tuple[Role, ...] = ("coder", "reviewer")
        for role in roles:
            self.engine_changed(role, self.pair.engine(role).status if self.pair else NOT_STARTED)
        self.draw()
        if unanswered := self.state.unanswered:
            self.prompt.give_back("\n".join(unanswered))
        self._session = OpenSession(path)
        if told := self._session.hold():
            self.say(told, "info")

    def forget(self) -> None:
        """Show no run; what is run next begins a session."""
        super().forget()
        self._let_go()
        self._live = self._session = None

    def _let_go(self) -> None:
        if self._live is not None:
            self._live.close()
        if self._session is not None:
            self._session.release()

    def _received(self, event: Event) -> None:
        self.receive(event)
        if told := news(event):
            cast("SecondpassApp", self.app).tell_terminal(told)
        if event.type == "run_started":
            self.call_after_refresh(self._leave_welcome)
        if event.type in ("run_finished", "run_stopped", "run_failed"):
            # Not at once: the run that has just ended is still being taken apart.
            self.call_later(self.ended, well=event.type == "run_finished" and event.code is not None)
        if event.type == "review_offered":
            self._offer_review()
        if event.type == "run_failed" and event.exit_code == ExitCode.ENGINE and not self.state.answers:
            self._offer_demo()

    def _leave_welcome(self) -> None:
        if self.focused is None or not self.focused.display or self.focused.id == "welcome-examples":
            self.focus_pane(self.open_panes()[-1])

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group == "run":
            error = event.worker.error
            _log.error("the worker of a run failed", exc_info=error)
            self.say(
                f"secondpass itself failed ({type(error).__name__}: {error}); its log has the details. F4 runs again."
            )

    def action_stop(self) -> None:
        """Stop the run; pressed twice when nothing runs, go back a turn."""
        if self.state.running and self._live is not None:
            self._live.stop()
        elif not self.state.running:
            self.escape_pressed()

    # Examples, pattern and guard

    def action_examples(self) -> None:
        """Choose a bundled example."""
        scripted = self.roles.scripted
        _ = self.app.push_screen(ExamplesScreen(bundled_examples(), scripted=scripted), self._chosen_example)

    def on_example_list_chosen(self, event: ExampleList.Chosen) -> None:
        event.stop()
        self._chosen_example(event.example)

    def _chosen_example(self, example: BundledExample | None) -> None:
        if example is None:
            return
        if self.state.running:
            self.notify("A run is going on; Esc stops it, then choose an example.", markup=False)
            return
        editor = self.spec_pane.editor
        if editor.text.strip() and editor.text != example.text:
            self.notify("Ctrl+Z in the Spec pane brings your text back.", markup=False)
        editor.put(example.text, example.filename)
        self.spec_pane.pattern = example.pattern
        self.action_run()

    def action_options(self) -> None:
        """Focus the choice of the pattern; Tab goes on to the guard."""
        if self.narrow:
            self.action_open("spec")
        self.call_after_refresh(self.query_one("#pattern", Select).focus)

    # Findings of the linter

    def action_next_finding(self, step: int = 1) -> None:
        """Go to the next finding in the spec (-1: the one before)."""
        if not self.spec_pane.editor.has_focus:
            self.action_open("spec")
        self.spec_pane.go_to_finding(step)

    def action_fix_finding(self) -> None:
        """Mend the finding at the cursor."""
        self.spec_pane.fix_finding()

    def action_silence_finding(self) -> None:
        """Silence the finding at the cursor with a comment."""
        self.spec_pane.silence_finding()

    def action_score(self) -> None:
        """Show or hide what would raise the spec's score."""
        self.spec_pane.toggle_advice()

    # Questions

    def on_question_panel_answered(self, event: QuestionPanel.Answered) -> None:
        event.stop()
        if event.question == OWN_QUESTION:
            self._engines_answered(event.choice)
        elif self._live is not None:
            self._live.answer(event.choice)

    def action_answer(self) -> None:
        """Focus the question that is asked."""
        panel = self.query_one(QuestionPanel)
        if panel.question:
            panel.focus()
        elif self.state.offered is not None:
            self._offer_review()

    def _offer_demo(self) -> None:
        if self._demo is None or self.roles.scripted:
            return
        panel = self.query_one(QuestionPanel)
        choices = (_USE_DEMO,) if self.pair is None else (_TRY_AGAIN, _USE_DEMO)
        panel.ask(OWN_QUESTION, "The pair cannot start. What now?", choices)
        self.offer_focus(panel)

    def _engines_answered(self, choice: str) -> None:
        self.query_one(QuestionPanel).close()
        if choice == _TRY_AGAIN:
            self.action_run()
        elif self._demo is not None:
            self._use(self._demo())

    def try_demo(self) -> None:
        """Change to the demo pair where another is in use, and offer its examples."""
        if self.state.running:
            self.notify("A run is going on; Esc stops it.", markup=False)
            return
        if not self.roles.scripted and self._demo is not None:
            self._engines_answered(_USE_DEMO)
        self.action_examples()

    def _use(self, pair: EnginePair) -> None:
        old, self.pair = self.pair, pair
        self.roles = header.Roles(pair.coder.model, pair.reviewer.model, pair.scripted)
        self._watch_engines()
        self.forget()
        self.say("This is the demo pair now: choose an example.", "info")
        if old is not None:
            self.run_worker(old.close(), name="close engines", group="engines", exit_on_error=False)
        self.start_focus()

    def _watch_engines(self) -> None:
        for end in self._unwatch:
            end()
        roles: tuple[Role, ...] = ("coder", "reviewer")
        pair = self.pair
        self.spec_pane.key = pair.key if pair is not None and not pair.scripted else None
        self._unwatch = [pair.engine(role).watch(partial(self.engine_changed, role)) for role in roles] if pair else []

    # The review, before the coder hears of it

    def _offer_review(self) -> None:
        offered = self.state.offered
        if offered is None:
            return
        from tui.workbench.review_edit import ReviewScreen, rows_of

        rows = rows_of([each for each in self.state.findings if each.id in offered.findings])
        if self._review is not None and self._review[0] == offered:
            rows = self._review[1].rows  # it was put off: what was ticked and written is still there
        screen = ReviewScreen(rows, scripted=self.roles.scripted)
        self._review = (offered, screen)
        _ = self.app.push_screen(screen, self._review_edited)

    def _review_edited(self, sent: tuple[SentFinding, ...] | None) -> None:
        if sent is None:
            self.say("The run waits for you: F12 opens the review, Esc stops the run.", "info")
        elif self._live is not None:
            self._live.send_review(sent)
