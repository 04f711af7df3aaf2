"""How fast a role answers here: a few seconds of one fixed prompt."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from core.engines.pair import EnginePair
from core.engines.protocol import ChatRequest, Completed, Message, Role
from core.errors import UsageError

SECONDS = 5.0
"""How long tokens are counted, from the first one on; loading the model and prefill come before that."""

PROMPT = (
    "Write a Python module with a class for a binary search tree: insert, delete, find, iterate in order, height, "
    "and a docstring for each method. Answer with the code only."
)
_MAX_TOKENS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured so far.

    Attributes:
        role: Which of the two.
        model: Its name in models.toml.
        ttft: Seconds from sending the prompt to the first token, prefill included; None before it.
        tokens: Tokens so far, the first one included.
        seconds: From the first token to the last one.
        estimated: Tokens were counted as pieces of the stream, because no usage was sent.
        done: This is the last word.
    """

    role: Role
    model: str
    ttft: float | None = None
    tokens: int = 0
    seconds: float = 0.0
    estimated: bool = True
    done: bool = False

    @property
    def rate(self) -> float | None:
        """Tokens a second from the first token on; None before there are two."""
        return (self.tokens - 1) / self.seconds if self.tokens > 1 and self.seconds > 0 else None


async def measure(
    pair: EnginePair, role: Role, *, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
) -> AsyncGenerator[Speed, None]:
    """Start the role's engine, ask the fixed prompt, and yield what is measured until ``seconds`` are over.

    Closing the generator stops the request.

    Raises:
        UsageError: the pair is scripted, so there is no speed to measure.
        EngineError: the engine cannot be started, or failed.
    """
    if pair.scripted:
        raise UsageError("There is no speed to measure: the demo pair's answers come from a script, at a set pace.")
    model = pair.engine(role).model
    yield Speed(role=role, model=model)
    engine = await pair.start(role)
    request = ChatRequest(messages=(Message("user", PROMPT),), stage="draft", max_tokens=_MAX_TOKENS)
    asked = clock()
    first: float | None = None
    last: float | None = None
    tokens = 0
    async with aclosing(engine.chat(request)) as deltas:
        async for delta in deltas:
            now = clock()
            if isinstance(delta, Completed):
                counted = delta.usage.completion_tokens
                span = (last - first) if first is not None and last is not None else 0.0
                ttft = None if first is None else first - asked
                estimated = counted is None or delta.usage.estimated
                yield Speed(
                    role=role,
                    model=model,
                    ttft=ttft,
                    tokens=counted or tokens,
                    seconds=span,
                    estimated=estimated,
                    done=True,
                )
                return
            first, last, tokens = first if first is not None else now, now, tokens + 1
            done = now - first >= seconds
            yield Speed(role=role, model=model, ttft=first - asked, tokens=tokens, seconds=now - first, done=done)
            if done:
                return
