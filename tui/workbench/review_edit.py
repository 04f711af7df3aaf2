"""The review before the coder hears of it: tick, untick, rewrite, add."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from core.events import Finding, SentFinding
from tui.visible import one_line
from tui.workbench.header import SCRIPTED
from tui.workbench.panes import FINDING_MARKS


@dataclass(frozen=True, slots=True)
class Row:
    """A finding and whether it is sent. ``status`` is what checking it gave, "" for one that the person wrote."""

    wish: SentFinding
    ticked: bool
    status: str = ""
    reason: str = ""


def rows_of(findings: Sequence[Finding]) -> tuple[Row, ...]:
    """Ticked are those that would be sent anyway."""
    return tuple(
        Row(
            SentFinding(id=each.id, title=each.title, call=each.call, expected=each.expected),
            each.status in ("proven", "supported"),
            each.status,
            each.reason,
        )
        for each in findings
    )


class ReviewScreen(ModalScreen[tuple[SentFinding, ...] | None]):
    """What goes to the coder; None while the person has not decided."""

    DEFAULT_CSS = """
    ReviewScreen { align: center middle; }
    #review-box {
        width: 94%; max-width: 120; height: auto; max-height: 90%; border: round $border; background: $surface;
        padding: 0 1;
    }
    #review-rows { height: auto; max-height: 20; border: none; background: $surface; padding: 0; }
    #review-rows > .option-list--option-highlighted { background: $primary 25%; color: $foreground; }
    #review-hint { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Not yet", id="review.later", priority=True),
        Binding("space", "tick", "Tick", id="review.tick", priority=True),
        Binding("e", "rewrite", "Rewrite", id="review.rewrite"),
        Binding("a", "add", "Add", id="review.add"),
        Binding("s", "send", "Send", id="review.send"),
    ]

    def __init__(self, rows: Sequence[Row], *, scripted: bool) -> None:
        super().__init__()
        self._rows = list(rows)
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="review-box") as box:
            box.border_title = "What is the coder told?"
            box.border_subtitle = "Space tick · e rewrite · a add · Enter or s sends · Esc not yet"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield OptionList(id="review-rows", markup=False)
            yield Static(markup=False, id="review-hint")

    def on_mount(self) -> None:
        self._show(0)

    def _show(self, at: int) -> None:
        shown = self.query_one(OptionList)
        shown.clear_options()
        shown.add_options([Option(_label(row)) for row in self._rows])
        if not self._rows:
            shown.add_option(Option(Text("The reviewer found nothing. a adds a finding of your own."), disabled=True))
        else:
            shown.highlighted = min(at, len(self._rows) - 1)
        count = sum(row.ticked for row in self._rows)
        what = "nothing is sent: the code stays as it is" if not count else f"{count} of {len(self._rows)} are sent"
        self.query_one("#review-hint", Static).update(f"Enter: {what}.")

    @property
    def rows(self) -> tuple[Row, ...]:
        """The findings as they stand."""
        return tuple(self._rows)

    @property
    def _at(self) -> int | None:
        return self.query_one(OptionList).highlighted if self._rows else None

    def action_tick(self) -> None:
        """Send the finding at the cursor, or do not."""
        at = self._at
        if at is not None:
            self._rows[at] = replace(self._rows[at], ticked=not self._rows[at].ticked)
            self._show(at)

    def action_rewrite(self) -> None:
        """Rewrite the finding at the cursor."""
        at = self._at
        if at is not None:
            screen = FindingScreen(self._rows[at].wish, scripted=self._scripted)
            _ = self.app.push_screen(screen, lambda wish: self._written(wish, at))

    def action_add(self) -> None:
        """Write a finding."""
        screen = FindingScreen(SentFinding(id=None, title=""), scripted=self._scripted)
        _ = self.app.push_screen(screen, lambda wish: self._written(wish, None))

    def _written(self, wish: SentFinding | None, at: int | None) -> None:
        if wish is None:
            return
        if at is None:
            self._rows.append(Row(wish, True))
            at = len(self._rows) - 1
        else:
            self._rows[at] = replace(self._rows[at], wish=wish, ticked=True)
        self._show(at)

    def action_send(self) -> None:
        """Send what is ticked."""
        _ = self.dismiss(tuple(row.wish for row in self._rows if row.ticked))

    def on_key(self, event: events.Key) -> None:
        # The list takes Enter only where it has a row.
        if event.key == "enter" and not self._rows:
            event.stop()
            self.action_send()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_send()

    def action_dismiss_none(self) -> None:
        """Decide later: the run waits."""
        _ = self.dismiss(None)


def _label(row: Row) -> Text:
    mark, _ = FINDING_MARKS.get(row.status, ("◆", ""))
    wish = row.wish
    text = Text(f"{'[x]' if row.ticked else '[ ]'} ", "bold")
    text.append(f"{mark} {row.status or 'yours'}  ")
    text.append(one_line(wish.title, 100), "bold")
    if wish.call:
        text.append(f"\n      {one_line(wish.call, 160)}  must give  {one_line(wish.expected, 80)}")
    if row.reason:
        text.append(f"\n      {one_line(row.reason, 200)}", "dim")
    return text


class FindingScreen(ModalScreen[SentFinding | None]):
    """Write or rewrite one finding; None if the person changed their mind."""

    DEFAULT_CSS = """
    FindingScreen { align: center middle; }
    #finding-box {
        width: 90%; max-width: 100; height: auto; border: round $border; background: $surface; padding: 0 1;
    }
    #finding-box Input { border: none; height: 1; padding: 0; background: $panel; margin-bottom: 1; }
    #finding-problem { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Back", id="finding.back", priority=True),
    ]

    def __init__(self, wish: SentFinding, *, scripted: bool) -> None:
        super().__init__()
        self._wish = wish
        self._scripted = scripted

    def compose(self) -> ComposeResult:
        with Vertical(id="finding-box") as box:
            box.border_title = "A finding"
            box.border_subtitle = "Tab next field · Enter takes it · Esc back"
            if self._scripted:
                yield Static(SCRIPTED, markup=False, classes="scripted")
            yield Label("What is wrong, or what should be different")
            yield Input(self._wish.title, id="finding-title")
            yield Label("A call that shows it (may stay empty)")
            yield Input(self._wish.call, placeholder="halve(-1)", id="finding-call")
            yield Label("What it must give: a Python literal, or: raises NAME")
            yield Input(self._wish.expected, placeholder="raises ValueError", id="finding-expected")
            yield Static(markup=False, id="finding-problem")

    def on_mount(self) -> None:
        self.query_one("#finding-title", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        title, call, expected = (
            self.query_one(f"#finding-{part}", Input).value.strip() for part in ("title", "call", "expected")
        )
        problem = self.query_one("#finding-problem", Static)
        if not title:
            problem.update("Say in a few words what is wrong.")
        elif bool(call) != bool(expected):
            problem.update("A call needs what it must give, and the other way round.")
        else:
            _ = self.dismiss(replace(self._wish, title=title, call=call, expected=expected))

    def action_dismiss_none(self) -> None:
        """Back, with nothing changed."""
        _ = self.dismiss(None)
