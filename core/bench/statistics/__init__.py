"""The statistics of a comparison: intervals, paired differences, tests. Formulas and sources: docs/statistics.md."""

from core.bench.statistics.intervals import Interval, wilson
from core.bench.statistics.paired import Paired, compare_paired, holm
from core.bench.statistics.passing import pass_at_k
from core.bench.statistics.terciles import Tercile, gain_by_richness
from core.bench.statistics.within import Slope, slope_within

__all__ = [
    "Interval",
    "Paired",
    "Slope",
    "Tercile",
    "compare_paired",
    "gain_by_richness",
    "holm",
    "pass_at_k",
    "slope_within",
    "wilson",
]
