"""Configuration: models, pairs and endpoints out of layered models.toml files."""

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
