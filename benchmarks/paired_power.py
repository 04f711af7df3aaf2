"""What the paired set can tell: simulated pairs of models of known behaviour, over the set's own shape.

python benchmarks/paired_power.py [--seeds 500] [--quick] [--write docs/paired.md]

A simulated pair answers every problem in its three specs. Problems differ at random in how hard they are (the chance of
a wrong draft), in how well a wrong draft of theirs is mended, in how that depends on richness, and in how often a right
draft is broken; the specs of a problem and the samples of a spec share all four. The slope is estimated by the
product's own ``slope_within`` and held against the true one. Seeds are 0 to N-1 for each line. The exit code is 1 where
the intervals or the claims are not what docs/paired.md promises. --quick leaves out the power curve.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from paired_problems import VARIANTS, files, read  # noqa: E402
from paired_runs import reports  # noqa: E402
from public_sets import write_between  # noqa: E402

from analyzers.gain.published import HUMANEVAL_PLUS, MBPP_PLUS  # noqa: E402
from core.bench.statistics.within import slope_within  # noqa: E402

Array = np.ndarray[Any, np.dtype[np.float64]]
ANCHOR = (HUMANEVAL_PLUS.gain - MBPP_PLUS.gain) / 100 / ((HUMANEVAL_PLUS.richness - MBPP_PLUS.richness) / 10)
"""The slope that the two published aggregates imply: a share of pass@1 for ten points of richness."""
MIDDLE = ((HUMANEVAL_PLUS.richness + MBPP_PLUS.richness) / 2, (HUMANEVAL_PLUS.gain + MBPP_PLUS.gain) / 200)
"""Richness and gain halfway between the two: every simulated pair gains that much there."""
DIFFICULTY, MENDING, BREAKING, LEANING = 1.5, 1.0, 1.0, 0.2
"""Standard deviations over problems, in log-odds: of a wrong draft, of a fix, of a break, and of what ten points of
richness do to a fix."""
COVERS, FALSE_CLAIMS, DETECTS = (0.86, 0.94), 0.10, 0.80
DEFAULT_SAMPLES = 2
SIZES = (24, 48, 72, 100, 150, 200, 300, 450, 700, 1000, 1400)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A pair: log-odds of a wrong draft at richness 50 and what ten points add to them, and log-odds of a break."""

    name: str
    wrong: float
    wrong_slope: float
    breaks: float


