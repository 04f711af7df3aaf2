"""Intervals of one pass rate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

SEED = 20_260_303
"""Of every resampling here: the same data give the same interval."""
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval; shares from 0 to 1, differences from -1 to 1."""

    value: float
    low: float
    high: float
    level: float = 0.95


def wilson(passed: int, of: int, *, level: float = 0.95) -> Interval:
    """The Wilson score interval of a share (E. B. Wilson, JASA 22, 1927).

    Args:
        passed: How many passed, 0 to ``of``.
        of: How many there are, at least 1.
        level: Of confidence, between 0 and 1.

    Raises:
        ValueError: An argument is outside its range.
    """
    if of < 1 or not 0 <= passed <= of or not 0 < level < 1:
        raise ValueError(f"no interval for {passed} of {of} at {level}")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = passed / of
    width = 1 + z * z / of
    centre = (share + z * z / (2 * of)) / width
    half = z / width * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    # At the ends the bound is the share itself, which rounding may miss by the last digit.
    low = 0.0 if passed == 0 else max(0.0, centre - half)
    high = 1.0 if passed == of else min(1.0, centre + half)
    return Interval(share, low, high, level)


def bootstrap_mean(values: Sequence[float], *, level: float = 0.95) -> Interval:
    """The mean of one value per task, with a percentile interval from resampled tasks (Efron, Annals 7, 1979).

    Tasks are resampled, never samples of a task: those are not independent of each other.

    Args:
        values: One per task, at least 1.
        level: Of confidence.

    Raises:
        ValueError: There is no value.
    """
    if not values:
        raise ValueError("no interval for no tasks")
    import numpy

    # Few values are distinct, so that resampling tasks is drawing how often each value comes.
    distinct, counts = numpy.unique(numpy.asarray(values, dtype=float), return_counts=True)
    generator = numpy.random.default_rng(SEED)
    drawn = generator.multinomial(len(values), counts / len(values), size=RESAMPLES)
    means = drawn @ distinct / len(values)
    low, high = numpy.quantile(means, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(math.fsum(values) / len(values), float(low), float(high), level)
