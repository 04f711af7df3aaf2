"""The place of an event in its run."""

import dataclasses
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What every event carries."""

    n: int = 0
    at: float = 0.0


E = TypeVar("E", bound=Stamp)


def stamped(event: E, *, n: int, at: float) -> E:
    """``event`` with its number and time set."""
    return dataclasses.replace(event, n=n, at=round(at, 4))
