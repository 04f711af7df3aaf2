"""Two patterns, or two runs, on the same tasks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.bench.statistics.intervals import RESAMPLES, SEED, Interval, bootstrap_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What became of the same tasks one way (before) and another (after).

    Tasks with one sample each are counted in the 2x2 table: ``both``, ``fixed`` (only after), ``broke`` (only before),
    ``neither``. With several samples each of the four counts tasks by whether more, fewer or as many samples pass.
    ``difference`` is after minus before. ``test`` names the test that ``p`` is of. ``unit`` is what is counted as a
    task: a problem of the paired set, whose share is the mean over its specs, or a task.
    """

    tasks: int
    both: int
    fixed: int
    broke: int
    neither: int
    difference: Interval
    p: float
    test: str
    unit: Literal["task", "problem"] = "task"

    @property
    def distinguishable(self) -> bool:
        """Whether the interval leaves out 0 and the test agrees at the same level."""
        outside = self.difference.low > 0 or self.difference.high < 0
        return outside and self.p < 1 - self.difference.level


def compare_paired(before: Mapping[str, float], after: Mapping[str, float], *, level: float = 0.95) -> Paired:
    """Compare pass rates per task.

    Args:
        before: Task to share of its samples that pass, 0 to 1.
        after: The same tasks.
        level: Of confidence.

    Raises:
        ValueError: The tasks differ, or there are none.
    """
    if before.keys() != after.keys() or not before:
        raise ValueError("only the same tasks can be compared")
    single = all(value in (0.0, 1.0) for value in (*before.values(), *after.values()))
    fixed = sum(after[task] > share for task, share in before.items())
    broke = sum(after[task] < share for task, share in before.items())
    both = sum(after[task] == share > 0 for task, share in before.items())
    differences = [after[task] - share for task, share in before.items()]
    return Paired(
        tasks=len(before),
        both=both,
        fixed=fixed,
        broke=broke,
        neither=len(before) - both - fixed - broke,
        difference=bootstrap_mean(differences, level=level),
        p=mcnemar(fixed, broke) if single else sign_flip(differences),
        test="exact McNemar" if single else "sign-flip permutation by task",
    )


def mcnemar(fixed: int, broke: int) -> float:
    """Two-sided exact p of McNemar's test: the binomial test of the discordant pairs (Biometrika 34, 1947).

    Raises:
        ValueError: A count is negative.
    """
    if fixed < 0 or broke < 0:
        raise ValueError(f"counts cannot be negative: {fixed}, {broke}")
    of = fixed + broke
    if of == 0:
        return 1.0
    # Whole numbers until the division: a power of two would underflow with a thousand pairs.
    tail = sum(math.comb(of, k) for k in range(min(fixed, broke) + 1))
    return min(1.0, 2 * tail / (1 << of))


def sign_flip(differences: Sequence[float]) -> float:
    """Two-sided p of the mean difference when signs are exchangeable, from resampled signs (fixed seed).

    For tasks with several samples, where McNemar's test does not hold.
    """
    import numpy

    values = numpy.asarray([value for value in differences if value], dtype=float)
    if not len(values):
        return 1.0
    generator = numpy.random.default_rng(SEED)
    signs = generator.integers(0, 2, size=(RESAMPLES, len(values)), dtype=numpy.int8) * 2 - 1
    sums = numpy.abs(signs @ values)
    # The observed signs are one of the possible ones, so that p is never 0 (Phipson and Smyth 2010).
    observed = abs(float(values.sum()))
    as_far = int(numpy.count_nonzero(sums >= observed - 1e-12))
    return (1 + as_far) / (1 + RESAMPLES)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """p-values adjusted for their number (S. Holm, Scandinavian Journal of Statistics 6, 1979), in the given order."""
    order = sorted(range(len(ps)), key=lambda index: ps[index])
    adjusted = [0.0] * len(ps)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(ps) - place) * ps[index]))
        adjusted[index] = largest
    return tuple(adjusted)
