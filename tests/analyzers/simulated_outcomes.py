"""Outcomes from a known law, for tests and the benchmark of the gain predictor."""

import dataclasses
import random
from collections.abc import Sequence

from analyzers.gain.logistic import sigmoid
from analyzers.gain.outcomes import Outcome

WRONG = 0.3


def fix_chance(richness: float, slope: float) -> float:
    return sigmoid(-0.4 + slope * (richness - 40))


def break_chance(richness: float, slope: float) -> float:
    return sigmoid(-2.4 - slope / 2 * (richness - 40))


def true_gain(richness: float, slope: float) -> float:
    """In points."""
    return 100 * (WRONG * fix_chance(richness, slope) - (1 - WRONG) * break_chance(richness, slope))


def simulate(count: int, *, slope: float, seed: int) -> list[Outcome]:
    """``count`` outcomes, three in ten from a rich set, whose log-odds of a fix rise by ``slope`` per point."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        rich = draw.random() < 0.3
        richness = draw.gauss(53.7, 11.1) if rich else draw.gauss(23.8, 4.8)
        right = draw.random() >= WRONG
        changes = draw.random() < (break_chance(richness, slope) if right else fix_chance(richness, slope))
        made.append(
            Outcome(
                richness=richness,
                draft_right=right,
                final_right=right != changes,
                has_signature=rich,
                length=round(draw.lognormvariate(6.0 if rich else 5.0, 0.4)),
                benchmark="rich" if rich else "lean",
            )
        )
    return made


def shuffled(outcomes: Sequence[Outcome], *, seed: int) -> list[Outcome]:
    """The same counts, but which of the wrong (right) drafts were fixed (broken) is drawn by lot."""
    draw = random.Random(seed)
    made = []
    for right in (True, False):
        group = [each for each in outcomes if each.draft_right is right]
        finals = [each.final_right for each in group]
        draw.shuffle(finals)
        made += [dataclasses.replace(each, final_right=final) for each, final in zip(group, finals, strict=True)]
    return made
