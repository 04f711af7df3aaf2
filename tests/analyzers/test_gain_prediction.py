"""The cold start: what is said before anything was measured, and how far it goes."""

import gzip
import json
import statistics
from pathlib import Path

import pytest

from analyzers.gain import gain_line, predict
from analyzers.gain.predict import odds_at
from analyzers.gain.published import HUMANEVAL_PLUS, MBPP_PLUS, PublishedSet
from analyzers.lint import lint_text


@pytest.mark.parametrize(
    ("published", "points"), [(HUMANEVAL_PLUS, 9.8), (MBPP_PLUS, 2.3)], ids=lambda each: str(each)[:4]
)
def test_the_published_gains_come_out_at_the_means_of_the_sets(published: object, points: float) -> None:
    gain = predict(published.richness, soundness="clean", guard="off")  # type: ignore[attr-defined]
    assert gain is not None
    assert gain.points == points
    assert gain.basis == "prior only: two published aggregates; guard off"
    assert gain.low < points < gain.high
    assert not gain.extrapolated


@pytest.mark.parametrize(
    ("richness", "counted"), [(HUMANEVAL_PLUS.richness, (-3.0, 2.4)), (MBPP_PLUS.richness, (-1.6, 1.7))]
)
def test_the_interval_holds_what_was_counted_for_other_pairs(richness: float, counted: tuple[float, ...]) -> None:
    gain = predict(richness, guard="off")
    assert gain is not None
    assert all(gain.low <= points <= gain.high for points in counted)


@pytest.mark.parametrize(
    ("published", "file"), [(HUMANEVAL_PLUS, "HumanEvalPlus.jsonl.gz"), (MBPP_PLUS, "MbppPlus.jsonl.gz")]
)
def test_the_means_are_those_that_the_rules_of_today_give(
    published: PublishedSet, file: str, shared_data: Path
) -> None:
    # The published gain must come out where the set is, not where it was before a rule of richness changed.
    with gzip.open(shared_data / file, "rt", encoding="utf-8") as lines:
        specs = [lint_text(json.loads(line)["prompt"], selection=()).specs[0] for line in lines]
    mean = statistics.mean(spec.richness.score for spec in specs)
    assert mean == pytest.approx(published.richness, abs=0.3), "python benchmarks/gain_validation.py prints them all"
    gain = predict(mean, guard="off")
    assert gain is not None
    assert gain.points == pytest.approx(published.gain, abs=0.1)


def test_nothing_is_read_off_the_line_beyond_the_means() -> None:
    lean, rich = predict(0, guard="off"), predict(100, guard="off")
    assert lean is not None
    assert rich is not None
    assert (lean.points, rich.points) == (2.3, 9.8)
    assert lean.extrapolated
    assert rich.extrapolated
    assert "extrapolated" in str(rich)


def test_between_the_means_it_rises() -> None:
    found = [predict(richness, guard="off") for richness in range(20, 66, 5)]
    points = [gain.points for gain in found if gain is not None]
    assert points == sorted(points)
    assert len(set(points)) > 5
    assert not any(gain.extrapolated for gain in found if gain is not None)


def test_a_contradictory_spec_gets_no_prediction() -> None:
    assert predict(50, soundness="contradictory", guard="off") is None
    assert predict(50, soundness="suspect", guard="off") == predict(50, soundness="clean", guard="off")


@pytest.mark.parametrize("guard", ["proven", "strict"])
@pytest.mark.parametrize("richness", [20, 40, 60])
def test_with_the_guard_on_breaks_are_a_lower_guess_that_says_so(guard: str, richness: float) -> None:
    guarded, bare = odds_at(richness, guard=guard), odds_at(richness, guard="off")  # type: ignore[arg-type]
    assert guarded.guessed
    assert not bare.guessed
    assert guarded.break_ < bare.break_
    assert guarded.fix < bare.fix
    gain = predict(richness, guard=guard)  # type: ignore[arg-type]
    assert gain is not None
    assert "a guess until measured" in gain.basis


def test_unguarded_breaks_lie_where_they_were_counted() -> None:
    assert all(0.05 <= odds_at(richness).break_ <= 0.10 for richness in range(0, 101, 10))


def test_a_draft_known_to_be_wrong_can_only_win() -> None:
    gain = predict(HUMANEVAL_PLUS.richness, guard="off", draft_fails=True)
    usual = predict(HUMANEVAL_PLUS.richness, guard="off")
    assert gain is not None
    assert usual is not None
    assert gain.points == pytest.approx(100 * odds_at(HUMANEVAL_PLUS.richness).fix, abs=0.1)
    assert gain.points > usual.points
    assert gain.low > 0


def test_the_line_for_people_holds_points_interval_basis_and_reach() -> None:
    assert gain_line(predict(HUMANEVAL_PLUS.richness)) == (
        "+9.8 points of pass@1 (80 %: -3.1 to +22.7; prior only: two published aggregates; guard off)"
    )
    assert gain_line(predict(90)).endswith("guard off; extrapolated)")
    assert gain_line(predict(50, soundness="contradictory")) == "none, as the spec contradicts itself"
