"""The two engines of a pair, started when they are first needed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.choices import POINTS_PER_MINUTE
from core.engines.mlc_serve import tokenizer_file
from core.engines.protocol import Engine, Role
from core.gain.key import PairKey, pair_key
from core.paths import log_dir

if TYPE_CHECKING:
    from core.config import EndpointConfig, ResolvedModel, ResolvedPair
    from core.engines.timeouts import Timeouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a role's answers are sampled. ``max_tokens`` includes reasoning."""

    max_tokens: int = 4096
    temperature: float = 0.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One role: its engine and how it is sampled."""

    engine: Engine
    sampling: Sampling = Sampling()
    source: str | None = None
    """Where the model's files come from, for its tokenizer; None where they are not on this machine."""


class EnginePair:
    """A coder and a reviewer.

    With ``swap``, one engine is alive at a time: starting one role first closes the other.
    """

    def __init__(
        self,
        name: str,
        coder: Member,
        reviewer: Member,
        *,
        usd_per_hour: float = 0.0,
        swap: bool = False,
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

    def tokenizer(self, role: Role) -> Path | None:
        """The tokenizer.json of ``role``'s model, None if it is not on this machine (yet)."""
        source = self._members[role].source
        return None if source is None else tokenizer_file(source, os.environ)

    async def start(self, role: Role) -> Engine:
        """The engine of ``role``, ready to answer.

        Raises:
            EngineError: it cannot be started.
        """
        if self._swap:
            other: Role = "reviewer" if role == "coder" else "coder"
            await self.engine(other).close()
        engine = self.engine(role)
        await engine.start()
        return engine

    async def close(self) -> None:
        """Close both engines, the second even if the first fails to."""
        try:
            await self.coder.close()
        finally:
            await self.reviewer.close()


def open_pair(
    resolved: "ResolvedPair", *, pace: float | None = None, environ: Mapping[str, str] | None = None
) -> EnginePair:
    """Make the engines of a configured pair; nothing is started yet.

    Args:
        resolved: A pair from models.toml.
        pace: Tokens a second of scripted answers; None is as fast as possible.
        environ: Where endpoint keys are looked up, by default the process's environment.

    Raises:
        ConfigurationError: the environment variable of an endpoint's key is not set.
    """
    environ = os.environ if environ is None else environ
    return EnginePair(
        resolved.name,
        _member(resolved.coder, "coder", pace, environ),
        _member(resolved.reviewer, "reviewer", pace, environ),
        usd_per_hour=resolved.config.gpu_usd_per_hour,
        swap=resolved.config.placement == "swap",
        key=pair_key(resolved),
        points_per_minute=resolved.config.auto_points_per_minute,
    )


def _member(model: "ResolvedModel", role: Role, pace: float | None, environ: Mapping[str, str]) -> Member:
    config = model.config
    sampling = Sampling(max_tokens=config.max_tokens, temperature=config.temperature, seed=config.seed)
    source = None if model.kind == "demo" else config.source
    return Member(_engine(model, role, pace, environ), sampling, source)


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
    if model.kind == "openai" and model.endpoint is not None:
        from core.engines.openai import OpenAIEngine

        return OpenAIEngine(
            model.name,
            base_urls=model.endpoint.base_url,
            served_name=model.served_name,
            api_key=model.endpoint.api_key(environ),
            api_key_env=model.endpoint.api_key_env,
            context=config.context,
            thinking=config.thinking,
            timeouts=_timeouts(model.endpoint),
        )
    from core.engines.mlc import MlcEngine

    return MlcEngine(
        model.name,
        source=config.source or "",
        context=config.context,
        device=config.device,
        model_lib=config.model_lib,
        thinking=config.thinking,
        log_dir=log_dir(),
    )
