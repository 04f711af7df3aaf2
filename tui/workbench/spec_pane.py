"""The spec pane: the editor, what the linter says about the text, and the choice of pattern and guard."""

import logging
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.timer import Timer
from textual.widgets import Label, Select
from textual.worker import Worker, WorkerState

from core.choices import DEFAULT_PATTERN, GUARDS, PATTERN_NAMES
from core.gain.key import PairKey
from tui.workbench.lint_strip import LintStrip
from tui.workbench.linter import Linter, LintUnavailableError
from tui.workbench.spec_editor import SpecEditor
from tui.workbench.spec_lint import Linted

if TYPE_CHECKING:
    from analyzers.rules.model import LintFinding

LINT_SECONDS = 0.2
"""The text is linted when nothing was typed for so long."""

_log = logging.getLogger(__name__)


class SpecPane(Vertical):
    """Editor above, pattern and guard below, and between them what the linter says."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.linter = Linter()
        self.linted = Linted()
        self._timer: Timer | None = None
        self._linting = False
        self._change: dict[int, float] = {}
        self.key: PairKey | None = None
        """The pair that would run; None for one that nothing can be known of."""

    def compose(self) -> ComposeResult:
        editor = SpecEditor(id="spec")
        editor.border_title = "Spec"
        yield editor
        yield LintStrip(id="lint")
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
            yield Label("Review")
            yield Select[str](
                [("goes on by itself", "go-on"), ("asks me what the coder is told", "ask")],
                value="go-on",
                allow_blank=False,
                compact=True,
                id="asking",
            )

    @property
    def editor(self) -> SpecEditor:
        """The spec editor."""
        return self.query_one(SpecEditor)

    @property
    def strip(self) -> LintStrip:
        """The rows that the linter speaks in."""
        return self.query_one(LintStrip)

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

    @property
    def asks_first(self) -> bool:
        """Whether the person says which findings go to the coder."""
        return self.query_one("#asking", Select).value == "ask"

    def on_mount(self) -> None:
        self.editor.colour()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._theme_changed())

    async def on_unmount(self) -> None:
        await self.linter.close()

    def _theme_changed(self) -> None:
        self.editor.colour()
        self._say_lint()

    # Linting: after a pause, never in the way of a key

    def on_text_area_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(LINT_SECONDS, self._lint_now)

    def on_text_area_selection_changed(self) -> None:
        self._say_lint()

    def on_select_changed(self) -> None:
        self._say_lint()

    @property
    def fresh(self) -> bool:
        """Whether what the linter said is about the text that stands in the editor."""
        return self.linted.text == self.editor.text

    def _lint_now(self) -> None:
        if not self._linting:
            self._linting = True
            self._lint()

    @work(group="lint", exit_on_error=False)
    async def _lint(self) -> None:
        """Lint until the newest text is linted; what was typed meanwhile is linted next, all at once."""
        try:
            while not self.fresh:
                text = self.editor.text
                self._take(await self.linter.lint(text, self.editor.filename) if text.strip() else Linted(text=text))
        except LintUnavailableError as error:
            _log.warning("a text of %d characters was not linted: %s", len(self.editor.text), error)
            self.strip.say("The linter did not answer; it tries again with the next change.")
        finally:
            self._linting = False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group == "lint":
            error = event.worker.error
            _log.error("linting failed", exc_info=error)
            self.strip.say(f"The linter itself failed ({type(error).__name__}); the log has the details.")

    def _take(self, linted: Linted) -> None:
        for index, score in enumerate(linted.specs):
            before = self.linted.specs[index] if index < len(self.linted.specs) else None
            if before is None or before.name != score.name:
                self._change.pop(index, None)
            elif before.score != score.score:
                self._change[index] = score.score - before.score
        self.linted = linted
        if self.fresh:
            self.editor.mark(linted)
        self._say_lint()

    def _say_lint(self) -> None:
        index = self.linted.spec_at(self.editor.offset_of_cursor)
        if index is None:
            self.strip.close()
            return
        at_cursor = tuple(mark.finding for mark in self.editor.marks_at_cursor())
        self.strip.show(
            self.linted, index, at_cursor, change=self._change.get(index, 0.0), guard=self.guard, key=self.key
        )

    # What a person does about findings

    def go_to_finding(self, step: int) -> None:
        """Move the cursor to the next finding (-1: the one before)."""
        if self.editor.go_to_mark(step) is None:
            self.notify("There is no finding in this text.", markup=False)

    def toggle_advice(self) -> None:
        """Show or hide what would raise the score."""
        self.strip.advised = not self.strip.advised

    def fix_finding(self) -> None:
        """Make the edits that mend the finding at the cursor, as one step that Ctrl+Z takes back."""
        finding = self._at_cursor(fixable=True)
        if finding is not None and finding.fix is not None:
            self.editor.apply_edits(finding.fix.edits)
            self.notify(f"{finding.code} fixed; Ctrl+Z takes it back.", markup=False)

    @work(group="silence", exclusive=True)
    async def silence_finding(self) -> None:
        """Write the comment that silences the finding at the cursor."""
        finding, linted = self._at_cursor(), self.linted
        if finding is None:
            return
        filename = self.editor.filename
        from tui.workbench.silencing import silenced

        trial = Linter()
        try:
            edits = await silenced(linted, finding, lambda text: trial.lint(text, filename))
        except LintUnavailableError as error:
            _log.warning("a comment was not tried: %s", error)
            edits = None
        finally:
            await trial.close()
        if edits is None:
            self.notify(f"No comment silences {finding.code} here.", markup=False)
        elif linted.text == self.editor.text:
            self.editor.apply_edits(edits)
            self.notify(f"{finding.code} is silenced here; Ctrl+Z takes it back.", markup=False)

    def _at_cursor(self, *, fixable: bool = False) -> "LintFinding | None":
        """The finding to act on; says why if there is none."""
        if not self.fresh:
            self._lint_now()
            self.notify("The text has just changed and is linted now: press the key again.", markup=False)
            return None
        found = [mark.finding for mark in self.editor.marks_at_cursor()]
        chosen = [finding for finding in found if finding.fix is not None or not fixable]
        if not chosen:
            what = "no finding" if not found else "no finding that can be fixed by a key"
            self.notify(f"There is {what} at the cursor.", markup=False)
            return None
        return chosen[0]
