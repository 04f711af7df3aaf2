"""Figures in words, the same on the screen, in the terminal and in exports."""

from core.bench.reports.by_variant import PairedGain
from core.bench.reports.records import PairReport, PatternReport
from core.bench.statistics import Interval, Paired
from core.bench.statistics.within import FEWEST, Slope
from core.bench.store import StoredRun


def percent(share: float | None) -> str:
    """A share as per cent with one decimal; "–" where there is none."""
    return "–" if share is None else f"{100 * share:.1f}"


def interval(value: Interval | None, *, signed: bool = False) -> str:
    """An estimate with its interval in per cent or points: "87.8 [82.0, 91.9]"."""
    if value is None:
        return "–"
    form = "+.1f" if signed else ".1f"
    return f"{100 * value.value:{form}} [{100 * value.low:{form}}, {100 * value.high:{form}}]"


def sandbox_words(run: StoredRun) -> str:
    """The sandbox that code was judged in: that of this machine, or those of the nodes of a cluster."""
    if not run.nodes:
        return run.config.sandbox
    hosts: dict[str, list[str]] = {}
    for node in run.nodes:
        hosts.setdefault(node.sandbox, []).append(node.host)
    return "; ".join(f"{name} on {', '.join(dict.fromkeys(own))}" for name, own in hosts.items()) + " (Ray)"


def p_value(p: float) -> str:
    """ "p = 0.012", "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def table_words(paired: Paired) -> str:
    """The 2x2 table: "fixed 19, broke 3, both solve 125, neither 17"."""
    return f"fixed {paired.fixed}, broke {paired.broke}, both solve {paired.both}, neither {paired.neither}"


def difference_words(before: str, after: str, paired: Paired, p: float, *, of: int = 1) -> str:
    """One sentence about a difference, which says so when there is none that can be told from chance.

    ``p`` is adjusted for ``of`` comparisons.
    """
    difference = paired.difference
    adjusted = f", adjusted for {of} comparisons" if of > 1 else ""
    within = f"95 % interval {100 * difference.low:+.1f} to {100 * difference.high:+.1f}"
    figures = f"{within}, {paired.test} {p_value(p)}{adjusted}"
    points = 100 * difference.value
    tasks = f"{paired.tasks} {paired.unit}s"
    if paired.fixed == paired.broke == 0:
        return f"{after} and {before} solve the same {paired.both} of {tasks}."
    if not paired.distinguishable or p >= 0.05:
        return f"{after} is not distinguishable from {before} on {tasks} ({points:+.1f} points; {figures})."
    more = "more" if points > 0 else "fewer"
    return f"{after} solves {abs(points):.1f} points {more} than {before} on {tasks} ({figures})."


def pair_words(pair: PairReport, *, of: int) -> str:
    """``difference_words`` of two patterns, with the table."""
    return (
        f"{difference_words(pair.before, pair.after, pair.paired, pair.p_holm, of=of)} "
        f"Per {pair.paired.unit}: {table_words(pair.paired)}."
    )


def cost_words(pattern: PatternReport) -> str:
    """What a solved sample took: "612 tokens, 9.4 s, $0.005"; "nothing solved"."""
    per = pattern.cost.per_solved
    if per is None:
        return "nothing solved"
    money = f", ${per.usd:.4f}" if per.usd else ""
    return f"{per.completion_tokens:,} tokens, {per.seconds:.1f} s{money}"


def slope_words(slope: Slope | None, *, what: str = "gain") -> str:
    """What ten points of richness add within a problem: one sentence, which says so when there is nothing to tell."""
    if slope is None:
        return f"There are too few whole problems for a slope (at least {FEWEST})."
    figures = (
        f"{100 * slope.value:+.1f} points of {what} for ten points of richness "
        f"({100 * slope.level:.0f} % interval {100 * slope.low:+.1f} to {100 * slope.high:+.1f}, {p_value(slope.p)}, "
        f"within {slope.problems} problems)"
    )
    return f"{figures}." if slope.claimed else f"{figures}: no dependence on richness can be told."


def variant_words(paired: PairedGain) -> str:
    """The gain by variant and its slope."""
    parts = [
        f"{each.variant} ({each.richness:.0f}) {interval(each.gain, signed=True)}, "
        f"fixed {each.fixed}, broke {each.broke}"
        for each in paired.variants
    ]
    level = f"{100 * paired.variants[0].gain.level:.0f} %"
    return (
        f"Gain on the same {paired.variants[0].problems} problems by spec, {level} intervals by problem: "
        f"{'; '.join(parts)}. {slope_words(paired.slope)}"
    )


def richness_words(pair: PairReport) -> str:
    """What the thirds say, or the variants of the paired set, or that they say nothing."""
    if pair.by_variant is not None:
        return variant_words(pair.by_variant)
    if not pair.terciles:
        return "There are too few tasks for thirds by richness."
    parts = [
        f"{each.part} ({each.low:.0f}–{each.high:.0f}) {interval(each.gain, signed=True)}" for each in pair.terciles
    ]
    lean, rich = pair.terciles[0].gain, pair.terciles[-1].gain
    overlap = lean.low <= rich.high and rich.low <= lean.high
    claim = " The intervals of lean and rich overlap: no dependence on richness can be told." if overlap else ""
    return f"Gain by richness of the spec: {'; '.join(parts)}.{claim}"
