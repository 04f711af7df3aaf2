"""What the tests of the engines share: a request, and everything that an answer consists of."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from core.engines.protocol import (
    ChatRequest,
    Completed,
    Engine,
    EngineStatus,
    Message,
    Phase,
    ReasoningDelta,
    TextDelta,
)
from core.errors import EngineError

REQUEST = ChatRequest(messages=(Message("user", "Write add(a, b)."),), stage="draft")


@dataclass
class Heard:
    """What arrived of one answer."""

    text: str = ""
    reasoning: str = ""
    completed: Completed | None = None
    error: EngineError | None = None
    first: asyncio.Event = field(default_factory=asyncio.Event)


async def listen(engine: Engine, request: ChatRequest = REQUEST, into: Heard | None = None) -> Heard:
    """The whole answer; an EngineError is kept, not raised."""
    heard = into or Heard()
    try:
        async with aclosing(engine.chat(request)) as deltas:
            async for delta in deltas:
                assert heard.completed is None, "nothing may follow Completed"
                match delta:
                    case TextDelta(text):
                        heard.text += text
                    case ReasoningDelta(text):
                        heard.reasoning += text
                    case Completed():
                        heard.completed = delta
                heard.first.set()
    except EngineError as error:
        heard.error = error
    return heard


async def reaches(engine: Engine, *phases: Phase) -> EngineStatus:
    """Wait until the engine's phase is one of ``phases``."""
    if engine.status.phase in phases:
        return engine.status
    found: asyncio.Future[EngineStatus] = asyncio.get_running_loop().create_future()

    def look(status: EngineStatus) -> None:
        if status.phase in phases and not found.done():
            found.set_result(status)

    unwatch = engine.watch(look)
    try:
        async with asyncio.timeout(30):
            return await found
    finally:
        unwatch()


@contextmanager
def no_socket_is_left() -> Iterator[None]:
    """Sockets that the block leaves to the garbage collector fail the test."""
    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        yield
        gc.collect()
    assert [str(each.message) for each in seen if each.category is ResourceWarning] == []


def one_sentence(text: str) -> bool:
    """Whether an error's text is one sentence of bearable length."""
    return text.endswith(".") and "\n" not in text and ". " not in text and len(text) < 700
