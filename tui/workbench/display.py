"""What the Workbench shows: it folds events into its state and draws the state, at most ten times a second."""

import time
from collections.abc import Iterable
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from core.engines.protocol import EngineStatus, Role
from core.events import Event
from core.examples import bundled_examples
from tui.compositor import FrugalCompositor
from tui.plain import is_plain
from tui.prompt.bar import PromptBar, PromptInput
from tui.prompt.history import PromptHistory
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.pane_tabs import PaneTabs
from tui.widgets.question import QuestionPanel
from tui.widgets.tone_text import ToneText
from tui.workbench import figures, header, layout
from tui.workbench.examples import ExampleList
from tui.workbench.pane_texts import PaneTexts
from tui.workbench.spec_editor import SpecEditor
from tui.workbench.spec_pane import SpecPane
from tui.workbench.speed_trace import SpeedTrace
from tui.workbench.state import Workbench, apply, cut_off, joined, with_engine

FRAME_SECONDS = 0.1
"""Ten frames a second: more would stall the loop behind a slow terminal connection."""

PLAIN_FRAME_SECONDS = 1.0
"""The same in plain mode."""

OWN_QUESTION = "engines"
"""The question that the Workbench asks itself; all others come from the run."""

NARROW = 100
"""Columns below which panes become tabs."""

_WELCOME = (
    "Write or paste a spec on the left (F8 goes there): a Python stub, Markdown, or plain words. F4 runs it.\n"
    "Or press the key of an example below: it is loaded and run, from first draft to checked code."
)
_WELCOME_SINGLE = "F8 opens the spec: write or paste one there, F4 runs it.\nOr press the key of an example:"


