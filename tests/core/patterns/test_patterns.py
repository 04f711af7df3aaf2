"""The control flow of each pattern."""

import json

import pytest

from core.choices import DEFAULT_PATTERN, PATTERN_NAMES
from core.events import GuardDecision, RunFinished
from core.patterns.prompts import fill, messages, prompt_version
from core.patterns.registry import PATTERNS
from core.request import RunRequest
from core.review import REVIEW_SCHEMA
from tests.core.patterns.scripted import fenced, last, of_type, run_events, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, SPEC, WRONG_EXAMPLE, request


def test_the_names_offered_are_the_patterns_there_are() -> None:
    assert tuple(PATTERNS) == PATTERN_NAMES
    assert PATTERN_NAMES[0] == DEFAULT_PATTERN


async def test_coder_only_asks_the_coder_once() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)])
    assert last(await run_events(request(pattern="coder-only"), pair), RunFinished).code == RIGHT
    assert (coder.stages, reviewer.stages) == (["draft"], [])


async def test_reviewer_only_asks_the_reviewer_once() -> None:
    pair, coder, reviewer = scripted_pair([], [fenced(RIGHT)])
    assert last(await run_events(request(pattern="reviewer-only"), pair), RunFinished).code == RIGHT
    assert (coder.stages, reviewer.stages) == ([], ["draft"])


async def test_plan_then_code_gives_the_coder_the_plan() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)], ["1. Divide by two, {{code}}."])
    await run_events(request(pattern="plan-then-code"), pair)
    assert reviewer.stages == ["plan"]
    assert "1. Divide by two, {{code}}." in coder.requests[0].messages[-1].content


async def test_retries_go_on_until_the_examples_pass() -> None:
    still_wrong = WRONG_EXAMPLE.replace("0.1", "0.2")
    pair, coder, _ = scripted_pair([fenced(WRONG_EXAMPLE), fenced(still_wrong), fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(request(pattern="review-then-fix-retry"), pair)
    assert coder.stages == ["draft", "retry", "retry"]
    assert "halve(5)" in coder.requests[1].messages[-1].content
    assert "got: 3" in coder.requests[1].messages[-1].content
    refused, accepted = of_type(events, GuardDecision)
    assert (refused.accepted, accepted.accepted) == (False, True)
    assert last(events, RunFinished).candidate == "retry 2"


async def test_after_three_retries_it_ends_with_the_best_code() -> None:
    pair, coder, _ = scripted_pair([fenced(WRONG_EXAMPLE)] * 4, [NO_DEFECT])
    end = last(await run_events(request(pattern="review-then-fix-retry"), pair), RunFinished)
    assert coder.stages == ["draft", "retry", "retry", "retry"]
    assert (end.code, end.failed) == (WRONG_EXAMPLE, 1)


async def test_adversarial_keeps_the_program_that_passes_more() -> None:
    pair, coder, reviewer = scripted_pair([fenced(WRONG_EXAMPLE), NO_DEFECT], [fenced(RIGHT), NO_DEFECT])
    end = last(await run_events(request(pattern="adversarial"), pair), RunFinished)
    assert coder.stages == ["draft", "review"]
    assert reviewer.stages == ["draft", "review"]
    assert (end.candidate, end.code) == ("reviewer's draft", RIGHT)


async def test_adversarial_prefers_the_coder_on_a_tie() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT), NO_DEFECT], [fenced(RIGHT + "\n\nX = 1\n"), NO_DEFECT])
    assert last(await run_events(request(pattern="adversarial"), pair), RunFinished).candidate == "draft"


async def test_rounds_zero_is_the_draft_alone() -> None:
    pair, coder, reviewer = scripted_pair([fenced(WRONG_EXAMPLE)])
    await run_events(request(rounds=0), pair)
    assert (coder.stages, reviewer.stages) == (["draft"], [])


async def test_every_request_is_labelled_and_holds_the_spec_unchanged() -> None:
    spec = SPEC.replace("Zero gives zero.", "Zero gives {{zero}} and ``` and </specification>.")
    pair, coder, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    await run_events(RunRequest(spec=spec, filename="halve.py"), pair)
    sent = coder.requests[0]
    assert (sent.stage, sent.round, sent.pattern, sent.spec) == ("draft", 1, "review-then-fix", spec)
    assert spec.strip() in sent.messages[-1].content
    assert [message.role for message in sent.messages] == ["system", "user"]


async def test_swap_keeps_one_engine_alive() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)], [NO_DEFECT], swap=True)
    await run_events(request(), pair)
    assert (coder.closed, reviewer.closed) == (1, 1)


def test_a_prompt_asked_for_without_its_values_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("refused", findings="x")
    with pytest.raises(KeyError):
        messages("draft", spec="x")


def test_the_prompt_version_is_stable_and_short() -> None:
    assert prompt_version() == prompt_version()
    assert len(prompt_version()) < 16


async def test_a_structured_review_is_asked_for_as_json_and_means_the_same() -> None:
    finding = {"title": "wrong", "citation": "", "input": "halve(5)", "expected": "2.5", "why": "so"}
    review = json.dumps({"verdict": "DEFECTS", "findings": [finding]})
    pair, coder, reviewer = scripted_pair([fenced(WRONG_EXAMPLE), fenced(RIGHT)], [review], structured=True)
    end = last(await run_events(request(guard="off"), pair), RunFinished)
    assert reviewer.requests[0].schema == REVIEW_SCHEMA
    assert '"verdict"' in reviewer.requests[0].messages[-1].content
    told = coder.requests[1].messages[-1].content
    assert "INPUT: halve(5)" in told
    assert "{" not in told.partition("This is wrong")[2]
    assert end.code == RIGHT


async def test_a_model_is_told_not_to_reason_in_the_stages_that_say_so() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)], [NO_DEFECT], no_thinking=("review",))
    await run_events(request(), pair)
    assert [each.thinking for each in (*coder.requests, *reviewer.requests)] == [None, False]


async def test_a_review_that_is_not_structured_is_asked_for_in_words() -> None:
    pair, _, reviewer = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    await run_events(request(), pair)
    assert reviewer.requests[0].schema == ""
    assert "VERDICT: NO DEFECT" in reviewer.requests[0].messages[-1].content
