"""The demo engine: scripted answers for the bundled examples, streamed at the pace of a real model.

It exists so that the program can be tried and tested with no GPU, no weights and no network. It knows nothing
else: any other spec is refused with a sentence that says what to configure.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable

from analyzers.tokens import estimate_tokens
from core.engines.protocol import (
    ChatRequest,
    Completed,
    Delta,
    EngineStatus,
    Phase,
    ReasoningDelta,
    Role,
    TextDelta,
    Usage,
)
from core.engines.status import StatusBoard
from core.errors import UnknownSpecError
from core.examples import BundledExample, ScriptedAnswer, find_example

PACE = 90.0
"""Tokens a second on screen: about what a 14B model in 4 bits gives on one consumer card."""

_PREFILL_SECONDS = 0.25
_PIECES = re.compile(r"\s*\S{1,6}|\s+")


class DemoEngine:
    """One role of the demo pair.

    Args:
        model: The name shown, from models.toml.
        role: Which of the two roles it plays.
        context: Context window in tokens that it pretends to have.
        pace: Tokens a second; None streams without pauses (headless runs and tests).
    """

    scripted = True

    def __init__(self, model: str, *, role: Role, context: int = 8192, pace: float | None = None) -> None:
        self.model = model
        self.context = context
        self._role = role
        self._pace = pace
        self._board = StatusBoard(EngineStatus(Phase.STOPPED))

    @property
    def status(self) -> EngineStatus:
        """READY, or what the running request is at."""
        return self._board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """See :class:`core.engines.protocol.Engine`."""
        return self._board.watch(listener)

    async def start(self) -> None:
        """Ready at once."""
        if self.status.phase is Phase.STOPPED:
            self._board.set(EngineStatus(Phase.READY, "scripted"))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the scripted answer.

        Raises:
            UnknownSpecError: there is no script for this spec, or none for this stage of it.
        """
        example = find_example(request.spec)
        if example is None:
            raise UnknownSpecError(
                "The demo pair only plays the bundled examples and has no answer for this spec; "
                "name a pair of real models with --pair, or add one to models.toml (see docs/configuration.md)."
            )
        answer = _answer(example, request, self._role)
        begun = time.monotonic()
        ttft: float | None = None
        try:
            self._board.set(EngineStatus(Phase.PREFILL, "scripted"))
            if self._pace:
                await asyncio.sleep(_PREFILL_SECONDS)
            self._board.set(EngineStatus(Phase.STREAMING, "scripted"))
            tokens = 0
            for kind, text in ((ReasoningDelta, answer.reasoning), (TextDelta, answer.text)):
                for piece in _PIECES.findall(text):
                    tokens += 1
                    if self._pace:
                        # Paced against the clock, not per token: a late wake-up must not slow the whole stream.
                        due = begun + _PREFILL_SECONDS + tokens / self._pace
                        await asyncio.sleep(max(0.0, due - time.monotonic()))
                    elif tokens % 64 == 0:
                        await asyncio.sleep(0)
                    ttft = ttft if ttft is not None else time.monotonic() - begun
                    yield kind(piece)
            prompt = sum(estimate_tokens(message.content) for message in request.messages)
            yield Completed(
                finish_reason="stop",
                usage=Usage(prompt, tokens, estimated=True),
                ttft=ttft,
                seconds=time.monotonic() - begun,
            )
        finally:
            self._board.set(EngineStatus(Phase.READY, "scripted"))

    async def close(self) -> None:
        """Nothing is held."""
        self._board.set(EngineStatus(Phase.STOPPED))


def _answer(example: BundledExample, request: ChatRequest, role: Role) -> ScriptedAnswer:
    question = request.messages[-1].content
    matching = [
        answer
        for answer in example.answers
        if answer.matches(
            stage=request.stage,
            role=role,
            round=request.round,
            pattern=request.pattern,
            question=question,
            request=request.request,
        )
    ]
    if not matching and request.request:
        known = "; ".join(f'"{each}"' for each in example.follow_ups)
        raise UnknownSpecError(
            f'The demo pair has no scripted answer to this request about "{example.name}"; '
            + (f"it knows {known}." if known else "it knows no further request about it.")
        )
    if not matching:
        raise UnknownSpecError(
            f"The demo pair has no scripted answer of the {role} for the {request.stage} stage (round {request.round}) "
            f'of "{example.name}"; run this example with --pattern {example.pattern}, for which it was written.'
        )
    return max(matching, key=lambda answer: answer.specificity)
