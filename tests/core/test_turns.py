"""Further turns of a session: a request about code that was accepted."""

from pathlib import Path

import pytest

from analyzers.parse import parse_specs
from core.briefing import briefing, with_requests
from core.config import load_configuration
from core.engines.pair import open_pair
from core.errors import UsageError
from core.event_log import read_events
from core.events import CheckResult, ContextFile, Rewound, RunFailed, RunFinished, RunStarted
from core.examples import bundled_examples
from core.request import FollowUp, RunRequest
from core.sessions import SessionLog
from tests.core.patterns.scripted import fenced, last, of_type, run_events, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, SPEC, request

ASKED = "Divide by three instead."


def follow_up(**changes: object) -> RunRequest:
    turn = FollowUp(requests=(ASKED,), base=RIGHT, turn=2)
    return request(follow_up=turn, **changes)


def test_examples_in_a_request_are_examples_of_the_result() -> None:
    (spec,) = parse_specs(SPEC, filename="spec.py")
    asked = f"Negative numbers count too: {spec.name}(-9) should return -5"
    joined = with_requests(spec, ["Be quick.", asked])
    assert joined.text.startswith(spec.text.rstrip())
    assert [one.source for one in joined.examples[len(spec.examples) :]] == [f"{spec.name}(-9)"]
    added = joined.examples[-1]
    assert f"{spec.name}(-9)" in joined.text[added.span.start : added.span.end]
    assert added.group not in {one.group for one in spec.examples}


def test_examples_of_another_function_are_prose() -> None:
    (spec,) = parse_specs(SPEC, filename="spec.py")
    assert with_requests(spec, ["other(1) should return 2"]).examples == spec.examples


def test_a_file_that_holds_a_fence_is_fenced_by_more_ticks() -> None:
    (spec,) = parse_specs(SPEC, filename="spec.py")
    told = briefing(spec, [ContextFile(name="notes.md", text="```\ncode\n```\n")])
    assert "notes.md" in told
    assert "````\n```\ncode\n```\n````" in told


async def test_a_further_turn_shows_the_models_the_code_and_the_request() -> None:
    pair, coder, reviewer = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    events = await run_events(follow_up(files=(ContextFile(name="a.py", text="LIMIT = 3"),)), pair)
    started = last(events, RunStarted)
    assert (started.turn, started.requests, started.base) == (2, (ASKED,), RIGHT)
    assert started.spec == SPEC
    asked = coder.requests[0].messages[-1].content
    assert RIGHT.strip() in asked
    assert ASKED in asked
    assert "LIMIT = 3" in asked
    assert coder.requests[0].request == ASKED
    assert ASKED in reviewer.requests[0].messages[-1].content


async def test_the_examples_of_the_spec_and_of_the_request_are_checked() -> None:
    pair, _, _ = scripted_pair([fenced(RIGHT)], [NO_DEFECT])
    (spec,) = parse_specs(SPEC, filename="spec.py")
    turn = FollowUp(requests=(f"{spec.name}(100) should return 7",), base=RIGHT, turn=2)
    events = await run_events(request(follow_up=turn, pattern="coder-only"), pair)
    checks = of_type(events, CheckResult)
    assert len(checks) == len(spec.examples) + 1
    assert checks[-1].outcome == "fail"


async def test_the_demo_pair_plays_its_follow_up_and_names_it_when_asked_for_another() -> None:
    demo_pair = open_pair(load_configuration().pair("demo"))
    example = next(one for one in bundled_examples() if one.follow_ups)
    base = "def merge_intervals(intervals):\n    return intervals\n"
    turn = FollowUp(requests=example.follow_ups[:1], base=base, turn=2)
    wanted = RunRequest(spec=example.text, filename=example.filename, follow_up=turn)
    finished = last(await run_events(wanted, demo_pair), RunFinished)
    assert finished.failed == 0
    assert "gap" in (finished.code or "")
    other = FollowUp(requests=("Make it a class.",), base=base, turn=2)
    failed = last(
        await run_events(RunRequest(spec=example.text, filename=example.filename, follow_up=other), demo_pair),
        RunFailed,
    )
    assert example.follow_ups[0] in failed.message


async def test_a_session_holds_several_turns_and_is_gone_on_with_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    pair, _, _ = scripted_pair([fenced(RIGHT), fenced(RIGHT)], [NO_DEFECT, NO_DEFECT])
    log = SessionLog(path)
    await run_events(request(), pair, log=log)
    log.close()
    with path.open("ab") as file:
        file.write(b'{"type": "token", "text": "half of a li')
    again = SessionLog(path)
    await run_events(follow_up(), pair, log=again)
    again.append_after(Rewound(turn=1))
    again.close()
    events = list(read_events(path))
    assert [event.turn for event in of_type(events, RunStarted)] == [1, 2]
    assert isinstance(events[-1], Rewound)


def test_two_programs_do_not_write_one_session(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    log = SessionLog(path)
    with pytest.raises(UsageError, match="open in another"):
        SessionLog(path)
    log.close()
    SessionLog(path).close()
