"""A question to the person, answered with a key while the panel has the focus."""

import time
from collections.abc import Callable

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui.visible import one_line

GRACE_SECONDS = 0.5
"""Keys pressed sooner after the panel appeared or got the focus were meant for something else."""


class Grace:
    """Half a second from ``begin`` in which no approval counts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = float("-inf")

    def begin(self) -> None:
        """What asks for approval appeared or got the focus."""
        self._since = self._clock()

    @property
    def over(self) -> bool:
        """Whether a key is meant for what asks."""
        return self._clock() - self._since >= GRACE_SECONDS


class QuestionPanel(Vertical, can_focus=True):
    """Asks. Choices are answered with 1, 2, …; a click answers too. Nothing is answered within the grace time."""

    DEFAULT_CSS = """
    QuestionPanel { height: auto; max-height: 9; border: round $warning; padding: 0 1; display: none; }
    QuestionPanel:focus { border: heavy $warning; }
    QuestionPanel.open { display: block; }
    QuestionPanel Static { height: auto; }
    """

    class Answered(Message):
        """The person chose."""

        def __init__(self, question: str, choice: str) -> None:
            super().__init__()
            self.question = question
            self.choice = choice

    def __init__(self, *, id: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id=id)
        self._grace = Grace(clock)
        self._question = ""
        self._choices: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="question-text")
        yield Static(markup=False, id="question-choices")

    @property
    def question(self) -> str:
        """The id of the question that is asked, "" if none is."""
        return self._question

    def ask(self, question: str, text: str, choices: tuple[str, ...]) -> None:
        """Ask; asking the same question again changes nothing."""
        if question == self._question:
            return
        self._question, self._choices = question, choices
        self._grace.begin()
        self.query_one("#question-text", Static).update(Text(one_line(text)))
        self._show_choices(focused=self.has_focus)
        self.add_class("open")

    def close(self) -> None:
        """Ask nothing any more."""
        self._question = ""
        self.remove_class("open")

    def _show_choices(self, *, focused: bool) -> None:
        numbered = "   ".join(f"[{number}] {choice}" for number, choice in enumerate(self._choices, start=1))
        hint = "" if focused else "   (F12 to answer)"
        self.query_one("#question-choices", Static).update(Text(numbered + hint, style="bold"))

    def on_focus(self) -> None:
        self._grace.begin()
        self._show_choices(focused=True)

    def on_blur(self) -> None:
        self._show_choices(focused=False)

    def on_key(self, event: events.Key) -> None:
        if not self._question or not (event.character or "").isdigit():
            return
        event.stop()
        number = int(event.character or "0")
        if 1 <= number <= len(self._choices) and self._grace.over:
            self.post_message(self.Answered(self._question, self._choices[number - 1]))
