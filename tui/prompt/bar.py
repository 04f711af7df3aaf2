"""The prompt bar: where a person says what comes next."""

import asyncio
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tui.alt_keys import is_no_text
from tui.keymap import keys_in_force
from tui.prompt.completion import Offer, list_files, offers, wants_files
from tui.prompt.history import PromptHistory
from tui.prompt.mentions import Mention, read_mentions
from tui.widgets.lines import Line
from tui.widgets.tone_text import ToneText

COUNT_SECONDS = 0.25
"""Files named in the prompt are read when nothing was typed for so long."""

SEND = Binding("enter", "send", "Send", show=False, id="prompt.send")
NEW_LINE = Binding("ctrl+j,shift+enter", "newline", "New line", show=False, id="prompt.newline")


class PromptInput(TextArea):
    """The text of the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Taken in _on_key, in the order of typing: as bindings they would overtake, or come after, what is typed fast.
        SEND,
        NEW_LINE,
        Binding("ctrl+r", "search_history", "Search the history", show=False, id="prompt.history", priority=True),
        Binding("ctrl+g", "edit_outside", "Write in $EDITOR", show=False, id="prompt.editor", priority=True),
    ]

    class Sent(Message):
        """Enter was pressed."""

    class Moved(Message):
        """A key that the list of offers or the history takes: up, down, tab, enter or escape."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Asked(Message):
        """Something outside the prompt is wanted: "history" or "editor"."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    offering = False
    """Whether offers are in view: Tab, Enter and the arrows are theirs then."""

    whole_text = ""
    """What Tab writes into the empty prompt. Not ``suggestion``: a TextArea paints that behind what is typed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, tab_behavior="focus", highlight_cursor_line=False, soft_wrap=True)

    async def _on_key(self, event: events.Key) -> None:
        if is_no_text(event):
            return
        for binding, act in ((SEND, self.action_send), (NEW_LINE, self.action_newline)):
            if event.key in keys_in_force(binding, self.app._keymap):
                event.stop()
                event.prevent_default()
                act()
                return
        if self.offering and event.key in ("up", "down", "tab", "escape"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Moved(event.key))
            return
        if event.key == "tab" and not self.text and self.whole_text:
            event.stop()
            event.prevent_default()
            self.put(self.whole_text)
            return
        row, rows = self.cursor_location[0], self.document.line_count
        if (event.key == "up" and row == 0) or (event.key == "down" and row == rows - 1):
            event.stop()
            event.prevent_default()
            self.post_message(self.Moved(event.key))
            return
        await super()._on_key(event)

    def action_send(self) -> None:
        """Send what stands there; take the offer that is chosen, where one is."""
        self.post_message(self.Moved("enter") if self.offering else self.Sent())

    def action_newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def action_search_history(self) -> None:
        """Ask for the search of the history."""
        self.post_message(self.Asked("history"))

    def action_edit_outside(self) -> None:
        """Ask for the person's own editor."""
        self.post_message(self.Asked("editor"))

    @property
    def before_cursor(self) -> str:
        """The text before the cursor."""
        return self.get_text_range((0, 0), self.cursor_location)

    def put(self, text: str) -> None:
        """Replace everything; Ctrl+Z brings it back."""
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)


