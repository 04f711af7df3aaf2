"""The pattern ``auto``: when a draft is reviewed, when not, and what is said of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzers.gain.predict import Gain, predict
from analyzers.gain.published import HUMANEVAL_PLUS, MBPP_PLUS
from core.choices import POINTS_PER_MINUTE
from core.config import load_configuration
from core.engines.pair import EnginePair, Member, Sampling, open_pair
from core.errors import ConfigurationError
from core.events import ApprovalRequested, Event, Notice, RunFinished
from core.gain.key import PairKey
from core.gain.store import calibrations_dir, save_calibration
from core.gain.timing import ReviewTime
from core.patterns.auto import weigh
from tests.analyzers.simulated_outcomes import simulate
from tests.core.patterns.scripted import Answer, ListEngine, fenced, last, of_type, run_events, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, SPEC, WRONG_EXAMPLE, request, review

KEY = PairKey(coder="coder-model", reviewer="reviewer-model", quantisation="q4f16_1+q4f16_1", prompt_version="1")
CONTRADICTORY = SPEC.replace("halve(5)\n    2", "halve(4)\n    3")
UNCHECKABLE = "Write a function called halve that takes a number and returns half of it, rounded down.\n"


def pair_that_asks(
    points_per_minute: float, coder: list[Answer], reviewer: list[Answer]
) -> tuple[EnginePair, ListEngine]:
    one, other = ListEngine("coder-model", coder), ListEngine("reviewer-model", reviewer)
    sampling = Sampling(max_tokens=512)
    pair = EnginePair(
        "test", Member(one, sampling), Member(other, sampling), key=KEY, points_per_minute=points_per_minute
    )
    return pair, other


def said(events: list[Event]) -> str:
    found = [notice.text for notice in of_type(events, Notice) if notice.text.startswith("auto: ")]
    assert len(found) == 1
    return found[0]


async def test_a_gain_worth_its_time_is_reviewed_and_the_notice_says_why() -> None:
    pair, reviewer = pair_that_asks(0.0, [fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(request(pattern="auto"), pair)
    assert reviewer.stages == ["review"]
    text = said(events)
    assert text.startswith("auto: review: predicted +")
    assert "prior only: two published aggregates; guard proven, a guess until measured" in text
    assert "80 %:" in text
    assert "at the draft's" in text


async def test_a_gain_not_worth_its_time_leaves_the_draft_alone() -> None:
    pair, reviewer = pair_that_asks(1000.0, [fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto"), pair)
    assert reviewer.stages == []
    assert said(events).startswith("auto: review skipped: predicted +")
    assert (last(events, RunFinished).accepted, last(events, RunFinished).code) == ("draft", RIGHT)


async def test_a_draft_that_fails_an_example_is_worth_far_more() -> None:
    points = {}
    for name, code in (("right", RIGHT), ("wrong", WRONG_EXAMPLE)):
        pair, _ = pair_that_asks(100_000.0, [fenced(code)], [])
        text = said(await run_events(request(pattern="auto"), pair))
        points[name] = float(text.split("predicted ")[1].split(" points")[0])
        assert ("the draft fails an example, so it is wrong" in text) is (name == "wrong")
    assert points["wrong"] > points["right"] + 10


async def test_a_draft_that_does_not_load_is_mended() -> None:
    pair, reviewer = pair_that_asks(1000.0, [fenced("import nowhere_at_all\n" + RIGHT), fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto"), pair)
    assert "does not load" in said(events)
    assert reviewer.stages == []
    assert last(events, RunFinished).accepted == "fix"


async def test_a_contradictory_spec_gets_a_draft_and_is_told_what_contradicts_what() -> None:
    pair, _, reviewer = scripted_pair([fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto", spec=CONTRADICTORY), pair)
    assert reviewer.stages == []
    text = said(events)
    assert text.startswith("auto: review skipped: the spec contradicts itself")
    assert "line 6" in text
    assert "halve(4)" in text
    assert "predicted" not in text


async def test_an_uncheckable_spec_is_not_reviewed_when_nobody_could_take_the_advice() -> None:
    pair, reviewer = pair_that_asks(0.0, [fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto", spec=UNCHECKABLE, filename=None), pair)
    assert reviewer.stages == []
    assert "nobody is here to take it" in said(events)


async def test_on_an_uncheckable_spec_the_review_is_advice_to_the_person() -> None:
    finding = review("halve(7)", "4", citation="returns half of it, rounded down")
    pair, reviewer = pair_that_asks(0.0, [fenced(RIGHT)], [finding, "EXPECTED: 4"])
    asked: list[str] = []

    def keep(question: ApprovalRequested) -> str:
        asked.append(question.question)
        return question.default

    events = await run_events(request(pattern="auto", spec=UNCHECKABLE, filename=None), pair, choose=keep)
    assert "the review is advice" in said(events)
    assert reviewer.stages[0] == "review"
    assert len(asked) == 1
    assert last(events, RunFinished).accepted == "draft"


async def test_the_strict_guard_is_not_asked_for_what_it_could_not_accept() -> None:
    pair, reviewer = pair_that_asks(0.0, [fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto", guard="strict"), pair)
    assert reviewer.stages == []
    assert "the strict guard could accept no fix" in said(events)


async def test_without_rounds_there_is_nothing_to_choose() -> None:
    pair, reviewer = pair_that_asks(0.0, [fenced(WRONG_EXAMPLE)], [])
    assert "no round" in said(await run_events(request(pattern="auto", rounds=0), pair))
    assert reviewer.stages == []


async def test_a_measured_pair_is_predicted_from_its_calibration() -> None:
    from analyzers.gain.fitting import fit

    save_calibration(KEY, fit(simulate(40, slope=0.0, seed=1), guard="proven"))
    pair, _ = pair_that_asks(1000.0, [fenced(RIGHT)], [])
    text = said(await run_events(request(pattern="auto"), pair))
    assert "40 outcomes of this pair" in text
    assert "prior only" not in text


async def test_a_damaged_calibration_is_told_about_and_the_cold_start_is_used() -> None:
    from analyzers.gain.calibration import cold_start

    path = save_calibration(KEY, replace(cold_start(), guard="proven"))
    path.write_text("{", encoding="utf-8")
    assert path.parent == calibrations_dir()
    pair, _ = pair_that_asks(1000.0, [fenced(RIGHT)], [])
    events = await run_events(request(pattern="auto"), pair)
    assert "prior only" in said(events)
    assert any(str(path) in notice.text for notice in of_type(events, Notice))


GAIN = Gain(points=3.0, low=-1.0, high=7.0, basis="counted", extrapolated=False)


@pytest.mark.parametrize(
    ("gain", "seconds", "worth"),
    [
        (GAIN, 60.0, True),
        (GAIN, 90.0, True),
        (GAIN, 91.0, False),
        (replace(GAIN, points=0.0), 0.0, False),
        (replace(GAIN, points=-2.0), 0.0, False),
        (None, 0.0, False),
    ],
)
def test_points_are_weighed_against_minutes(gain: Gain | None, seconds: float, worth: bool) -> None:
    assert weigh(gain, ReviewTime(seconds, "timed"), points_per_minute=2.0).review is worth


def test_by_default_a_minute_is_worth_it_on_the_rich_set_and_not_unguarded_on_the_lean_one() -> None:
    minute_and_a_half = ReviewTime(90.0, "timed")
    rich = predict(HUMANEVAL_PLUS.richness, guard="off")
    lean = predict(MBPP_PLUS.richness, guard="off")
    assert weigh(rich, minute_and_a_half, points_per_minute=POINTS_PER_MINUTE).review
    assert not weigh(lean, minute_and_a_half, points_per_minute=POINTS_PER_MINUTE).review


def test_the_threshold_is_a_key_of_the_pair(tmp_path: Path) -> None:
    models = tmp_path / "models.toml"
    models.write_text("[pairs.demo]\nauto_points_per_minute = 7\n", encoding="utf-8")
    assert open_pair(load_configuration(models).pair("demo")).points_per_minute == 7.0
    assert open_pair(load_configuration().pair("demo")).points_per_minute == POINTS_PER_MINUTE
    models.write_text("[pairs.demo]\nauto_points_per_minute = -1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"line 2: pairs\.demo\.auto_points_per_minute"):
        load_configuration(models)
