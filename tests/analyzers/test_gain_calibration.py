"""Refitting from outcomes, and the validation without which the fit may not speak."""

import dataclasses
import math
import statistics

import pytest

from analyzers.gain.calibration import cold_start
from analyzers.gain.fitting import calibrate, fit
from analyzers.gain.logistic import Point, fit_line
from analyzers.gain.outcomes import Outcome
from analyzers.gain.predict import predict
from analyzers.gain.report import report_lines
from analyzers.gain.scores import auroc, calibration_slope, skill
from analyzers.gain.stored import calibration_from_json, calibration_to_json
from analyzers.gain.validation import validate
from tests.analyzers.simulated_outcomes import shuffled, simulate, true_gain

WORDS = "no better than the base rate"


PLACES = (20.0, 24.0, 40.0, 54.0, 65.0)


@pytest.mark.parametrize("slope", [0.05])
def test_the_80_percent_interval_covers_the_truth_in_76_to_84_percent_at_every_richness(slope: float) -> None:
    # All places together could hide that one end covers too much and the other too little, so each stands for itself.
    # With 800 seeds the coverage of a true 80 % interval strays by 1.4 points (one sigma); with 200 it strays by 2.8
    # and some cell is outside of the band by luck.
    fitted = [fit(simulate(1000, slope=slope, seed=seed)) for seed in range(800)]
    for richness in PLACES:
        gains = [predict(richness, guard="off", calibration=each) for each in fitted]
        hits = [gain is not None and gain.low <= true_gain(richness, slope) <= gain.high for gain in gains]
        assert 0.76 <= statistics.mean(hits) <= 0.84, richness


def test_a_known_slope_is_found_and_spoken_of() -> None:
    calibration, report = calibrate(simulate(1000, slope=0.1, seed=1))
    assert report.believes("fix")
    fixes = report.heads[0]
    assert fixes.scores[0].auroc.low > 0.6
    assert fixes.scores[0].calibration_slope is not None
    assert fixes.scores[0].calibration_slope.value == pytest.approx(1.0, abs=0.35)
    assert calibration.fix.line.slope / calibration.fix.line.scale == pytest.approx(0.1, abs=0.03)
    gain = predict(54, guard="off", calibration=calibration)
    assert gain is not None
    assert gain.basis.startswith("1000 outcomes of this pair")
    assert gain.points == pytest.approx(true_gain(54, 0.1), abs=4)


def test_shuffled_labels_give_a_coin_and_the_words() -> None:
    areas = []
    for seed in range(4):
        outcomes = shuffled(simulate(1000, slope=0.1, seed=seed), seed=seed)
        calibration, report = calibrate(outcomes)
        areas += [head.scores[0].auroc.value for head in report.heads]
        text = "\n".join(report_lines(report))
        assert not report.believes("fix")
        assert WORDS in text
        gain = predict(54, guard="off", calibration=calibration)
        lean = predict(24, guard="off", calibration=calibration)
        assert gain is not None
        assert lean is not None
        assert WORDS in gain.basis
        if not report.believes("break"):
            assert gain.points == lean.points
    assert statistics.mean(areas) == pytest.approx(0.5, abs=0.06)


def test_the_trivial_predictors_always_stand_beside_it() -> None:
    report = validate(simulate(400, slope=0.1, seed=3), repeats=2)
    for head in report.heads:
        assert [score.name for score in head.scores] == ["richness", "has a signature", "length"]
        assert [name for name, _ in head.transfer] == ["lean", "rich"]
    text = "\n".join(report_lines(report))
    assert "has a signature" in text
    assert "length" in text


def test_branches_of_the_draft_are_a_covariate_where_they_were_measured() -> None:
    outcomes = [
        dataclasses.replace(each, branches=index % 9) for index, each in enumerate(simulate(400, slope=0.1, seed=3))
    ]
    assert validate(outcomes, repeats=1).heads[0].scores[-1].name == "branches of the draft"


def _with_branches(*, telling: bool) -> list[Outcome]:
    """Outcomes without a slope over richness, whose wrong drafts are fixed if they have few branches (or whatever)."""
    made = []
    for index, each in enumerate(simulate(600, slope=0.0, seed=4)):
        branches = index % 12 + 1
        if telling and not each.draft_right:
            each = dataclasses.replace(each, final_right=branches <= 4)
        made.append(dataclasses.replace(each, branches=branches))
    return made


