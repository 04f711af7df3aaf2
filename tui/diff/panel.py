"""The hunks of a change: moved through, taken, edited, left out. Its keys work only while it has the focus."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from tui.diff.choosing import LEFT_OUT, TAKEN, Choosing
from tui.diff.colour import Coloured
from tui.diff.rows import rows
from tui.widgets.line_view import LineView
from tui.widgets.question import Grace


class DiffSide(LineView, can_focus=False):
    """One column of the change. The panel around it takes the keys."""


class HunkPanel(Horizontal, can_focus=True):
    """Shows the hunks and changes the choices.

    Moving works at once; what approves or refuses does so half a second after the panel got the focus.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,n", "move(1)", "Next", id="diff.next", key_display="j"),
        Binding("k,p", "move(-1)", "Hunk before", show=False, id="diff.previous"),
        Binding("space", "tick", "Tick", id="diff.toggle", key_display="Spc"),
        Binding("a", "accept", "Accept", id="diff.accept"),
        Binding("r", "reject", "Reject", id="diff.reject"),
        Binding("e", "edit", "Edit", id="diff.edit"),
        Binding("u", "undo", "Undo", id="diff.undo"),
        Binding("A", "accept_all", "Accept all", show=False, id="diff.accept-all"),
        Binding("R", "reject_all", "Leave all out", show=False, id="diff.reject-all"),
        Binding("enter", "apply", "Apply", id="diff.apply", key_display="Enter"),
        Binding("up", "scroll_by(-1)", "Up", show=False, id="diff.up"),
        Binding("down", "scroll_by(1)", "Down", show=False, id="diff.down"),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, id="diff.page-up"),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, id="diff.page-down"),
        Binding("home,g", "scroll_far(-1)", "Top", show=False, id="diff.top"),
        Binding("end,G", "scroll_far(1)", "End", show=False, id="diff.end"),
        Binding("left", "scroll_across(-8)", "Left", show=False, id="diff.left"),
        Binding("right", "scroll_across(8)", "Right", show=False, id="diff.right"),
    ]

    class Changed(Message):
        """A choice was made or the cursor moved."""

    class Asked(Message):
        """The person wants to give a reason ("reject"), to "edit" the hunk, or to "apply" what they chose."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, choosing: Choosing, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.choosing = choosing
        self.split = False
        self._coloured = Coloured(choosing.before, choosing.after)
        self._grace = Grace(clock)

    def compose(self) -> ComposeResult:
        yield DiffSide(id="diff-left")
        yield DiffSide(id="diff-right")

    def on_mount(self) -> None:
        left, right = self._sides
        self.watch(left, "scroll_y", lambda: self._level(left, right))
        self.watch(right, "scroll_y", lambda: self._level(right, left))
        self.call_after_refresh(self.draw)

    def on_focus(self) -> None:
        self._grace.begin()

    def on_resize(self, event: events.Resize) -> None:
        if self.split and not self.wide:
            self.split = False
        self.draw()

    @property
    def wide(self) -> bool:
        """Whether old and new fit side by side."""
        return self.size.width >= 96

    @property
    def _sides(self) -> tuple[DiffSide, DiffSide]:
        return self.query_one("#diff-left", DiffSide), self.query_one("#diff-right", DiffSide)

    def _level(self, one: DiffSide, other: DiffSide) -> None:
        if self.split and other.scroll_y != one.scroll_y:
            other.scroll_to(y=one.scroll_y, animate=False, immediate=True)

    def draw(self) -> None:
        """Bring both sides in step with the choices."""
        left, right = self._sides
        made = rows(self.choosing, self._coloured, split=self.split)
        right.display = self.split
        at = left.scroll_offset.y
        left.show(made.lines)
        right.show(made.other)
        left.scroll_to(y=at, animate=False, immediate=True)
        left.bring_into_view(*made.places[self.choosing.at])

    def put(self, choosing: Choosing) -> None:
        """Make ``choosing`` what is shown."""
        self.choosing = choosing
        self.draw()
        self.post_message(self.Changed())

    # Keys

    def action_move(self, step: int) -> None:
        """Go to the next hunk, or the one before."""
        self.put(self.choosing.moved(step))

    def action_tick(self) -> None:
        """Take the hunk, or leave it out without a reason."""
        if self._grace.over:
            choice = self.choosing.choice
            self.put(self.choosing.chosen(replace(choice, taken=not choice.taken, reason="")))

    def action_accept(self) -> None:
        """Take the hunk and go to the next one."""
        if self._grace.over:
            choice = replace(self.choosing.choice, taken=True, reason="")
            self.put(self.choosing.chosen(choice).moved(1))

    def action_reject(self) -> None:
        """Leave the hunk out and say why."""
        if self._grace.over:
            self.post_message(self.Asked("reject"))

    def rejected(self, reason: str) -> None:
        """Leave the hunk at the cursor out because of ``reason``, and go to the next one."""
        choice = replace(self.choosing.choice, taken=False, reason=reason.strip())
        self.put(self.choosing.chosen(choice).moved(1))

    def action_edit(self) -> None:
        """Edit what would stand in the hunk's place."""
        if self._grace.over:
            self.post_message(self.Asked("edit"))

    def edited(self, text: str) -> None:
        """Take the hunk at the cursor with ``text`` in its place."""
        hunk = self.choosing.hunks[self.choosing.at]
        same = text.rstrip("\n") == "\n".join(hunk.after).rstrip("\n")
        self.put(self.choosing.chosen(replace(TAKEN, edited=None if same else text)))

    def action_undo(self) -> None:
        """Take the last choice back."""
        self.put(self.choosing.undone())

    def action_accept_all(self) -> None:
        """Take every hunk."""
        if self._grace.over:
            self.put(self.choosing.every(TAKEN))

    def action_reject_all(self) -> None:
        """Leave every hunk out."""
        if self._grace.over:
            self.put(self.choosing.every(LEFT_OUT))

    def action_apply(self) -> None:
        """Let stand what was chosen."""
        if self._grace.over:
            self.post_message(self.Asked("apply"))

    def turn_split(self) -> None:
        """Old and new side by side, or in one column."""
        if not self.wide and not self.split:
            self.notify("Side by side needs a terminal of 100 columns.", markup=False)
            return
        self.split = not self.split
        self.draw()
        self.call_after_refresh(self.draw)

    def action_scroll_by(self, step: int) -> None:
        """Scroll a row."""
        self._sides[0].scroll_relative(y=step, animate=False)

    def action_scroll_page(self, step: int) -> None:
        """Scroll a page."""
        self._sides[0].scroll_relative(y=step * max(1, self._sides[0].size.height - 2), animate=False)

    def action_scroll_far(self, step: int) -> None:
        """Scroll to the top, or to the end."""
        left = self._sides[0]
        if step < 0:
            left.scroll_home(animate=False)
        else:
            left.scroll_end(animate=False)

    def action_scroll_across(self, step: int) -> None:
        """Scroll long lines sideways."""
        for side in self._sides:
            side.scroll_relative(x=step, animate=False)
