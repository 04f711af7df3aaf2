"""Engines that ask a model once: what was answered to a request is kept, and given again to whoever sends the same.

So a draft serves every pattern that begins with one, and a run that is resumed repeats nothing that was finished.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace

from core.bench.generation.gate import Gate, Trip
from core.bench.generation.progress import SampleStage
from core.bench.store import SampleKey, Store, StoredAnswer
from core.engines.pair import EnginePair, Member
from core.engines.protocol import (
    ChatRequest,
    Completed,
    Delta,
    Engine,
    EngineStatus,
    Phase,
    ReasoningDelta,
    Role,
    TextDelta,
    Usage,
)


class Answers:
    """The kept answers of one run; two samples that send the same request at the same time ask once.

    Args:
        store: Where they are kept; an answer is committed before anybody sees its end.
        run: Its id.
        pair: The real engines.
        gate: Who may ask now.
        tasks: The run's, in its order.
    """

    def __init__(self, store: Store, run: str, pair: EnginePair, gate: Gate, tasks: Sequence[str]) -> None:
        self.store = store
        self.run = run
        self.pair = pair
        self.gate = gate
        self.place = {task: number for number, task in enumerate(tasks)}
        self._locks: dict[tuple[str, int, str, str], asyncio.Lock] = {}
        self._starting = asyncio.Lock()

    def lock(self, task: str, sample: int, role: Role, request: str) -> asyncio.Lock:
        """Held by whoever asks for this answer."""
        return self._locks.setdefault((task, sample, role, request), asyncio.Lock())

    async def start(self, role: Role) -> Engine:
        """The engine of ``role``, ready. Raises EngineError."""
        async with self._starting:
            return await self.pair.start(role)

    def pair_for(self, key: SampleKey, told: Callable[[SampleStage], None]) -> EnginePair:
        """The pair that a sample runs with."""
        coder, reviewer = (Member(RecordedEngine(self, key, role, told), self.pair.sampling(role)) for role in ROLES)
        return EnginePair(self.pair.name, coder, reviewer, usd_per_hour=self.pair.usd_per_hour)


ROLES: tuple[Role, Role] = ("coder", "reviewer")


def request_sha(model: str, request: ChatRequest) -> str:
    """The key of a request: everything that the model is sent, and none of the labels."""
    sent = [
        model,
        [[message.role, message.content] for message in request.messages],
        request.max_tokens,
        request.temperature,
        request.seed,
        request.stop,
    ]
    # Left out where they say nothing: answers that were kept before they existed stay valid.
    sent += [each for each in (request.schema, request.thinking) if each not in ("", None)]
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()


class RecordedEngine:
    """One role of one sample; an ``Engine``."""

    def __init__(self, answers: Answers, key: SampleKey, role: Role, told: Callable[[SampleStage], None]) -> None:
        self._answers = answers
        self._key = key
        self._role: Role = role
        self._told = told
        self._engine = answers.pair.engine(role)

    @property
    def model(self) -> str:
        """The real engine's."""
        return self._engine.model

    @property
    def scripted(self) -> bool:
        """The real engine's."""
        return self._engine.scripted

    @property
    def context(self) -> int:
        """The real engine's."""
        return self._engine.context

    @property
    def status(self) -> EngineStatus:
        """Always ready: the real engine is started when it is needed."""
        return EngineStatus(Phase.READY)

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Nothing to be told of."""
        return lambda: None

    async def start(self) -> None:
        """Nothing to do yet."""

    async def close(self) -> None:
        """The real engine is not this sample's to close."""

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """The kept answer, or the model's, which is then kept. Raises EngineError."""
        key = self._key
        if key.sample:
            # Another sample is another draw; without a seed of its own it would be the same one.
            request = replace(request, seed=(request.seed or 0) + key.sample)
        sha = request_sha(self.model, request)
        lock = self._answers.lock(key.task, key.sample, self._role, sha)
        async with self._answers.gate.away() as trip, lock:
            kept = self._answers.store.answer(self._answers.run, key.task, key.sample, self._role, sha)
            if kept is None:
                async with aclosing(self._asked(request, sha, trip)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
        self._told(SampleStage(key=key, stage=request.stage, phase="answered", reused=True))
        if kept.reasoning:
            yield ReasoningDelta(kept.reasoning)
        yield TextDelta(kept.text)
        yield _completed(kept.completed)

    async def _asked(self, request: ChatRequest, sha: str, trip: Trip) -> AsyncGenerator[Delta, None]:
        key, answers = self._key, self._answers
        text, reasoning = [], []
        completed: Completed | None = None
        async with answers.gate.turn(trip, self._role, request.stage, answers.place[key.task]):
            self._told(SampleStage(key=key, stage=request.stage, phase="asking"))
            engine = await answers.start(self._role)
            async with aclosing(engine.chat(request)) as deltas:
                async for delta in deltas:
                    match delta:
                        case TextDelta(piece):
                            text.append(piece)
                        case ReasoningDelta(piece):
                            reasoning.append(piece)
                        case Completed():
                            completed = delta
                            continue
                    yield delta
        assert completed is not None  # what the protocol promises of a stream that ends without an error
        answer = StoredAnswer(
            role=self._role,
            stage=request.stage,
            request=sha,
            text="".join(text),
            reasoning="".join(reasoning),
            completed=json.dumps(asdict(completed)),
        )
        answers.store.add_answer(answers.run, key.task, key.sample, answer)
        tokens = completed.usage.completion_tokens
        told = SampleStage(key=key, stage=request.stage, phase="answered", tokens=tokens, seconds=completed.seconds)
        self._told(told)
        yield completed


def _completed(text: str) -> Completed:
    content = json.loads(text)
    return Completed(**{**content, "usage": Usage(**content["usage"])})
