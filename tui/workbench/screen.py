"""The Workbench screen: what a person can do with a run. Start it, stop it, answer it, save what came of it."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.widgets import Select
from textual.worker import Worker, WorkerState

from core.engines.pair import EnginePair
from core.engines.protocol import Role
from core.errors import ExitCode, SecondpassError
from core.events import CodeSaved, Event
from core.examples import BundledExample, bundled_examples
from core.run import RunRequest
from tui.widgets.question import QuestionPanel
from tui.workbench import header
from tui.workbench.accept import AcceptScreen
from tui.workbench.display import OWN_QUESTION, WorkbenchDisplay
from tui.workbench.examples import ExampleList, ExamplesScreen
from tui.workbench.keys import KEYS
from tui.workbench.live import LiveRun
from tui.workbench.saving import Saved, suggested_name

_log = logging.getLogger(__name__)
_TRY_AGAIN, _USE_DEMO = "Run again with the same pair", "Use the demo pair (scripted, bundled examples only)"


class WorkbenchScreen(WorkbenchDisplay):
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
        super().__init__(roles, folder=folder)
        self.pair = pair
        self._demo = demo
        self._problem = problem
        self._allow_weak_sandbox = allow_weak_sandbox
        self._live: LiveRun | None = None
        self._unwatch: list[Callable[[], None]] = []

    def on_mount(self) -> None:
        self._watch_engines()
        if self._problem:
            self.say(self._problem)
            self._offer_demo()

    def on_unmount(self) -> None:
        for end in self._unwatch:
            end()
        if self._live is not None:
            self._live.close()

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
        if self.pair is None:
            self.say(self._problem or "There is no pair to run.")
            self._offer_demo()
            return
        self.query_one(QuestionPanel).close()
        request = RunRequest(
            spec=editor.text,
            filename=editor.filename,
            pattern=self.spec_pane.pattern,
            guard=self.spec_pane.guard,  # type: ignore[arg-type]
            allow_weak_sandbox=self._allow_weak_sandbox,
        )
        self._start(request, self.pair)

    def _start(self, request: RunRequest, pair: EnginePair) -> None:
        if self._live is not None:
            self._live.close()
        try:
            self._live = LiveRun(request, pair, self._received)
        except SecondpassError as error:
            self._live = None
            self.say(str(error))
            return
        self.run_worker(self._live.drive(), name="run", group="run", exit_on_error=False)

    def _received(self, event: Event) -> None:
        self.receive(event)
        if event.type == "run_started":
            self.call_after_refresh(self._leave_welcome)
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
        """Stop the run; when nothing runs, do nothing."""
        if self.state.running and self._live is not None:
            self._live.stop()

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
        self._unwatch = [pair.engine(role).watch(partial(self.engine_changed, role)) for role in roles] if pair else []

    # Saving

    def action_save(self) -> None:
        """Accept the code that stands into a file."""
        code, ending = self.state.code, self.state.ending
        if code is None or ending is None:
            self.notify("There is no code to save yet; F4 runs the spec.", markup=False)
            return
        spec, run = self.state.spec, self.state.run
        proposal = suggested_name(spec.name if spec else None, run.filename if run else None, self.folder)
        candidate = ending.candidate or "code"
        scripted = run.scripted if run else self.roles.scripted
        accept = AcceptScreen(code, candidate, proposal, self.folder, scripted=scripted)
        _ = self.app.push_screen(accept, partial(self._saved, candidate))

    def _saved(self, candidate: str, saved: Saved | None) -> None:
        if saved is None:
            return
        event = CodeSaved(path=str(saved.path), candidate=candidate, replaced=saved.backup is not None)
        self.receive(self._live.saved(event) if self._live is not None else event)
        if saved.backup is not None:
            self.notify(f"What was there before is in {saved.backup}.", markup=False)
        self.draw()
