"""How good predicted probabilities are: Brier score and skill, AUROC, calibration slope, with bootstrap intervals."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from analyzers.gain.logistic import Point, fit_line, logit
from analyzers.gain.outcomes import quantile

RESAMPLES = 1000
LEVEL = 0.95


class Interval(NamedTuple):
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    @property
    def includes_zero(self) -> bool:
        """Whether the figure may be 0 or less."""
        return self.low <= 0.0

    def __str__(self) -> str:
        return f"{self.value:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


def skill(losses: Sequence[float], reference: Sequence[float], *, seed: int) -> Interval:
    """``1 - Brier / Brier of the reference``, resampled by outcome. 0: no better; negative: worse."""
    picks = random.Random(seed)
    n = len(losses)
    pairs = list(zip(losses, reference, strict=True))
    drawn = []
    for _ in range(RESAMPLES):
        sample = picks.choices(pairs, k=n)
        drawn.append(_skill(sample))
    tail = (1 - LEVEL) / 2
    return Interval(_skill(pairs), quantile(drawn, tail), quantile(drawn, 1 - tail))


def _skill(pairs: Sequence[tuple[float, float]]) -> float:
    against = math.fsum(other for _, other in pairs)
    return 0.0 if against == 0 else 1 - math.fsum(own for own, _ in pairs) / against


def auroc(scores: Sequence[float], happened: Sequence[bool]) -> float:
    """Chance that a positive scores above a negative, ties counting half; 0.5 if there is only one kind."""
    return _area(_groups(scores, happened))


def auroc_interval(scores: Sequence[float], happened: Sequence[bool], *, seed: int) -> Interval:
    """AUROC, resampled by outcome."""
    picks = random.Random(seed)
    levels = {score: number for number, score in enumerate(sorted(set(scores)))}
    coded = [2 * levels[score] + label for score, label in zip(scores, happened, strict=True)]
    drawn = []
    for _ in range(RESAMPLES):
        counts = [0] * (2 * len(levels))
        for code in picks.choices(coded, k=len(coded)):
            counts[code] += 1
        drawn.append(_area(counts))
    tail = (1 - LEVEL) / 2
    return Interval(auroc(scores, happened), quantile(drawn, tail), quantile(drawn, 1 - tail))


def _groups(scores: Sequence[float], happened: Sequence[bool]) -> list[int]:
    """For every distinct score, in ascending order: the number of negatives, then of positives."""
    levels = {score: number for number, score in enumerate(sorted(set(scores)))}
    counts = [0] * (2 * len(levels))
    for score, label in zip(scores, happened, strict=True):
        counts[2 * levels[score] + label] += 1
    return counts


def _area(counts: Sequence[int]) -> float:
    below, won = 0, 0.0
    for place in range(0, len(counts), 2):
        negatives, positives = counts[place], counts[place + 1]
        won += positives * (below + negatives / 2)
        below += negatives
    positives_in_all = sum(counts[1::2])
    return won / (below * positives_in_all) if below and positives_in_all else 0.5


def calibration_slope(predicted: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Slope of the outcome's log-odds over the predicted ones. 1 is right, below 1 too extreme, 0 unrelated.

    None where the predictions hardly differ, so that there is no slope to speak of.
    """
    log_odds = [logit(each) for each in predicted]
    if max(log_odds) - min(log_odds) < 1e-3:
        return None
    # A thousandth of an observation at either end keeps the fit finite where the two kinds do not overlap.
    whisper = [Point(min(log_odds), 0.5, 1e-3), Point(max(log_odds), 0.5, 1e-3)]
    line = fit_line((Point(x, float(y)) for x, y in zip(log_odds, happened, strict=True)), whisper)
    return line.slope / line.scale
