"""How good predicted probabilities are: Brier score and skill, AUROC, calibration slope, with bootstrap intervals."""

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import fmean
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


class Slope(NamedTuple):
    """A slope with its standard error."""

    value: float
    error: float


def skill(
    losses: Sequence[float], reference: Sequence[float], *, seed: int, clusters: Sequence[str] | None = None
) -> Interval:
    """``1 - Brier / Brier of the reference``, resampled by outcome, or by cluster. 0: no better; negative: worse."""
    picks = random.Random(seed)
    pairs = list(zip(losses, reference, strict=True))
    if clusters is not None:
        sums: dict[str, tuple[float, float]] = {}
        for name, (own, other) in zip(clusters, pairs, strict=True):
            before = sums.get(name, (0.0, 0.0))
            sums[name] = before[0] + own, before[1] + other
        pairs = list(sums.values())
    n = len(pairs)
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
    placed = placements(scores, happened)
    return fmean(value for value, each in zip(placed, happened, strict=True) if each) if any(happened) else 0.5


def placements(scores: Sequence[float], happened: Sequence[bool]) -> list[float]:
    """For every positive the share of negatives that score below it, for every negative that of positives above it.

    Ties count half; all are 0.5 if there is only one kind. The mean over either kind is the AUROC.
    """
    ordered = {
        kind: sorted(score for score, each in zip(scores, happened, strict=True) if each is kind)
        for kind in (True, False)
    }
    placed = []
    for score, positive in zip(scores, happened, strict=True):
        others = ordered[not positive]
        below = (bisect_left(others, score) + bisect_right(others, score)) / 2
        share = below / len(others) if others else 0.5
        placed.append(share if positive else 1 - share)
    return placed


def auroc_interval(
    placed: Sequence[float], happened: Sequence[bool], *, seed: int, clusters: Sequence[str] | None = None
) -> Interval:
    """AUROC from ``placements``, which may be averages over several fits, resampled by outcome within either kind, or
    by cluster where there are any with more than one outcome.

    Placements are kept as they are in every resample (the linear part of the bootstrap), which is what makes an
    interval over hundreds of fits affordable.
    """
    kinds = [[value for value, each in zip(placed, happened, strict=True) if each is kind] for kind in (True, False)]
    if not all(kinds):
        return Interval(0.5, 0.0, 1.0)
    positives, negatives = kinds
    value = (fmean(positives) + fmean(negatives)) / 2
    picks = random.Random(seed)
    if clusters is not None and len(set(clusters)) < len(clusters):
        drawn = _by_cluster(placed, happened, clusters, picks)
        tail = (1 - LEVEL) / 2
        return Interval(value, max(0.0, quantile(drawn, tail)), min(1.0, quantile(drawn, 1 - tail)))
    drawn = [
        fmean(picks.choices(positives, k=len(positives))) + fmean(picks.choices(negatives, k=len(negatives))) - value
        for _ in range(RESAMPLES)
    ]
    tail = (1 - LEVEL) / 2
    return Interval(value, max(0.0, quantile(drawn, tail)), min(1.0, quantile(drawn, 1 - tail)))


def _by_cluster(
    placed: Sequence[float], happened: Sequence[bool], clusters: Sequence[str], picks: random.Random
) -> list[float]:
    """The mean of both kinds' mean placements in every resample of clusters that holds both kinds."""
    members: dict[str, list[int]] = {}
    for index, name in enumerate(clusters):
        members.setdefault(name, []).append(index)
    groups = list(members.values())
    drawn: list[float] = []
    while len(drawn) < RESAMPLES:
        sums, counts = [0.0, 0.0], [0, 0]
        for group in picks.choices(groups, k=len(groups)):
            for index in group:
                sums[happened[index]] += placed[index]
                counts[happened[index]] += 1
        if all(counts):
            drawn.append((sums[0] / counts[0] + sums[1] / counts[1]) / 2)
    return drawn


def calibration_slope(predicted: Sequence[float], happened: Sequence[bool]) -> Slope | None:
    """Slope of the outcome's log-odds over the predicted ones. 1 is right, below 1 too extreme, 0 unrelated.

    None where its standard error is above 2: the predictions hardly differ, so there is no slope to speak of.
    """
    log_odds = [logit(each) for each in predicted]
    if max(log_odds) - min(log_odds) < 1e-3:
        return None
    # A thousandth of an observation at either end keeps the fit finite where the two kinds do not overlap.
    whisper = [Point(min(log_odds), 0.5, 1e-3), Point(max(log_odds), 0.5, 1e-3)]
    line = fit_line((Point(x, float(y)) for x, y in zip(log_odds, happened, strict=True)), whisper)
    found = Slope(line.slope / line.scale, math.sqrt(line.variance_slope) / line.scale)
    return found if found.error <= 2 else None
