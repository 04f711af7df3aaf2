"""The form for a new run. It starts nothing that cannot go on: what is missing is said, with what to do about it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from core.bench.datasets.known import KNOWN, KnownDataset, find_file
from core.choices import GUARDS
from tui.benchmark.pattern_list import PatternList
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.workbench.header import SCRIPTED

_GUARD_WORDS = {
    "proven": "proven: a fix must break nothing and pass the cases that were proven",
    "strict": "strict: it must also pass more visible examples",
    "off": "off: every fix is taken (the paper's pattern)",
}


class NewRunScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks what to run; gives the arguments of ``bench run``, or None.

    Args:
        pairs: The pairs that are configured.
        pair: The one that is chosen at first.
        scripted: Names of those that are scripted.
    """

    CSS_PATH = "benchmark.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="form.back", key_display="Esc"),
        Binding("ctrl+s", "start", "Start", id="form.start", key_display="^S", priority=True),
    ]

    def __init__(self, pairs: Sequence[str], pair: str, *, scripted: frozenset[str]) -> None:
        super().__init__()
        self._pairs = tuple(dict.fromkeys((*pairs, pair)))
        self._pair, self._scripted = pair, scripted

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form-box", can_focus=False) as box:
            box.border_title, box.border_subtitle = "New run", "^S starts it · Esc back"
            yield Static(SCRIPTED, markup=False, classes="scripted", id="form-scripted")
            for label, field in self._fields():
                with Horizontal(classes="form-row"):
                    yield Label(label)
                    yield field
            yield Static(markup=False, id="form-says")
        yield KeyBar()

    def _fields(self) -> Iterator[tuple[str, Widget]]:
        def select(name: str, choices: Sequence[tuple[str, str]], chosen: str) -> Select[str]:
            return Select[str](choices, value=chosen, allow_blank=False, compact=True, id=f"form-{name}")

        pairs = [(f"{name} (scripted)" if name in self._scripted else name, name) for name in self._pairs]
        yield "Pair", select("pair", pairs, self._pair)
        sets = [(f"{known.title}, {known.tasks} tasks", name) for name, known in KNOWN.items()]
        yield "Data set", select("dataset", sets, "demo" if self._pair in self._scripted else "humaneval+")
        yield "Its file", Input(id="form-data")
        yield "Patterns", PatternList(id="form-patterns")
        yield "Guard", select("guard", [(_GUARD_WORDS[name], name) for name in GUARDS], GUARDS[0])
        yield "First tasks", Input(placeholder="all of them", id="form-limit", type="integer")
        yield "Samples each", Input(placeholder="1", id="form-samples", type="integer")
        yield "Label", Input(placeholder="what you call this run, if anything", id="form-label", max_length=60)

    def on_mount(self) -> None:
        self._tell()
        self.query_one("#form-pair").focus()

    # What the form says

    @property
    def _known(self) -> KnownDataset:
        return KNOWN[str(self.query_one("#form-dataset", Select).value)]

    @property
    def _chosen_pair(self) -> str:
        return str(self.query_one("#form-pair", Select).value)

    def _text(self, name: str) -> str:
        return self.query_one(f"#form-{name}", Input).value.strip()

    def _number(self, name: str) -> int | None:
        """A number of the form, None where nothing is said, 0 where it is none."""
        text = self._text(name)
        return None if not text else int(text) if text.isdecimal() else 0

    def on_select_changed(self, event: Select.Changed) -> None:
        event.stop()
        if event.select.id == "form-pair" and self._chosen_pair in self._scripted:
            self.query_one("#form-dataset", Select).value = "demo"
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def on_pattern_list_ticked(self, event: PatternList.Ticked) -> None:
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def _tell(self) -> None:
        known, place = self._known, find_file(self._known)
        found = "bundled" if not known.url else str(place) if place else f"path of {known.filename}, packed or not"
        self.query_one("#form-data", Input).placeholder = found
        self.query_one("#form-scripted").display = self._chosen_pair in self._scripted
        says = self.query_one("#form-says", Static)
        problem = self._problem()
        says.set_class(problem is not None, "wrong")
        says.update(problem or self._plan())

    def _plan(self) -> str:
        tasks = min(self._number("limit") or self._known.tasks, self._known.tasks)
        patterns, samples = len(self._patterns()), self._number("samples") or 1
        each = f" x {samples} samples" if samples > 1 else ""
        shared = "; patterns that begin with the coder's draft share it" if patterns > 1 else ""
        return f"{tasks} tasks x {patterns} patterns{each} = {tasks * patterns * samples} samples{shared}."

    def _patterns(self) -> list[str]:
        return self.query_one(PatternList).ticked

    def _problem(self) -> str | None:
        """Why this cannot be run, and what to do."""
        known, data = self._known, self._text("data")
        if not self._patterns():
            return "Choose at least one pattern: Space ticks one."
        if self._number("limit") == 0 or self._number("samples") == 0:
            return "The numbers of tasks and of samples are whole numbers above 0, or nothing."
        if self._chosen_pair in self._scripted and known.name != "demo":
            return "The scripted pair knows the demo problems alone; choose these, or a pair of real models."
        if data and not Path(data).expanduser().is_file():
            return f"There is no file {one_line(data, 120)}; name {known.filename} or {known.filename}.gz."
        if not data and find_file(known) is None:
            return (
                f"{known.title} is not on this machine. If you have {known.filename}.gz, name it as its file here (or "
                f"`secondpass bench data import FILE`); `secondpass bench data fetch {known.name}` downloads it."
            )
        return None

    # Keys

    def action_start(self) -> None:
        """Give the arguments."""
        if self._problem() is not None:
            self._tell()
            self.app.bell()
            return
        arguments = ["--dataset", self._known.name, "--pair", self._chosen_pair]
        arguments += [part for name in self._patterns() for part in ("--pattern", name)]
        arguments += ["--guard", str(self.query_one("#form-guard", Select).value)]
        for name in ("limit", "samples"):
            if number := self._number(name):
                arguments += [f"--{name}", str(number)]
        if data := self._text("data"):
            arguments += ["--data", str(Path(data).expanduser())]
        if label := self._text("label"):
            arguments.append(f"--label={label}")
        _ = self.dismiss(tuple(arguments))

    def action_back(self) -> None:
        """Start nothing."""
        _ = self.dismiss(None)
