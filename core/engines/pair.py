"""The two engines of a pair, started when they are first needed."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.choices import DEFAULT_CONCURRENCY, POINTS_PER_MINUTE
from core.engines.gpu_lock import ENDED, GpuLocks
from core.engines.mlc_install import mlc_command
from core.engines.mlc_serve import tokenizer_file
from core.engines.protocol import Engine, Role, Stage
from core.errors import EngineError
from core.gain.key import PairKey, pair_key
from core.paths import log_dir

if TYPE_CHECKING:
    from core.config import EndpointConfig, ResolvedModel, ResolvedPair
    from core.engines.mlc import MlcEngine
    from core.engines.timeouts import Timeouts
    from core.keeper.kept import LocalEngine
    from core.keeper.record import Record
    from core.placement.decision import Plan

Planner = Callable[[], Awaitable["Plan"]]
"""Looks at the memory that is free now and decides where the models of a pair go."""


class Placeable(Protocol):
    """An engine of ours, whose size and device can be chosen before it starts."""

    def place(self, *, device: str, concurrency: int, total_tokens: int, prefill_chunk: int | None) -> None:
        """Where and how large the server is to be; it takes effect at the next start."""


class Shelf(Protocol):
    """Where a pair that is kept loaded is found."""

    async def keeper(self) -> "Record | None":
        """The keeper of this very pair, None if none runs."""

    async def plan(self, keeper: "Record") -> "Plan":
        """How the keeper has placed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a role's answers are sampled. ``max_tokens`` includes reasoning."""

    max_tokens: int = 4096
    temperature: float = 0.0
    seed: int | None = None
    no_thinking: tuple[Stage, ...] = ()
    """Stages in which the model is told not to reason."""
    structured: bool = False
    """Reviews are asked for as JSON, to which the engine holds the answer where it can."""


@dataclass(frozen=True, slots=True)
class Member:
    """One role: its engine and how it is sampled."""

    engine: Engine
    sampling: Sampling = Sampling()
    concurrency: int = field(default=1, kw_only=True)
    """Requests that it takes side by side where no plan says it."""
    source: str | None = None
    """Where the model's files come from, for its tokenizer; None where they are not on this machine."""
    placeable: Placeable | None = None
    """The engine again, where it is one of ours that the plan can place."""
    local: "LocalEngine | None" = None
    """The engine again, where it can use a model that is kept loaded."""
    device: str | None = None
    """Where one of ours starts if no plan says it."""


