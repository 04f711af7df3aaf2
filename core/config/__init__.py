"""Configuration: models, pairs and endpoints out of layered models.toml files."""

import os

# For its plugins pydantic reads what every installed package says of itself: 40 ms of each start. None is used here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from core.config.loading import Configuration, KeySetting, ResolvedModel, ResolvedPair, load_configuration
from core.config.schema import EndpointConfig, InterfaceConfig, ModelConfig, PairConfig, Placement

__all__ = [
    "Configuration",
    "EndpointConfig",
    "InterfaceConfig",
    "KeySetting",
    "ModelConfig",
    "PairConfig",
    "Placement",
    "ResolvedModel",
    "ResolvedPair",
    "load_configuration",
]
