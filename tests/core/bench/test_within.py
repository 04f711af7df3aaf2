"""Slopes within problems: what makes a problem hard drops out, and the interval knows what belongs together."""

import numpy
import pytest
from scipy import stats
from statsmodels.api import OLS
from statsmodels.tools import add_constant

from core.bench.statistics.within import explained_within, slope_within, slopes_within

X = (2.0, 5.0, 8.0)


def noisy(seed: int, *, slope: float, problems: int = 72) -> list[list[tuple[float, float]]]:
    """Problems that differ far more from each other than their specs do."""
    draws = numpy.random.default_rng(seed)
    made = []
    for level in draws.normal(0, 20, problems):
        places, noise = X + draws.normal(0, 0.4, 3), draws.normal(0, 1, 3)
        made.append([(float(x), float(slope * x + level + off)) for x, off in zip(places, noise, strict=True)])
    return made


def test_the_slope_is_that_of_least_squares_with_an_intercept_for_each_problem() -> None:
    data = noisy(1, slope=0.7, problems=12)
    x = [x for problem in data for x, _ in problem]
    dummies = numpy.kron(numpy.eye(12), numpy.ones((3, 1)))
    exact = OLS([y for problem in data for _, y in problem], numpy.column_stack([x, dummies])).fit()
    found = slope_within(data)
    assert found is not None
    assert found.value == pytest.approx(exact.params[0])
    assert (found.problems, found.level) == (12, 0.9)


def test_the_error_is_the_jackknife_of_whole_problems() -> None:
    data = noisy(2, slope=0.0, problems=10)
    found = slope_within(data)
    without = [slope_within([*data[:n], *data[n + 1 :]]) for n in range(10)]
    assert found is not None
    error = (0.9 * sum((each.value - found.value) ** 2 for each in without if each is not None)) ** 0.5
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.95, 9) * error)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.value) / error, 9))


def test_the_interval_holds_the_truth_and_no_effect_is_claimed_where_there_is_none() -> None:
    found = [slope_within(noisy(seed, slope=0.0)) for seed in range(300)]
    assert 0.86 <= sum(each is not None and each.low <= 0 <= each.high for each in found) / 300 <= 0.94
    assert sum(each is not None and each.claimed for each in found) / 300 <= 0.08


@pytest.mark.parametrize(
    "data",
    [
        [],
        [[(1.0, 0.0), (2.0, 1.0)]] * 5,
        [[(1.0, 0.0)]] * 20,
        [[(3.0, 0.0), (3.0, 1.0)]] * 20,
        [[(3.0, 0.0), (3.0, 1.0)]] * 8 + [[(1.0, 0.0), (2.0, 1.0)]],
    ],
)
def test_nothing_is_told_where_nothing_can_be(data: list[list[tuple[float, float]]]) -> None:
    assert slope_within(data) is None


def test_where_nothing_ever_changes_there_is_no_slope_to_claim() -> None:
    found = slope_within([[(1.0, 0.0), (2.0, 0.0)]] * 10)
    assert found is not None
    assert (found.value, found.low, found.high, found.p, found.claimed) == (0.0, 0.0, 0.0, 1.0, False)


def test_several_covariates_are_held_against_each_other() -> None:
    draws = numpy.random.default_rng(4)
    data = []
    for _ in range(60):
        x = draws.normal([[0, 0], [1, 0], [2, 1]], 1)
        data.append([((float(a), float(b)), float(2 * a + draws.normal(0, 0.1))) for a, b in x])
    first, second = slopes_within(data)
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx(2, abs=0.05)
    assert second.low < 0 < second.high
    alone = slope_within([[(x[1], y) for x, y in each] for each in data])
    assert alone is not None
    assert alone.claimed, "alone it passes for a cause"
    explained = explained_within([[x for x, _ in each] for each in data])
    centred = [numpy.asarray([x for x, _ in each]) - numpy.mean([x for x, _ in each], axis=0) for each in data]
    own, other = numpy.concatenate(centred).T
    assert explained[0] == pytest.approx(OLS(own, add_constant(other)).fit().rsquared)


def test_covariates_that_are_the_same_thing_are_not_told_apart() -> None:
    data = [[((x, 2 * x), x + n) for x in X] for n in range(20)]
    assert slopes_within(data) == (None, None)
    assert explained_within([[x for x, _ in each] for each in data]) == pytest.approx((1.0, 1.0))
