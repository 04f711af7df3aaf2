"""The Sessions screen: find a past session, look into it, go on with it, or put the list in order."""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.errors import SecondpassError
from core.events import Event, SessionRenamed
from core.saving import write_atomically
from core.session_markdown import session_markdown
from core.sessions import SessionSummary, delete_session, rename_session, session_paths, summary
from tui.plain import is_plain
from tui.sessions.new_title import NewTitleScreen
from tui.sessions.preview import preview_lines, read_in_slices
from tui.visible import one_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.widgets.tone_text import ToneText
from tui.workbench.display import NARROW
from tui.workbench.header import SCRIPTED
from tui.workbench.screen import WorkbenchScreen

_BATCH = 25
"""Logs that are looked at before the keys have their turn."""
_PAUSE = 0.08
"""Seconds that the cursor rests on a session before it is read: moving on must not wait for a log."""
_EMPTY = (
    "No session is kept yet. Every run in the Workbench and every `secondpass run` keeps one, with all that was "
    "asked, answered and proven. Esc goes back; F6 there offers examples."
)
_RUNNING = "A run is going on; Esc in the Workbench stops it."


class SessionsScreen(Screen[None]):
    """All sessions on disk.

    Args:
        workbench: Where a session is gone on with.
    """

    CSS_PATH = "sessions.tcss"
    AUTO_FOCUS = "#sessions-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="sessions.back", key_display="Esc"),
        Binding("enter", "resume", "Resume", id="sessions.resume", priority=True),
        Binding("slash", "search", "Search", id="sessions.search", key_display="/"),
        Binding("r", "rename", "Rename", id="sessions.rename"),
        Binding("d", "delete", "Delete", id="sessions.delete"),
        Binding("e", "export", "Export", id="sessions.export"),
    ]

    def __init__(self, workbench: WorkbenchScreen) -> None:
        super().__init__()
        self._workbench = workbench
        self._all: list[SessionSummary] = []
        self._shown: list[SessionSummary] = []
        self._asked: Path | None = None
        self._read: tuple[Path, list[Event], str] | None = None

    def compose(self) -> ComposeResult:
        if self._workbench.roles.scripted:
            yield Static(SCRIPTED, markup=False, classes="scripted")
        yield Input(placeholder="/ searches in titles, specs and requests", id="sessions-words")
        with Horizontal(id="sessions-columns"):
            yield OptionList(id="sessions-list", markup=False)
            yield LineView(id="sessions-preview")
        yield ToneText(id="sessions-message")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#sessions-list").border_title = "Sessions"
        self._load()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW or is_plain(self.app), "-narrow")

    def say(self, text: str, tone: str = "info") -> None:
        """Show one sentence until the next key."""
        mark = {"bad": "✗ ", "warn": "! "}.get(tone, "● ")
        self._show_message(line((mark, tone), one_line(text, 400), hang=2) if text else None)

    def _show_message(self, shown: Line | None) -> None:
        message = self.query_one("#sessions-message", ToneText)
        message.set_class(shown is not None, "open")
        message.show(shown or Line())

    def on_key(self, event: events.Key) -> None:
        if event.key != "d":
            self._asked = None
            self._show_message(None)
        if event.key in ("up", "down") and self.query_one(Input).has_focus:
            event.stop()
            listed = self.query_one(OptionList)
            (listed.action_cursor_up if event.key == "up" else listed.action_cursor_down)()

    # The list

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        found: list[SessionSummary] = []
        for number, path in enumerate(session_paths(), start=1):
            found.append(summary(path))
            if number % _BATCH == 0:
                await asyncio.sleep(0)
        self._all = found
        self._list()

    def _list(self) -> None:
        listed = self.query_one(OptionList)
        at = self._at_cursor()
        words = self.query_one(Input).value
        self._shown = [each for each in self._all if each.holds(words)]
        listed.clear_options()
        listed.add_options([Option(self._row(each), id=each.id) for each in self._shown])
        listed.border_subtitle = f"{len(self._shown)} of {len(self._all)}"
        if self._shown:
            ids = [each.id for each in self._shown]
            listed.highlighted = ids.index(at.id) if at is not None and at.id in ids else 0
            return
        listed.add_option(Option(Text(_EMPTY if not self._all else "No session holds these words."), disabled=True))
        self._preview_nothing()

    def _row(self, each: SessionSummary) -> Text:
        row = Text(no_wrap=True, overflow="ellipsis")
        row.append(f"{_when(each.used)}  ")
        if each.problem:
            row.append(f"✗ damaged  {each.id}", "bold")
            return row
        row.append(one_line(each.title, 80), "bold")
        here = "open here · " if each.path == self._workbench.session else ""
        turns = "1 turn" if each.turns == 1 else f"{each.turns} turns"
        scripted = ", scripted" if each.scripted else ""
        row.append(
            f"\n             {here}{turns} · {each.ended} · {each.pattern} · {one_line(each.pair, 30)}{scripted}"
        )
        return row

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list()

    def _at_cursor(self) -> SessionSummary | None:
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    # The preview

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if (each := self._at_cursor()) is not None:
            self._preview(each)

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _preview(self, each: SessionSummary) -> None:
        await asyncio.sleep(_PAUSE)
        read, problem = await read_in_slices(each.path)
        problem = problem or each.problem
        self._read = (each.path, read, problem)
        view = self.query_one(LineView)
        view.show_titles(each.title or each.id, each.id)
        view.show(preview_lines(read, problem))

    def _preview_nothing(self) -> None:
        self._read = None
        self.query_one(LineView).show_titles("")
        self.query_one(LineView).show(())

    # What can be done

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_resume()

    def action_resume(self) -> None:
        """Go on with the session at the cursor."""
        each = self._at_cursor()
        if each is None:
            return
        if self._workbench.state.running:
            self.say(_RUNNING, "warn")
        elif each.path == self._workbench.session:
            _ = self.dismiss(None)
        else:
            self._resume(each)

    @work(group="resume", exclusive=True, exit_on_error=False)
    async def _resume(self, each: SessionSummary) -> None:
        read = self._read
        _, found, problem = read if read and read[0] == each.path else (each.path, *await read_in_slices(each.path))
        if problem:
            self.say(f"{problem} e writes what can be read of it into a file.", "bad")
            return
        self._workbench.resume(each.path, found)
        _ = self.dismiss(None)
        self._workbench.start_focus()
        pair = self._workbench.pair
        if pair is not None and pair.name != each.pair:
            told = f"This session was made with the pair {each.pair}; what you ask next goes to {pair.name}."
            self._workbench.notify(told, markup=False)

    def action_search(self) -> None:
        """Go to the search."""
        self.query_one(Input).focus()

    def action_rename(self) -> None:
        """Give the session at the cursor a title."""
        each = self._at_cursor()
        if each is None or each.problem:
            return
        if each.path == self._workbench.session and self._workbench.state.running:
            self.say(_RUNNING, "warn")
            return
        _ = self.app.push_screen(NewTitleScreen(each.title), partial(self._renamed, each))

    def _renamed(self, each: SessionSummary, title: str | None) -> None:
        if title is None:
            return
        try:
            if each.path == self._workbench.session:
                self._workbench.record(SessionRenamed(title=title))
            else:
                rename_session(each.path, title)
        except (OSError, SecondpassError) as error:
            self.say(str(error), "bad")
            return
        self._load()

    def action_delete(self) -> None:
        """Delete the session at the cursor; asks first."""
        each = self._at_cursor()
        if each is None:
            return
        if self._asked != each.path:
            self._asked = each.path
            self.say(f"d again deletes {one_line(each.title or each.id, 60)}; it cannot be undone.", "warn")
            return
        self._asked = None
        here = each.path == self._workbench.session
        if here and self._workbench.state.running:
            self.say(_RUNNING, "warn")
            return
        if here:
            self._workbench.forget()
            self._workbench.draw()
        try:
            delete_session(each.path)
        except (OSError, SecondpassError) as error:
            self.say(str(error), "bad")
            return
        self.say(f"{one_line(each.title or each.id, 60)} is deleted.")
        self._all.remove(each)
        at = self.query_one(OptionList).highlighted or 0
        self._list()
        if self._shown:
            self.query_one(OptionList).highlighted = min(at, len(self._shown) - 1)

    @work(group="export", exclusive=True, exit_on_error=False)
    async def action_export(self) -> None:
        """Write the session at the cursor as Markdown into the working directory."""
        each = self._at_cursor()
        if each is None:
            return
        read, problem = await read_in_slices(each.path)
        path = self._workbench.folder / f"session-{each.id}.md"
        try:
            backup = write_atomically(path, session_markdown(read), backup=True)
        except SecondpassError as error:
            self.say(str(error), "bad")
            return
        kept = f" What was there before is in {backup.name}." if backup else ""
        lost = f" The rest could not be read: {problem}" if problem else ""
        self.say(f"Written to {path}.{kept}{lost}")

    def action_back(self) -> None:
        """Leave the search, then the screen."""
        words = self.query_one(Input)
        if words.has_focus or words.value:
            words.value = ""
            self.query_one(OptionList).focus()
            return
        _ = self.dismiss(None)


def _when(used: float) -> str:
    return datetime.fromtimestamp(used).strftime("%m-%d %H:%M")