class EnginePair:
    """A coder and a reviewer.

    With ``swap``, one engine is alive at a time: starting one role first closes the other. With a ``planner``, memory
    is planned when the first engine is about to start, and planned anew after all of them have ended or failed. With
    ``locks``, the GPUs of the plan are held from then until the pair is closed. With a ``shelf``, models that are kept
    loaded are used, and nothing is planned or held.
    """

    def __init__(
        self,
        name: str,
        coder: Member,
        reviewer: Member,
        *,
        usd_per_hour: float = 0.0,
        swap: bool = False,
        planner: Planner | None = None,
        locks: GpuLocks | None = None,
        shelf: Shelf | None = None,
        key: PairKey | None = None,
        points_per_minute: float = POINTS_PER_MINUTE,
    ) -> None:
        self.name = name
        self.usd_per_hour = usd_per_hour
        self.key = key
        """What its calibrations are kept under; None if it comes from no configuration."""
        self.points_per_minute = points_per_minute
        """Points of pass@1 that a minute of review must promise for the pattern ``auto`` to spend it."""
        self._members: dict[Role, Member] = {"coder": coder, "reviewer": reviewer}
        self._swap = swap
        self._planner = planner
        self._locks = locks
        self._shelf = shelf
        self._borrowed: Record | None = None
        self._placing = asyncio.Lock()
        self._starting = 0
        self._plan: Plan | None = None

    def sample_at(self, temperature: float) -> None:
        """Have both models answer at this temperature from now on, whatever models.toml says."""
        for role, member in self._members.items():
            self._members[role] = replace(member, sampling=replace(member.sampling, temperature=temperature))

    @property
    def plan(self) -> "Plan | None":
        """Where the models are placed; None before the first start, and where nothing is placed here."""
        return self._plan

    @property
    def placed(self) -> "Plan | None":
        """The plan, while an engine of ours holds the memory that it names."""
        return self._plan if self._alive() else None

    @property
    def coder(self) -> Engine:
        """The code specialist's engine."""
        return self._members["coder"].engine

    @property
    def reviewer(self) -> Engine:
        """The reasoning model's engine."""
        return self._members["reviewer"].engine

    @property
    def scripted(self) -> bool:
        """Whether the answers come from a script and from no model."""
        return self.coder.scripted or self.reviewer.scripted

    def engine(self, role: Role) -> Engine:
        """The engine of ``role``."""
        return self._members[role].engine

    def sampling(self, role: Role) -> Sampling:
        """How ``role`` is sampled."""
        return self._members[role].sampling

    @property
    def swaps(self) -> bool:
        """Whether one engine is alive at a time; known for sure once ``place`` has returned."""
        return self._swap

    def concurrency(self, role: Role) -> int:
        """Requests that ``role`` takes side by side; as planned once ``place`` has returned."""
        seat = self._plan.seat(role) if self._plan is not None else None
        return self._members[role].concurrency if seat is None else seat.concurrency

    def tokenizer(self, role: Role) -> Path | None:
        """The tokenizer.json of ``role``'s model, None if it is not on this machine (yet)."""
        source = self._members[role].source
        return None if source is None else tokenizer_file(source, os.environ)

    async def start(self, role: Role) -> Engine:
        """The engine of ``role``, ready to answer.

        Raises:
            EngineError: it cannot be started.
        """
        self._starting += 1
        try:
            await self.place()
            if self._swap:
                other: Role = "reviewer" if role == "coder" else "coder"
                await self.engine(other).close()
            engine = self.engine(role)
            await engine.start()
        except BaseException:
            if self._starting == 1 and not self._alive():
                self._release()
            raise
        finally:
            self._starting -= 1
        return engine

    async def place(self) -> "Plan | None":
        """Plan the memory, unless engines that are alive are placed already; what holds now.

        Raises:
            EngineError: the models do not fit, and the sentence says what would have to give; or another program of
                ours holds a GPU that is needed.
        """
        if self._planner is None:
            return None
        async with self._placing:
            keeper = await self._shelf.keeper() if self._shelf is not None else None
            alive = self._plan is not None and (self._starting > 1 or self._alive())
            if alive and (self._borrowed is None or self._borrowed == keeper):
                return self._plan
            self._plan = None
            await self._borrow(keeper)
            if self._shelf is not None and keeper is not None:
                plan = await self._shelf.plan(keeper)
            else:
                plan = await self._planner()
                await self._hold(plan)
                self._seat(plan)
            self._swap = plan.placement == "swap"
            self._plan = plan
            return plan

    async def _borrow(self, keeper: "Record | None") -> None:
        if keeper is not None and self._locks is not None:
            self._locks.release()
        for member in self._members.values():
            if member.local is not None:
                await member.local.borrow(keeper)
        self._borrowed = keeper

    async def _hold(self, plan: "Plan") -> None:
        """Hold the GPUs that the plan uses."""
        ours = [member for member in self._members.values() if member.placeable is not None]
        devices: list[str | None] = [seat.card.device for seat in plan.seats]
        if plan.problem:
            # What another program of ours has loaded is missing here; who that is says more than how much it is.
            cards = [card.device for card in plan.cards]
            holder = self._locks.holder(cards) if self._locks is not None else None
            raise EngineError(plan.refusal if holder is None else holder.sentence)
        if self._locks is not None:
            await self._locks.take(devices or [member.device for member in ours])

    def _seat(self, plan: "Plan") -> None:
        for seat in plan.seats:
            placeable = self._members[seat.demand.role].placeable
            if placeable is not None:
                placeable.place(
                    device=seat.card.device,
                    concurrency=seat.concurrency,
                    total_tokens=seat.total_tokens,
                    prefill_chunk=None if seat.demand.fixed_chunk else seat.chunk,
                )

    def _alive(self) -> bool:
        """Whether an engine of ours holds memory."""
        return any(
            member.placeable is not None and member.engine.status.phase not in ENDED
            for member in self._members.values()
        )

    async def close(self) -> None:
        """Close both engines, the second even if the first fails to."""
        try:
            await self.coder.close()
        finally:
            try:
                await self.reviewer.close()
            finally:
                self._release()

    def _release(self) -> None:
        if self._locks is not None:
            self._locks.release()


