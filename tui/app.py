"""The Textual app: what it is opened with, how it is opened, and how it leaves."""

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import constants
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

from core.engines.pair import EnginePair, open_pair
from core.errors import ExitCode, SecondpassError
from tui.alt_keys import read_alt_digits_as_keys
from tui.app_screens import AppScreens
from tui.cli.crash import log_file, record_crash
from tui.failure.failure import Failure, cause_of, failure_of
from tui.leaving import leave_on_signals
from tui.mended import mend_textual
from tui.plain import keep_still
from tui.slow_terminal import PatientApp
from tui.starting import load_the_rest
from tui.terminal import own_terminal
from tui.widgets.tones import THEMES
from tui.workbench.header import Roles
from tui.workbench.screen import WorkbenchScreen

if TYPE_CHECKING:
    from core.config import InterfaceConfig, ResolvedPair
    from core.config.trust import LocalFile
    from tui.benchmark.live import LiveBench

QUIT_SECONDS = 2.0
"""Ctrl+C quits when it is pressed again within this time."""
CLOSE_SECONDS = 0.6
"""How long leaving waits for the engines; what is left after that dies with the process."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppOptions:
    """What the app is opened with.

    ``demo`` is the demo pair, offered when ``pair`` cannot start (None: nothing is offered). ``replay`` is a session
    log to show instead of an empty Workbench. ``notices`` are sentences shown at the start (an ignored models.toml).
    ``pace`` is the speed of scripted answers in tokens a second, None for as fast as possible. ``models`` is the file
    named by ``--models``, ``wanted`` the pair that the Doctor looks at (None: the default one); with ``onboarding`` it
    is shown first. ``interface`` is what the configuration says of the screen. ``failure`` is what went wrong before,
    in this program itself. ``keymap`` are the keys that the person gave to bindings, by their ids. ``plain`` is
    plain mode whatever the configuration says.
    ``local`` is the models.toml of the working directory, which the person is asked about unless they have answered.
    """

    pair: "ResolvedPair"
    demo: "ResolvedPair | None" = None
    replay: Path | None = None
    spec: str = ""
    filename: str | None = None
    pattern: str | None = None
    guard: str | None = None
    notices: tuple[str, ...] = ()
    pace: float | None = 90.0
    allow_weak_sandbox: bool = False
    models: Path | None = None
    wanted: str | None = None
    onboarding: bool = False
    interface: "InterfaceConfig | None" = None
    failure: Failure | None = None
    keymap: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False
    local: "LocalFile | None" = None


Opener = Callable[["ResolvedPair"], EnginePair]


class SecondpassApp(PatientApp, AppScreens):
    """The program on a terminal.

    Args:
        options: What to show.
        opener: Makes the engines of a configured pair (tests pass their own).
        opened: Called when the first picture stands.
    """

    TITLE = "secondpass"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help", key_display="F1", priority=True),
        Binding("f2", "settings", "Settings", show=False, id="app.settings", key_display="F2", priority=True),
        Binding("f3", "sessions", "Sessions", show=False, id="app.sessions", key_display="F3", priority=True),
        Binding("f5", "benchmark", "Bench", id="app.benchmark", key_display="F5", priority=True),
        Binding("f11,alt+d", "doctor", "Doctor", show=False, id="app.doctor", priority=True),
        Binding("ctrl+c", "copy_or_quit", "Copy; twice: quit", show=False, id="app.copy-or-quit", priority=True),
        Binding("ctrl+p", "command_palette", "Palette", show=False, id="app.palette", priority=True),
        Binding("ctrl+q", "quit", "Quit", show=False, id="app.quit", priority=True),
        Binding("ctrl+t", "next_theme", "Theme", show=False, id="app.theme", priority=True),
        Binding("f9", "mouse", "Mouse on or off", show=False, id="app.mouse", priority=True),
        Binding("ctrl+backslash", "log", "Log console", show=False, id="app.log", priority=True),
    ]

    def __init__(
        self, options: AppOptions, *, opener: Opener | None = None, opened: Callable[[], None] | None = None
    ) -> None:
        # Textual's own handling of NO_COLOR leaves greys; with ANSI colours on, its filter removes all of them.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        read_alt_digits_as_keys()
        mend_textual()
        self.options = options
        self._opener = opener or partial(open_pair, pace=options.pace, program="the Workbench")
        self._opened = opened
        self._asked_to_quit = float("-inf")
        self._mouse_on = True
        self.workbench = self._make_workbench()
        self.bench: LiveBench | None = None
        self.failure: Failure | None = None
        """Why this app ended, where that was a mistake of ours."""
        self.reopen = False
        """Whether the program is to be opened again with the configuration as it is by then."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._theme_name(options.interface.theme if options.interface else "dark")

    def _theme_name(self, setting: str) -> str:
        name = f"secondpass-{setting}"
        return name if name in self.available_themes else THEMES[0].name

    def _make_workbench(self) -> WorkbenchScreen:
        options = self.options
        pair, problem = None, None
        try:
            pair = self._opener(options.pair)
        except SecondpassError as error:
            problem = str(error)
        roles = Roles(options.pair.coder.name, options.pair.reviewer.name, options.pair.scripted)
        demo = options.demo
        return WorkbenchScreen(
            pair,
            roles,
            folder=Path.cwd(),
            demo=partial(self._opener, demo) if demo is not None else None,
            problem=problem,
            allow_weak_sandbox=options.allow_weak_sandbox,
        )

    def on_mount(self) -> None:
        self.set_keymap(dict(self.options.keymap))
        # Before anything is painted: a screen reader would read the frames of the first picture.
        self.show_plainly(self.options.plain or (self.options.interface is not None and self.options.interface.plain))
        _ = self.push_screen(self.workbench)
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        options, workbench = self.options, self.workbench
        for notice in options.notices:
            self.notify(notice, markup=False, timeout=10)
        pane = workbench.spec_pane
        if options.pattern is not None:
            pane.pattern = options.pattern
        if options.guard is not None:
            pane.guard = options.guard
        if options.replay is not None:
            try:
                workbench.resume(options.replay)
            except (OSError, SecondpassError) as error:
                workbench.say(str(error))
        if options.spec:
            pane.editor.put(options.spec, options.filename)
        if options.replay is not None or options.spec:
            # Else it is where it belongs since the beginning, or where the first keys have moved it.
            workbench.start_focus()
        if options.interface is not None:
            self.apply_interface(options.interface)
        if options.failure is not None:
            workbench.prompt.input.put(options.failure.prompt)
            self._show_failure(options.failure)
        elif options.local is not None and options.local.answer is None:
            self.action_trust(then=self._onboard)
        else:
            self._onboard()
        self.cover_if_too_small()
        if self._opened is not None:
            self.call_after_refresh(self._opened)

    def _onboard(self) -> None:
        if self.options.onboarding:
            self.action_doctor(first=True)

    def _show_failure(self, failure: Failure) -> None:
        from tui.failure.screen import FailureScreen

        scripted = self.workbench.roles.scripted
        _ = self.push_screen(FailureScreen(failure, log_file(), scripted=scripted), lambda _: self._seen())

    def _seen(self) -> None:
        self.options = replace(self.options, failure=None)

    def _handle_exception(self, error: Exception) -> None:
        """End this app without Textual's traceback: it goes to the log, and ``open_app`` begins again.

        The loop of messages that failed is gone by the time this is called, so nothing less than a new app is whole.
        """
        if self.failure is None:
            _ = record_crash(cause_of(error))
            self.failure = Failure(kind=type(cause_of(error)).__name__)
            try:
                self.failure = failure_of(error, self.workbench)
            except Exception:
                _log.exception("what stood on the screen could not be kept")
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def open_again(self) -> None:
        """Leave, and be opened again with the configuration as it is by then."""
        self.reopen = True
        self.exit()

    async def close_engines(self) -> None:
        """Close the engines and end a benchmark run, in bounded time."""
        from tui.benchmark.child import end_children

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(end_children(), CLOSE_SECONDS)
        pair = self.workbench.pair
        if pair is None:
            return
        try:
            await asyncio.wait_for(pair.close(), CLOSE_SECONDS)
        except TimeoutError:
            _log.warning("the engines were not closed within %s s", CLOSE_SECONDS)
        except Exception:
            # Leaving must not fail because an engine does: what it says goes to the log.
            _log.exception("closing the engines failed")

    # Keys that work everywhere

    def action_copy_or_quit(self) -> None:
        """Copy the selection; without one, quit when pressed twice."""
        selected = self._selected()
        if selected:
            self.copy_to_clipboard(selected)
            return
        now = time.monotonic()
        if now - self._asked_to_quit < QUIT_SECONDS:
            self.exit()
            return
        self._asked_to_quit = now
        self.notify("Ctrl+C again quits.", timeout=QUIT_SECONDS, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy ``text``, whoever asks, and tell what is known to have become of it."""
        self._clipboard = text
        self.run_worker(self._copy(text), group="copy", exclusive=True, exit_on_error=False)

    async def _copy(self, text: str) -> None:
        from tui import clipboard

        copied = await clipboard.copy(text)
        if copied.tool is None:
            # The terminal gives no answer: that it took the text cannot be known, so it is not claimed.
            super().copy_to_clipboard(text)
        self.notify(clipboard.told(text, copied), markup=False)

    def _selected(self) -> str:
        if text := self.screen.get_selected_text():
            return text
        focused = self.focused
        return focused.selected_text if isinstance(focused, TextArea | Input) else ""

    def action_next_theme(self) -> None:
        """Dark, light, high contrast, the terminal's own colours, and dark again."""
        names = [theme.name for theme in THEMES]
        index = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(index + 1) % len(names)]
        from tui.settings.interface import remember_theme

        if problem := remember_theme(self.theme.removeprefix("secondpass-")):
            self.notify(problem, severity="warning", markup=False)

    def apply_interface(self, interface: "InterfaceConfig") -> None:
        """Show the screen as the configuration says."""
        if self.options.plain:
            interface = interface.model_copy(update={"plain": True})
        self.interface = interface
        self.theme = self._theme_name(interface.theme)
        self.animation_level = "none" if interface.reduced_motion or interface.plain else constants.TEXTUAL_ANIMATIONS
        if self.animation_level == "none":
            keep_still(self.focused)
        self.show_plainly(interface.plain)
        if interface.mouse != self._mouse_on and self._driver is not None and not self.is_headless:
            self.action_mouse()

    def action_benchmark(self) -> None:
        """Show the run that goes on, or the stored ones."""
        from tui.benchmark.runs import RunsScreen
        from tui.benchmark.screen import BenchmarkScreen

        if not isinstance(self.screen, RunsScreen):
            if any(isinstance(screen, RunsScreen | BenchmarkScreen) for screen in self.screen_stack):
                return
            pair = self.workbench.pair.name if self.workbench.pair is not None else self.options.pair.name
            _ = self.push_screen(RunsScreen(pair, scripted=self.workbench.roles.scripted))
        if self.bench is not None and self.bench.running:
            _ = self.push_screen(BenchmarkScreen(self.bench))

    def run_bench(self, arguments: tuple[str, ...], *, live: "LiveBench | None" = None, scripted: bool = False) -> None:
        """Start a benchmark run (``scripted``: of the demo pair), or go on with ``live``, and show it."""
        from tui.benchmark.live import LiveBench
        from tui.benchmark.screen import BenchmarkScreen

        if self.bench is not None and self.bench.running:
            self.notify("A run is going on; one at a time, both would share the GPU.", markup=False)
            return
        self.bench = live or LiveBench(scripted=scripted)
        if self.options.models is not None:
            arguments = (*arguments, "--models", str(self.options.models))
        if self.options.allow_weak_sandbox:
            arguments = (*arguments, "--allow-weak-sandbox")
        self.run_worker(self._drive(self.bench, arguments), group="bench", exit_on_error=False)
        if live is None:
            _ = self.push_screen(BenchmarkScreen(self.bench))

    async def _drive(self, bench: "LiveBench", arguments: tuple[str, ...]) -> None:
        from tui.benchmark.runs import RunsScreen
        from tui.benchmark.screen import BenchmarkScreen

        await bench.drive(arguments)
        self.tell_terminal(f"The benchmark has ended: {bench.problem or f'{bench.board.finished} samples.'}")
        if not isinstance(self.screen, BenchmarkScreen) and bench.board.run:
            done = bench.board.finished >= bench.board.planned
            listed = any(isinstance(screen, RunsScreen) for screen in self.screen_stack)
            where = "it is the first of the list" if listed else "F5 shows it"
            self.notify(f"The benchmark run {'is finished' if done else 'has stopped'}; {where}.", markup=False)

    def action_mouse(self) -> None:
        """Give the mouse to the terminal, for its own selection, or take it back."""
        driver = self._driver
        switch = getattr(driver, "_disable_mouse_support" if self._mouse_on else "_enable_mouse_support", None)
        if switch is None:
            self.notify("This terminal driver cannot switch the mouse.", markup=False)
            return
        switch()
        self._mouse_on = not self._mouse_on
        self.notify(f"Mouse {'on' if self._mouse_on else 'off: the terminal selects text now'}.", markup=False)


