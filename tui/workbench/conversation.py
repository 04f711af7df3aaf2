"""The turns of a session: what is asked at the prompt, what waits, and the way back."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.widgets import Select

from core.engines.pair import EnginePair
from core.events import Event
from core.request import FollowUp, RunRequest
from tui.prompt.bar import PromptBar, PromptInput
from tui.prompt.commands import Typed, read_command, read_shell
from tui.prompt.mentions import Mention, given, read_mentions
from tui.visible import one_line
from tui.widgets.lines import Line, line
from tui.workbench import figures, header
from tui.workbench.display import WorkbenchDisplay
from tui.workbench.room import Room, room_of

TWICE_SECONDS = 0.8
"""Esc pressed again within this time, with nothing running, goes back."""


class WorkbenchConversation(WorkbenchDisplay):
    """What the prompt does. How a run is started and recorded is left to the screen."""

    pair: EnginePair | None = None
    """The engines; None: they could not be made."""

    def __init__(self, roles: header.Roles, *, folder: Path, allow_weak_sandbox: bool) -> None:
        super().__init__(roles, folder=folder)
        self._allow_weak_sandbox = allow_weak_sandbox
        self._waiting: list[str] = []
        self._escaped = float("-inf")

    # For the screen to fill in

    def start(self, request: RunRequest) -> bool:
        """Start a run; False if it could not be, and the screen says why."""
        raise NotImplementedError

    def record(self, event: Event) -> None:
        """Keep what the person did after a run, and show it."""
        raise NotImplementedError

    def action_run(self) -> None:
        """Run the spec in the editor from the start."""
        raise NotImplementedError

    def action_undo_turn(self) -> None:
        """Choose which turn to go back to."""
        raise NotImplementedError

    # The prompt

    def on_prompt_bar_submitted(self, event: PromptBar.Submitted) -> None:
        event.stop()
        typed, shell = read_command(event.text), read_shell(event.text)
        if typed is not None:
            self._command(typed)
        elif shell is not None:
            self._shell(shell)
        elif self.state.running:
            self._waiting.append(event.text)
            self.prompt.sent()
            self._say_waiting()
        elif self.ask(event.text):
            self.prompt.sent()

    def ask(self, text: str) -> bool:
        """Ask for ``text``: of the code that stands, else it is the spec. False if it could not be asked."""
        mentions = read_mentions(text, self.folder)
        if problem := next((mention.problem for mention in mentions if mention.problem), ""):
            self.say(f"{problem}; mend the name, or take the @ away.")
            return False
        state, editor = self.state, self.spec_pane.editor
        if state.code is None or state.run is None:
            if editor.text.strip() and state.run is None:
                self.say(
                    "There is a spec in the editor that was not run yet: F4 runs it, then ask for changes.", "info"
                )
                return False
            # The editor takes it only when it is sent: what was warned of stays at the prompt alone.
            if not self.start(replace(self.request(files=mentions), spec=text, filename=None, name=None)):
                return False
            editor.put(text, None)
            return True
        return self.follow_up(text, files=mentions)

    def follow_up(self, text: str, *, files: tuple[Mention, ...] = ()) -> bool:
        """Ask for ``text`` of the code that stands; False if it could not be asked."""
        state = self.state
        assert state.code is not None
        follow_up = FollowUp(requests=(*state.answered, text.strip()), base=state.code, turn=state.turn + 1)
        return self.start(self.request(follow_up, files=files))

    def request(self, follow_up: FollowUp | None = None, *, files: tuple[Mention, ...] = ()) -> RunRequest:
        """What a run of the spec in the editor asks for; an emptied editor means the spec that was run last."""
        pane, run = self.spec_pane, self.state.run
        empty = follow_up is not None and run is not None and not pane.editor.text.strip()
        text, filename = (run.spec, run.filename) if empty and run else (pane.editor.text, pane.editor.filename)
        # Of several stubs the one at the cursor is meant; a further turn is about the one that was run.
        name = _stub_at(text, pane.editor.cursor_location[0] + 1, filename=filename)
        if name is not None and follow_up is not None and self.state.spec is not None:
            name = self.state.spec.name
        return RunRequest(
            spec=text,
            filename=filename,
            name=name,
            pattern=pane.pattern,
            guard=pane.guard,  # type: ignore[arg-type]
            allow_weak_sandbox=self._allow_weak_sandbox,
            follow_up=follow_up,
            files=given(files),
        )

    def action_prompt(self, text: str = "") -> None:
        """Go to the prompt."""
        prompt = self.prompt.input
        if text and not prompt.text:
            prompt.put(text)
        # At once: `focus` waits for a message, and what is typed meanwhile would go where the focus was.
        self.set_focus(prompt)

    def on_prompt_bar_counted(self, event: PromptBar.Counted) -> None:
        event.stop()
        self.prompt.note(self._cost_line(event.mentions))

    def _cost_line(self, mentions: tuple[Mention, ...]) -> Line | None:
        """What the files named in the prompt cost, against the smaller context window; and where it gets tight."""
        if read_shell(self.prompt.text) is not None:
            where = one_line(str(self.folder), 60)
            return line(
                ("$ ", "info"), f"Enter runs it in your shell, in {where}; the models see nothing of it.", hang=2
            )
        room = self.room(mentions)
        if not mentions and not room.tight:
            return self._waiting_line()
        parts: list[str | tuple[str, str]] = []
        for mention in mentions:
            parts.append(", " if parts else "")
            bad = bool(mention.problem)
            shown = (
                one_line(mention.problem, 80) if bad else f"@{one_line(mention.name, 40)} ≈ {mention.tokens:,} tokens"
            )
            parts.append((f"✗ {shown}", "bad") if bad else (shown, "text"))
        if room.window:
            told = f"{' · ' if parts else '! '}about {room.used:,} of {room.window:,} tokens"
            if not room.fits:
                parts.append((f"{told}: it does not fit, shorten it or name fewer files", "bad"))
            elif room.tight:
                parts.append((f"{told}: little room is left for the answer", "warn"))
            else:
                parts.append((told, "muted"))
        return line(*parts, hang=2)

    def room(self, mentions: tuple[Mention, ...] = ()) -> Room:
        """What would be sent now, of the smaller context window."""
        state, text = self.state, self.prompt.text.strip()
        follow_up = None
        if state.code is not None and state.run is not None:
            follow_up = FollowUp(requests=(*state.answered, text), base=state.code, turn=state.turn + 1)
        request = self.request(follow_up, files=mentions)
        if follow_up is None and not request.spec.strip():
            request = replace(request, spec=text)
        return room_of(request, self.smallest_context())

    def next_context(self) -> figures.Context | None:
        room = self.room()
        return figures.Context(used=room.used, available=room.window, estimated=True) if room.window else None

    def smallest_context(self) -> int:
        """The smaller context window of the two models in tokens, 0 while that is not known."""
        if self.pair is not None:
            return min(self.pair.engine("coder").context, self.pair.engine("reviewer").context)
        return min((answer.context for answer in self.state.answers if answer.context), default=0)

    # What waits for the run to end

    def _say_waiting(self) -> None:
        self.prompt.note(self._waiting_line())

    def _waiting_line(self) -> Line | None:
        if not self._waiting:
            return None
        more = f" (+{len(self._waiting) - 1})" if len(self._waiting) > 1 else ""
        return line(("… next: ", "info"), one_line(self._waiting[0], 100), (more, "muted"), hang=2)

    def ended(self, *, well: bool) -> None:
        """A run ended: the next request that waits is asked, or all of them are given back if it did not go well."""
        self.prompt.forget_files()
        if not well:
            back = [*self.state.unanswered, *self._waiting]
            self._waiting.clear()
            if back:
                self.prompt.give_back("\n".join(back))
        elif self._waiting:
            text = self._waiting.pop(0)
            if self.ask(text):
                self.prompt.history.add(text)
            else:
                self.prompt.give_back(text)
        self._say_waiting()

    # The way back

    def escape_pressed(self) -> None:
        """Esc with nothing running: pressed twice it goes back a turn."""
        now = time.monotonic()
        if now - self._escaped < TWICE_SECONDS:
            self._escaped = float("-inf")
            self.action_undo_turn()
        else:
            self._escaped = now

    # Commands

    def _command(self, typed: Typed) -> None:
        command = typed.command
        if command is None:
            self.say(typed.problem)
            return
        actions: dict[str, Callable[[], None]] = {
            "run": self.action_run,
            "stop": partial(self._action, "stop"),
            "new": self.action_new_session,
            "undo": self.action_undo_turn,
            "pattern": partial(self._choose, "pattern", typed.argument),
            "guard": partial(self._choose, "guard", typed.argument),
            "review": partial(self._choose, "asking", typed.argument),
            "diff": partial(self._action, "hunks"),
            "save": partial(self._action, "save"),
            "unsave": partial(self._action, "undo_save"),
            "copy": partial(self._action, "copy_block"),
            "who": partial(self._action, "who_wrote"),
            "shell": partial(self.action_prompt, "!"),
            "examples": partial(self._action, "examples"),
            "sessions": partial(self._action, "app.sessions"),
            "bench": partial(self._action, "app.benchmark"),
            "doctor": partial(self._action, "app.doctor"),
            "settings": partial(self._action, "app.settings"),
            "log": partial(self._action, "app.log"),
            "theme": partial(self._action, "app.next_theme"),
            "help": partial(self._action, "app.help"),
            "quit": partial(self._action, "app.quit"),
        }
        self.prompt.sent()
        actions[command.name]()

    def _shell(self, command: str) -> None:
        """Run a command of the person's own; what is to be asked about it goes to the prompt."""
        if not command:
            self.say("Type a command behind the exclamation mark, such as !pytest -q.", "info")
            return
        from tui.shell.screen import ShellScreen

        self.prompt.sent()
        screen = ShellScreen(command, self.folder, scripted=self.roles.scripted)
        _ = self.app.push_screen(screen, self._asked_about)

    def _asked_about(self, told: str | None) -> None:
        if told is not None:
            self.prompt.give_back(f"{told}\n")
            self.say("Say below it what you want to be changed; Enter sends both.", "info")
        self.action_prompt()

    def _action(self, name: str) -> None:
        self.run_worker(self.run_action(name), group="command", exit_on_error=False)

    def _choose(self, id_: str, value: str) -> None:
        self.query_one(f"#{id_}", Select).value = value
        self.notify(f"{id_.capitalize() if id_ != 'asking' else 'Review'}: {value}.", markup=False)

    def action_new_session(self) -> None:
        """Begin a new session; Ctrl+Z in the Spec pane brings the text back."""
        if self.state.running:
            self.notify("A run is going on; Esc stops it.", markup=False)
            return
        self.forget()
        self.spec_pane.editor.put("", None)
        self.draw()
        self.action_prompt()

    def on_prompt_input_asked(self, event: PromptInput.Asked) -> None:
        event.stop()
        if event.what == "editor":
            self.run_worker(self._edit_outside(), group="editor", exclusive=True, exit_on_error=False)
            return
        from tui.prompt.search import HistoryScreen

        screen = HistoryScreen(self.prompt.history, scripted=self.roles.scripted)
        _ = self.app.push_screen(screen, self._found_in_history)

    def _found_in_history(self, text: str | None) -> None:
        if text is not None:
            self.prompt.input.put(text)
        self.action_prompt()

    async def _edit_outside(self) -> None:
        from tui.outside_editor import EditorError, edit_text

        try:
            text = await edit_text(self.app, self.prompt.text, suffix=".md")
        except EditorError as error:
            self.say(str(error))
            return
        self.prompt.input.put(text.rstrip("\n"))
        self.action_prompt()


def _stub_at(text: str, row: int, *, filename: str | None) -> str | None:
    if not text.strip():
        return None
    from core.run import stub_at

    return stub_at(text, row, filename=filename)
