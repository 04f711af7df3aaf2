"""The screens that a key, a command or the palette opens from everywhere. Each is imported when it is first shown."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.app import App, SystemCommand
from textual.screen import Screen

from tui import notifications
from tui.plain import CLASS, PlainFilter, is_plain, keep_still
from tui.too_small import TooSmallScreen, is_too_small

if TYPE_CHECKING:
    from core.config import InterfaceConfig
    from tui.app import AppOptions
    from tui.workbench.screen import WorkbenchScreen


class AppScreens(App[None]):
    """Opens screens over the Workbench."""

    options: "AppOptions"
    workbench: "WorkbenchScreen"
    interface: "InterfaceConfig | None" = None
    """What the configuration says of the screen now."""

    def action_benchmark(self) -> None:
        """Show the run that goes on, or the stored ones."""
        raise NotImplementedError

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self.animation_level == "none":
            keep_still(event.widget)

    def show_plainly(self, plain: bool) -> None:
        """Plain mode on or off: no frames, no marks without a word, one pane at a time, the terminal's own cursor."""
        if plain == is_plain(self):
            return
        self.set_class(plain, CLASS)
        self._filters = [each for each in self._filters if not isinstance(each, PlainFilter)]
        if plain:
            self._filters.append(PlainFilter())
        if self._driver is not None:
            self._driver.write("\x1b[?25h" if plain else "\x1b[?25l")
        for screen in self.screen_stack:
            screen.post_message(events.Resize(self.size, self.size))
        self.refresh_css(animate=False)

    def tell_terminal(self, text: str) -> None:
        """Tell a person who looks elsewhere, if that is wanted; says nothing on the screen."""
        interface = self.interface
        if self._driver is not None and notifications.wanted(interface, focused=self.app_focus):
            how = interface.notify_by if interface is not None else "auto"
            self._driver.write(notifications.notification(text, how, os.environ))
            self._driver.flush()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.cover_if_too_small)

    def cover_if_too_small(self) -> None:
        """Show one sentence where there is no room for a screen."""
        if is_too_small(self.size) and self.workbench.is_mounted and not isinstance(self.screen, TooSmallScreen):
            _ = self.push_screen(TooSmallScreen())

    def action_help(self) -> None:
        """Show every key; again: back."""
        from tui.help import HelpScreen, keys_of

        if isinstance(self.screen, HelpScreen):
            self.screen.action_close()
        else:
            keys = keys_of(self, self.screen, self.options.keymap)
            scripted = self.workbench.roles.scripted
            _ = self.push_screen(HelpScreen(keys, scripted=scripted, about=self.screen.HELP))

    def action_trust(self, *, then: Callable[[], None] | None = None) -> None:
        """Ask whether the models.toml of the working directory may be used; ``then`` goes on where it is not."""
        from tui.trust import ask_trust

        ask_trust(self, self.options.local, then)

    def open_again(self) -> None:
        """Leave, and be opened again with the configuration as it is by then."""
        raise NotImplementedError

    def action_doctor(self, *, first: bool = False) -> None:
        """Show what works on this machine."""
        from tui.doctor.screen import DoctorScreen

        if isinstance(self.screen, DoctorScreen):
            return
        workbench = self.workbench
        screen = DoctorScreen(
            models=self.options.models,
            wanted=self.options.wanted,
            pair=workbench.pair,
            busy=lambda: workbench.state.running,
            first=first,
        )
        _ = self.push_screen(screen, self._after_doctor)

    def _after_doctor(self, to: str | None) -> None:
        if to == "demo":
            self.workbench.try_demo()
        elif to == "spec":
            self.workbench.action_open("spec")

    def action_settings(self) -> None:
        """Show and change the configuration."""
        from tui.settings.screen import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            _ = self.push_screen(SettingsScreen(self.options.models, scripted=self.workbench.roles.scripted))

    def action_sessions(self) -> None:
        """Show the past sessions."""
        from tui.sessions.screen import SessionsScreen

        if not isinstance(self.screen, SessionsScreen):
            _ = self.push_screen(SessionsScreen(self.workbench))

    def action_log(self) -> None:
        """Show the program's log and those of the engines; again: back."""
        from tui.log_console.screen import LogScreen

        if isinstance(self.screen, LogScreen):
            self.screen.action_back()
        else:
            _ = self.push_screen(LogScreen(scripted=self.workbench.roles.scripted))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers besides Textual's own."""
        yield from super().get_system_commands(screen)
        if screen is self.workbench:
            yield from self.workbench.palette()
        if self.options.local is not None:
            yield SystemCommand("Trust this folder", "Use its models.toml, or ignore it", self.action_trust)
        yield SystemCommand("Doctor", "What works on this machine, and what to do about the rest", self.action_doctor)
        yield SystemCommand("Sessions", "Past sessions: search, resume, rename, export, delete", self.action_sessions)
        yield SystemCommand("Log console", "The program's own log and those of the engines", self.action_log)
        yield SystemCommand("Benchmark", "Run and compare patterns on HumanEval+ and MBPP+", self.action_benchmark)
        yield SystemCommand("Settings", "Models, pairs, endpoints and the interface", self.action_settings)
