"""Does the same problem gain more when its spec says more? Slopes within problems, with intervals by problem."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.9
"""Of the interval of a slope."""
CLAIMED = 0.05
"""An effect is claimed below this p, as everywhere in the bench."""
FEWEST = 6
"""Problems below which no slope is told."""

_SINGULAR = 1e8

Measured = Sequence[tuple[float, float]]
"""One problem: for each of its specs the covariate (such as its richness) and what was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """What one unit of a covariate adds, with its interval; ``p`` is two-sided, of there being no slope."""

    value: float
    low: float
    high: float
    p: float
    problems: int
    level: float = LEVEL

    @property
    def claimed(self) -> bool:
        """Whether it can be told from none."""
        return self.p < CLAIMED


def slope_within(problems: Sequence[Measured], *, level: float = LEVEL) -> Slope | None:
    """What one more unit of the covariate adds to what was measured, all else of a problem being the same.

    Least squares with an intercept for each problem (fixed effects: J. M. Wooldridge, Econometric Analysis, 10.5), so
    that what makes a problem hard, or its gain large, drops out. The specs of a problem, and the samples of a spec, are
    not independent of each other, so whole problems are left out in turn for the standard error (jackknife by cluster,
    "CV3": J. G. MacKinnon, M. O. Nielsen, M. D. Webb, Journal of Econometrics 232, 2023), with Student's t of as many
    degrees of freedom as there are problems, less one. benchmarks/paired_power.py shows what the interval covers; the
    percentile bootstrap by problem covered 88 % instead of 90.

    Args:
        problems: Those with fewer than two specs tell nothing and are passed over.
        level: Of confidence.

    Returns:
        None with fewer than ``FEWEST`` problems, or where the covariate does not vary within any.
    """
    parts = [_products(each) for each in problems if len(each) > 1]
    product, square = (math.fsum(column) for column in zip(*parts, strict=True)) if parts else (0.0, 0.0)
    n = len(parts)
    if n < FEWEST or any(square - own <= 0 for _, own in parts):
        return None
    value = product / square
    without = [(product - own_product) / (square - own_square) for own_product, own_square in parts]
    error = math.sqrt((n - 1) / n * math.fsum((each - value) ** 2 for each in without))
    half, p = _student(value, error, n - 1, level)
    return Slope(value=value, low=value - half, high=value + half, p=p, problems=n, level=level)


def slopes_within(
    problems: Sequence[Sequence[tuple[Sequence[float], float]]], *, level: float = LEVEL
) -> tuple[Slope | None, ...]:
    """``slope_within`` for several covariates at once: what each adds while the others are held.

    Args:
        problems: For each of a problem's specs the covariates and what was measured.
        level: Of confidence.

    Returns:
        One for each covariate; None for all where they cannot be told apart, or with fewer than ``FEWEST`` problems.
    """
    import numpy

    wide = [each for each in problems if len(each) > 1]
    count = len(wide[0][0][0]) if wide else 0
    n = len(wide)
    nothing = (None,) * count
    if n < FEWEST or not count:
        return nothing
    squares, products = [], []
    for each in wide:
        x = numpy.asarray([covariates for covariates, _ in each], dtype=float)
        y = numpy.asarray([measured for _, measured in each], dtype=float)
        off = x - x.mean(axis=0)
        squares.append(off.T @ off)
        products.append(off.T @ (y - y.mean()))
    square, product = sum(squares), sum(products)
    if any(numpy.linalg.cond(square - own) > _SINGULAR for own in [0 * square, *squares]):
        return nothing
    value = numpy.linalg.solve(square, product)
    without = numpy.asarray(
        [numpy.linalg.solve(square - s, product - p) for s, p in zip(squares, products, strict=True)]
    )
    errors = numpy.sqrt((n - 1) / n * ((without - value) ** 2).sum(axis=0))
    found = []
    for each_value, error in zip(map(float, value), map(float, errors), strict=True):
        half, p = _student(each_value, error, n - 1, level)
        found.append(
            Slope(value=each_value, low=each_value - half, high=each_value + half, p=p, problems=n, level=level)
        )
    return tuple(found)


def explained_within(covariates: Sequence[Sequence[Sequence[float]]]) -> tuple[float, ...]:
    """For each covariate the share (0 to 1) of its variation within problems that the others explain together.

    Args:
        covariates: By problem, by spec.
    """
    import numpy

    rows = [numpy.asarray(each, dtype=float) for each in covariates if len(each) > 1]
    x = numpy.concatenate([each - each.mean(axis=0) for each in rows])
    found = []
    for column in range(x.shape[1]):
        own, others = x[:, column], numpy.delete(x, column, axis=1)
        total = float(own @ own)
        fitted = others @ numpy.linalg.lstsq(others, own, rcond=None)[0]
        found.append(1 - float((own - fitted) @ (own - fitted)) / total if total > 0 else 1.0)
    return tuple(found)


def _products(measured: Measured) -> tuple[float, float]:
    """Sums of the products, and of the squares, of what deviates from the problem's own mean."""
    x_mean = math.fsum(x for x, _ in measured) / len(measured)
    y_mean = math.fsum(y for _, y in measured) / len(measured)
    return (
        math.fsum((x - x_mean) * (y - y_mean) for x, y in measured),
        math.fsum((x - x_mean) ** 2 for x, _ in measured),
    )


def _student(value: float, error: float, freedom: int, level: float) -> tuple[float, float]:
    """Half the width of the interval, and p."""
    from scipy.special import stdtr, stdtrit

    if error == 0:
        return 0.0, 1.0 if value == 0 else 0.0
    return error * float(stdtrit(freedom, 0.5 + level / 2)), 2 * float(stdtr(freedom, -abs(value) / error))
