"""Logistic regression on one covariate, by Newton's method, with the uncertainty of its line (Laplace)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_STEPS = 60
_TOLERANCE = 1e-10
_LARGEST = 36.0
"""Beyond this log-odds a probability is 0 or 1 in double precision."""


class Point(NamedTuple):
    """``weight`` observations at ``x``, a share ``y`` (0 to 1) of which are positive."""

    x: float
    y: float
    weight: float = 1.0


def sigmoid(log_odds: float) -> float:
    """The probability of ``log_odds``."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-min(log_odds, 700.0)))
    power = math.exp(max(log_odds, -700.0))
    return power / (1.0 + power)


def logit(probability: float) -> float:
    """Log-odds of ``probability``, finite also for 0 and 1."""
    if probability <= 0.0:
        return -_LARGEST
    if probability >= 1.0:
        return _LARGEST
    return math.log(probability) - math.log1p(-probability)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Log-odds ``intercept + slope * (x - center) / scale``, with the covariance of the two coefficients."""

    intercept: float
    slope: float
    center: float
    scale: float
    variance_intercept: float
    variance_slope: float
    covariance: float

    def probability(self, x: float) -> float:
        """The fitted probability at ``x``."""
        return sigmoid(self.intercept + self.slope * self._standard(x))

    def variance(self, x: float) -> float:
        """Variance of the probability at ``x`` (delta method on the log-odds)."""
        t = self._standard(x)
        of_log_odds = self.variance_intercept + 2 * t * self.covariance + t * t * self.variance_slope
        p = self.probability(x)
        return max(0.0, of_log_odds) * (p * (1 - p)) ** 2

    def _standard(self, x: float) -> float:
        return (x - self.center) / self.scale


def fit_line(observed: Iterable[Point], prior: Sequence[Point]) -> Line:
    """The most probable line given ``observed`` and the pseudo-data ``prior``, which is the penalty.

    The prior must hold at least two different ``x`` with shares between 0 and 1: then there is exactly one finite
    optimum, whatever is observed, also nothing.

    Raises:
        ValueError: the prior does not determine a line.
    """
    if len({point.x for point in prior if 0 < point.y < 1 and point.weight > 0}) < 2:
        raise ValueError("the pseudo-data need two different places with shares between 0 and 1")
    points = [*prior, *observed]
    total = math.fsum(point.weight for point in points)
    center = math.fsum(point.weight * point.x for point in points) / total
    spread = math.fsum(point.weight * (point.x - center) ** 2 for point in points) / total
    scale = math.sqrt(spread)
    data = [((x - center) / scale, y, weight) for x, y, weight in points]
    a = logit(math.fsum(point.weight * point.y for point in points) / total)
    b = 0.0
    best = _loss(data, a, b)
    for _ in range(_STEPS):
        ga, gb, haa, hab, hbb = _derivatives(data, a, b)
        determinant = haa * hbb - hab * hab
        step_a = (hbb * ga - hab * gb) / determinant
        step_b = (haa * gb - hab * ga) / determinant
        share = 1.0
        # A full step can overshoot where most probabilities are near 0 or 1.
        while (loss := _loss(data, a + share * step_a, b + share * step_b)) > best + 1e-12 and share > 1e-6:
            share /= 2
        a, b, best = a + share * step_a, b + share * step_b, loss
        if abs(step_a) + abs(step_b) < _TOLERANCE:
            break
    _, _, haa, hab, hbb = _derivatives(data, a, b)
    determinant = haa * hbb - hab * hab
    return Line(
        intercept=a,
        slope=b,
        center=center,
        scale=scale,
        variance_intercept=hbb / determinant,
        variance_slope=haa / determinant,
        covariance=-hab / determinant,
    )


def _loss(data: Sequence[tuple[float, float, float]], a: float, b: float) -> float:
    """Negative log-likelihood."""
    total = 0.0
    for t, y, weight in data:
        eta = a + b * t
        softplus = eta + math.log1p(math.exp(-eta)) if eta > 0 else math.log1p(math.exp(eta))
        total += weight * (softplus - y * eta)
    return total


def _derivatives(
    data: Sequence[tuple[float, float, float]], a: float, b: float
) -> tuple[float, float, float, float, float]:
    """Gradient of the log-likelihood and the (positive) second derivatives."""
    ga = gb = haa = hab = hbb = 0.0
    for t, y, weight in data:
        p = sigmoid(a + b * t)
        residual = weight * (y - p)
        curvature = weight * p * (1 - p)
        ga += residual
        gb += residual * t
        haa += curvature
        hab += curvature * t
        hbb += curvature * t * t
    return ga, gb, haa, hab, hbb