class PromptBar(Vertical):
    """The prompt with what could stand next above it, and what the files named in it cost.

    Args:
        folder: Files are named relative to it.
        history: What was asked before.
    """

    DEFAULT_CSS = """
    PromptBar { height: auto; background: $panel; padding: 0 1; }
    PromptBar PromptInput { height: auto; max-height: 5; background: $surface; padding: 0; border: none; }
    PromptBar OptionList {
        display: none; height: auto; max-height: 8; border: none; padding: 0; background: $surface;
        background-tint: $foreground 0%; scrollbar-size: 0 1;
    }
    PromptBar OptionList.open { display: block; }
    #prompt-note { display: none; height: auto; max-height: 2; }
    #prompt-note.open { display: block; }
    """

    class Submitted(Message):
        """The person sent ``text``; it stays at the prompt until ``clear`` is called."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Counted(Message):
        """The files named in the prompt were read again."""

        def __init__(self, mentions: tuple[Mention, ...]) -> None:
            super().__init__()
            self.mentions = mentions

    def __init__(self, folder: Path, history: PromptHistory, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.history = history
        self._folder = folder
        self._files: tuple[str, ...] | None = None
        self._offers: tuple[Offer, ...] = ()
        self._closed_for: str | None = None

    def compose(self) -> ComposeResult:
        yield OptionList(id="prompt-offers", markup=False)
        yield ToneText(id="prompt-note")
        yield PromptInput(id="prompt")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False

    @property
    def input(self) -> PromptInput:
        """Where it is written."""
        return self.query_one(PromptInput)

    @property
    def text(self) -> str:
        """What stands at the prompt."""
        return self.input.text

    def ask_for(self, placeholder: str, suggestion: str = "") -> None:
        """Say in the empty prompt what can be asked for; Tab writes ``suggestion``."""
        self.input.whole_text = suggestion
        if str(self.input.placeholder) != placeholder:
            self.input.placeholder = Content(placeholder)

    def note(self, line: Line | None) -> None:
        """Say something above the prompt; None: nothing."""
        view = self.query_one("#prompt-note", ToneText)
        view.set_class(line is not None, "open")
        view.show(line or Line())

    def sent(self) -> None:
        """What stands there was taken: it goes to the history, and the prompt is empty."""
        self.history.add(self.text)
        self.input.put("")

    def give_back(self, text: str) -> None:
        """Put ``text`` at the prompt again, before what has been typed since."""
        typed = self.text
        self.input.put(f"{text}\n{typed}" if typed.strip() else text)

    # What could stand next

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._offer()
        self._count()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._offer()

    def _offer(self) -> None:
        before = self.input.before_cursor
        if self._files is None and wants_files(before):
            self._list_files()
        found = offers(before, self._files or ()) if before != self._closed_for else ()
        if before != self._closed_for:
            self._closed_for = None
        self._show(found if self.input.has_focus else ())

    def _show(self, found: tuple[Offer, ...]) -> None:
        view = self.query_one(OptionList)
        if found != self._offers:
            self._offers = found
            view.clear_options()
            view.add_options([Option(_label(offer)) for offer in found])
            if found:
                view.highlighted = 0
        view.set_class(bool(found), "open")
        self.input.offering = bool(found)

    @work(group="files", exclusive=True, exit_on_error=False)
    async def _list_files(self) -> None:
        self._files = await asyncio.to_thread(list_files, self._folder)
        self._offer()

    @work(group="count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        text = self.text
        await asyncio.sleep(COUNT_SECONDS)
        mentions = await asyncio.to_thread(read_mentions, text, self._folder) if "@" in text else ()
        self.post_message(self.Counted(mentions))

    def forget_files(self) -> None:
        """Look for files again when one is asked for next: a run may have saved some."""
        self._files = None

    def on_prompt_input_moved(self, event: PromptInput.Moved) -> None:
        event.stop()
        if self.input.offering:
            self._move_in_offers(event.key)
        elif event.key == "up":
            self._recall(self.history.back(self.text))
        elif event.key == "down":
            self._recall(self.history.forward())
        elif event.key == "enter":
            # What was typed fast has closed the offers since the key was pressed: it meant what stands there.
            self._submit()

    def _move_in_offers(self, key: str) -> None:
        view = self.query_one(OptionList)
        if key == "escape":
            self._closed_for = self.input.before_cursor
            self._show(())
        elif key in ("up", "down"):
            step = 1 if key == "down" else -1
            view.highlighted = ((view.highlighted or 0) + step) % len(self._offers)
        else:
            self._take(self._offers[view.highlighted or 0], send=key == "enter")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._offers[event.option_index], send=False)
        self.input.focus()

    def _take(self, offer: Offer, *, send: bool) -> None:
        before = self.input.before_cursor
        kept = before[: offer.start]
        start = (kept.count("\n"), len(kept) - kept.rfind("\n") - 1)
        self.input.replace(offer.insert, start, self.input.cursor_location)
        # A command that needs nothing more is sent by the Enter that completes it.
        if send and before.startswith("/") and not offer.insert.endswith(" "):
            self.post_message(self.Submitted(self.text))

    def _recall(self, text: str | None) -> None:
        if text is not None:
            self.input.put(text)
            self._closed_for = self.input.before_cursor
            self._show(())

    def on_prompt_input_sent(self, event: PromptInput.Sent) -> None:
        event.stop()
        self._submit()

    def _submit(self) -> None:
        if self.text.strip():
            self.post_message(self.Submitted(self.text))


def _label(offer: Offer) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_row(Text(offer.label, "bold", no_wrap=True), Text(offer.detail, no_wrap=True, overflow="ellipsis"))
    return grid
