"""Progress of long work on stderr: a live line on a terminal, a sentence now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

_EVERY = 30.0
"""Seconds between two sentences where there is no terminal."""


class Progress:
    """Counts to ``total``; use as a context manager.

    Args:
        what: What is counted, such as "samples judged".
        total: How many there are.
        done: How many are done already.
        quiet: Say nothing.
    """

    def __init__(self, what: str, total: int, *, done: int = 0, quiet: bool = False) -> None:
        self._what = what
        self._total = total
        self._first = self._done = done
        self._note = ""
        self._live = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._begun = self._said = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def step(self, note: str = "") -> None:
        """One more is done; ``note`` is shown behind the count."""
        self.reach(self._done + 1, note)

    def reach(self, done: int, note: str = "") -> None:
        """``done`` are done; ``note`` is shown behind the count."""
        self._done = done
        self.note(note or self._note)

    def note(self, note: str) -> None:
        """Change what is shown behind the count."""
        self._note = note
        now = time.monotonic()
        if self._live and (now - self._said > 0.1 or self._done == self._total):
            self._said = now
            print(f"\r\x1b[K{self._line(now)}", end="", file=sys.stderr, flush=True)
        elif not self._live and not self._quiet and now - self._said > _EVERY:
            self._said = now
            print(f"secondpass: {self._line(now)}", file=sys.stderr, flush=True)

    def _line(self, now: float) -> str:
        made = self._done - self._first
        left = ""
        if made >= 3 and self._done < self._total:
            left = f", {span((now - self._begun) / made * (self._total - self._done))} left"
        return f"{self._done} of {self._total} {self._what}{left}{f' ({self._note})' if self._note else ''}"


def span(seconds: float) -> str:
    """A length of time in words: "8 s", "14 min", "3 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
