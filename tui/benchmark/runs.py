"""The runs that are stored: open one, start one, compare two, delete one."""

import asyncio
import json
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.bench.store import Store, StoredRun
from core.config import load_configuration
from core.errors import SecondpassError
from tui.benchmark.child import BenchChild
from tui.benchmark.figures import title_of
from tui.benchmark.form import NewRunScreen
from tui.benchmark.live import LiveBench
from tui.benchmark.screen import BenchmarkScreen
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.workbench.header import SCRIPTED

if TYPE_CHECKING:
    from tui.app import SecondpassApp

_EMPTY = (  # an option of a list is not wrapped: lines that fit 80 columns
    "No run is stored yet.\n\n"
    "n begins one. The demo problems take a few seconds and need no model:\n"
    "a scripted pair shows what a run, its figures and its tasks look like.\n\n"
    "With your own models a run says what each pattern is worth on your\n"
    "machine: which tasks review fixes, which it breaks, and whether the\n"
    "difference can be told from chance."
)


class RunsScreen(Screen[None]):
    """Choose a stored run, or start one.

    Args:
        pair: Name of the pair that a new run uses at first.
        scripted: Whether that is the demo pair.
    """

    CSS_PATH = "benchmark.tcss"
    HELP = "Runs of the bench. m marks one, m on another compares the two; n begins a run; Enter opens one."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="runs.back", key_display="Esc"),
        Binding("n", "new", "New run", id="runs.new"),
        Binding("m", "mark", "Compare", id="runs.mark"),
        Binding("d", "delete", "Delete", id="runs.delete"),
    ]

    def __init__(self, pair: str, *, scripted: bool) -> None:
        super().__init__()
        self._pair = pair
        self._scripted = scripted
        self._runs: list[StoredRun] = []
        self._marked: str = ""
        self._asked: str = ""

    def compose(self) -> ComposeResult:
        yield Static(SCRIPTED, markup=False, classes="scripted", id="runs-scripted")
        runs = OptionList(id="runs-list", markup=False)
        runs.border_title, runs.border_subtitle = "Benchmark runs", "Enter opens · n new run"
        yield runs
        yield Static(markup=False, id="runs-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#runs-message").display = False
        self.query_one("#runs-scripted").display = self._scripted
        self.query_one("#runs-list").focus()

    def on_screen_resume(self) -> None:
        self._load()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        try:
            self._runs = await asyncio.to_thread(_stored_runs)
        except SecondpassError as error:
            self._runs = []
            self.say(str(error))
        self._show_runs()

    def _show_runs(self) -> None:
        shown = self.query_one("#runs-list", OptionList)
        at = shown.highlighted or 0
        shown.clear_options()
        shown.add_options([Option(self._label(run), id=run.id) for run in self._runs])
        if self._runs:
            shown.highlighted = min(at, len(self._runs) - 1)
        else:
            shown.add_option(Option(Text(_EMPTY), disabled=True))
        self.query_one("#runs-scripted").display = self._scripted or any(run.config.scripted for run in self._runs)

    def _label(self, run: StoredRun) -> Text:
        config, live = run.config, self._app.bench
        going_on = live is not None and live.running and live.board.run == run.id
        state = "running" if going_on else "finished" if run.complete else "stopped"
        text = Text("◆ " if run.id == self._marked else "  ", "bold", no_wrap=True, overflow="ellipsis")
        text.append(f"{run.created[5:16].replace('T', ' ')}  ")
        text.append(f"{title_of(config.dataset):<13} ", "bold")
        text.append(f"{f'{run.finished}/{run.planned}':>9}  ")
        text.append(f"{state:<8}  ", "" if run.complete else "bold")
        text.append(one_line(f"{config.pair}{' (scripted)' if config.scripted else ''}: ", 60))
        text.append(one_line(", ".join(config.patterns), 120))
        if config.label:
            text.append(f"  “{one_line(config.label, 60)}”", "italic")
        return text

    def say(self, text: str) -> None:
        """Show one sentence; nothing for ""."""
        message = self.query_one("#runs-message", Static)
        message.display = bool(text)
        message.update(one_line(text, 400))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.say("")
        if event.option.id:
            self._open(event.option.id)

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self, run: str) -> None:
        app = self._app
        if app.bench is not None and app.bench.board.run == run:
            _ = app.push_screen(BenchmarkScreen(app.bench))
            return
        live = LiveBench()
        try:
            await live.show(run)
        except SecondpassError as error:
            self.say(str(error))
            return
        _ = app.push_screen(BenchmarkScreen(live))
        app.run_worker(live.read_report(), group="report", exit_on_error=False)

    # A new run

    def action_new(self) -> None:
        """Ask what to run."""
        if self._app.bench is not None and self._app.bench.running:
            self.say("A run is going on; one at a time, both would share the GPU. Enter on it shows it, s stops it.")
            return
        try:
            configuration = load_configuration(self._app.options.models)
        except SecondpassError as error:
            self.say(str(error))
            return
        scripted = frozenset(name for name in configuration.pairs if configuration.pair(name).scripted)
        self.say("")

        def begin(arguments: tuple[str, ...] | None) -> None:
            if arguments is not None:
                self._app.run_bench(arguments, scripted=not scripted.isdisjoint(arguments))

        _ = self.app.push_screen(NewRunScreen(tuple(configuration.pairs), self._pair, scripted=scripted), begin)

    # Stored runs

    def action_delete(self) -> None:
        """Delete the run at the cursor; asks first."""
        run = self._at_cursor()
        if run is None:
            return
        if self._asked != run.id:
            self._asked = run.id
            name = f"“{run.config.label}” ({run.id})" if run.config.label else run.id
            self.say(f"d again deletes {name} with its {run.finished} samples; that cannot be undone.")
            return
        self._asked = ""
        self._delete(run.id)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self._asked and event.option.id != self._asked:
            self._asked = ""
            self.say("")

    @work(group="delete", exclusive=True, exit_on_error=False)
    async def _delete(self, run: str) -> None:
        # A child, so that there is one writer of the store.
        child = BenchChild(("delete", run, "--yes"))
        _ = await child.output()
        self._load()
        self.say(child.last_words or f"{run} is deleted.")

    def action_mark(self) -> None:
        """Mark the run at the cursor, or compare it with the one that is marked."""
        run = self._at_cursor()
        if run is None:
            return
        before, self._marked = self._marked, "" if self._marked else run.id
        self._show_runs()
        if not before:
            self.say("Marked ◆; m on another run compares the two, m here again takes the mark away.")
        elif before == run.id:
            self.say("")
        else:
            self.say("Comparing…")
            # The list has the newest first; what changed since the older one is the question.
            older, newer = sorted((before, run.id), key=[each.id for each in self._runs].index, reverse=True)
            self._compare(older, newer)

    @work(group="compare", exclusive=True, exit_on_error=False)
    async def _compare(self, before: str, after: str) -> None:
        from tui.benchmark.comparison import ComparisonScreen

        words, figures = (
            BenchChild(("compare", before, after)),
            BenchChild(("compare", before, after, "--format", "json")),
        )
        text, content = await asyncio.gather(words.output(), figures.output())
        if words.code or figures.code:
            self.say(words.last_words or figures.last_words)
            return
        self.say("")
        scripted = any(run.config.scripted for run in self._runs if run.id in (before, after))
        _ = self.app.push_screen(ComparisonScreen(text.splitlines(), json.loads(content), scripted=scripted))

    def _at_cursor(self) -> StoredRun | None:
        at = self.query_one("#runs-list", OptionList).highlighted
        return self._runs[at] if at is not None and at < len(self._runs) else None

    def action_back(self) -> None:
        """Leave."""
        _ = self.dismiss(None)

    @property
    def _app(self) -> "SecondpassApp":
        from tui.app import SecondpassApp

        assert isinstance(self.app, SecondpassApp)
        return self.app


def _stored_runs() -> list[StoredRun]:
    with Store(readonly=True) as store:
        return store.runs()
