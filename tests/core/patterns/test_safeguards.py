"""The safeguards of docs/patterns.md, each with the answers that would get past a careless pipeline."""

import pytest

from core.events import (
    Decision,
    Finding,
    GuardDecision,
    Notice,
    ReviewVerdict,
    RunFinished,
    StageFinished,
    StageStarted,
)
from core.request import RunRequest
from tests.core.patterns.scripted import fenced, last, of_type, run_events, scripted_pair

SPEC = '''\
def halve(number: int) -> int:
    """Half of the number, rounded down. Zero gives zero. A negative number raises ValueError.

    >>> halve(4)
    2
    >>> halve(5)
    2
    """
'''
RIGHT = "def halve(number: int) -> int:\n    if number < 0:\n        raise ValueError(number)\n    return number // 2\n"
WRONG_BELOW_ZERO = "def halve(number: int) -> int:\n    return number // 2\n"
WRONG_AT_ZERO = "def halve(number: int) -> int:\n    return number // 2 if number else 1 // number\n"
WRONG_EXAMPLE = "def halve(number: int) -> int:\n    return round(number / 2 + 0.1)\n"
NO_DEFECT = "VERDICT: NO DEFECT"


def review(call: str, expected: str, citation: str = "Half of the number, rounded down.") -> str:
    return (
        "VERDICT: DEFECTS\n\nFINDING 1\nTITLE: wrong\n"
        f"CITATION: {citation}\nINPUT: {call}\nEXPECTED: {expected}\nWHY: because\n"
    )


def request(**changes: object) -> RunRequest:
    return RunRequest(**{"spec": SPEC, "filename": "halve.py", **changes})  # type: ignore[arg-type]


async def test_no_defect_keeps_the_draft_byte_for_byte() -> None:
    pair, coder, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(request(), pair)
    end = last(events, RunFinished)
    assert (end.accepted, end.code, end.passed, end.failed) == ("draft", RIGHT, 2, 0)
    assert coder.stages == ["draft"]


async def test_a_finding_that_does_not_reproduce_never_reaches_the_coder() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)], [review("halve(7)", "3")])
    events = await run_events(request(), pair)
    finding = last(events, Finding)
    assert finding.status == "unconfirmed"
    assert "already gives 3" in finding.reason
    assert last(events, RunFinished).code == RIGHT
    assert (coder.stages, reviewer.stages) == (["draft"], ["review"])


async def test_a_finding_that_contradicts_a_visible_example_is_unconfirmed() -> None:
    pair, coder, _ = scripted_pair([fenced(RIGHT)], [review("halve( 5 )", "3")])
    events = await run_events(request(), pair)
    finding = last(events, Finding)
    assert finding.status == "unconfirmed"
    assert "contradicts the example" in finding.reason
    assert coder.stages == ["draft"]


@pytest.mark.parametrize(
    ("call", "expected", "reason"),
    [
        ("", "1", "no input"),
        ("halve(", "1", "not a Python expression"),
        ("halve(1)", "", "does not say what is expected"),
        ("halve(1)", "one half", "not a Python literal"),
        ("double(1)", "2", "does not call halve"),
        ("halve(None)", "0", "outside the spec: number is int"),
        ("halve(number='4')", "2", "outside the spec: number is int"),
    ],
)
async def test_a_claim_that_cannot_be_tried_is_unconfirmed(call: str, expected: str, reason: str) -> None:
    pair, _, _ = scripted_pair([fenced(WRONG_BELOW_ZERO)], [review(call, expected)])
    finding = last(await run_events(request(), pair), Finding)
    assert finding.status == "unconfirmed"
    assert reason in finding.reason


async def test_a_finding_that_contradicts_an_example_of_an_exception_is_unconfirmed() -> None:
    spec = SPEC.replace(
        '    """\n', '    >>> halve(-1)\n    Traceback (most recent call last):\n    ValueError: -1\n    """\n'
    )
    pair, coder, _ = scripted_pair([fenced(RIGHT)], [review("halve(-1)", "-1")])
    finding = last(await run_events(request(spec=spec), pair), Finding)
    assert finding.status == "unconfirmed"
    assert "halve(-1) raises ValueError" in finding.reason
    assert coder.stages == ["draft"]


async def test_a_function_known_only_from_an_assertion_may_be_drafted_under_another_name() -> None:
    spec = "Write a function to halve a number.\nassert halve(5, True) == 2\n"
    draft = "def halve_number(number, down):\n    return number // 2\n"
    pair, _, _ = scripted_pair([fenced(draft)], [NO_DEFECT])
    end = last(await run_events(request(spec=spec, filename="halve.txt"), pair), RunFinished)
    assert (end.passed, end.failed) == (1, 0)


