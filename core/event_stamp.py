"""The place of an event in its run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What every event carries."""

    n: int = 0
    at: float = 0.0
