"""The pieces of an answer on their way to whoever watches: gathered for a moment, as models write hundreds a second."""

import asyncio
from collections.abc import Callable

from core.engines.protocol import Role, Stage
from core.events import ReasoningText, TokenText

GATHER_SECONDS = 0.05
"""Half a frame of the screen; the first piece is passed on at once."""


class Deltas:
    """Passes the pieces of one answer on as events, at most twenty a second. Nothing is left behind after ``close``.

    Args:
        emit: Takes the events.
        stage: Of the answer.
        role: Of the answer.
    """

    def __init__(self, emit: Callable[[TokenText | ReasoningText], None], stage: Stage, role: Role) -> None:
        self._emit = emit
        self._stage: Stage = stage
        self._role: Role = role
        self._kind: type[TokenText | ReasoningText] = TokenText
        self._held: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, kind: type[TokenText | ReasoningText], text: str) -> None:
        """Take a piece."""
        if kind is not self._kind:
            self._pass_on()
            self._kind = kind
        self._held.append(text)
        if self._timer is None:
            self._due()

    def close(self) -> None:
        """Pass on what is held."""
        self._pass_on()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._due) if self._held else None
        self._pass_on()

    def _pass_on(self) -> None:
        if self._held:
            text = "".join(self._held)
            self._held.clear()
            self._emit(self._kind(stage=self._stage, role=self._role, text=text))
