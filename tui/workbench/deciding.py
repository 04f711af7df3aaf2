"""What the person decides about the code of a run: which hunks of a change stand, and into which file it goes."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from core.events import CodeSaved, Finding, HunkChoice, Rewound, SaveUndone
from core.hunks import refusal
from tui.diff.choosing import Choosing
from tui.widgets.line_view import LineView
from tui.workbench import saving
from tui.workbench.change import Change, change_of, chosen_event, next_label, objection, repaired
from tui.workbench.conversation import WorkbenchConversation
from tui.workbench.layout import CODE_PANES
from tui.workbench.spec_editor import SpecEditor
from tui.workbench.state import turns

if TYPE_CHECKING:
    from tui.diff.screen import Checkup, Decided, DiffScreen
    from tui.workbench.accept import Compare
    from tui.workbench.rewind import Back


class WorkbenchDeciding(WorkbenchConversation):
    """Hunks, saving, taking a save back, and going back a turn."""

    _put_off: tuple[Change, Choosing] | None = None

    def palette(self) -> Iterable[SystemCommand]:
        """What the palette offers for the code of a run."""
        yield SystemCommand("Go through the change", "Take, edit or reject it hunk by hunk", self.action_hunks)
        yield SystemCommand("Save the code", "Into a new file or an existing one", self.action_save)
        yield SystemCommand("Take the last save back", "The file is again what it was", self.action_undo_save)
        yield SystemCommand("Copy the code", "That of the open pane, whole", self.action_copy_block)
        yield SystemCommand("Run a command", "Of your own, in your shell: !pytest -q", partial(self.action_prompt, "!"))
        yield SystemCommand("Who wrote which line", "Draft, fix for a finding, or you", self.action_who_wrote)

    # Hunk by hunk

    def action_hunks(self) -> None:
        """Go through the change of the last run hunk by hunk."""
        if self.state.running:
            self.notify("A run is going on; Esc stops it.", markup=False)
            return
        change = change_of(self.state)
        if change is None:
            what = "no fix, so nothing was changed" if self.state.code else "no code yet; F4 runs the spec"
            self.notify(f"There is {what}.", markup=False)
            return
        choosing = change.choosing(self.state.put_together)
        if self._put_off is not None and self._put_off[0] == change:
            choosing = self._put_off[1]
        if not choosing.hunks:
            self.notify(f"{change.candidate} is the same code as {change.base}.", markup=False)
            return
        from tui.diff.screen import DiffScreen

        screen = DiffScreen(
            choosing,
            change.base,
            change.candidate,
            check=partial(self._check, next_label(self.state), repaired(self.state)),
            does="then lets it stand",
            note=change.note,
            scripted=self._scripted,
        )
        _ = self.app.push_screen(screen, partial(self._hunks_decided, change, screen))

    @property
    def _scripted(self) -> bool:
        run = self.state.run
        return run.scripted if run else self.roles.scripted

    async def _check(self, label: str, findings: tuple[Finding, ...], code: str) -> "Checkup":
        from core.chosen import recheck
        from tui.diff.screen import Checkup

        state = self.state
        assert state.run is not None
        name = state.spec.name if state.spec else None
        checked = await recheck(
            state.run,
            name,
            code,
            label=label,
            findings=findings,
            allow_weak_sandbox=self._allow_weak_sandbox,
        )
        return Checkup(checked.events, objection(state, checked))

    def _hunks_decided(self, change: Change, screen: "DiffScreen", decided: "Decided | None") -> None:
        if decided is None:
            self._put_off = (change, screen.choosing)
            return
        self._put_off = None
        label = next_label(self.state)
        for event in decided.events:
            self.record(event)
        self.record(chosen_event(decided.choosing, change, label))
        self.draw()
        self._tell_coder(decided.choosing)

    def _tell_coder(self, choosing: Choosing) -> None:
        """Ask the coder again because of what was left out with a reason."""
        request = refusal(choosing.hunks, choosing.choices)
        if not request:
            return
        if self._scripted:
            self.say("The reasons are kept in the session; the demo pair is scripted and cannot answer them.", "info")
            return
        self.follow_up(request)

    # Looking at the code, and taking it along

    def action_who_wrote(self) -> None:
        """Show above the code who wrote which line; again: hide it."""
        pane = self.pane_in_hand()
        if pane not in ("draft", "fix"):
            self.action_open("fix" if self.state.answers_of("fix", "retry") else "draft")
        self._texts.toggle_origins()
        self.draw()

    def action_copy_block(self) -> None:
        """Copy what the pane in hand is about: the code of a draft or fix, else its text; from the prompt, the code."""
        focused = self.focused
        if isinstance(focused, SpecEditor):
            focused.action_redo()  # what the key does in every editor
            return
        pane, text = self.pane_in_hand(rather=CODE_PANES), ""
        if pane == "spec":  # alone in view on a narrow terminal, and the focus is elsewhere
            text = self.spec_pane.editor.text
        elif self.state.run is not None:
            text = self._texts.copied(pane, self.state) or self.query_one(f"#{pane}", LineView).text
        if not text.strip():
            self.notify("There is nothing to copy yet.", markup=False)
        else:
            self.app.copy_to_clipboard(text)

    # Into a file

    def action_save(self) -> None:
        """Accept the code that stands into a file."""
        state = self.state
        if state.running:
            self.notify("A run is going on; its code can be saved when it has ended. Esc stops it.", markup=False)
            return
        if state.code is None or state.ending is None:
            self.notify("There is no code to save yet; F4 runs the spec.", markup=False)
            return
        spec, run = state.spec, state.run
        # A further turn goes where the code before it went: what is saved twice is one function, not two.
        before = [Path(saved.path) for turn in turns(state) for saved in turn.saved]
        if before and before[-1].is_file():
            proposal = saving.seen_from(before[-1], self.folder)
        else:
            proposal = saving.suggested_name(spec.name if spec else None, run.filename if run else None, self.folder)
        from tui.workbench.accept import AcceptScreen

        accept = AcceptScreen(state.code, state.standing, proposal, self.folder, scripted=self._scripted)
        _ = self.app.push_screen(accept, partial(self._accepted, state.standing, state.code))

    def _accepted(self, candidate: str, code: str, answer: "saving.Saved | Compare | None") -> None:
        from tui.workbench.accept import Compare

        if isinstance(answer, Compare):
            self._compare(candidate, code, answer)
        elif answer is not None:
            self._saved(candidate, answer)

    def _compare(self, candidate: str, code: str, file: "Compare") -> None:
        """Show what saving would change in a file, hunk by hunk."""
        from core.placing import holds_more, placed
        from tui.diff.screen import DiffScreen

        merged = placed(file.text.replace("\r\n", "\n"), code) if holds_more(file.text, code) else None
        choosing = Choosing.between(file.text, code if merged is None else merged)
        if not choosing.hunks:
            self.notify(f"{file.path.name} holds just this already.", markup=False)
            return
        screen = DiffScreen(
            choosing,
            f"{file.path.name} as it is",
            f"with {candidate}",
            check=partial(self._check, candidate, repaired(self.state) if self.state.put_together is None else ()),
            does=f"then writes {file.path.name} and keeps a copy of the old one",
            note="" if merged is None else "What else the file holds stays.",
            scripted=self._scripted,
        )
        _ = self.app.push_screen(screen, partial(self._file_decided, candidate, file))

    def _file_decided(self, candidate: str, file: "Compare", decided: "Decided | None") -> None:
        if decided is None:
            return
        choosing = decided.choosing
        if choosing.taken:
            try:
                text = saving.with_ends_of(file.text, choosing.code)
                saved = saving.save(file.path, text, replacing=file.existing)
            except saving.SaveError as error:
                self.say(f"{error} Ctrl+S tries again.")
                return
            self._saved(candidate, saved, choosing.choices)
        else:
            self.notify(f"Nothing was taken: {file.path.name} stays as it is.", markup=False)
        self._tell_coder(choosing)

    def _saved(self, candidate: str, saved: saving.Saved, choices: tuple[HunkChoice, ...] = ()) -> None:
        event = CodeSaved(
            path=str(saved.path),
            candidate=candidate,
            replaced=saved.backup is not None,
            backup=str(saved.backup or ""),
            sha256=saved.digest,
            choices=choices,
        )
        self.record(event)
        self.draw()

    def action_undo_save(self) -> None:
        """Take the last save back: the file is again what it was, unless somebody changed it since."""
        last = next((state.saved[-1] for state in reversed(turns(self.state)) if state.saved), None)
        if last is None:
            self.notify("Nothing was saved in this session.", markup=False)
            return
        if problem := self._take_back(last):
            self.say(problem)
        else:
            self.draw()

    def _take_back(self, saved: CodeSaved) -> str:
        """Take a save back; what kept it from being taken back, "" if nothing did."""
        try:
            restored = saving.take_back(
                Path(saved.path),
                digest=saved.sha256,
                backup=Path(saved.backup) if saved.backup else None,
                replaced=saved.replaced,
            )
        except saving.SaveError as error:
            return str(error)
        self.record(SaveUndone(path=saved.path, restored=restored))
        return ""

    # The way back

    def action_undo_turn(self) -> None:
        """Choose which turn to go back to."""
        if self.state.running:
            self.notify("A run is going on; Esc stops it.", markup=False)
            return
        past = turns(self.state)
        if not past:
            self.notify("There is no turn to go back to.", markup=False)
            return
        from tui.workbench.rewind import RewindScreen

        _ = self.app.push_screen(RewindScreen(past, folder=self.folder, scripted=self.roles.scripted), self._rewind)

    def _rewind(self, back: "Back | None") -> None:
        if back is None:
            return
        undone = turns(self.state)[back.turn :]
        saves = [saved for state in undone for saved in state.saved]
        put_back, problems = self._take_all_back(saves) if back.files else ([], [])
        self.record(Rewound(turn=back.turn))
        run = undone[0].run if undone else None
        if run is not None and run.requests:
            self.prompt.give_back(run.requests[-1])
        self.draw()
        if put_back:
            self.notify(f"As before these turns again: {', '.join(put_back)}.", markup=False)
        if problems:
            self.say(" ".join(problems))
        elif saves and not back.files:
            names = dict.fromkeys(saving.seen_from(Path(saved.path), self.folder) for saved in saves)
            self.notify(f"Left as saved: {', '.join(names)}. /save writes what stands now.", markup=False)
        self.action_prompt()

    def _take_all_back(self, saves: Sequence[CodeSaved]) -> tuple[list[str], list[str]]:
        """Take ``saves`` back, the newest first: which files are as they were, and why another is not."""
        problems: dict[str, str] = {}
        for saved in reversed(saves):
            # What was saved there before lies under what cannot be taken back.
            if saved.path not in problems and (problem := self._take_back(saved)):
                problems[saved.path] = problem
        paths = dict.fromkeys(saved.path for saved in saves if saved.path not in problems)
        return [saving.seen_from(Path(path), self.folder) for path in paths], list(problems.values())
