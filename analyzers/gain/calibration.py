"""What is known about one pair of models: how often drafts are wrong, how often review fixes, how often it breaks."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from analyzers.gain.logistic import Line, Point, fit_line
from analyzers.gain.published import ANCHOR_TASKS, HUMANEVAL_PLUS, MBPP_PLUS, PUBLISHED_SETS, PublishedSet

Guard = Literal["proven", "strict", "off"]
Head = Literal["fix", "break"]
Standing = Literal["prior only", "too few", "checked"]
"""How far a calibration may speak: no outcomes, too few to validate it on, or validated (whatever came out)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A probability known from counts: a beta distribution with ``yes`` and ``no`` (pseudo-)observations."""

    yes: float
    no: float

    @property
    def mean(self) -> float:
        """Its expectation."""
        return self.yes / (self.yes + self.no)

    @property
    def variance(self) -> float:
        """Its variance."""
        n = self.yes + self.no
        return self.mean * (1 - self.mean) / (n + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How probable a fix (or a break) is: a line over richness, and the base rate for where the line is no better."""

    line: Line
    base: Rate
    uses_line: bool
    events: int = 0
    of: int = 0
    """Counted: ``events`` among ``of`` drafts that were wrong (for a fix) or right (for a break)."""
    by_branches: Line | None = None
    """A line over the branches of the draft, where validation found it better than richness and the base rate."""
    most_branches: int = 0
    """Up to where that line may be read."""

    def at(self, richness: float, branches: int | None = None) -> tuple[float, float]:
        """Probability and its variance; ``branches`` of the draft where there is one."""
        if self.by_branches is not None and branches is not None:
            x = float(min(branches, self.most_branches))
            return self.by_branches.probability(x), self.by_branches.variance(x)
        if self.uses_line:
            return self.line.probability(richness), self.line.variance(richness)
        return self.base.mean, self.base.variance


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A fitted predictor for one pair under one guard.

    ``line_from`` to ``line_to`` is where the lines may be read; nothing is read beyond. A spec whose richness is
    outside ``seen_from`` to ``seen_to`` is called extrapolated.
    """

    guard: Guard
    standing: Standing
    outcomes: int
    draft_wrong: Rate
    fix: Chance
    break_: Chance
    line_from: float
    line_to: float
    seen_from: float
    seen_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardGuess:
    """What share of the fixes, and of the breaks, of unguarded review get past a guard. Not measured for any pair."""

    fixes: Rate
    breaks: Rate


GUARD_GUESSES: dict[Guard, GuardGuess] = {
    # Replayed on GPT-3.5's HumanEval+ transcripts the strict rule let 0 of 3 fixes and 0 of 8 breaks through; with a
    # uniform prior (rule of succession) that is 1 in 5 and 1 in 10.
    "strict": GuardGuess(fixes=Rate(1, 4), breaks=Rate(1, 9)),
    # Nothing was counted for this one. It lets more through than the strict rule and less than none.
    "proven": GuardGuess(fixes=Rate(4, 1), breaks=Rate(1, 1)),
}


def published_draft_wrong() -> float:
    """Share of wrong drafts over the tasks of both published sets.

    One rate for all specs, on purpose: richness says what review adds, and must not pose as a predictor of passing.
    """
    wrong = math.fsum(each.tasks * (100 - each.draft) / 100 for each in PUBLISHED_SETS)
    return wrong / sum(each.tasks for each in PUBLISHED_SETS)


def anchor_rate(published: PublishedSet, head: Head, guard: Guard = "off") -> float:
    """The probability of a fix or a break at a published set.

    The break rate is the counted one; the fix rate is what then gives the published gain.
    """
    guess = GUARD_GUESSES.get(guard)
    broke = published.broke / published.right
    if head == "break":
        return broke * (guess.breaks.mean if guess else 1.0)
    wrong = published_draft_wrong()
    return (published.gain / 100 + (1 - wrong) * broke) / wrong * (guess.fixes.mean if guess else 1.0)


Covariate = Literal["richness", "log_length", "signature"]


def anchors(head: Head, guard: Guard = "off", covariate: Covariate = "richness") -> tuple[Point, ...]:
    """The two published aggregates as pseudo-data over ``covariate``: they speak for each of the three alike."""
    share = published_draft_wrong() if head == "fix" else 1 - published_draft_wrong()
    return tuple(
        Point(getattr(each, covariate), anchor_rate(each, head, guard), ANCHOR_TASKS * share) for each in PUBLISHED_SETS
    )


def prior_rate(points: tuple[Point, ...]) -> Rate:
    """The pseudo-data without their covariate."""
    yes = math.fsum(point.weight * point.y for point in points)
    return Rate(yes, math.fsum(point.weight for point in points) - yes)


def prior_draft_wrong() -> Rate:
    """The published share of wrong drafts with the weight of both anchors."""
    weight = ANCHOR_TASKS * len(PUBLISHED_SETS)
    return Rate(weight * published_draft_wrong(), weight * (1 - published_draft_wrong()))


@cache
def cold_start() -> Calibration:
    """What is known before anything was measured: two aggregates of one other pair, unguarded.

    The lines are read between the two means only: two averages say nothing about slopes inside of a set.
    """

    def chance(head: Head) -> Chance:
        # Two places and two coefficients: the line goes through both.
        points = anchors(head)
        return Chance(line=fit_line((), points), base=prior_rate(points), uses_line=True)

    return Calibration(
        guard="off",
        standing="prior only",
        outcomes=0,
        draft_wrong=prior_draft_wrong(),
        fix=chance("fix"),
        break_=chance("break"),
        line_from=MBPP_PLUS.richness,
        line_to=HUMANEVAL_PLUS.richness,
        seen_from=MBPP_PLUS.p5,
        seen_to=HUMANEVAL_PLUS.p95,
    )
