"""The figures of a run, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.bench.reports.by_variant import PairedGain
from core.bench.statistics import Interval, Paired, Tercile
from core.bench.store import StoredRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a pattern took. Seconds are those in which a model worked; USD at the pair's price per hour.

    Each pattern is counted as if it had been run alone: a draft that several patterns share is counted in each.
    ``per_solved`` is the same divided by the samples that pass, None where none does.
    """

    prompt_tokens: int
    completion_tokens: int
    seconds: float
    usd: float
    per_solved: "Cost | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternReport:
    """One pattern of a run, over the samples that are finished and judged.

    ``rate`` is pass@1 of base and plus with a 95 % interval: Wilson's where every task has one sample, else
    resampled by task. ``base_rate`` counts base alone, ``draft_rate`` the drafts (one that held no code fails).
    ``fixed`` and ``broke`` count samples against their own drafts. ``failures`` counts what went wrong by kind, the
    most frequent first. ``at_k`` is pass@k by k, for several samples.
    """

    pattern: str
    tasks: int
    samples: int
    passed: int
    rate: Interval | None
    base_rate: float | None
    draft_rate: float | None
    fixed: int
    broke: int
    failures: Mapping[str, int]
    findings: Mapping[str, int]
    at_k: Mapping[int, float]
    cost: Cost
    truncated: int
    timed_out: int
    flagged: tuple[str, ...]
    unjudged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """Two patterns on the tasks that both have finished; ``p_holm`` is adjusted for all pairs of the run.

    ``by_variant`` is for runs of the paired set, None for others.
    """

    before: str
    after: str
    paired: Paired
    p_holm: float
    terciles: tuple[Tercile, ...]
    by_variant: PairedGain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A run in figures. ``notes`` are sentences that belong beside every figure of it."""

    run: StoredRun
    patterns: tuple[PatternReport, ...]
    pairs: tuple[PairReport, ...]
    notes: tuple[str, ...]

    def pattern(self, name: str) -> PatternReport:
        """The report of one pattern. Raises KeyError."""
        for each in self.patterns:
            if each.pattern == name:
                return each
        raise KeyError(name)