BEHAVIOURS = (
    Behaviour("drafts equally good for every spec", -1.1, 0.0, -3.2),
    Behaviour("better drafts for richer specs", -0.9, -0.1, -3.2),
    Behaviour("a careless reviewer (breaks 1 in 8)", -1.1, 0.0, -2.3),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A behaviour whose fixes (log-odds at richness 50, and what ten points add) give a wanted slope."""

    behaviour: Behaviour
    fixes: float
    fixes_slope: float

    def chances(self, generator: np.random.Generator, x: Array) -> tuple[Array, Array, Array]:
        """Of a wrong draft, a fix, a break: one row of ``x`` (richness) is one problem."""
        off = generator.normal(0.0, (DIFFICULTY, MENDING, BREAKING, LEANING), (len(x), 4))
        tens = (x - 50) / 10
        wrong = _sigmoid(self.behaviour.wrong + self.behaviour.wrong_slope * tens + off[:, :1])
        fix = _sigmoid(self.fixes + (self.fixes_slope + off[:, 3:]) * tens + off[:, 1:2])
        return wrong, fix, np.broadcast_to(_sigmoid(self.behaviour.breaks + off[:, 2:3]), x.shape)

    def gains(self, at: Sequence[float], *, draws: int) -> Array:
        """The expected gain at each richness, over ``draws`` problems."""
        wrong, fix, broke = self.chances(np.random.default_rng(12345), np.tile(np.asarray(at), (draws, 1)))
        return np.asarray((wrong * fix - (1 - wrong) * broke).mean(axis=0))

    def slope(self, shape: Array, *, draws: int) -> float:
        """What the estimate is to find: the least-squares slope of the expected gains within problems of ``shape``."""
        grid = np.linspace(shape.min() - 1, shape.max() + 1, 24)
        gains = np.interp(shape, grid, self.gains(list(grid), draws=draws))
        off = (shape - shape.mean(axis=1, keepdims=True)) / 10
        return float((off * gains).sum() / (off * off).sum())

    def run(self, generator: np.random.Generator, shape: Array, samples: int) -> Array:
        """The measured gain of every spec: the mean over samples of right after less right before."""
        wrong, fix, broke = self.chances(generator, shape)
        total = np.zeros(shape.shape)
        for _ in range(samples):
            drafted_wrong = generator.random(shape.shape) < wrong
            happens = generator.random(shape.shape)
            total += np.where(drafted_wrong, 1.0 * (happens < fix), -1.0 * (happens < broke))
        return total / samples


def _sigmoid(z: Array | float) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.asarray(z))))


def pair_with(behaviour: Behaviour, slope: float, shape: Array) -> Pair:
    """The pair of this behaviour that gains ``MIDDLE`` and has this slope on this shape."""
    fixes = steeper = 0.0
    for _ in range(8):
        low, high = -8.0, 8.0
        for _ in range(18):
            fixes = (low + high) / 2
            gain = Pair(behaviour, fixes, steeper).gains([MIDDLE[0]], draws=4000)[0]
            low, high = (fixes, high) if gain < MIDDLE[1] else (low, fixes)
        low, high = -3.0, 5.0
        for _ in range(18):
            steeper = (low + high) / 2
            found = Pair(behaviour, fixes, steeper).slope(shape, draws=4000)
            low, high = (steeper, high) if found < slope else (low, steeper)
    return Pair(behaviour, fixes, steeper)


@dataclass(frozen=True, slots=True)
class Found:
    """Over all seeds: how often the interval holds the truth, an effect is claimed, a rise is claimed."""

    truth: float
    covers: float
    claims: float
    detects: float


def simulate(pair: Pair, shape: Array, *, samples: int, seeds: int, problems: int | None = None) -> Found:
    """Measure ``seeds`` times; ``problems`` are drawn from the shape, None takes it as it is."""
    truth = pair.slope(shape, draws=100_000)
    covers = claims = detects = 0
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        own = shape if problems is None else shape[generator.integers(0, len(shape), problems)]
        gains = pair.run(generator, own, samples)
        slope = slope_within([list(zip(x, y, strict=True)) for x, y in zip(own / 10, gains, strict=True)])
        assert slope is not None
        covers += slope.low <= truth <= slope.high
        claims += slope.claimed
        detects += slope.claimed and slope.value > 0
    return Found(truth, covers / seeds, claims / seeds, detects / seeds)


def shape_of_the_set() -> Array:
    """Richness of every problem (row) in its three specs."""
    found = [reports(read(path)) for path in files()]
    return np.asarray([[each[variant].richness.score for variant in VARIANTS] for each in found], dtype=float)


def checks(shape: Array, seeds: int, wrong: list[str]) -> Iterator[str]:
    """The table of coverage and claims; what is not as promised goes to ``wrong``."""
    yield "| pair | slope | samples | 90 % interval holds the truth | claimed | a rise is detected |"
    yield "|---|---|---|---|---|---|"
    for behaviour in BEHAVIOURS:
        for name, part in (("none", 0.0), ("published", 1.0)):
            pair = pair_with(behaviour, part * ANCHOR, shape)
            for samples in (1, 2):
                found = simulate(pair, shape, samples=samples, seeds=seeds)
                where = f"{behaviour.name}, slope {name}, {samples} samples"
                if not COVERS[0] <= found.covers <= COVERS[1]:
                    wrong.append(f"{where}: the interval holds the truth in {found.covers:.1%}")
                if part == 0 and found.claims > FALSE_CLAIMS:
                    wrong.append(f"{where}: an effect is claimed in {found.claims:.1%}")
                if part == 1 and samples == DEFAULT_SAMPLES and found.detects < DETECTS:
                    wrong.append(f"{where}: detected in {found.detects:.1%}")
                yield (
                    f"| {behaviour.name} | {name} ({100 * found.truth:+.2f}) | {samples} | {found.covers:.1%} | "
                    f"{found.claims:.1%} | {found.detects:.1%} |"
                )


def curve(shape: Array, seeds: int) -> Iterator[str]:
    """How many problems it takes to detect a slope."""
    heads = [(part, samples) for part in (1.0, 0.5, 0.25) for samples in (1, 2)]
    pairs = {part: pair_with(BEHAVIOURS[0], part * ANCHOR, shape) for part in (1.0, 0.5, 0.25)}
    names = {1.0: "published slope", 0.5: "half of it", 0.25: "a quarter"}
    yield (
        "| problems | "
        + " | ".join(f"{names[part]}, {samples} sample{'s'[: samples - 1]}" for part, samples in heads)
        + " |"
    )
    yield "|---" * (len(heads) + 1) + "|"
    needed: dict[tuple[float, int], float | None] = dict.fromkeys(heads)
    last: dict[tuple[float, int], tuple[int, float]] = {}
    for size in SIZES:
        cells = []
        for head in heads:
            if needed[head] is not None and last[head][1] > 0.97:
                cells.append("")
                continue
            found = simulate(pairs[head[0]], shape, samples=head[1], seeds=seeds, problems=size).detects
            cells.append(f"{found:.0%}")
            if needed[head] is None and found >= DETECTS:
                before = last.get(head, (0, 0.0))
                needed[head] = before[0] + (size - before[0]) * (DETECTS - before[1]) / (found - before[1])
            last[head] = size, found
        yield f"| {size} | {' | '.join(cells)} |"
    told = [f"more than {SIZES[-1]}" if needed[head] is None else f"about {needed[head]:.0f}" for head in heads]
    yield f"| **needed for 80 %** | {' | '.join(told)} |"


def main() -> int:
    """Simulate, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    shape = shape_of_the_set()
    wrong: list[str] = []
    lines = [
        f"{len(shape)} problems, mean richness {', '.join(f'{x:.1f}' for x in shape.mean(axis=0))}; {options.seeds} "
        f"seeds a line. Slopes are points of pass@1 for ten points of richness; published: {100 * ANCHOR:+.2f}.",
        "",
    ]
    print(lines[0], flush=True)
    for made in (checks(shape, options.seeds, wrong), () if options.quick else ("", *curve(shape, options.seeds))):
        for line in made:
            print(line, flush=True)
            lines.append(line)
    for each in wrong:
        print(f"NOT AS PROMISED: {each}")
    if options.write is not None:
        write_between(options.write, "power", "\n".join(lines))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
