"""What a keeper is told when it is started: one line of JSON on its standard input."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config.loading import ResolvedModel, ResolvedPair
from core.config.schema import EndpointConfig, ModelConfig, PairConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The pair to keep; ``idle_minutes`` without use after which it is unloaded (0: never), and the keeper's log."""

    pair: ResolvedPair
    idle_minutes: float
    log: str

    def encode(self) -> bytes:
        """The line."""
        pair = self.pair
        said = {
            "name": pair.name,
            "scripted": pair.scripted,
            "config": pair.config.model_dump(mode="json"),
            "coder": _model(pair.coder),
            "reviewer": _model(pair.reviewer),
            "idle_minutes": self.idle_minutes,
            "log": self.log,
        }
        return json.dumps(said).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Order":
        """The order again."""
        said = json.loads(line)
        pair = ResolvedPair(
            name=said["name"],
            coder=_resolved(said["coder"]),
            reviewer=_resolved(said["reviewer"]),
            config=PairConfig.model_validate(said["config"]),
            scripted=said["scripted"],
        )
        return cls(pair=pair, idle_minutes=said["idle_minutes"], log=said["log"])


def _model(model: ResolvedModel) -> Mapping[str, Any]:
    endpoint = None if model.endpoint is None else model.endpoint.model_dump(mode="json", exclude_none=True)
    config = model.config.model_dump(mode="json", exclude_none=True)
    return {"name": model.name, "kind": model.kind, "config": config, "endpoint": endpoint}


def _resolved(said: Mapping[str, Any]) -> ResolvedModel:
    endpoint = None if said["endpoint"] is None else EndpointConfig.model_validate(said["endpoint"])
    return ResolvedModel(said["name"], said["kind"], ModelConfig.model_validate(said["config"]), endpoint)