def open_pair(
    resolved: "ResolvedPair",
    *,
    pace: float | None = None,
    environ: Mapping[str, str] | None = None,
    mlc: Sequence[str] | None = None,
    program: str = "secondpass",
    share: bool = True,
) -> EnginePair:
    """Make the engines of a configured pair; nothing is started yet.

    Args:
        resolved: A pair from models.toml.
        pace: Tokens a second of scripted answers; None is as fast as possible.
        environ: Where endpoint keys are looked up, by default the process's environment.
        mlc: The Python, with options, that has ``mlc_llm``; None is the one that the environment names, or this one.
        program: Who holds the GPU, for other programs that find it taken.
        share: Use a pair that is kept loaded.

    Raises:
        ConfigurationError: the environment variable of an endpoint's key is not set.
    """
    environ = os.environ if environ is None else environ
    mlc = mlc_command(environ) if mlc is None else mlc
    ours = "mlc" in (resolved.coder.kind, resolved.reviewer.kind)
    shelf = None
    if ours and share:
        from core.keeper.shelf import KeeperShelf

        shelf = KeeperShelf(resolved, mlc, environ)
    return EnginePair(
        resolved.name,
        _member(resolved.coder, "coder", pace, environ, mlc, share=share),
        _member(resolved.reviewer, "reviewer", pace, environ, mlc, share=share),
        usd_per_hour=resolved.config.gpu_usd_per_hour,
        swap=resolved.config.placement == "swap",
        planner=partial(_plan, resolved, environ) if ours else None,
        locks=GpuLocks(program=program, pair=resolved.name, environ=environ) if ours else None,
        shelf=shelf,
        key=pair_key(resolved),
        points_per_minute=resolved.config.auto_points_per_minute,
    )


async def _plan(resolved: "ResolvedPair", environ: Mapping[str, str]) -> "Plan":
    from core.placement.decision import plan_here

    return await plan_here(None, resolved, environ)


def _member(
    model: "ResolvedModel",
    role: Role,
    pace: float | None,
    environ: Mapping[str, str],
    mlc: Sequence[str] | None,
    *,
    share: bool,
) -> Member:
    config = model.config
    sampling = Sampling(
        max_tokens=config.max_tokens,
        temperature=config.temperature,
        seed=config.seed,
        no_thinking=config.no_thinking,
        structured=model.kind != "demo" and config.holds_to_json,
    )
    source = None if model.kind == "demo" else config.source
    if model.kind == "mlc":
        own = _mlc_engine(model, mlc)
        if not share:
            return Member(own, sampling, source, own, device=config.device)
        from core.keeper.kept import LocalEngine

        engine = LocalEngine(own, role, thinking=config.thinking)
        return Member(engine, sampling, source, engine, local=engine, device=config.device)
    side_by_side = model.endpoint.side_by_side if model.endpoint is not None else DEFAULT_CONCURRENCY
    return Member(_engine(model, role, pace, environ), sampling, source, concurrency=side_by_side)


def _timeouts(endpoint: "EndpointConfig") -> "Timeouts":
    from core.engines.timeouts import Timeouts

    given = {"prefill": endpoint.prefill_timeout_s, "stall": endpoint.stall_timeout_s}
    return Timeouts(**{name: seconds for name, seconds in given.items() if seconds is not None})


def _engine(model: "ResolvedModel", role: Role, pace: float | None, environ: Mapping[str, str]) -> Engine:
    # Each kind is imported only when it is used: the demo needs no HTTP client.
    config = model.config
    if model.kind == "demo":
        from core.engines.demo import DemoEngine

        return DemoEngine(model.name, role=role, context=config.context, pace=pace)
    from core.engines.openai import OpenAIEngine

    assert model.endpoint is not None  # what makes a model one of this kind
    return OpenAIEngine(
        model.name,
        base_urls=model.endpoint.base_url,
        served_name=model.served_name,
        api_key=model.endpoint.api_key(environ),
        api_key_env=model.endpoint.api_key_env,
        context=config.context,
        thinking=config.thinking,
        timeouts=_timeouts(model.endpoint),
        concurrency=model.endpoint.concurrency,
    )


def _mlc_engine(model: "ResolvedModel", command: Sequence[str] | None) -> "MlcEngine":
    from core.engines.mlc import MlcEngine

    config = model.config
    return MlcEngine(
        model.name,
        source=config.source or "",
        context=config.context,
        device=config.device,
        model_lib=config.model_lib,
        thinking=config.thinking,
        revision=config.revision,
        log_dir=log_dir(),
        command=command,
    )
