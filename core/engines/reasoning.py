"""Tell a model's reasoning from its answer where both come as one text with ``<think>`` tags."""

from enum import Enum

from core.engines.protocol import ReasoningDelta, TextDelta

OPEN, CLOSE = "<think>", "</think>"

Piece = TextDelta | ReasoningDelta


class _At(Enum):
    START = "before anything that is not white space"
    REASONING = "inside the block"
    AFTER = "between the block and the answer"
    ANSWER = "in the answer"


class ReasoningSplitter:
    """Splits a text that arrives in pieces; tags may be cut anywhere.

    Only a block that stands at the very start is reasoning: a later ``<think>`` is text, for instance
    in code about such tags. ``opened`` says that the server's chat template may already have written
    the opening tag into the prompt, so that only ``</think>`` arrives.
    """

    def __init__(self, *, opened: bool = False) -> None:
        self._at = _At.START
        self._held = ""
        self._opened = opened
        self._assumed: list[str] | None = None
        self._thought = False

    def feed(self, text: str) -> list[Piece]:
        """What is certain once ``text`` has arrived; the rest is held back."""
        self._held += text
        pieces: list[Piece] = []
        if self._at is _At.START:
            self._leave_start()
        if self._at is _At.REASONING:
            pieces += self._reason()
        if self._at is _At.AFTER:
            self._held = self._held.lstrip("\r\n")
            if self._held:
                self._at = _At.ANSWER
        if self._at is _At.ANSWER and self._held:
            pieces.append(TextDelta(self._held))
            self._held = ""
        return pieces

    def reasoning_came_apart(self) -> None:
        """The server sends the reasoning in a field of its own, so the text is all answer."""
        self._opened = False

    def finish(self, *, complete: bool) -> list[Piece]:
        """What was held back. ``complete``: the model ended by itself and was not cut off.

        Where an opening tag was only assumed and the closing one never came, a complete text was the
        answer all along, and is given as such; one that was cut off was reasoning.
        """
        held, self._held = self._held, ""
        if self._at is _At.START:
            return [TextDelta(held)] if held else []
        if self._at is not _At.REASONING:
            return []
        pieces: list[Piece] = [ReasoningDelta(held)] if held else []
        if complete and self._assumed is not None:
            pieces.append(TextDelta("".join((*self._assumed, held))))
        return pieces

    def _leave_start(self) -> None:
        seen = self._held.lstrip()
        if seen.startswith(OPEN):
            self._at, self._held = _At.REASONING, seen[len(OPEN) :]
        elif not OPEN.startswith(seen):
            self._at = _At.REASONING if self._opened else _At.ANSWER
            self._assumed = [] if self._opened else None

    def _reason(self) -> list[Piece]:
        thought, tag, rest = self._held.partition(CLOSE)
        if tag:
            self._at, self._held = _At.AFTER, rest
        else:
            kept = _longest_tag_start(thought)
            thought, self._held = thought[: len(thought) - kept], thought[len(thought) - kept :]
        # The tags stand on lines of their own.
        thought = thought if self._thought else thought.lstrip("\r\n")
        self._thought = self._thought or bool(thought)
        if self._assumed is not None:
            self._assumed.append(thought)
        return [ReasoningDelta(thought)] if thought else []


def _longest_tag_start(text: str) -> int:
    """How many characters at the end of ``text`` may be the beginning of a closing tag."""
    return next((n for n in range(len(CLOSE) - 1, 0, -1) if text.endswith(CLOSE[:n])), 0)
