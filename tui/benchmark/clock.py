"""How long what is left of a run takes."""

import time
from dataclasses import dataclass

_LEAST_SHARE = 0.01
_LEAST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Started when the run was begun, or gone on with, at the share that was done then."""

    begun: float
    first: float

    @classmethod
    def starting(cls, share: float) -> "Clock":
        """A clock that starts now."""
        return cls(time.monotonic(), share)

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.begun

    def left(self, share: float) -> float | None:
        """Seconds until ``share`` is 1 at the speed so far, None while that cannot be told."""
        made, seconds = share - self.first, self.seconds
        if made < _LEAST_SHARE or seconds < _LEAST_SECONDS or share >= 1.0:
            return None
        return seconds / made * (1.0 - share)
