"""Outcomes that have a problem in common are not as many as they are."""

from dataclasses import replace

import pytest

from analyzers.gain.fitting import calibrate, fit
from analyzers.gain.outcomes import Outcome, clusters, design_effect
from analyzers.gain.validation import validate
from tests.analyzers.simulated_outcomes import simulate


def copies(outcomes: list[Outcome], times: int) -> list[Outcome]:
    """Every outcome so many times over, as one cluster."""
    return [replace(each, cluster=f"c{number}") for number, each in enumerate(outcomes) for _ in range(times)]


def test_without_clusters_nothing_changes() -> None:
    outcomes = list(simulate(300, slope=0.05, seed=3))
    alone = [replace(each, cluster=f"c{number}") for number, each in enumerate(outcomes)]
    assert fit(alone) == fit(outcomes)
    assert validate(alone, repeats=2) == validate(outcomes, repeats=2)
    assert len(set(clusters(outcomes))) == len(outcomes)


def test_an_outcome_counted_four_times_counts_once() -> None:
    outcomes = list(simulate(200, slope=0.05, seed=4))
    once, four = fit(outcomes), fit(copies(outcomes, 4))
    effect = design_effect(copies(outcomes, 4), [not each.draft_right for each in copies(outcomes, 4)])
    assert effect == pytest.approx(4, rel=0.02)
    assert four.outcomes == 800
    assert four.draft_wrong.variance == pytest.approx(once.draft_wrong.variance, rel=0.05)
    assert four.fix.at(40)[1] == pytest.approx(once.fix.at(40)[1], rel=0.1)


def test_independent_outcomes_of_a_cluster_keep_their_weight() -> None:
    outcomes = [replace(each, cluster=f"c{n // 3}") for n, each in enumerate(simulate(300, slope=0.05, seed=5))]
    assert 1 <= design_effect(outcomes, [each.draft_right for each in outcomes]) < 1.4
    assert design_effect(outcomes, [True] * 300) == 1


def test_copies_do_not_make_a_predictor_believed() -> None:
    """Thirty outcomes without any dependence, each eight times: as many again tell nothing new."""
    believed = 0
    for seed in range(8):
        _, report = calibrate(copies(list(simulate(120, slope=0.0, seed=seed)), 6))
        believed += any(head.checked and head.scores[0].better_than_base_rate for head in report.heads)
    assert believed <= 1