async def _show(app: SecondpassApp) -> None:
    leave_on_signals(app)
    try:
        await app.run_async()
    finally:
        await app.close_engines()
        app.has_left()


def open_app(options: AppOptions) -> int | None:
    """Open the app on the terminal and return the exit code when it is left; None: it is to be opened again.

    Descriptors 1 and 2 lead to the program's log file meanwhile. After a failure of the app itself it is opened again,
    with the work as it stood and what happened on top; if that fails too before the person has seen it, one sentence
    on standard error is all. The tracebacks are in the log.

    Raises:
        SecondpassError: the log folder cannot be used.
    """
    log = log_file()
    with own_terminal(log):
        while True:
            app = SecondpassApp(options, opened=load_the_rest)
            asyncio.run(_show(app))
            failure = app.failure
            if failure is None or app.options.failure is not None:
                break
            options = replace(
                options,
                replay=failure.session,
                spec=failure.spec,
                filename=failure.filename,
                notices=(),
                onboarding=False,
                failure=failure,
            )
    if app.return_code == ExitCode.INTERRUPTED:
        return int(ExitCode.INTERRUPTED)
    if app.failure is not None or app.return_code:
        print(f"secondpass itself failed; the details are in {log}, please report them.", file=sys.stderr)
        return int(ExitCode.INTERNAL)
    return None if app.reopen else int(ExitCode.OK)
