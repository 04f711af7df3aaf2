"""What every pattern works with: the spec, the two engines, and the way events leave a run."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from analyzers.spec import Spec
from analyzers.tokens import TokenCount, count_tokens
from core.briefing import briefing
from core.engines.pair import EnginePair
from core.engines.protocol import (
    ChatRequest,
    Completed,
    Message,
    ReasoningDelta,
    Role,
    Stage,
    TextDelta,
    Usage,
)
from core.errors import EngineError
from core.events import (
    ApprovalRequested,
    ContextFile,
    Decision,
    Event,
    Notice,
    ReasoningText,
    ReviewOffered,
    SentFinding,
    StageFinished,
    StageStarted,
    TokenText,
)
from core.patterns.deltas import Deltas
from core.request import FollowUp, Guard
from core.sandbox import Limits

Decide = Callable[[ApprovalRequested], Awaitable[str]]
EditReview = Callable[[ReviewOffered], Awaitable[tuple[SentFinding, ...]]]

# JSON can carry half of a surrogate pair; no file or terminal can.
_SURROGATE = re.compile("[\ud800-\udfff]")

_ROOM_FOR_AN_ANSWER = 256
"""Tokens that must be left of a context window for a request to be worth sending."""


@dataclass(slots=True)
class Totals:
    """Tokens of all answers of a run so far."""

    prompt: int = 0
    completion: int = 0
    seconds: float = 0.0
    """What the answers took, prefill included; sandbox and start of the engines are not in it."""
    estimated: bool = False

    def add(self, usage: Usage, seconds: float) -> None:
        """Count one answer that took ``seconds``."""
        self.prompt += usage.prompt_tokens or 0
        self.completion += usage.completion_tokens or 0
        self.seconds += seconds
        self.estimated = self.estimated or usage.estimated or usage.prompt_tokens is None


class Pipeline:
    """The running state of one run. Patterns are functions over it; blocks emit through it.

    Args:
        spec: The parsed spec.
        pair: The engines.
        pattern: The pattern's name, a label on every request.
        guard: Which fixes are accepted.
        rounds: The most review-and-fix rounds.
        emit: Takes every event, in order; stamps it.
        decide: Asks the person; None means that nobody is there and defaults hold.
        edit_review: Asks the person which findings go to the coder; None sends what is proven or supported.
        limits: For every sandboxed program of the run.
        written: The spec as the person wrote it; None: ``spec`` is just that.
        follow_up: The code and the request of a further turn, whose requests ``spec`` holds already.
        files: Shown to the models beside the spec.
    """

    def __init__(
        self,
        *,
        spec: Spec,
        pair: EnginePair,
        pattern: str,
        guard: Guard,
        rounds: int,
        emit: Callable[[Event], None],
        decide: Decide | None = None,
        edit_review: EditReview | None = None,
        limits: Limits | None = None,
        written: str | None = None,
        follow_up: FollowUp | None = None,
        files: tuple[ContextFile, ...] = (),
    ) -> None:
        self.spec = spec
        self.told = briefing(spec, files)
        self.follow_up = follow_up
        self._written = spec.text if written is None else written
        self.pair = pair
        self.pattern = pattern
        self.guard = guard
        self.rounds = rounds
        self.emit = emit
        self.limits = limits or Limits()
        self.totals = Totals()
        self.edit_review = edit_review
        self._decide = decide
        self._questions = 0

    @property
    def attended(self) -> bool:
        """Whether a person is there to answer a question."""
        return self._decide is not None

    @property
    def target(self) -> str:
        """What the prompts call the thing to define."""
        signature = self.spec.signature
        if signature is None:
            return "the function that it describes"
        return f"the class `{signature.name}`" if signature.kind == "class" else f"`{signature.name}`"

    async def ask(
        self,
        stage: Stage,
        role: Role,
        messages: tuple[Message, ...],
        *,
        round: int,
        candidate: str,
        schema: str = "",
    ) -> str:
        """Stream one answer as events and return its text (without the reasoning).

        Cancelling keeps what had arrived in a last ``StageFinished``.

        Raises:
            EngineError: the engine failed, or the prompt cannot fit its context window.
        """
        engine = await self.pair.start(role)
        sampling = self.pair.sampling(role)
        estimate = await self._prompt_tokens(role, messages)
        room = engine.context - estimate
        if room < _ROOM_FOR_AN_ANSWER:
            raise EngineError(
                f"The {stage} request is about {estimate} tokens and {engine.model} has a context of {engine.context}, "
                "so no room is left for an answer; shorten the spec, or raise `context` of the model in models.toml."
            )
        request = ChatRequest(
            messages=messages,
            stage=stage,
            round=round,
            pattern=self.pattern,
            spec=self._written,
            request=self.follow_up.requests[-1] if self.follow_up else "",
            max_tokens=min(sampling.max_tokens, room),
            temperature=sampling.temperature,
            seed=sampling.seed,
            schema=schema,
            thinking=False if stage in sampling.no_thinking else None,
        )
        self.emit(
            StageStarted(
                stage=stage,
                role=role,
                round=round,
                model=engine.model,
                candidate=candidate,
                prompt_tokens=estimate,
                context=engine.context,
            )
        )
        begun = time.monotonic()
        deltas = Deltas(self.emit, stage, role)
        parts: list[str] = []
        completed: Completed | None = None
        reason: Literal["stop", "length", "stopped", "failed", "other"] = "stopped"
        try:
            async with aclosing(engine.chat(request)) as stream:
                async for delta in stream:
                    match delta:
                        case TextDelta(text):
                            text = _SURROGATE.sub("\ufffd", text)
                            parts.append(text)
                            deltas.add(TokenText, text)
                        case ReasoningDelta(text):
                            deltas.add(ReasoningText, _SURROGATE.sub("\ufffd", text))
                        case Completed():
                            completed = delta
                            reason = delta.finish_reason
        except EngineError:
            reason = "failed"
            raise
        finally:
            deltas.close()
            usage = completed.usage if completed else Usage(None, None, estimated=True)
            seconds = completed.seconds if completed else time.monotonic() - begun
            self.totals.add(usage, seconds)
            self.emit(
                StageFinished(
                    stage=stage,
                    role=role,
                    round=round,
                    candidate=candidate,
                    text="".join(parts),
                    prompt_tokens=usage.prompt_tokens,
                    completion_tokens=usage.completion_tokens,
                    tokens_estimated=usage.estimated,
                    ttft=completed.ttft if completed else None,
                    seconds=seconds,
                    finish_reason=reason,
                    warning=completed.warning if completed else None,
                )
            )
        if reason == "length":
            tokens = usage.completion_tokens or request.max_tokens
            advice = "raise `max_tokens` or `context` of the model in models.toml"
            self.emit(Notice(text=f"The {role}'s {stage} answer was cut off after {tokens} tokens; {advice}."))
        return "".join(parts)

    async def _prompt_tokens(self, role: Role, messages: tuple[Message, ...]) -> int:
        """Tokens of the messages' contents: with the model's own tokenizer where that is on disk, else estimated."""
        tokenizer = self.pair.tokenizer(role)
        if tokenizer is None:
            return sum(count_tokens(message.content).count for message in messages)

        def count() -> list[TokenCount]:
            return [count_tokens(message.content, tokenizer) for message in messages]

        # A thread: the first use of a vocabulary takes half a second.
        return sum(each.count for each in await asyncio.to_thread(count))

    async def choose(self, question: str, choices: tuple[str, ...], *, default: str) -> str:
        """Ask the person, if one is there; the answer (or the default) becomes an event."""
        self._questions += 1
        asked = ApprovalRequested(id=f"question {self._questions}", question=question, choices=choices, default=default)
        if self._decide is None:
            self.emit(Decision(id=asked.id, choice=default, by="default"))
            return default
        self.emit(asked)
        choice = await self._decide(asked)
        choice = choice if choice in choices else default
        self.emit(Decision(id=asked.id, choice=choice, by="person"))
        return choice
