"""The bench's statistics against independent implementations, and by simulation."""

import itertools
import math
import random

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_elsewhere
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from core.bench.statistics import compare_paired, gain_by_richness, holm, pass_at_k, wilson
from core.bench.statistics.intervals import bootstrap_mean
from core.bench.statistics.paired import mcnemar, sign_flip


@given(
    st.integers(1, 600).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    st.sampled_from([0.8, 0.9, 0.95]),
)
def test_wilson_agrees_with_statsmodels(counts: tuple[int, int], level: float) -> None:
    passed, of = counts
    found = wilson(passed, of, level=level)
    low, high = proportion_confint(passed, of, alpha=1 - level, method="wilson")
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-12)
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(("passed", "of"), [(1, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(passed: int, of: int) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson(passed, of)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_agrees_with_statsmodels_and_scipy(fixed: int, broke: int) -> None:
    p = mcnemar(fixed, broke)
    elsewhere = mcnemar_elsewhere([[5, broke], [fixed, 5]], exact=True).pvalue if fixed + broke else 1.0
    assert p == pytest.approx(elsewhere, rel=1e-9)
    if fixed + broke:
        assert p == pytest.approx(stats.binomtest(fixed, fixed + broke).pvalue, rel=1e-9)


def test_mcnemar_of_thousands_of_pairs_does_not_overflow() -> None:
    assert mcnemar(3000, 0) < 1e-300
    assert 0.9 < mcnemar(2000, 2001) <= 1


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_agrees_with_statsmodels(ps: list[float]) -> None:
    assert list(holm(ps)) == pytest.approx(list(multipletests(ps, method="holm")[1]), abs=1e-12)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_agrees_with_the_estimate_of_evalplus(case: tuple[int, int, int]) -> None:
    samples, passed, k = case
    product = 1.0
    if samples - passed >= k:
        product = 1 - float(numpy.prod(1.0 - k / numpy.arange(samples - passed + 1, samples + 1)))
    assert pass_at_k(samples, passed, k) == pytest.approx(product, abs=1e-9)


def test_pass_at_k_is_the_function_of_evalplus_on_its_own_data() -> None:
    from evalplus.eval import estimate_pass_at_k

    theirs = estimate_pass_at_k([10, 10, 10], [0, 3, 10], 5)
    assert [pass_at_k(10, c, 5) for c in (0, 3, 10)] == pytest.approx(list(theirs))


def covers(truth: float, low: float, high: float) -> bool:
    return low <= truth <= high


@pytest.mark.parametrize(("share", "of"), [(0.5, 164), (0.78, 164), (0.9, 378), (0.3, 60)])
def test_the_interval_of_a_rate_covers_it_as_often_as_it_says(share: float, of: int) -> None:
    generator = numpy.random.default_rng(1)
    drawn = generator.binomial(of, share, size=4000)
    bounds = {count: wilson(int(count), of) for count in set(drawn.tolist())}
    hits = sum(covers(share, bounds[count].low, bounds[count].high) for count in drawn.tolist())
    assert 0.93 <= hits / len(drawn) <= 0.97


@pytest.mark.parametrize(("fixed", "broke", "tasks"), [(0.12, 0.03, 164), (0.2, 0.2, 164), (0.06, 0.04, 378)])
def test_the_interval_of_a_difference_covers_it_as_often_as_it_says(fixed: float, broke: float, tasks: int) -> None:
    generator = numpy.random.default_rng(2)
    hits = 0
    runs = 1500
    for _ in range(runs):
        up, down, same = generator.multinomial(tasks, [fixed, broke, 1 - fixed - broke])
        found = bootstrap_mean([1.0] * up + [-1.0] * down + [0.0] * same)
        hits += covers(fixed - broke, found.low, found.high)
    assert 0.93 <= hits / runs <= 0.97


def test_the_bootstrap_agrees_with_scipy() -> None:
    draw = random.Random(3)
    values = [draw.choice([-1.0, 0.0, 0.0, 0.0, 1.0, 1.0]) for _ in range(164)]
    ours = bootstrap_mean(values)
    theirs = stats.bootstrap(
        (values,), numpy.mean, n_resamples=9999, method="percentile", random_state=4
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_the_same_data_give_the_same_interval() -> None:
    assert bootstrap_mean([1.0, 0.0, -1.0, 0.0]) == bootstrap_mean([1.0, 0.0, -1.0, 0.0])


@settings(deadline=None)
@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=9))
def test_the_permutation_test_agrees_with_every_permutation(differences: list[float]) -> None:
    values = [value for value in differences if value]
    every = [
        abs(sum(sign * value for sign, value in zip(signs, values, strict=True)))
        for signs in itertools.product((-1, 1), repeat=len(values))
    ]
    exact = sum(one >= abs(sum(values)) - 1e-12 for one in every) / len(every)
    assert sign_flip(differences) == pytest.approx(exact, abs=0.03)


def test_a_comparison_counts_the_table_and_calls_nothing_a_difference_that_is_none() -> None:
    tasks = [f"t{n}" for n in range(164)]
    before = {task: float(n < 128) for n, task in enumerate(tasks)}
    after = {task: float((n < 128 and n >= 3) or 128 <= n < 147) for n, task in enumerate(tasks)}
    found = compare_paired(before, after)
    assert (found.fixed, found.broke, found.both, found.neither) == (19, 3, 125, 17)
    assert found.p == pytest.approx(stats.binomtest(3, 22).pvalue)
    assert found.distinguishable
    same = compare_paired(before, before)
    assert (same.p, same.difference.value, same.distinguishable) == (1.0, 0.0, False)


def test_several_samples_are_compared_by_task() -> None:
    found = compare_paired({"a": 0.5, "b": 0.0, "c": 1.0}, {"a": 1.0, "b": 0.0, "c": 0.5})
    assert (found.fixed, found.broke, found.neither) == (1, 1, 1)
    assert found.test == "sign-flip permutation by task"


def test_other_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match="same tasks"):
        compare_paired({"a": 1.0}, {"b": 1.0})


def test_no_effect_is_claimed_in_about_one_of_twenty() -> None:
    generator = numpy.random.default_rng(5)
    claims = 0
    for _ in range(400):
        flips = generator.random(164)
        before = {str(n): float(0.1 <= each < 0.7) for n, each in enumerate(flips)}
        after = {str(n): float(each < 0.6) for n, each in enumerate(flips)}
        claims += compare_paired(before, after).distinguishable
    assert claims / 400 <= 0.06


def test_thirds_by_richness_hold_equal_parts_and_their_gain() -> None:
    tasks = [f"t{n:03}" for n in range(90)]
    richness = {task: float(n) for n, task in enumerate(tasks)}
    before = dict.fromkeys(tasks, 0.0)
    after = {task: float(n >= 60) for n, task in enumerate(tasks)}
    thirds = gain_by_richness(before, after, richness)
    assert [(each.part, each.tasks, each.gain.value) for each in thirds] == [
        ("lean", 30, 0.0),
        ("mid", 30, 0.0),
        ("rich", 30, 1.0),
    ]
    assert (thirds[1].low, thirds[1].high) == (30.0, 59.0)
    assert gain_by_richness(before, after, dict.fromkeys(tasks[:8], 1.0)) == ()


def test_a_third_adds_up() -> None:
    assert math.isclose(sum(each.tasks for each in gain_by_richness(*[{str(n): 1.0 for n in range(50)}] * 3)), 50)
