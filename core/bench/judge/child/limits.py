"""The limits of single inputs: processor time, which a loaded machine does not change, and a clock as the backstop."""

import signal
import time
import types
from typing import Any

from evalplus.eval.utils import TimeoutException

_WALL_FACTOR, _WALL_EXTRA = 3.0, 2.0
"""Every so many seconds (the factor is of the limit) an input is looked at that has not come to its end,"""
_WAITING = 0.02
"""and if it has used less than this share of that time, it does not work, it waits. Ending it by the clock alone would
fail a right program where ten others run beside it."""
_COMPARING = 60.0
"""The same for comparing a result, which EvalPlus does not count: Mbpp/255 compares 128 million objects."""

_SHARED = 1 / 16
"""The part of an input's limit for which a limit that runs goes on for the inputs after it, where that is enough."""

_clock, _now = time.process_time, time.monotonic
_set_timer, _set_handler = signal.setitimer, signal.signal
_PROF, _REAL = signal.ITIMER_PROF, signal.ITIMER_REAL


def _prof(number: int, frame: Any) -> None:
    """The handler of the limit. Its globals, and those of the clock's, are those that ``_made`` gives it."""
    fired.append(number)  # type: ignore[name-defined]  # noqa: F821
    raise TimeoutException("Timed out!")


def _alarm(number: int, frame: Any) -> None:
    """The handler of the clock: ends what waits."""
    now = clock()  # type: ignore[name-defined]  # noqa: F821
    if now - since[0] < since[1]:  # type: ignore[name-defined]  # noqa: F821
        fired.append(number)  # type: ignore[name-defined]  # noqa: F821
        raise TimeoutException("Timed out!")
    since[0] = now  # type: ignore[name-defined]  # noqa: F821


def _made(handler: Any, **names: Any) -> Any:
    """A handler whose globals hold nothing else of the judge: the code can get hold of it.

    ``since``: the processor time at the last look, and how much more of it is work; ``fired``: a signal for every
    limit. Code that changes them gains nothing but time, until its process is ended from outside.
    """
    return types.FunctionType(handler.__code__, {"TimeoutException": TimeoutException, "__builtins__": {}, **names})


class Limits:
    """Starts the limit before an input and takes it away behind it.

    Setting timers and reading the processor's clock takes ten microseconds, as long as most inputs do. Where not
    ``exact``, timers that run go on for the next inputs, which so have up to a sixteenth less: enough for a first try,
    whose time-outs are tried again exactly.

    Attributes:
        used: Seconds of processor time that the code took.
        runs: Whether the timers run.
    """

    def __init__(self, *, exact: bool) -> None:
        self.used = 0.0
        self._share = 0.0 if exact else _SHARED
        self._since = [0.0, 0.0]
        self._fired: list[int] = []
        self.handlers = {
            signal.SIGPROF: _made(_prof, fired=self._fired),
            signal.SIGALRM: _made(_alarm, fired=self._fired, since=self._since, clock=_clock),
        }
        self._limit = -1.0
        self._set_at = self._until = self._begun = self._called = self._used_at = 0.0
        self.runs = False

    @property
    def to_be_tried_again(self) -> bool:
        """Whether a limit fired that was not all that an input gets: code that catches everything hides it."""
        return bool(self._fired) and self._share > 0

    def arm(self) -> None:
        """Handle the timers' signals from now on."""
        for number, handler in self.handlers.items():
            _set_handler(number, handler)

    def start(self, limit: float) -> None:
        """The code is called now, with an input that has ``limit`` seconds."""
        if self.runs and limit == self._limit:
            self._begun = _now()
            return
        if self.runs:
            self._count()
        self._limit, self.runs, self._called = limit, True, 0.0
        wall = limit * _WALL_FACTOR + _WALL_EXTRA
        self._used_at = self._since[0] = _clock()
        self._since[1] = wall * _WAITING
        self._begun = self._set_at = _now()
        self._until = self._set_at + limit * self._share
        _set_timer(_REAL, wall, wall)
        _set_timer(_PROF, limit)

    def stop(self) -> None:
        """The code came back, or raised something."""
        now = _now()
        self._called += now - self._begun
        if now >= self._until:
            self.end()

    def end(self) -> None:
        """Take the timers away, if they run; the clock goes on for comparing."""
        if self.runs:
            _set_timer(_PROF, 0)
            _set_timer(_REAL, _COMPARING, _COMPARING)
            self.runs = False
            self._count()

    def wait(self) -> None:
        """Stop the clock: the code's process waits for the judge now."""
        self.end()
        _set_timer(_REAL, 0)

    def _count(self) -> None:
        # Of what was used since the timers were set, the code has the share of the time that it had of the time.
        passed = _now() - self._set_at
        self.used += (_clock() - self._used_at) * min(1.0, self._called / passed if passed > 0 else 1.0)
