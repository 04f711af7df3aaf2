"""The models that a keeper holds: who uses them, who has to wait, which crashed, and how long none was used."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from core.engines.background import BackgroundTasks
from core.engines.mlc import MlcEngine, Served
from core.engines.pair import EnginePair
from core.engines.protocol import EngineStatus, Phase, Role
from core.errors import EngineError
from core.keeper.link import status_json
from core.keeper.shelf import plan_to_send

log = logging.getLogger(__name__)

_MOST_CRASHES = 5
"""Crashes in a row after which a server is started again only when somebody wants to use it."""

_HEALTH_EVERY = 60.0
_HEALTH_SECONDS = 120.0
"""How long an unused server gets to answer one token: the prefill of a stopped request may still go on."""

Watcher = Callable[[Role, EngineStatus], None]


class Roster:
    """The models of ``pair`` that run here, by role."""

    def __init__(self, pair: EnginePair) -> None:
        self._pair = pair
        found: dict[Role, Any] = {"coder": pair.coder, "reviewer": pair.reviewer}
        self.engines: dict[Role, MlcEngine] = {r: e for r, e in found.items() if isinstance(e, MlcEngine)}
        self.last_used = time.monotonic()
        self._users: Counter[Role] = Counter()
        self._changed = asyncio.Condition()
        self._background = BackgroundTasks("keeper")
        self._loaded: set[Role] = set()
        self._restarts: Counter[Role] = Counter()
        self._watchers: list[Watcher] = []
        self._closing = False
        for role, engine in self.engines.items():
            engine.watch(lambda status, role=role: self._see(role, status))  # type: ignore[misc]

    @property
    def users(self) -> int:
        """Requests that are being answered, or wait for a model."""
        return self._users.total()

    @property
    def phase(self) -> Phase:
        """Where the pair stands as a whole: what is furthest from being ready."""
        phases = [engine.status.phase for engine in self.engines.values()]
        order = (Phase.FAILED, Phase.DOWNLOADING, Phase.COMPILING, Phase.LOADING, Phase.STARTING)
        return next((each for each in order if each in phases), Phase.READY)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call ``watcher`` at every change of an engine; the function returned ends it and may be called twice."""
        self._watchers.append(watcher)

        def end() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return end

    async def load(self) -> None:
        """Load all models, or the first where one is alive at a time.

        Raises:
            EngineError: one cannot be.
        """
        plan = await self._pair.place()
        first, *others = self.engines
        if plan is not None and plan.placement == "swap":
            others = []
        async with asyncio.TaskGroup() as group:
            for role in (first, *others):
                group.create_task(self._started(role))
        self.last_used = time.monotonic()
        self._background.spawn(self._look_after())

    async def plan(self) -> Mapping[str, Any]:
        """How the pair is placed.

        Raises:
            EngineError: it does not fit.
        """
        return plan_to_send(await self._pair.place())

    @contextlib.asynccontextmanager
    async def used(self, role: Role) -> AsyncGenerator[Served, None]:
        """Keep the model of ``role`` loaded for as long as this lasts.

        Where one model is alive at a time, this waits until the other is not used.

        Raises:
            EngineError: it cannot be loaded.
        """
        plan = await self._pair.place()
        other: Role = "reviewer" if role == "coder" else "coder"
        async with self._changed:
            if plan is not None and plan.placement == "swap":
                await self._changed.wait_for(lambda: not self._users[other])
            self._users[role] += 1
        try:
            await self._started(role)
            served = self.engines[role].served
            if served is None:
                raise EngineError(f"{self.engines[role].model} ended as soon as it was loaded: try again.")
            yield served
        finally:
            self.last_used = time.monotonic()
            async with self._changed:
                self._users[role] -= 1
                self._changed.notify_all()

    async def close(self) -> None:
        """Unload everything."""
        self._closing = True
        await self._background.end()
        await self._pair.close()

    def told(self) -> list[dict[str, Any]]:
        """Every model as ``secondpass engines status --json`` shows it."""
        plan = self._pair.plan
        rows = []
        for role, engine in self.engines.items():
            seat = None if plan is None else plan.seat(role)
            memory = None if engine.memory is None else int(engine.memory.total * 2**20)
            rows.append(
                {
                    **status_json(role, engine.status),
                    "model": engine.model,
                    "device": None if seat is None else seat.card.device,
                    "memory": memory if memory is not None or seat is None else seat.bytes,
                    "restarts": self._restarts[role],
                    "log": None if engine.log_path is None else str(engine.log_path),
                }
            )
        return rows

    @property
    def placement(self) -> str | None:
        """Where the models are: resident, split or swap; None before that is planned."""
        return None if self._pair.plan is None else self._pair.plan.placement

    async def _started(self, role: Role) -> None:
        await self._pair.start(role)
        self._loaded.add(role)

    def _see(self, role: Role, status: EngineStatus) -> None:
        for watcher in tuple(self._watchers):
            watcher(role, status)
        if status.phase is Phase.STOPPED:
            self._loaded.discard(role)
        if status.phase is Phase.FAILED:
            log.warning("%s: %s", role, status.detail)
        crashed = status.phase is Phase.FAILED and role in self._loaded and not self._closing
        if crashed and self.engines[role].crashes <= _MOST_CRASHES:
            self._loaded.discard(role)
            self._background.spawn(self._again(role))

    async def _again(self, role: Role) -> None:
        """Load a model whose server crashed, so that it is there for the next command."""
        try:
            self._restarts[role] += 1
            async with self.used(role):
                log.info("%s was started again", role)
        except EngineError:
            # The board says why, and whoever wants to use it is told.
            log.warning("%s could not be started again", role)

    async def _look_after(self) -> None:
        """Find servers that have stopped to answer while nobody uses them."""
        while True:
            await asyncio.sleep(_HEALTH_EVERY)
            for role, engine in self.engines.items():
                served, before = engine.served, self.last_used
                if served is None or self._users[role] or engine.status.phase is not Phase.READY:
                    continue
                if await engine.well(_HEALTH_SECONDS):
                    continue
                if not self._users[role] and self.last_used == before:
                    await engine.trouble(served.base_url, stalled=True)
