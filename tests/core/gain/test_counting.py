"""Outcomes counted in session logs: what the examples say is told apart from what hidden tests say."""

from collections.abc import Callable
from dataclasses import replace

from core.engines.pair import EnginePair
from core.events import Event, RunStarted
from core.gain.counting import ReviewedRun, count_sessions, judged_outcome, reviewed_run, tally
from core.gain.key import PairKey
from core.gain.timing import ASSUMED_SECONDS, review_time
from core.sessions import SessionLog, sessions_dir
from tests.core.patterns.scripted import fenced, run_events, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, WRONG_BELOW_ZERO, WRONG_EXAMPLE, request, review

KEY = PairKey(coder="coder-model", reviewer="reviewer-model", quantisation="q4f16_1+q4f16_1", prompt_version="1")
BELOW_ZERO = review("halve(-2)", "raises ValueError", citation="A negative number raises ValueError.")


def mended() -> EnginePair:
    return scripted_pair([fenced(WRONG_EXAMPLE), fenced(RIGHT)], [review("halve(5)", "2")])[0]


def kept() -> EnginePair:
    return scripted_pair([fenced(RIGHT)], [NO_DEFECT])[0]


async def logged(pair: EnginePair, **changes: object) -> list[Event]:
    pair.key = KEY
    log = SessionLog.create()
    events = await run_events(request(**changes), pair, log=log)
    log.close()
    return events


async def test_a_reviewed_run_is_read_off_its_events() -> None:
    run = reviewed_run(await logged(mended()))
    assert run is not None
    assert (run.key.quantisation, run.guard, run.name, run.checkable) == ("q4f16_1+q4f16_1", "proven", "halve", 2)
    assert (run.draft, run.final) == (WRONG_EXAMPLE, RIGHT)
    assert (run.draft_examples.failed, run.final_examples.failed) == (1, 0)


async def test_runs_without_a_review_are_no_outcome() -> None:
    assert reviewed_run(await logged(scripted_pair([fenced(RIGHT)])[0], pattern="coder-only")) is None
    assert reviewed_run(await logged(scripted_pair([fenced(RIGHT)])[0], rounds=0)) is None
    assert reviewed_run((await logged(kept()))[:-1]) is None
    assert reviewed_run([]) is None


async def test_scripted_answers_are_never_counted() -> None:
    events = [replace(each, scripted=True) if isinstance(each, RunStarted) else each for each in await logged(kept())]
    assert reviewed_run(events) is None


async def test_sessions_are_tallied_by_their_examples_only_in_words() -> None:
    for pair in (mended(), kept(), kept()):
        await logged(pair)
    counted = count_sessions()
    assert counted.problems == ()
    assert str(tally(counted.runs)) == (
        "by visible examples only, of 3 reviewed drafts 1 failed one; "
        "review mended 1 of them and spoilt 0 of the others"
    )


async def test_a_spec_without_examples_tallies_nothing() -> None:
    await logged(kept(), spec="Write a function halve that halves a number.\n", filename=None)
    counted = tally(count_sessions().runs)
    assert (counted.runs, counted.without_examples, counted.failing) == (1, 1, 0)
    assert "none of whose specs" in str(counted)


async def test_a_damaged_log_is_named_and_the_others_count() -> None:
    await logged(kept())
    await logged(mended())
    damaged = max(sessions_dir().iterdir())
    lines = damaged.read_text().splitlines()
    damaged.write_text("\n".join([lines[0], "{broken", *lines[1:]]) + "\n")
    counted = count_sessions()
    assert len(counted.problems) == 1
    assert damaged.name in counted.problems[0]
    assert len(counted.runs) == 1


def by_hidden_tests(run: ReviewedRun, code: str) -> bool:
    return "ValueError" in code


async def test_hidden_tests_make_an_outcome_and_can_disagree_with_the_examples() -> None:
    run = reviewed_run(await logged(scripted_pair([fenced(WRONG_BELOW_ZERO)], [NO_DEFECT])[0]))
    assert run is not None
    assert run.draft_examples.failed == 0
    outcome = judged_outcome(run, by_hidden_tests)
    assert outcome is not None
    assert (outcome.draft_right, outcome.final_right) == (False, False)
    assert outcome.has_signature
    assert outcome.branches == 1
    assert 20 < outcome.richness < 100


async def test_no_hidden_tests_no_outcome() -> None:
    run = reviewed_run(await logged(mended()))
    assert run is not None
    nothing: Callable[[ReviewedRun, str], None] = lambda run, code: None  # noqa: E731
    assert judged_outcome(run, nothing) is None


async def test_a_contradictory_spec_has_no_outcome_and_no_code_is_wrong_code() -> None:
    run = reviewed_run(await logged(mended()))
    assert run is not None
    contradictory = replace(run, spec=run.spec.replace("halve(5)\n    2", "halve(4)\n    3"))
    assert judged_outcome(contradictory, by_hidden_tests) is None
    outcome = judged_outcome(replace(run, draft=None), by_hidden_tests)
    assert outcome is not None
    assert (outcome.draft_right, outcome.final_right, outcome.branches) == (False, True, None)


async def test_a_review_is_timed_by_the_pair_s_own_sessions() -> None:
    # Every answer of this pair takes 0.02 seconds: one review and one fix, then one review alone.
    await logged(mended())
    await logged(kept())
    timed = review_time(KEY, draft_tokens=100, draft_seconds=2.0)
    assert 0.02 < timed.seconds < 0.06
    assert timed.basis == "the median of the last 2 reviews of this pair"
    assert review_time(replace(KEY, reviewer="other"), draft_tokens=100, draft_seconds=2.0).seconds == 26.0


def test_an_untimed_review_is_reckoned_from_the_draft_and_says_so() -> None:
    guessed = review_time(KEY, draft_tokens=300, draft_seconds=10.0)
    assert guessed.seconds == 50.0
    assert guessed.basis == "assuming 1,200 tokens of review at the draft's 30 a second"
    assert review_time(None, draft_tokens=0, draft_seconds=0.0).seconds == ASSUMED_SECONDS
