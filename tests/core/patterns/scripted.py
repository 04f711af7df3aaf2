"""A pair of engines that answer from a list, for tests of what patterns make of the answers."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

from core.engines.pair import EnginePair, Member, Sampling
from core.engines.protocol import ChatRequest, Completed, Delta, EngineStatus, Phase, Stage, TextDelta, Usage
from core.engines.status import StatusBoard
from core.errors import EngineError
from core.events import ApprovalRequested, Event
from core.request import RunRequest
from core.run import Run
from core.sandbox import Limits
from core.sessions import SessionLog

Answer = str | Exception


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


class ListEngine:
    """Gives its answers in order. An exception among them is raised; "..." at an answer's end hangs there for ever."""

    scripted = False

    def __init__(self, model: str, answers: Sequence[Answer] = (), *, context: int = 16384) -> None:
        self.model = model
        self.context = context
        self.requests: list[ChatRequest] = []
        self.closed = 0
        self._answers = list(answers)
        self._board = StatusBoard(EngineStatus(Phase.READY))

    @property
    def status(self) -> EngineStatus:
        return self._board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        return self._board.watch(listener)

    async def start(self) -> None:
        self._board.set(EngineStatus(Phase.READY))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        self.requests.append(request)
        if not self._answers:
            raise EngineError(f"{self.model} was asked once more than its script has answers: {request.stage}.")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            yield TextDelta("partial ")
            raise answer
        for word in answer.removesuffix("...").splitlines(keepends=True):
            yield TextDelta(word)
        if answer.endswith("..."):
            await asyncio.Event().wait()
        yield Completed(finish_reason="stop", usage=Usage(10, 5), ttft=0.01, seconds=0.02)

    async def close(self) -> None:
        self.closed += 1

    @property
    def stages(self) -> list[str]:
        """The stages that were asked for, in order."""
        return [request.stage for request in self.requests]


def scripted_pair(
    coder: Sequence[Answer],
    reviewer: Sequence[Answer] = (),
    *,
    context: int = 16384,
    swap: bool = False,
    structured: bool = False,
    no_thinking: tuple[Stage, ...] = (),
) -> tuple[EnginePair, ListEngine, ListEngine]:
    one, other = ListEngine("coder-model", coder, context=context), ListEngine("reviewer-model", reviewer)
    pair = EnginePair(
        "test",
        Member(one, Sampling(max_tokens=512)),
        Member(other, Sampling(structured=structured, no_thinking=no_thinking)),
        usd_per_hour=3.6,
        swap=swap,
    )
    return pair, one, other


PATIENT = Limits(case_seconds=20.0, total_seconds=60.0)
"""Every program here ends at once. On a machine that stands still for a moment a short limit made one "not load", and
the coder was asked once more than its script has answers."""


async def run_events(
    request: RunRequest,
    pair: EnginePair,
    *,
    choose: Callable[[ApprovalRequested], str] | None = None,
    log: SessionLog | None = None,
) -> list[Event]:
    async def decide(asked: ApprovalRequested) -> str:
        assert choose is not None
        return choose(asked)

    run = Run(request, pair, decide=decide if choose else None, log=log, limits=PATIENT)
    return [event async for event in run.events()]


E = TypeVar("E")


def of_type(events: Sequence[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def last(events: Sequence[Event], kind: type[E]) -> E:
    return of_type(events, kind)[-1]