def test_branches_speak_only_where_they_are_better_than_richness_and_the_base_rate() -> None:
    calibration, report = calibrate(_with_branches(telling=True))
    assert report.believes_branches("fix")
    assert not report.believes_branches("break")
    few = predict(30, guard="off", calibration=calibration, branches=2)
    many = predict(30, guard="off", calibration=calibration, branches=11)
    far = predict(30, guard="off", calibration=calibration, branches=12)
    assert few is not None
    assert many is not None
    assert few.points > many.points + 10
    assert predict(30, guard="off", calibration=calibration, branches=500) == far
    assert calibration_from_json(calibration_to_json(calibration)) == calibration
    before_any_draft = predict(30, guard="off", calibration=calibration)
    assert before_any_draft == predict(60, guard="off", calibration=dataclasses.replace(calibration, seen_to=99.0))


def test_branches_that_tell_nothing_change_no_prediction() -> None:
    calibration, report = calibrate(_with_branches(telling=False))
    assert not report.believes_branches("fix")
    assert predict(30, calibration=calibration, branches=2) == predict(30, calibration=calibration, branches=11)


def test_equal_seeds_give_equal_reports() -> None:
    outcomes = simulate(300, slope=0.1, seed=5)
    assert validate(outcomes, repeats=2) == validate(outcomes, repeats=2)


def test_too_few_outcomes_change_the_prior_a_little_and_say_so() -> None:
    calibration, report = calibrate(simulate(12, slope=0.1, seed=1))
    assert not report.checked
    gain = predict(53.7, guard="off", calibration=calibration)
    assert gain is not None
    assert "too few to validate" in gain.basis
    assert "two published aggregates" in gain.basis
    assert "too few" in "\n".join(report_lines(report))


def test_no_outcomes_are_the_cold_start() -> None:
    assert fit([]) == cold_start()
    assert not validate([]).checked


def test_outcomes_outside_of_what_was_measured_are_extrapolated_and_clamped() -> None:
    calibration = fit([each for each in simulate(1000, slope=0.1, seed=1) if 35 < each.richness < 60])
    far, farther = (predict(x, guard="off", calibration=calibration) for x in (95, 100))
    assert far is not None
    assert far == farther
    assert far.extrapolated


def test_a_calibration_speaks_for_its_own_guard_only() -> None:
    strict = fit(simulate(500, slope=0.1, seed=1), guard="strict")
    measured = predict(50, guard="strict", calibration=strict)
    assert measured is not None
    assert "guess" not in measured.basis
    assert predict(50, guard="off", calibration=strict) == predict(50, guard="off")
    unguarded = predict(50, guard="proven", calibration=fit(simulate(500, slope=0.1, seed=1)))
    assert unguarded is not None
    assert "a guess until measured" in unguarded.basis


@pytest.mark.parametrize("happened", [False, True])
def test_outcomes_of_one_kind_give_finite_figures(happened: bool) -> None:
    outcomes = [dataclasses.replace(each, final_right=happened) for each in simulate(200, slope=0.1, seed=1)]
    gain = predict(50, guard="off", calibration=fit(outcomes))
    assert gain is not None
    assert all(math.isfinite(each) for each in (gain.points, gain.low, gain.high))


def test_a_stored_calibration_predicts_the_same() -> None:
    calibration, _ = calibrate(simulate(400, slope=0.1, seed=2))
    assert calibration_from_json(calibration_to_json(calibration)) == calibration


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema_version": 99}', '{"schema_version": 1, "guard": "off"}'])
def test_a_file_that_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="calibration"):
        calibration_from_json(text)


def test_newton_finds_the_separating_optimum_of_its_penalty() -> None:
    line = fit_line([Point(x, float(x > 0)) for x in range(-50, 51)], [Point(-1, 0.5), Point(1, 0.5)])
    assert line.probability(50) > 0.99
    assert line.probability(-50) < 0.01
    with pytest.raises(ValueError, match="two different places"):
        fit_line([Point(0, 1)], [Point(1, 0.5)])


def test_a_binary_predictor_without_signal_scores_near_one_half() -> None:
    # Two groups with the same rate: each fold tilts the fit against what it holds. Ranked across folds, or with ranks
    # averaged over the repeats, that makes an AUROC of 0.2 out of nothing.
    outcomes = [
        dataclasses.replace(each, richness=54.0 if each.has_signature else 24.0)
        for each in simulate(519, slope=0.0, seed=7)
    ]
    broken = validate(outcomes, repeats=10).heads[1]
    assert 0.4 <= broken.scores[1].auroc.value <= 0.6


def test_scores_of_known_predictions() -> None:
    labels = [False, False, True, True]
    assert auroc([1, 2, 3, 4], labels) == 1.0
    assert auroc([4, 3, 2, 1], labels) == 0.0
    assert auroc([1, 1, 1, 1], labels) == 0.5
    assert auroc([1, 2], [True, True]) == 0.5
    assert skill([0.0] * 9, [0.25] * 9, seed=1).value == 1.0
    assert calibration_slope([0.3] * 4, labels) is None
