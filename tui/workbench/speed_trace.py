"""The speed of a role over the last seconds, as a row of bars."""

from collections import deque

_BARS = "▁▂▃▄▅▆▇█"
SAMPLE_SECONDS = 0.5
"""The time that one bar stands for."""
SAMPLES = 8


class SpeedTrace:
    """Takes how many tokens an answer has, again and again."""

    def __init__(self) -> None:
        self._speeds: deque[float] = deque(maxlen=SAMPLES)
        self._answer: object = None
        self._at = 0.0
        self._tokens = 0

    def take(self, answer: object, tokens: int, at: float) -> None:
        """``tokens`` of ``answer`` (anything that tells answers apart) were there at ``at`` seconds."""
        if answer != self._answer:
            self._answer, self._at, self._tokens = answer, at, tokens
            self._speeds.clear()
        elif at - self._at >= SAMPLE_SECONDS:
            self._speeds.append(max(0, tokens - self._tokens) / (at - self._at))
            self._at, self._tokens = at, tokens

    @property
    def bars(self) -> str:
        """One bar a sample, the newest last; "" before there are two."""
        most = max(self._speeds, default=0.0)
        if len(self._speeds) < 2 or not most:
            return ""
        return "".join(_BARS[min(7, round(speed / most * 7))] for speed in self._speeds)
