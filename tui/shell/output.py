"""The output of a command: the end of it, as lines that are safe to print."""

from collections import deque
from itertools import islice

from core.escapes import without_escapes
from core.fencing import fenced, in_ticks
from tui.visible import visible
from tui.widgets.lines import Line, line

MOST_LINES = 5_000
MOST_CHARACTERS = 1_000_000
"""So much of the end of an output is kept,"""
LONGEST_LINE = 4_000
"""so many characters of a line,"""
TOLD_LINES, TOLD_CHARACTERS = 80, 8_000
"""and so much of the end goes to the prompt."""


class Output:
    """What a command has printed. ``count`` is how many lines that were, kept or not."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: deque[str] = deque()
        self._lines: deque[Line] = deque()  # those of the first that are kept, as far as they were asked for
        self._characters = 0

    def add(self, raw: str) -> None:
        """Take in a line."""
        cut = raw[:LONGEST_LINE] + ("…" if len(raw) > LONGEST_LINE else "")
        self._kept.append(cut)
        self._characters += len(cut)
        self.count += 1
        while len(self._kept) > MOST_LINES or self._characters > MOST_CHARACTERS:
            self._characters -= len(self._kept.popleft())
            if self._lines:
                self._lines.popleft()

    @property
    def lines(self) -> list[Line]:
        """What is kept, behind a line that says how much is not."""
        self._lines.extend(line(without_escapes(raw)) for raw in islice(self._kept, len(self._lines), None))
        gone = self.count - len(self._kept)
        head = [line((f"({gone:,} lines before these are not kept)", "muted"))] if gone else []
        return [*head, *self._lines]

    @property
    def text(self) -> str:
        """What is kept, as it is copied."""
        return "\n".join(each.text for each in self.lines)

    def told(self, command: str, ending: str) -> str:
        """The command, how it ended and the end of its output, for a prompt that asks the models about it."""
        end = visible("\n".join(without_escapes(raw) for raw in self._kept)).rstrip("\n").split("\n")
        shown = "\n".join(end[-TOLD_LINES:])[-TOLD_CHARACTERS:]
        head = f"{in_ticks(command)} {ending}"
        return (
            f"{head}; the end of what it printed:\n{fenced(shown)}" if shown.strip() else f"{head} and printed nothing."
        )
