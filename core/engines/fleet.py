"""The servers behind one role: which one takes a request, what is tried again, and where they all stand."""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from core.engines.background import BackgroundTasks, to_its_end
from core.engines.endpoint import Endpoint
from core.engines.failures import (
    ClosedError,
    DroppedError,
    PrefillTimeoutError,
    StalledError,
    UnavailableError,
    UnknownFieldError,
    UnreachableError,
)
from core.engines.protocol import EngineStatus, Phase
from core.engines.stream import Chunk
from core.engines.timeouts import Timeouts
from core.errors import EngineError

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0
"""Seconds between two tries while a server asks to wait and does not say how long."""

_COMPANY = 1.0
"""Seconds that the other servers get to answer once the first one has."""


@dataclass(slots=True, eq=False)
class _Flight:
    """A request that a server works on; ``started`` once it has sent a token."""

    endpoint: Endpoint
    started: bool = False


class Fleet:
    """Requests go to the server that has the least to do; one that cannot be reached is left out for a while.

    ``changed`` is called whenever ``status`` may have changed. No server is sent more than ``concurrency`` requests at
    a time; what waits belongs to none, so whoever is free first takes it.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        model: str,
        timeouts: Timeouts,
        changed: Callable[[], None],
        concurrency: int | None = None,
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._model = model
        self._timeouts = timeouts
        self._changed = changed
        self._most = math.inf if concurrency is None else concurrency
        self._flights: list[_Flight] = []
        self._waits: list[UnavailableError | None] = []
        self._background = BackgroundTasks(model)
        self._freed = asyncio.Event()
        self._connecting = False
        self._closed = False

    @property
    def usable(self) -> bool:
        """Whether at least one server is not known to be dead."""
        return any(endpoint.dead is None for endpoint in self._endpoints)

    @property
    def status(self) -> EngineStatus:
        """Where the role stands, from what all of its servers do."""
        dead = [endpoint for endpoint in self._endpoints if endpoint.dead is not None]
        notice = f"{len(dead)} of {len(self._endpoints)} servers cannot be used" if dead else ""
        if any(flight.started for flight in self._flights):
            return EngineStatus(Phase.STREAMING, notice)
        if any(flight.endpoint.idle.is_set() for flight in self._flights):
            return EngineStatus(Phase.PREFILL, notice)
        if self._waits and (reason := self._waits[-1]) is not None:
            return EngineStatus(Phase.LOADING if reason.loading else Phase.BUSY, "the server asks to wait")
        if self._connecting:
            return EngineStatus(Phase.STARTING)
        if len(dead) == len(self._endpoints):
            return EngineStatus(Phase.FAILED, str(dead[0].dead))
        if all(not endpoint.idle.is_set() for endpoint in self._endpoints if endpoint.dead is None):
            return EngineStatus(Phase.BUSY, "waiting for a stopped prefill")
        return EngineStatus(Phase.READY, notice)

    async def connect(self) -> None:
        """Return when one server can answer; it waits while they load, and gives the others a moment.

        Raises:
            EngineError: none can.
        """
        self._connecting = True
        self._changed()
        tasks = {asyncio.create_task(self._connect(endpoint)): endpoint for endpoint in self._endpoints}
        try:
            pending = set(tasks)
            while pending and not any(task.done() and task.result() for task in tasks):
                _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if pending:
                _, pending = await asyncio.wait(pending, timeout=_COMPANY)
            for task in pending:
                slow = tasks[task]
                self._mark_dead(slow, UnreachableError(f"The server at {slow.url} is not ready yet: wait for it."))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._connecting = False
        self._changed()
        if not self.usable:
            raise self._all_dead()

    async def chat(self, payload: Mapping[str, Any]) -> AsyncGenerator[Chunk, None]:
        """The chunks of one answer. Whatever fails before the first token is tried again where that helps.

        Raises:
            EngineError: it does not help, or the failure came after the first token.
        """
        unreachable: set[Endpoint] = set()
        patience = _Patience(self._timeouts)
        wait: UnavailableError | None = None
        dropped = False
        while True:
            flight = _Flight(await self._choose(unreachable, wait))
            endpoint = flight.endpoint
            left_out = frozenset(endpoint.refused)
            try:
                async with aclosing(self._fly(flight, payload)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except UnavailableError as error:
                endpoint.resting_until = _now() + patience.pause(error)
                wait = error
            except UnknownFieldError as error:
                # What another request has learned meanwhile is no reason to give up this one.
                if error.field in left_out:
                    raise
                endpoint.refused.add(error.field)
            except UnreachableError as error:
                self._mark_dead(endpoint, error)
                unreachable.add(endpoint)
            except DroppedError as error:
                if self._closed:
                    raise ClosedError(self._model) from error
                self._background.spawn(self._check(endpoint))
                if flight.started or dropped:
                    raise
                dropped = True
                if any(each not in unreachable and each.dead is None for each in self._endpoints if each != endpoint):
                    unreachable.add(endpoint)

    async def answers(self, seconds: float) -> bool:
        """Whether any server answers a one-token request within ``seconds``."""
        for endpoint in self._endpoints:
            try:
                if await endpoint.answers(seconds):
                    return True
            except EngineError as error:
                self._mark_dead(endpoint, error)
        return False

    async def close(self) -> None:
        """End what runs in the background and close all connections, all of them even if this is cancelled."""
        self._closed = True
        self._freed.set()
        await to_its_end(self._close())

    async def _close(self) -> None:
        await self._background.end()
        for endpoint in self._endpoints:
            await endpoint.close()

    async def _connect(self, endpoint: Endpoint) -> bool:
        """Ask for the models until there is an answer; whether the server can be used."""
        patience = _Patience(self._timeouts)
        reason: UnavailableError | None = None
        try:
            while True:
                try:
                    await endpoint.list_models()
                    endpoint.dead = None
                    return True
                except UnavailableError as error:
                    pause = patience.pause(error)
                    if reason is None:
                        self._waits.append(error)
                        self._changed()
                    reason = reason or error
                    await asyncio.sleep(pause)
        except EngineError as error:
            self._mark_dead(endpoint, error)
            return False
        finally:
            if reason is not None:
                self._waits.remove(reason)

    async def _choose(self, unreachable: set[Endpoint], reason: UnavailableError | None) -> Endpoint:
        """The server for the next try. It waits while all are busy with a stopped prefill or ask to wait."""
        waits = False
        try:
            while True:
                if self._closed:
                    raise ClosedError(self._model)
                now = _now()
                left = [endpoint for endpoint in self._endpoints if endpoint not in unreachable]
                alive = [e for e in left if e.dead is None or now - e.dead_since >= self._timeouts.dead] or left
                if not alive:
                    raise self._all_dead()
                free = [e for e in alive if e.idle.is_set() and e.resting_until <= now and e.active < self._most]
                if free:
                    chosen = min(free, key=self._load)
                    # One request sees whether it is back; the others do not wait for that.
                    chosen.dead_since = now
                    return chosen
                if not waits:
                    waits = True
                    self._waits.append(reason)
                    self._changed()
                resting = [e.resting_until for e in alive if e.idle.is_set() and e.active < self._most]
                self._freed.clear()
                try:
                    async with asyncio.timeout_at(min(resting, default=None)):
                        await self._freed.wait()
                except TimeoutError:
                    continue
        finally:
            if waits:
                self._waits.remove(reason)
                self._changed()

    def _load(self, endpoint: Endpoint) -> float:
        """How long a further request is likely to take there: by the requests it has, and by its pace."""
        known = [each.pace for each in self._endpoints if each.pace is not None]
        pace = min(known, default=1.0) if endpoint.pace is None else endpoint.pace
        return (endpoint.active + 1) * pace

    async def _fly(self, flight: _Flight, payload: Mapping[str, Any]) -> AsyncGenerator[Chunk, None]:
        """One try at one server, with a clock for the prefill and one for the gaps between tokens."""
        endpoint = flight.endpoint
        begun, tokens = _now(), 0
        deadline = begun + self._timeouts.prefill
        endpoint.active += 1
        self._flights.append(flight)
        self._changed()
        still_working = True
        try:
            async with aclosing(endpoint.stream(payload)) as chunks:
                while True:
                    limit = _now() + self._timeouts.stall if flight.started else deadline
                    try:
                        async with asyncio.timeout_at(limit):
                            chunk = await anext(chunks, None)
                    except TimeoutError:
                        raise self._too_slow(flight) from None
                    if chunk is None:
                        break
                    if chunk.has_token and not flight.started:
                        flight.started = True
                        endpoint.dead = None
                        self._changed()
                    tokens += chunk.has_token
                    yield chunk
            still_working = False
            if tokens:
                endpoint.take_pace((_now() - begun) / tokens)
        except (PrefillTimeoutError, StalledError):
            flight.started = False
            raise
        except EngineError:
            still_working = False
            raise
        finally:
            endpoint.active -= 1
            self._freed.set()
            self._flights.remove(flight)
            # Tokens stop within milliseconds of hanging up; a prefill cannot be stopped (nor can a hung engine).
            if still_working and not flight.started and not self._closed:
                endpoint.stopped += 1
                if endpoint.idle.is_set():
                    endpoint.idle.clear()
                    self._background.spawn(self._until_idle(endpoint))
            self._changed()

    async def _until_idle(self, endpoint: Endpoint) -> None:
        """Probe until the server answers again, at most for ``timeouts.busy``."""
        deadline, pause = _now() + self._timeouts.busy, _FIRST_PAUSE
        try:
            while endpoint.stopped:
                before = endpoint.stopped
                if await endpoint.answers(max(deadline - _now(), 0.0)):
                    endpoint.stopped -= before
                elif _now() >= deadline:
                    raise UnreachableError(
                        f"The server at {endpoint.url} has not answered for {self._timeouts.busy:g} s since a request "
                        "was stopped: restart it."
                    )
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
        except EngineError as error:
            self._mark_dead(endpoint, error)
        finally:
            endpoint.stopped = 0
            endpoint.idle.set()
            self._freed.set()
            self._changed()

    async def _check(self, endpoint: Endpoint) -> None:
        """See whether a server whose connection broke is still there."""
        try:
            await endpoint.list_models()
        except UnavailableError:
            return
        except EngineError as error:
            self._mark_dead(endpoint, error)

    def _mark_dead(self, endpoint: Endpoint, error: EngineError) -> None:
        endpoint.dead, endpoint.dead_since = error, _now()
        self._changed()

    def _all_dead(self) -> UnreachableError:
        errors = [endpoint.dead for endpoint in self._endpoints if endpoint.dead is not None]
        last = str(errors[-1])
        if len(self._endpoints) == 1:
            return UnreachableError(last)
        return UnreachableError(
            f"None of the {len(self._endpoints)} servers of {self._model} can be used; the last: {last}"
        )

    def _too_slow(self, flight: _Flight) -> EngineError:
        url = flight.endpoint.url
        if flight.started:
            return StalledError(
                f"{self._model} at {url} sent no further token for {self._timeouts.stall:g} s in the middle of its "
                "answer: see whether the server hangs, then try again."
            )
        return PrefillTimeoutError(
            f"{self._model} at {url} sent no first token within {self._timeouts.prefill:g} s: shorten the prompt, "
            "or see whether the server is overloaded."
        )


class _Patience:
    """How long to wait before the next try, and when to give up."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._began = _now()
        self._pause = _FIRST_PAUSE

    def pause(self, error: UnavailableError) -> float:
        """Seconds to wait; raises ``error`` itself where they would exceed what may be waited in all."""
        most = self._timeouts.loading if error.loading else self._timeouts.overloaded
        pause = self._pause if error.after is None else error.after
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        if _now() + pause - self._began > most:
            raise error
        return pause


def _now() -> float:
    return asyncio.get_running_loop().time()
