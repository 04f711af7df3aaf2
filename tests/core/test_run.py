"""A run as a stream of events: how it starts, stops, fails, and what it leaves on disk."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from core.errors import EngineError, UsageError
from core.events import (
    Candidate,
    Notice,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SpecRead,
    StageFinished,
    TokenText,
)
from core.request import RunRequest
from core.run import Run
from core.sessions import SessionLog, find_session, list_sessions, read_session
from tests.core.patterns.scripted import fenced, last, of_type, run_events, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, SPEC, request


async def test_events_are_numbered_timed_and_framed() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(request(), pair)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[1], SpecRead)
    assert isinstance(events[-1], RunFinished)
    assert [event.n for event in events] == list(range(len(events)))
    assert all(one.at <= other.at for one, other in pairwise(events))


async def test_stop_keeps_the_partial_answer_and_ends_the_stream() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT) + "..."])
    run = Run(request(), pair)
    events = []
    async for event in run.events():
        events.append(event)
        if isinstance(event, TokenText) and "return" in event.text:
            run.stop()
    finished = last(events, StageFinished)
    assert finished.finish_reason == "stopped"
    assert "return number // 2" in finished.text
    assert isinstance(events[-1], RunStopped)


async def test_stopping_in_the_review_keeps_the_checked_draft() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], ["VERDICT: ..."])
    run = Run(request(), pair)
    events = []
    async for event in run.events():
        events.append(event)
        if isinstance(event, TokenText) and "VERDICT" in event.text:
            run.stop()
    stopped = last(events, RunStopped)
    assert (stopped.candidate, stopped.code) == ("draft", RIGHT)


async def test_an_iterator_closed_early_stops_the_run() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT) + "..."])
    run = Run(request(), pair)
    events = run.events()
    async for _ in events:
        break
    await events.aclose()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "secondpass run"]


async def test_an_engine_that_fails_ends_the_run_with_its_sentence_and_the_code_so_far() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [EngineError("The engine died.")])
    events = await run_events(request(), pair)
    failed = last(events, RunFailed)
    assert (failed.message, failed.exit_code, failed.code) == ("The engine died.", 3, RIGHT)
    assert last(events, StageFinished).text == "partial "


async def test_a_bug_of_ours_is_reported_not_raised(caplog: pytest.LogCaptureFixture) -> None:
    pair, _, _ = scripted_pair([ZeroDivisionError("boom")])
    failed = last(await run_events(request(), pair), RunFailed)
    assert "secondpass itself failed (ZeroDivisionError" in failed.message
    assert "boom" in caplog.text


async def test_a_spec_that_fills_the_context_is_refused_before_anything_is_sent() -> None:
    pair, coder, _ = scripted_pair([fenced(RIGHT)], context=512)
    failed = last(await run_events(request(spec=SPEC + "# more\n" * 400), pair), RunFailed)
    assert "context of 512" in failed.message
    assert coder.requests == []


@pytest.mark.parametrize(
    ("spec", "name", "message"),
    [
        ("", None, "is empty"),
        (" \n\n", None, "is empty"),
        (SPEC + "\n\n" + SPEC.replace("halve", "double"), None, "holds 2 specs"),
        (SPEC + "\n\n" + SPEC.replace("halve", "double"), "triple", 'no stub named "triple"'),
    ],
)
def test_a_request_that_cannot_be_run_is_refused(spec: str, name: str | None, message: str) -> None:
    pair, _, _ = scripted_pair([])
    with pytest.raises(UsageError, match=message):
        Run(RunRequest(spec=spec, filename="halve.py", name=name), pair)


async def test_one_of_several_stubs_is_run_alone() -> None:
    spec = SPEC.replace("halve", "double") + "\n\n" + SPEC
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(RunRequest(spec=spec, filename="halve.py", name="halve"), pair)
    assert last(events, SpecRead).name == "halve"
    assert last(events, RunFinished).passed == 2


async def test_the_log_replays_what_was_seen() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    log = SessionLog.create()
    seen = await run_events(request(), pair, log=log)
    log.close()
    kept = list(read_session(log.path))
    assert [event for event in kept if not isinstance(event, TokenText)] == [
        event for event in seen if not isinstance(event, TokenText)
    ]
    assert "".join(event.text for event in of_type(kept, TokenText)) == "".join(
        event.text for event in of_type(seen, TokenText)
    )
    assert log.path.stat().st_mode & 0o077 == 0
    (summary,) = list_sessions()
    assert (summary.id, summary.pattern, summary.ending) == (log.id, "review-then-fix", "run_finished")
    assert find_session(log.id[:-2]) == log.path


async def test_a_log_that_cannot_be_written_costs_a_notice_not_the_run() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    log = SessionLog(Path("/dev/full"))
    events = await run_events(request(), pair, log=log)
    log.close()
    assert last(events, RunFinished).code == RIGHT
    assert sum("cannot be written" in notice.text for notice in of_type(events, Notice)) == 1


def test_an_unknown_session_names_the_way_to_the_list() -> None:
    with pytest.raises(UsageError, match="secondpass sessions list"):
        find_session("2020")


async def test_hostile_text_in_an_answer_reaches_the_events_unharmed() -> None:
    hostile = "\x1b[2J\udce4[bold red]" + fenced(RIGHT)
    pair, _, _ = scripted_pair([hostile], [NO_DEFECT])
    log = SessionLog.create()
    events = await run_events(request(), pair, log=log)
    log.close()
    assert last(events, Candidate).code == RIGHT
    assert of_type(list(read_session(log.path)), StageFinished)[0].text == hostile.replace("\udce4", "\ufffd")
