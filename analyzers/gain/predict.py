"""What review is expected to add to a spec, in points of pass@1, with an 80 % interval and where it comes from."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from analyzers.gain.calibration import GUARD_GUESSES, Calibration, Guard, cold_start

Soundness = Literal["clean", "suspect", "contradictory"]

_Z80 = 1.2815515655446004
"""Half-width of an 80 % interval in standard deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A prediction: points of pass@1 (per 100 such specs) with an 80 % interval.

    ``basis`` says what it rests on. ``extrapolated``: the spec is leaner or richer than what that covers, and the
    figure is the one of the nearest richness that it does.
    """

    points: float
    low: float
    high: float
    basis: str
    extrapolated: bool

    def __str__(self) -> str:
        far = "; extrapolated" if self.extrapolated else ""
        return f"{self.points:+.1f} points of pass@1 (80 %: {self.low:+.1f} to {self.high:+.1f}; {self.basis}{far})"


def gain_line(gain: Gain | None) -> str:
    """What review is expected to add, for people; None is the prediction of a spec that contradicts itself."""
    return "none, as the spec contradicts itself" if gain is None else str(gain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """The parts of a prediction: probabilities (0 to 1) with their variances. ``guessed``: scaled by a guard guess."""

    draft_wrong: float
    fix: float
    break_: float
    variances: tuple[float, float, float]
    guessed: bool

    @property
    def gain(self) -> float:
        """``P(draft wrong) * fix - P(draft right) * break``, 0 to 1."""
        return self.draft_wrong * self.fix - (1 - self.draft_wrong) * self.break_

    @property
    def deviation(self) -> float:
        """Standard deviation of ``gain`` (the three parts are known from separate counts)."""
        wrong, fix, broke = self.variances
        return math.sqrt(
            (self.fix + self.break_) ** 2 * wrong + self.draft_wrong**2 * fix + (1 - self.draft_wrong) ** 2 * broke
        )


def predict(
    richness: float,
    *,
    soundness: Soundness = "clean",
    guard: Guard = "off",
    calibration: Calibration | None = None,
    draft_fails: bool = False,
    branches: int | None = None,
) -> Gain | None:
    """The gain of review-then-fix over the draft alone on a spec.

    Args:
        richness: 0 to 100.
        soundness: A contradictory spec has no right answer, so it gets no prediction.
        guard: Which fixes are accepted.
        calibration: Of the pair that would run; None is the cold start. One that was measured under another guard is
            used only if that was ``off``, and scaled by a guess that ``basis`` names as such.
        draft_fails: There is a draft and a visible example shows it to be wrong: nothing can be broken any more.
        branches: Of the draft, where there is one; used if the calibration found that they help.

    Returns:
        None for a contradictory spec.
    """
    if soundness == "contradictory":
        return None
    known = usable(guard, calibration)
    odds = odds_at(richness, guard=guard, calibration=known, branches=branches)
    if draft_fails:
        odds = replace(odds, draft_wrong=1.0, variances=(0.0, *odds.variances[1:]))
    deviation = _Z80 * odds.deviation
    return Gain(
        points=round(100 * odds.gain, 1),
        low=round(max(-100.0, 100 * (odds.gain - deviation)), 1),
        high=round(min(100.0, 100 * (odds.gain + deviation)), 1),
        basis=f"{_source(known)}; {_guard_words(guard, guessed=odds.guessed)}",
        extrapolated=not known.seen_from <= richness <= known.seen_to,
    )


def usable(guard: Guard, calibration: Calibration | None) -> Calibration:
    """``calibration`` if it can say something about ``guard``, else the cold start."""
    if calibration is None or calibration.guard not in (guard, "off"):
        return cold_start()
    return calibration


def odds_at(
    richness: float, *, guard: Guard = "off", calibration: Calibration | None = None, branches: int | None = None
) -> Odds:
    """The three probabilities behind a prediction; the lines are never read outside of what they were fitted on."""
    known = usable(guard, calibration)
    x = min(max(richness, known.line_from), known.line_to)
    fix, fix_variance = known.fix.at(x, branches)
    broke, break_variance = known.break_.at(x, branches)
    guess = None if guard == known.guard else GUARD_GUESSES[guard]
    if guess is not None:
        fix, fix_variance = _product(fix, fix_variance, guess.fixes.mean, guess.fixes.variance)
        broke, break_variance = _product(broke, break_variance, guess.breaks.mean, guess.breaks.variance)
    return Odds(
        draft_wrong=known.draft_wrong.mean,
        fix=fix,
        break_=broke,
        variances=(known.draft_wrong.variance, fix_variance, break_variance),
        guessed=guess is not None,
    )


def _product(a: float, variance_a: float, b: float, variance_b: float) -> tuple[float, float]:
    """Mean and variance of the product of two independent quantities."""
    return a * b, a * a * variance_b + b * b * variance_a + variance_a * variance_b


def _source(known: Calibration) -> str:
    if known.standing == "prior only":
        return "prior only: two published aggregates"
    counted = f"{known.outcomes} outcomes of this pair"
    if known.standing == "too few":
        return f"two published aggregates and {counted}, too few to validate"
    flat = [name for name, chance in (("fixes", known.fix), ("breaks", known.break_)) if not chance.uses_line]
    if not flat:
        return counted
    if len(flat) == 2:
        return f"{counted}, no better than the base rate, which this is"
    return f"{counted}, no better than the base rate for {flat[0]}"


def _guard_words(guard: Guard, *, guessed: bool) -> str:
    return f"guard {guard}, a guess until measured" if guessed else f"guard {guard}"
