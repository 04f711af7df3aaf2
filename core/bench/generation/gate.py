"""Who may ask which model now.

Phases: one role at a time, as long as anybody needs it; then the other. Drafts come first, then reviews, then fixes,
without the patterns knowing. Pipeline: both roles at once, later stages before earlier ones, so that samples finish
instead of piling up.

Among requests of one stage the order is that of the tasks: what they have in common, the prompt's template and the
spec, is then still in the engine's prefix cache.
"""

import asyncio
import contextlib
import heapq
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import count

from core.engines.protocol import Role, Stage

_LATER_FIRST: dict[Stage, int] = {"retry": 0, "fix": 1, "opinion": 2, "review": 3, "draft": 4, "plan": 5}
_Waiting = tuple[int, int, int, asyncio.Future[None]]


@dataclass(slots=True)
class Trip:
    """A sample's way to a model and back; ``back`` as soon as it has what it went for."""

    back: bool = False


class Gate:
    """Admits requests; every sample enters, asks as often as it likes, and leaves.

    Args:
        batch: For each role the requests that its model works on at the same time.
        phases: One role at a time; else both. See above.
        busy: Samples that are at work outside of a model (checks in the sandbox) at the same time.
    """

    def __init__(self, *, batch: Mapping[Role, int], phases: bool, busy: int) -> None:
        self._batch = batch
        self._phases = phases
        self._waiting: dict[Role, list[_Waiting]] = {"coder": [], "reviewer": []}
        self._active: dict[Role, int] = {"coder": 0, "reviewer": 0}
        self._role: Role = "coder"
        self._outside = 0
        self._number = count()
        self._slots = asyncio.Semaphore(busy)

    @contextlib.asynccontextmanager
    async def sample(self) -> AsyncIterator[None]:
        """Around everything that a sample does."""
        self._outside += 1
        try:
            async with self._slots:
                yield
        finally:
            self._outside -= 1
            self._admit()

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[Trip]:
        """Around what a sample waits for: a turn, or another sample that asks the same. It gives its slot away."""
        trip = Trip()
        self._outside -= 1
        self._slots.release()
        # Not at once: it may be the last one on its way, and about to ask the model whose phase it is.
        asyncio.get_running_loop().call_soon(self._admit)
        try:
            yield trip
        finally:
            self._return(trip)
            await self._slots.acquire()

    @contextlib.asynccontextmanager
    async def turn(self, trip: Trip, role: Role, stage: Stage, place: int) -> AsyncIterator[None]:
        """Around one request, while away; begins when the role may be asked. ``place`` is the task's in the run."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        rank = -_LATER_FIRST[stage] if self._phases else _LATER_FIRST[stage]
        heapq.heappush(self._waiting[role], (rank, place, next(self._number), turn))
        self._admit()
        try:
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():
                self._active[role] -= 1
                # The model is not kept waiting while the answer is stored and read.
                self._return(trip)

    def _return(self, trip: Trip) -> None:
        """Before anybody is admitted: the sample may ask the same role again, and the phase must not end meanwhile."""
        if not trip.back:
            trip.back = True
            self._outside += 1
        self._admit()

    def _admit(self) -> None:
        for role in self._open_roles():
            waiting = self._waiting[role]
            while waiting and self._active[role] < self._batch[role]:
                turn = heapq.heappop(waiting)[3]
                if not turn.done():
                    self._active[role] += 1
                    turn.set_result(None)

    def _open_roles(self) -> tuple[Role, ...]:
        if not self._phases:
            return ("coder", "reviewer")
        for queue in self._waiting.values():
            queue[:] = [each for each in queue if not each[3].done()]
            heapq.heapify(queue)
        other: Role = "reviewer" if self._role == "coder" else "coder"
        idle = not self._outside and not self._active[self._role] and not self._waiting[self._role]
        if idle and self._waiting[other]:
            self._role = other
        return (self._role,)