class WorkbenchDisplay(Screen[None]):
    """Spec, draft, review, fix, diff and checks of one run."""

    CSS_PATH = "workbench.tcss"
    AUTO_FOCUS = ""  # none: `start_focus` says where

    def __init__(self, roles: header.Roles, *, folder: Path) -> None:
        super().__init__()
        self._compositor = FrugalCompositor()
        self.state = Workbench()
        self.folder = folder
        self.roles = roles
        self.chosen = layout.Chosen()
        self._texts = PaneTexts()
        self._ready = False
        self._resumed = False
        self._dirty = True
        self._said: Line | None = None
        self._clock_zero = time.monotonic()
        self._drawn = float("-inf")
        self._traces: dict[Role, SpeedTrace] = {"coder": SpeedTrace(), "reviewer": SpeedTrace()}

    def compose(self) -> ComposeResult:
        yield ToneText(id="roles")
        with Horizontal(id="progress"):
            yield ToneText(id="track")
            yield ToneText(id="scripted")
        yield PaneTabs(id="tabs-single")
        with Horizontal(id="panes"):
            # Open from the start, as they are without a run: each change of a class restyles all that is within.
            yield SpecPane(classes="open")
            with Vertical(id="right", classes="open"):
                with Vertical(id="welcome", classes="open") as welcome:
                    welcome.border_title = "Start"
                    yield ToneText(id="welcome-text")
                    yield ExampleList(bundled_examples(), id="welcome-examples")
                with Horizontal(classes="group-tabs", id="tabs-code-row"):
                    yield PaneTabs(id="tabs-code")
                for pane in layout.CODE_PANES:
                    yield LineView(id=pane)
                with Horizontal(classes="group-tabs", id="tabs-verdict-row"):
                    yield PaneTabs(id="tabs-verdict")
                for pane in layout.VERDICT_PANES:
                    yield LineView(id=pane)
        yield QuestionPanel(id="question")
        yield ToneText(id="message")
        yield PromptBar(self.folder, PromptHistory(), id="prompt-bar")
        yield ToneText(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(FRAME_SECONDS, self.draw_if_due)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())
        self._ready = True
        self.draw()
        self.start_focus()

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # All that was just mounted has its styles: without this they are worked out once more before the first picture.
        event.refresh_styles = event.refresh_styles and self._resumed
        self._resumed = True
        super()._on_screen_resume(event)

    def _compositor_refresh(self) -> None:
        if self.app._batch_count:
            self.refresh()  # when the batch ends: Textual would paint all of it now and throw that away
        else:
            super()._compositor_refresh()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW or is_plain(self.app), "-narrow")
        self.draw()

    def on_descendant_focus(self) -> None:
        self._dirty = True  # the prompt says how to get there, unless one is there

    @property
    def spec_pane(self) -> SpecPane:
        """Editor, pattern and guard."""
        return self.query_one(SpecPane)

    @property
    def narrow(self) -> bool:
        """Whether the panes are tabs."""
        return self.has_class("-narrow")

    # Events come in

    def receive(self, event: Event) -> None:
        """Fold ``event`` into the state; it is drawn with the next frame."""
        if event.type == "run_started":
            self._clock_zero = time.monotonic() - event.at
            self.chosen = layout.Chosen()
            self._texts = PaneTexts()
            self._said = None
            self._traces = {role: SpeedTrace() for role in self._traces}
        self.state = apply(self.state, event)
        self._dirty = True

    def engine_changed(self, role: Role, status: EngineStatus) -> None:
        """An engine changed its state outside a run: a stopped prefill that goes on, a server that died."""
        if not self.state.running:
            self.state = with_engine(self.state, role, status)
            self._dirty = True

    def forget(self) -> None:
        """Show no run: the spec stays."""
        self.state = Workbench()
        self.chosen = layout.Chosen()
        self._texts = PaneTexts()

    def replay(self, events_: Iterable[Event]) -> None:
        """Show a session log as its run was shown."""
        begun = None
        for event in joined(events_):
            self.receive(event)
            if event.type == "run_started":
                begun = event
        if begun is not None:
            self.spec_pane.editor.put(begun.spec, begun.filename)
            self.spec_pane.pattern, self.spec_pane.guard = begun.pattern, begun.guard
        if self.state.running:
            self.state = cut_off(self.state)
        self.draw()

    def say(self, text: str, tone: str = "bad") -> None:
        """Show one sentence until the next run."""
        mark = {"bad": "✗ Error: ", "warn": "! ", "info": "● "}.get(tone, "")
        self._said = line((mark, tone), one_line(text, 600), hang=2)
        self.draw()

    # The state goes out

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._clock_zero if self.state.running else self.state.at

    def draw_if_due(self) -> None:
        """Draw a frame if something changed or a clock is running."""
        if not (self._dirty or self.state.running):
            return
        # A screen reader that hears of every tenth of a second says nothing else any more.
        if is_plain(self.app) and time.monotonic() - self._drawn < PLAIN_FRAME_SECONDS:
            return
        self.draw()

    def draw(self) -> None:
        """Bring the screen in step with the state."""
        if not self._ready:
            return
        self._dirty, self._drawn = False, time.monotonic()
        plain = is_plain(self.app)
        state, width = self.state, self.size.width - 2
        run = state.run
        roles = header.Roles(run.coder, run.reviewer, run.scripted) if run else self.roles
        self.bar("roles").show(header.roles_line(header.home_path(self.folder), roles, state, width, self.now()))
        self.bar("track").show(header.track_line(state, run.pattern if run else self.spec_pane.pattern, plain=plain))
        label = header.SCRIPTED if width >= 118 else header.SCRIPTED_SHORT
        self.bar("scripted").show(line((label if roles.scripted else "", "scripted"), wrap=False))
        hint = "Esc stop" if state.running else "F4 run"
        self.bar("status").show(
            header.status_line(
                state,
                self.now(),
                hint,
                width,
                plain=plain,
                bars={} if plain else self._bars(),
                next_context=self.next_context() if not state.answers else None,
            )
        )
        message = self._said or header.outcome_line(state) or self._newest_notice()
        self.query_one("#message").set_class(message is not None, "open")
        self.bar("message").show(message or Line())
        self.prompt.ask_for(*header.placeholder(state, scripted=roles.scripted, focused=self.prompt.input.has_focus))
        self._draw_panes()
        self._draw_question()

    def next_context(self) -> figures.Context | None:
        """What would be sent now, for the context meter; None where that is not known."""
        return None

    def _bars(self) -> dict[Role, str]:
        """The speed of both roles over the last seconds."""
        for role, trace in self._traces.items():
            answer = figures.latest(self.state, role)
            if self.state.running and answer is not None and answer.finished is None and answer.first is not None:
                trace.take((answer.stage, answer.round, answer.started), figures.tokens_so_far(answer), self.now())
        return {role: trace.bars for role, trace in self._traces.items()}

    @property
    def prompt(self) -> PromptBar:
        """Where the person says what comes next."""
        return self.query_one(PromptBar)

    def bar(self, id_: str) -> ToneText:
        """One of the one-line bars."""
        return self.query_one(f"#{id_}", ToneText)

    def _newest_notice(self) -> Line | None:
        return line(("● ", "info"), one_line(self.state.notices[-1]), hang=2) if self.state.notices else None

    def open_panes(self) -> tuple[layout.Pane, ...]:
        """The panes that are in view."""
        if self.narrow:
            return (layout.open_single(self.state, self.chosen),)
        return ("spec", layout.open_code(self.state, self.chosen), layout.open_verdict(self.state, self.chosen))

    def _draw_panes(self) -> None:
        state, open_ = self.state, self.open_panes()
        welcome = state.run is None and not (self.narrow and self.chosen.single == "spec")
        self.query_one("#welcome").set_class(welcome, "open")
        self.bar("welcome-text").show(line(_WELCOME_SINGLE if self.narrow else _WELCOME))
        self.query_one("#tabs-code-row").display = self.query_one("#tabs-verdict-row").display = not (
            welcome or self.narrow
        )
        self.query_one("#tabs-single", PaneTabs).show(
            layout.tabs(state, layout.PANES), "" if welcome and self.narrow else open_[0]
        )
        if not self.narrow:
            self.query_one("#tabs-code", PaneTabs).show(layout.tabs(state, layout.CODE_PANES), open_[1])
            self.query_one("#tabs-verdict", PaneTabs).show(layout.tabs(state, layout.VERDICT_PANES), open_[2])
        self.spec_pane.set_class("spec" in open_ and not (welcome and self.narrow), "open")
        self.query_one("#right").set_class(welcome or open_ != ("spec",), "open")
        if self.narrow and "spec" not in open_ and self.spec_pane.has_focus_within:
            self.call_after_refresh(self.focus_pane, open_[0])
        for pane in layout.PANES[1:]:
            view = self.query_one(f"#{pane}", LineView)
            shown = pane in open_ and not welcome
            moved = view.has_focus and not shown
            view.set_class(shown, "open")
            if shown:
                self._texts.draw(view, pane, state)
            elif moved:
                self.call_after_refresh(
                    self.focus_pane, open_[-1] if pane in layout.VERDICT_PANES else open_[min(1, len(open_) - 1)]
                )

    def _draw_question(self) -> None:
        panel, asked = self.query_one(QuestionPanel), self.state.approval
        if asked is not None:
            new = panel.question != asked.id
            panel.ask(asked.id, asked.question, asked.choices)
            if new:
                self.offer_focus(panel)
        elif panel.question not in ("", OWN_QUESTION):
            had_focus = panel.has_focus
            panel.close()
            if had_focus:
                self.focus_pane(self.open_panes()[-1])

    # Panes and focus

    def start_focus(self) -> None:
        """Focus what the person most likely wants first."""
        if self.state.run is not None:
            self.focus_pane(self.open_panes()[-1])
        elif self.spec_pane.editor.text:
            self.action_open("spec")
        else:
            self.set_focus(self.query_one("#welcome-examples"))

    def focus_pane(self, pane: layout.Pane) -> None:
        """Focus ``pane`` (the examples while there is no run)."""
        target = self.query_one(f"#{pane}")
        if pane != "spec" and self.state.run is None:
            target = self.query_one("#welcome-examples")
        # At once: `focus` waits for a message, and what is typed meanwhile would go where the focus was.
        self.set_focus(target)

    def offer_focus(self, panel: QuestionPanel) -> None:
        """Focus ``panel`` unless the person is typing: what they type must stay theirs."""
        if not isinstance(self.focused, SpecEditor | PromptInput):
            self.call_after_refresh(panel.focus)

    def action_open(self, pane: layout.Pane) -> None:
        """Open a pane and focus it."""
        self.chosen = self.chosen.opening(pane)
        self.draw()
        self.focus_pane(pane)

    def action_next_pane(self, step: int = 1) -> None:
        """Open the next pane (-1: the one before)."""
        if self.state.run is None and not self.spec_pane.editor.has_focus:
            self.action_open("spec")
            return
        current = next((pane for pane in layout.PANES if self.query_one(f"#{pane}").has_focus), self.open_panes()[0])
        self.action_open(layout.PANES[(layout.PANES.index(current) + step) % len(layout.PANES)])

    def action_expand(self) -> None:
        """Show the answer as it was written, with its reasoning; again: the code or findings taken from it."""
        self._texts.toggle(self.pane_in_hand())
        self.draw()

    def action_answer_shown(self, step: int) -> None:
        """Show the answer before or after the one shown."""
        self._texts.move(self.pane_in_hand(), step)
        self.draw()

    def pane_in_hand(self, rather: tuple[layout.Pane, ...] = ()) -> layout.Pane:
        """The pane that has the focus, the spec left out; else one of ``rather`` in view, else the last in view."""
        in_view = self.open_panes()
        focused = next((pane for pane in in_view if self.query_one(f"#{pane}").has_focus), None)
        if focused not in (None, "spec"):
            return focused
        return next((pane for pane in in_view if pane in rather), in_view[-1])

    def on_pane_tabs_chosen(self, event: PaneTabs.Chosen) -> None:
        event.stop()
        self.action_open(event.pane)  # type: ignore[arg-type]
