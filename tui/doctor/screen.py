"""The Doctor: what works on this machine, listed as it is found out, and what to do about the rest."""

import logging
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from core.config import Configuration, ResolvedPair, load_configuration
from core.doctor import Probe, Result, Status, examine, probes, verdict
from core.doctor.speed import Speed, measure
from core.engines.pair import EnginePair
from core.engines.protocol import Role
from core.errors import SecondpassError
from tui.doctor.welcome import remember_shown
from tui.visible import one_line, visible
from tui.widgets.key_bar import KeyBar
from tui.widgets.tones import palette_of
from tui.workbench.header import SCRIPTED

_log = logging.getLogger(__name__)
Next = Literal["demo", "spec"]
"""Where the person goes from here, None for back to where they were."""

_TONES = {Status.OK: "good", Status.WARN: "warn", Status.MISSING: "warn", Status.ERROR: "bad"}
_WELCOME = (
    "Welcome. Until the pair {pair} can start, d tries the demo (scripted answers), and l checks a spec of yours, "
    "which needs no model."
)


class DoctorScreen(Screen[Next | None]):
    """Probes of this machine.

    Args:
        models: The file named by ``--models``.
        wanted: The name of the pair to examine, None for the default one.
        pair: The engines in use, for the speed test; None where they could not be made.
        busy: Whether a run is using them now.
        first: It is shown by itself, at the very first start.
    """

    CSS_PATH = "doctor.tcss"
    AUTO_FOCUS = "#doctor-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="doctor.back", key_display="Esc"),
        Binding("c", "copy", "Copy", id="doctor.copy"),
        Binding("s", "speed", "Speed", id="doctor.speed"),
        Binding("r", "again", "Again", id="doctor.again"),
        Binding("d", "leave('demo')", "Demo", id="doctor.demo"),
        Binding("l", "leave('spec')", "Lint a spec", id="doctor.lint"),
    ]

    def __init__(
        self,
        *,
        models: Path | None,
        wanted: str | None,
        pair: EnginePair | None,
        busy: Callable[[], bool],
        first: bool = False,
    ) -> None:
        super().__init__()
        self._models, self._wanted, self._pair = models, wanted, pair
        self._busy, self._first = busy, first
        self._asked: tuple[Probe, ...] = ()
        self._found: dict[str, Result] = {}
        self._configuration: Configuration | None = None
        self._resolved: ResolvedPair | None = None
        self._speeds: dict[Role, Speed] = {}

    def compose(self) -> ComposeResult:
        if self._pair is not None and self._pair.scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield Static(markup=False, id="doctor-verdict")
        yield OptionList(id="doctor-list", markup=False)
        with VerticalScroll(id="doctor-detail"):
            yield Static(markup=False, id="doctor-text")
        yield Static(markup=False, id="doctor-speed")
        yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one("#doctor-list")
        listed.border_title, listed.border_subtitle = "This machine", "F2 settings"
        self.query_one("#doctor-detail").border_title = "What to do"
        self.query_one("#doctor-speed").display = False
        self.action_again()

    # Looking

    def action_again(self) -> None:
        """Look at everything again."""
        self._found.clear()
        try:
            self._configuration = load_configuration(self._models)
            self._resolved = self._configuration.pair(self._wanted)
        except SecondpassError as error:
            self.query_one("#doctor-verdict", Static).update(one_line(str(error)))
            return
        size = (self.app.size.width, self.app.size.height)
        placed = self._pair.placed if self._pair is not None and self._pair.name == self._resolved.name else None
        self._asked = probes(self._configuration, self._resolved, size=size, placed=placed)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(self._row(each), id=each.id) for each in self._asked])
        listed.highlighted = 0
        self._show_verdict()
        self.run_worker(self._look(), name="doctor", group="doctor", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        async with aclosing(examine(self._asked)) as results:
            async for result in results:
                self._found[result.id] = result
                probe = next(each for each in self._asked if each.id == result.id)
                self.query_one(OptionList).replace_option_prompt(result.id, self._row(probe))
                self._show_detail()
                self._show_verdict()
        self._point_at_the_first_problem()

    def _point_at_the_first_problem(self) -> None:
        listed = self.query_one(OptionList)
        blocking = [n for n, each in enumerate(self._asked) if each.id in self._found and self._found[each.id].blocks]
        if blocking and listed.highlighted == 0:
            listed.highlighted = blocking[0]

    def _row(self, probe: Probe) -> Text:
        result = self._found.get(probe.id)
        palette = palette_of(self.app)
        row = Text(no_wrap=True, overflow="ellipsis")
        if result is None:
            row.append(f"◌ asking   {probe.title:<15}", palette.style("muted"))
            return row
        row.append(
            f"{result.status.symbol} {result.status:<8} ",
            palette.style("bad" if result.blocks else _TONES[result.status]),
        )
        row.append(f"{one_line(result.title, 15):<15} ", palette.style("strong"))
        row.append(one_line(result.sentence), palette.style("text"))
        return row

    def _show_verdict(self) -> None:
        if self._configuration is None or self._resolved is None:
            return
        waiting = len(self._asked) - len(self._found)
        if waiting:
            text = f"Looking at this machine for the pair {self._resolved.name}: {waiting} still to come."
        else:
            meaning = verdict(self._configuration, self._resolved, list(self._found.values()))
            text = meaning.sentence
            if meaning.recommended is not None:
                text += f" By its memory, this machine suits the pair {meaning.recommended}."
        if self._first:
            text = f"{_WELCOME.format(pair=self._resolved.name)}\n{text}"
        self.query_one("#doctor-verdict", Static).update(visible(text))

    def on_option_list_option_highlighted(self) -> None:
        self._show_detail()

    def _highlighted(self) -> Result | None:
        listed = self.query_one(OptionList)
        if listed.highlighted is None or not self._asked:
            return None
        return self._found.get(self._asked[listed.highlighted].id)

    def _show_detail(self) -> None:
        result = self._highlighted()
        palette = palette_of(self.app)
        text = Text()
        if result is not None:
            text.append(visible(result.sentence), palette.style("text"))
            if result.action:
                text.append(f"\n{visible(result.action)}", palette.style("strong"))
            if result.command:
                text.append(f"\n{visible(result.command)}", palette.style("info"))
                text.append("\nc copies this command.", palette.style("muted"))
            if not result.action and not result.command:
                text.append("\nNothing to do.", palette.style("muted"))
        self.query_one("#doctor-text", Static).update(text)

    # Doing

    def action_copy(self) -> None:
        """Copy the command of the highlighted line."""
        result = self._highlighted()
        if result is None or not result.command:
            self.notify("There is no command for this line.", markup=False)
            return
        self.app.copy_to_clipboard(result.command)

    def action_leave(self, to: Next | None = None) -> None:
        """Go back, or on to something else; a running speed test is stopped."""
        if to is None and any(each.group == "speed" and each.is_running for each in self.workers):
            self._speeds.clear()  # the engine's last change of status must not bring them back
            self.workers.cancel_group(self, "speed")
            self._say_speed("The speed test was stopped.")
            return
        if self._first:
            try:
                remember_shown()
            except (OSError, SecondpassError) as error:
                self.notify(f"That this was shown could not be kept: {error}", severity="warning", markup=False)
        _ = self.dismiss(to)

    # Speed

    def action_speed(self) -> None:
        """Measure both roles for five seconds each."""
        if self._pair is None:
            self._say_speed("There is no pair to measure: it could not be made, see above.")
        elif self._pair.scripted:
            self._say_speed("There is no speed to measure: the demo pair's answers come from a script, at a set pace.")
        elif self._busy():
            self._say_speed("A run is going on; measure when it has ended.")
        else:
            self._speeds.clear()
            work = self._measure(self._pair)
            self.run_worker(work, name="speed", group="speed", exclusive=True, exit_on_error=False)

    async def _measure(self, pair: EnginePair) -> None:
        roles: tuple[Role, ...] = ("coder", "reviewer")
        for role in roles:
            ending = pair.engine(role).watch(partial(self._engine_changed, pair, role))
            try:
                async with aclosing(measure(pair, role)) as speeds:
                    async for speed in speeds:
                        self._speeds[role] = speed
                        self._show_speeds(pair)
            except SecondpassError as error:
                self._say_speed(f"{self._speed_text(pair)}\n{error}".strip())
                return
            finally:
                ending()

    def _engine_changed(self, pair: EnginePair, role: Role, _status: object) -> None:
        if role in self._speeds and not self._speeds[role].done:
            self._show_speeds(pair)

    def _speed_text(self, pair: EnginePair) -> str:
        rows = []
        for role, speed in self._speeds.items():
            name = f"{role} {speed.model}"
            if speed.ttft is None:
                status = pair.engine(role).status
                rows.append(f"{name}: {status.phase} {status.detail}".rstrip())
            else:
                about = "~" if speed.estimated else ""
                rate = "–" if speed.rate is None else f"{about}{speed.rate:.1f}"
                last = "" if speed.done else ", measuring (Esc stops)"
                rows.append(f"{name}: {rate} tok/s, first token after {speed.ttft:.2f} s{last}")
        return "\n".join(rows)

    def _show_speeds(self, pair: EnginePair) -> None:
        self._say_speed(self._speed_text(pair))

    def _say_speed(self, text: str) -> None:
        if not self.is_mounted:
            return
        shown = self.query_one("#doctor-speed", Static)
        shown.update(visible(text))
        shown.display = bool(text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            _log.error("the worker %s failed", event.worker.name, exc_info=error)
            self.notify(f"secondpass itself failed ({error}); its log has the details.", severity="error", markup=False)