async def test_a_draft_that_raises_where_the_cited_spec_defines_a_result_is_proven_wrong() -> None:
    pair, _, reviewer = scripted_pair(
        [fenced(WRONG_AT_ZERO), fenced(RIGHT)], [review("halve(0)", "0", "Zero gives zero.")]
    )
    events = await run_events(request(), pair)
    finding = last(events, Finding)
    assert (finding.status, finding.line) == ("proven", 2)
    assert "ZeroDivisionError" in finding.got
    assert last(events, RunFinished).accepted == "fix"
    assert reviewer.stages == ["review"]


async def test_an_invented_citation_proves_nothing_by_itself() -> None:
    pair, coder, reviewer = scripted_pair(
        [fenced(WRONG_AT_ZERO)],
        [review("halve(0)", "0", "All integers are supported natively."), "EXPECTED: unspecified"],
    )
    events = await run_events(request(), pair)
    assert last(events, Finding).status == "disputed"
    assert coder.stages == ["draft"]
    assert reviewer.stages == ["review", "opinion"]


async def test_a_failed_visible_example_is_proven_without_a_second_opinion() -> None:
    pair, _, reviewer = scripted_pair([fenced(WRONG_EXAMPLE), fenced(RIGHT)], [review("halve(5)", "2")])
    events = await run_events(request(), pair)
    assert last(events, Finding).status == "proven"
    assert reviewer.stages == ["review"]
    assert last(events, RunFinished).failed == 0


async def test_a_second_reading_of_the_spec_supports_a_finding() -> None:
    pair, _, reviewer = scripted_pair(
        [fenced(WRONG_BELOW_ZERO), fenced(RIGHT)],
        [review("halve(-1)", "raises ValueError"), "Negative.\nEXPECTED: raises ValueError"],
    )
    events = await run_events(request(), pair)
    assert last(events, Finding).status == "supported"
    assert last(events, RunFinished).code == RIGHT
    opinion = reviewer.requests[-1].messages[-1].content
    assert SPEC.strip() in opinion
    assert "return number // 2" not in opinion, "the second reading must not see the code"


async def test_a_second_reading_that_differs_disputes_a_finding() -> None:
    pair, coder, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO)], [review("halve(-1)", "0"), "EXPECTED: raises ValueError"]
    )
    events = await run_events(request(), pair)
    finding = last(events, Finding)
    assert finding.status == "disputed"
    assert "raises ValueError" in finding.reason
    assert coder.stages == ["draft"]


async def test_a_fix_that_breaks_an_example_is_refused_and_the_coder_is_told_why() -> None:
    breaking = RIGHT.replace("number // 2", "number")
    pair, coder, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO), fenced(breaking), fenced(RIGHT)],
        [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"],
    )
    events = await run_events(request(), pair)
    first, second = of_type(events, GuardDecision)
    assert (first.accepted, second.accepted) == (False, True)
    assert "breaks examples 1, 2" in first.reason
    assert "breaks examples 1, 2" in coder.requests[-1].messages[-1].content
    end = last(events, RunFinished)
    assert (end.candidate, end.code) == ("fix 2", RIGHT)


async def test_after_the_last_round_a_refused_fix_leaves_the_draft() -> None:
    breaking = RIGHT.replace("number // 2", "number")
    pair, _, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO), fenced(breaking)],
        [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"],
    )
    end = last(await run_events(request(rounds=1), pair), RunFinished)
    assert (end.accepted, end.code) == ("draft", WRONG_BELOW_ZERO)


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        ("I would rather not.", "no usable code"),
        (fenced(WRONG_BELOW_ZERO), "the same code again"),
        (fenced(RIGHT.replace("raise ValueError(number)", "return 0")), "is still wrong"),
        (fenced(RIGHT.replace("(number: int)", "(number: int, strict: bool = True)")), "changes the parameters"),
        (fenced("import nowhere_to_be_found\n" + RIGHT), "does not load"),
    ],
)
async def test_a_fix_is_refused_unless_it_repairs_and_keeps(fix: str, reason: str) -> None:
    pair, _, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO), fix],
        [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"],
    )
    events = await run_events(request(rounds=1), pair)
    decision = last(events, GuardDecision)
    assert not decision.accepted
    assert reason in decision.reason
    assert last(events, RunFinished).code == WRONG_BELOW_ZERO


