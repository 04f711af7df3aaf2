"""The demo pair: every bundled example plays under every pattern, and shows what it says."""

import pytest

from core.choices import PATTERN_NAMES
from core.config import load_configuration
from core.engines.pair import open_pair
from core.events import Decision, Event, Finding, GuardDecision, ReviewVerdict, RunFailed, RunFinished, RunStarted
from core.examples import BundledExample, bundled_examples, find_example
from core.request import RunRequest
from core.run import Run
from tests.core.patterns.scripted import PATIENT, last, of_type


async def play(name: str, pattern: str, *, guard: str = "proven") -> list[Event]:
    example = next(each for each in bundled_examples() if each.name == name)
    request = RunRequest(
        spec=example.text,
        filename=example.filename,
        pattern=pattern,
        guard=guard,  # type: ignore[arg-type]
    )
    pair = open_pair(load_configuration().pair("demo"))
    events = [event async for event in Run(request, pair, limits=PATIENT).events()]
    await pair.close()
    return events


async def ending(name: str, pattern: str, *, guard: str = "proven") -> RunFinished:
    return last(await play(name, pattern, guard=guard), RunFinished)


def statuses(events: list[Event]) -> list[str]:
    return [finding.status for finding in of_type(events, Finding) if finding.status != "checking"]


def test_there_are_at_least_eight_examples_in_python_and_markdown() -> None:
    examples = bundled_examples()
    assert len(examples) >= 8
    assert {example.path.suffix for example in examples} == {".py", ".md"}
    assert all(example.pattern in PATTERN_NAMES and example.shows for example in examples)


@pytest.mark.parametrize("pattern", PATTERN_NAMES)
@pytest.mark.parametrize("example", bundled_examples(), ids=lambda example: example.name)
async def test_every_example_plays_to_its_end_and_is_labelled_scripted(example: BundledExample, pattern: str) -> None:
    events = await play(example.name, pattern)
    assert isinstance(events[-1], RunFinished)
    started = events[0]
    assert isinstance(started, RunStarted)
    assert started.scripted


async def test_a_wrong_draft_is_saved_by_confirmed_findings() -> None:
    events = await play("merge_intervals", "review-then-fix")
    assert statuses(events) == ["supported", "supported"]
    assert last(events, RunFinished).accepted == "fix"


async def test_a_false_alarm_leaves_the_draft() -> None:
    events = await play("parse_duration", "review-then-fix")
    assert statuses(events) == ["unconfirmed"]
    assert last(events, RunFinished).accepted == "draft"


async def test_the_same_false_alarm_breaks_the_draft_without_the_guard() -> None:
    assert (await ending("parse_duration", "review-then-fix", guard="off")).failed > 0


async def test_no_defect() -> None:
    events = await play("to_roman", "review-then-fix")
    assert last(events, ReviewVerdict).verdict == "no defect"
    assert last(events, RunFinished).accepted == "draft"


async def test_a_breaking_fix_is_refused_before_a_better_one_is_accepted() -> None:
    events = await play("shorten", "review-then-fix")
    assert [decision.accepted for decision in of_type(events, GuardDecision)] == [False, True]


async def test_a_lean_spec_keeps_review_advisory() -> None:
    events = await play("slugify", "review-then-fix")
    assert last(events, Decision).choice == "Keep the draft"
    assert last(events, RunFinished).accepted == "draft"


async def test_planning_goes_wrong_where_review_gets_it_right() -> None:
    assert (await ending("split_bill", "plan-then-code")).failed > 0
    assert (await ending("split_bill", "review-then-fix")).failed == 0


async def test_retries_put_right_what_draft_and_review_missed() -> None:
    assert (await ending("number_ranges", "review-then-fix")).failed > 0
    end = await ending("number_ranges", "review-then-fix-retry")
    assert (end.failed, end.candidate) == (0, "retry 2")


async def test_a_syntax_error_is_repaired() -> None:
    events = await play("median", "review-then-fix")
    assert of_type(events, Finding)[0].origin == "check"
    assert last(events, RunFinished).failed == 0


async def test_a_disputed_finding_never_reaches_the_coder() -> None:
    events = await play("count_vowels", "review-then-fix")
    assert statuses(events) == ["disputed"]
    assert of_type(events, GuardDecision) == []


async def test_a_class_whose_missing_key_is_proven_wrong() -> None:
    events = await play("lru_cache", "review-then-fix")
    assert statuses(events) == ["proven"]
    assert last(events, RunFinished).accepted == "fix"


async def test_an_unknown_spec_is_refused_with_what_to_configure() -> None:
    pair = open_pair(load_configuration().pair("demo"))
    request = RunRequest(spec="def other(x: int) -> int: ...\n", filename="other.py")
    events = [event async for event in Run(request, pair).events()]
    failed = last(events, RunFailed)
    assert failed.exit_code == 3
    assert "--pair" in failed.message
    assert "models.toml" in failed.message


def test_line_ends_and_trailing_blanks_do_not_make_another_spec() -> None:
    example = bundled_examples()[0]
    assert find_example("\n" + example.text.replace("\n", "  \r\n")) is example
    assert find_example(example.text.replace("Merge", "Join")) is None
