"""The runs that are stored, and the form for a new one."""

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.screen import Screen
from textual.widgets import Input, Label, OptionList, Select, SelectionList, Static
from textual.widgets.option_list import Option

from core.bench.store import Store, StoredRun
from core.choices import PATTERN_NAMES
from core.errors import SecondpassError
from tui.benchmark.live import LiveBench
from tui.benchmark.screen import BenchmarkScreen
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.workbench.header import SCRIPTED

if TYPE_CHECKING:
    from tui.app import SecondpassApp

_DATASETS = (("demo (bundled)", "demo"), ("HumanEval+", "humaneval+"), ("MBPP+", "mbpp+"))
_EMPTY = "No run is stored yet. Tab goes to the form; Ctrl+S starts a run. The demo set takes a few seconds."


class RunsScreen(Screen[None]):
    """Choose a stored run, or start one.

    Args:
        pair: Name of the pair that a new run uses.
        scripted: Whether that is the demo pair.
    """

    DEFAULT_CSS = """
    RunsScreen { background: $background; }
    #runs-list { height: 1fr; border: round $border-blurred; background: $surface; }
    #runs-list:focus { border: heavy $border; }
    #runs-form { height: auto; border: round $border-blurred; padding: 0 1; background: $surface; }
    #runs-grid { grid-size: 2; grid-columns: 12 1fr; grid-rows: auto; height: auto; }
    #runs-grid Input { border: none; height: 1; padding: 0; background: $panel; }
    #runs-grid SelectionList { height: 7; border: none; padding: 0; background: $panel; }
    #runs-message { height: auto; max-height: 3; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="runs.back", key_display="Esc"),
        Binding("ctrl+s", "start", "Start a run", id="runs.start", key_display="^S", priority=True),
        Binding("d", "delete", "Delete", id="runs.delete"),
        Binding("m", "mark", "Mark to compare", id="runs.mark"),
    ]

    def __init__(self, pair: str, *, scripted: bool) -> None:
        super().__init__()
        self._pair = pair
        self._scripted = scripted
        self._runs: list[StoredRun] = []
        self._marked: str = ""
        self._asked: str = ""

    def compose(self) -> ComposeResult:
        if self._scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        runs = OptionList(id="runs-list", markup=False)
        runs.border_title = "Runs"
        yield runs
        with Vertical(id="runs-form") as form:
            form.border_title = "New run"
            with Grid(id="runs-grid"):
                yield Label("Data set")
                yield Select[str](
                    _DATASETS, value="demo" if self._scripted else "humaneval+", allow_blank=False, compact=True
                )
                yield Label("Patterns")
                yield SelectionList[str](
                    *((name, name, name in ("coder-only", "review-then-fix")) for name in PATTERN_NAMES),
                    id="runs-patterns",
                )
                yield Label("Pair")
                yield Input(self._pair, id="runs-pair")
                yield Label("First tasks")
                yield Input(placeholder="all", id="runs-limit", type="integer")
        yield Static(markup=False, id="runs-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self._load()

    def on_screen_resume(self) -> None:
        self._load()

    def _load(self) -> None:
        shown = self.query_one("#runs-list", OptionList)
        at = shown.highlighted
        shown.clear_options()
        try:
            with Store(readonly=True) as store:
                self._runs = store.runs()
        except SecondpassError as error:
            self._runs = []
            self.say(str(error))
        shown.add_options([Option(self._label(run), id=run.id) for run in self._runs])
        if self._runs:
            shown.highlighted = min(at or 0, len(self._runs) - 1)
            shown.focus()
        else:
            shown.add_option(Option(Text(_EMPTY), disabled=True))
            self.query_one(Select).focus()

    def _label(self, run: StoredRun) -> Text:
        config = run.config
        state = "finished" if run.complete else f"{run.finished} of {run.planned}"
        text = Text("◆ " if run.id == self._marked else "  ", "bold")
        text.append(f"{run.created[:16].replace('T', ' ')}  ", "dim")
        text.append(f"{config.dataset_title}  ", "bold")
        scripted = " (scripted)" if config.scripted else ""
        text.append(one_line(f"{', '.join(config.patterns)}  {config.pair}{scripted}  {state}  {config.label}", 160))
        return text

    def say(self, text: str) -> None:
        """Show one sentence."""
        self.query_one("#runs-message", Static).update(one_line(text, 400))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "runs-list" and event.option.id:
            self._open(event.option.id)

    def _open(self, run: str) -> None:
        app = self._app()
        if app.bench is not None and app.bench.board.run == run:
            _ = self.app.push_screen(BenchmarkScreen(app.bench))
            return
        live = LiveBench()
        try:
            live.show(run)
        except SecondpassError as error:
            self.say(str(error))
            return
        _ = self.app.push_screen(BenchmarkScreen(live))

    def action_start(self) -> None:
        """Start a run with what the form says."""
        patterns = self.query_one(SelectionList).selected
        limit = self.query_one("#runs-limit", Input).value.strip()
        pair = self.query_one("#runs-pair", Input).value.strip()
        if not patterns:
            self.say("Choose at least one pattern (Space ticks one).")
            return
        if not pair or (limit and not (limit.isdecimal() and int(limit))):
            self.say("Name a pair, and as the number of tasks a whole number above 0, or nothing for all.")
            return
        # The coder alone comes first: the others are compared with it.
        chosen = sorted(patterns, key=lambda name: (name != "coder-only", PATTERN_NAMES.index(name)))
        arguments = ["--dataset", str(self.query_one(Select).value), "--pair", pair]
        arguments += [part for name in chosen for part in ("--pattern", name)]
        arguments += ["--limit", limit] if limit else []
        self._app().run_bench(tuple(arguments))

    def action_delete(self) -> None:
        """Delete the run at the cursor; asks first."""
        run = self._at_cursor()
        if run is None:
            return
        if self._asked != run.id:
            self._asked = run.id
            self.say(f"d again deletes {run.id} ({run.finished} samples); it cannot be undone.")
            return
        self._asked = ""
        self._delete(run.id)

    @work(group="delete", exclusive=True, exit_on_error=False)
    async def _delete(self, run: str) -> None:
        from tui.benchmark.child import BenchChild

        # A child, so that there is one writer of the store.
        child = BenchChild(("delete", run, "--yes"))
        async for _ in child.lines():
            pass
        self._load()
        self.say(child.last_words or f"{run} is deleted.")

    def action_mark(self) -> None:
        """Mark the run at the cursor, or compare it with the one that is marked."""
        run = self._at_cursor()
        if run is None:
            return
        if not self._marked:
            self._marked = run.id
            self._load()
            self.say("Marked; m on another run compares the two.")
        elif self._marked == run.id:
            self._marked = ""
            self._load()
            self.say("")
        else:
            marked, self._marked = self._marked, ""
            self._load()
            self._compare(marked, run.id)

    @work(group="compare", exclusive=True, exit_on_error=False)
    async def _compare(self, before: str, after: str) -> None:
        from tui.benchmark.child import BenchChild
        from tui.benchmark.comparison import ComparisonScreen

        child = BenchChild(("compare", before, after))
        lines = [text.decode(errors="replace").rstrip("\n") async for text in child.lines()]
        if child.code:
            self.say(child.last_words)
            return
        _ = self.app.push_screen(ComparisonScreen(lines, scripted=self._scripted))

    def _at_cursor(self) -> StoredRun | None:
        at = self.query_one("#runs-list", OptionList).highlighted
        return self._runs[at] if at is not None and at < len(self._runs) else None

    def action_back(self) -> None:
        """Leave."""
        _ = self.dismiss(None)

    def _app(self) -> "SecondpassApp":
        from tui.app import SecondpassApp

        assert isinstance(self.app, SecondpassApp)
        return self.app