async def test_the_strict_guard_asks_for_no_fix_it_could_not_accept() -> None:
    pair, coder, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO)], [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"]
    )
    events = await run_events(request(guard="strict"), pair)
    assert "strict guard" in last(events, Notice).text
    assert coder.stages == ["draft"]


async def test_the_strict_guard_accepts_a_fix_that_passes_more_examples() -> None:
    pair, _, _ = scripted_pair([fenced(WRONG_EXAMPLE), fenced(RIGHT)], [review("halve(5)", "2")])
    events = await run_events(request(guard="strict"), pair)
    assert last(events, RunFinished).accepted == "fix"


async def test_without_guard_the_published_pattern_accepts_even_a_break() -> None:
    breaking = RIGHT.replace("number // 2", "number")
    text = review("halve(7)", "3")
    pair, coder, reviewer = scripted_pair([fenced(RIGHT), fenced(breaking)], [text])
    events = await run_events(request(guard="off", rounds=1), pair)
    end = last(events, RunFinished)
    assert (end.accepted, end.code, end.failed) == ("fix", breaking, 2)
    assert text.strip() in coder.requests[-1].messages[-1].content, "the whole review goes to the coder"
    assert reviewer.stages == ["review"]


async def test_code_that_does_not_parse_is_repaired_without_a_review() -> None:
    pair, coder, reviewer = scripted_pair(["```python\ndef halve(number:\n    return 1\n```", fenced(RIGHT)])
    events = await run_events(request(), pair)
    finding = last(events, Finding)
    assert (finding.status, finding.origin) == ("proven", "check")
    assert reviewer.stages == []
    assert "def halve(number:" in coder.requests[-1].messages[-1].content
    assert "```" not in coder.requests[-1].messages[-1].content.split("</code>")[0].split("<code>")[1]
    assert last(events, RunFinished).code == RIGHT


async def test_a_fix_without_its_imports_gets_them_from_the_code_before() -> None:
    draft = "import math\n\n\ndef halve(number: int) -> int:\n    return math.floor(number / 2)\n"
    fix = draft.removeprefix("import math\n\n\n").replace(
        "    return", "    if number < 0:\n        raise ValueError\n    return"
    )
    pair, _, _ = scripted_pair(
        [fenced(draft), fenced(fix)], [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"]
    )
    end = last(await run_events(request(), pair), RunFinished)
    assert end.accepted == "fix"
    assert end.code is not None
    assert "import math" in end.code


LEAN = "Write a function `halve(number)` that halves a number.\n"


async def test_on_a_spec_without_examples_review_is_advice_and_the_draft_stays() -> None:
    pair, coder, _ = scripted_pair([fenced(RIGHT)], [review("halve(3)", "1.5"), "EXPECTED: 1.5"])
    events = await run_events(request(spec=LEAN, filename="lean.txt"), pair)
    assert last(events, Decision).by == "default"
    assert last(events, RunFinished).code == RIGHT
    assert coder.stages == ["draft"]


async def test_a_person_may_apply_the_advice() -> None:
    half = "def halve(number):\n    return number / 2\n"
    pair, _, _ = scripted_pair([fenced(RIGHT), fenced(half)], [review("halve(3)", "1.5"), "EXPECTED: 1.5"])
    events = await run_events(request(spec=LEAN, filename="lean.txt"), pair, choose=lambda asked: asked.choices[-1])
    assert last(events, Decision).by == "person"
    assert last(events, RunFinished).code == half


async def test_an_unreadable_review_leaves_the_draft_and_says_so() -> None:
    pair, coder, _ = scripted_pair([fenced(RIGHT)], ["Looks fun."])
    events = await run_events(request(), pair)
    assert last(events, ReviewVerdict).verdict == "unclear"
    assert "no verdict" in last(events, Notice).text
    assert coder.stages == ["draft"]


async def test_the_size_of_a_change_is_reported() -> None:
    pair, _, _ = scripted_pair(
        [fenced(WRONG_BELOW_ZERO), fenced(RIGHT)],
        [review("halve(-1)", "raises ValueError"), "EXPECTED: raises ValueError"],
    )
    decision = last(await run_events(request(), pair), GuardDecision)
    assert (decision.lines_added, decision.lines_removed) == (2, 0)


async def test_tokens_and_cost_are_summed() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(request(), pair)
    end = last(events, RunFinished)
    assert (end.prompt_tokens, end.completion_tokens, end.tokens_estimated) == (20, 10, False)
    assert end.usd == pytest.approx(end.seconds * 0.001, abs=1e-5)
    assert len(of_type(events, StageStarted)) == len(of_type(events, StageFinished)) == 2
