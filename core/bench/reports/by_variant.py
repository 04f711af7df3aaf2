"""The gain on the paired set: by variant of the spec, and what ten points of richness add within a problem."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from core.bench.datasets.known import VARIANTS, paired_parts
from core.bench.statistics import Interval
from core.bench.statistics.intervals import bootstrap_mean
from core.bench.statistics.within import Slope, slope_within

LEVEL = 0.9
PER = 10.0
"""Points of richness that a slope is told for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantGain:
    """One variant on the problems whose three specs both patterns have finished.

    ``richness`` is the mean; ``before`` and ``after`` are shares that pass, ``gain`` their mean difference with a 90 %
    interval resampled by problem. ``fixed`` and ``broke`` count problems.
    """

    variant: str
    problems: int
    richness: float
    before: float
    after: float
    gain: Interval
    fixed: int
    broke: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedGain:
    """``slope`` is the gain, and ``before_slope`` the pass rate before, per ten points of richness within a problem
    (shares); None with too few problems.
    """

    variants: tuple[VariantGain, ...]
    slope: Slope | None
    before_slope: Slope | None


def gain_by_variant(
    before: Mapping[str, float], after: Mapping[str, float], richness: Mapping[str, float]
) -> PairedGain | None:
    """What a pattern gains on each variant; None where no problem of the paired set is finished under both.

    Args:
        before: Task to the share of its samples that pass.
        after: The same.
        richness: Task to the score of its spec, 0 to 100.
    """
    problems = whole_problems(before.keys() & after.keys() & richness.keys())
    if not problems:
        return None
    found = []
    for variant in VARIANTS:
        tasks = [problem[variant] for problem in problems]
        found.append(
            VariantGain(
                variant=variant,
                problems=len(tasks),
                richness=sum(richness[task] for task in tasks) / len(tasks),
                before=sum(before[task] for task in tasks) / len(tasks),
                after=sum(after[task] for task in tasks) / len(tasks),
                gain=bootstrap_mean([after[task] - before[task] for task in tasks], level=LEVEL),
                fixed=sum(after[task] > before[task] for task in tasks),
                broke=sum(after[task] < before[task] for task in tasks),
            )
        )
    x = [[(richness[task] / PER, task) for task in problem.values()] for problem in problems]
    return PairedGain(
        variants=tuple(found),
        slope=slope_within([[(at, after[task] - before[task]) for at, task in own] for own in x]),
        before_slope=slope_within([[(at, before[task]) for at, task in own] for own in x]),
    )


def whole_problems(tasks: "set[str]") -> list[dict[str, str]]:
    """For every problem all of whose variants are among ``tasks``: its task by variant, lean first."""
    by_problem: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for task in sorted(tasks):
        if (parts := paired_parts(task)) is not None:
            by_problem[parts[0]][parts[1]] = task
    whole = [found for found in by_problem.values() if len(found) == len(VARIANTS)]
    return [{variant: found[variant] for variant in VARIANTS} for found in whole]
