"""The fold from events to the Workbench's state, and the figures computed from it."""

import pytest

from core.engines.protocol import EngineStatus, Phase
from core.events import (
    ApprovalRequested,
    Candidate,
    CodeSaved,
    Decision,
    EnginePhase,
    Event,
    Finding,
    GuardDecision,
    Notice,
    ReasoningText,
    ReviewOffered,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StageFinished,
    StageStarted,
    TokenText,
)
from tui.workbench import figures, layout
from tui.workbench.header import outcome_line, status_line, track_line
from tui.workbench.panes import diff_pair
from tui.workbench.state import Workbench, apply, cut_off, joined

STARTED = RunStarted(
    run_id="r",
    started="2026-01-01T00:00:00+00:00",
    program="secondpass 0",
    spec="def f(): ...",
    filename=None,
    pattern="review-then-fix",
    pair="p",
    scripted=False,
    coder="c",
    reviewer="r",
    guard="proven",
    rounds=2,
    prompt_version="1",
    sandbox="none",
    usd_per_hour=3.6,
)


def draft_started(at: float = 1.0) -> StageStarted:
    return StageStarted(
        at=at, stage="draft", role="coder", round=1, model="c", candidate="draft", prompt_tokens=90, context=1000
    )


def draft_finished(**changes: object) -> StageFinished:
    fields: dict[str, object] = {
        "at": 4.0,
        "stage": "draft",
        "role": "coder",
        "round": 1,
        "candidate": "draft",
        "text": "the whole text",
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "tokens_estimated": False,
        "ttft": 1.0,
        "seconds": 3.0,
        "finish_reason": "stop",
    }
    return StageFinished(**(fields | changes))  # type: ignore[arg-type]


def finding(status: str, id_: str = "draft r1.1") -> Finding:
    return Finding(
        id=id_,
        candidate="draft",
        round=1,
        title="t",
        citation="",
        call="f()",
        expected="1",
        status=status,  # type: ignore[arg-type]
    )


def finished(**changes: object) -> RunFinished:
    fields: dict[str, object] = {
        "accepted": "draft",
        "candidate": "draft",
        "code": "x = 1\n",
        "passed": 1,
        "failed": 0,
        "prompt_tokens": 1,
        "completion_tokens": 1,
        "tokens_estimated": False,
        "seconds": 5.0,
        "usd": 0.005,
    }
    return RunFinished(**(fields | changes))  # type: ignore[arg-type]


def fold(*events: Event) -> Workbench:
    state = Workbench()
    for event in events:
        state = apply(state, event)
    return state


def test_pieces_of_an_answer_are_joined_and_reasoning_is_kept_apart() -> None:
    state = fold(
        STARTED,
        draft_started(),
        ReasoningText(at=1.5, stage="draft", role="coder", text="hm "),
        TokenText(at=2.0, stage="draft", role="coder", text="a"),
        TokenText(at=2.1, stage="draft", role="coder", text="b"),
    )
    (answer,) = state.answers
    assert (answer.text, answer.reasoning, answer.first, answer.finished) == ("ab", "hm ", 1.5, None)
    assert (state.step, state.running) == ("draft", True)


def test_two_models_that_stream_at_once_do_not_mix() -> None:
    other = StageStarted(
        stage="draft", role="reviewer", round=1, model="r", candidate="reviewer's draft", prompt_tokens=1, context=10
    )
    state = fold(
        STARTED,
        draft_started(),
        other,
        TokenText(stage="draft", role="coder", text="one"),
        TokenText(stage="draft", role="reviewer", text="two"),
    )
    assert [answer.text for answer in state.answers] == ["one", "two"]


def test_a_piece_without_a_stage_changes_nothing() -> None:
    state = fold(STARTED)
    assert apply(state, TokenText(stage="draft", role="coder", text="lost")).answers == ()


def test_a_finding_told_again_replaces_itself_where_it_stood() -> None:
    state = fold(STARTED, finding("checking"), finding("checking", "draft r1.2"), finding("proven"))
    assert [(each.id, each.status) for each in state.findings] == [("draft r1.1", "proven"), ("draft r1.2", "checking")]


def test_a_question_stands_until_it_is_decided_or_the_run_ends() -> None:
    asked = ApprovalRequested(id="q", question="?", choices=("a", "b"), default="a")
    assert fold(STARTED, asked).approval == asked
    assert fold(STARTED, asked, Decision(id="q", choice="a", by="person")).approval is None
    assert fold(STARTED, asked, RunStopped(candidate=None, code=None, seconds=1.0)).approval is None


def test_a_log_that_ends_within_a_question_asks_it_no_more() -> None:
    asked = fold(
        draft_started(),
        ApprovalRequested(id="a", question="?", choices=("yes", "no"), default="no"),
        ReviewOffered(candidate="draft", round=1, findings=()),
    )
    state = cut_off(asked)
    assert (state.approval, state.offered, state.running) == (None, None, False)
    assert [answer.finished is not None for answer in state.answers] == [True]


def test_a_new_run_begins_clean_but_for_the_engines() -> None:
    ready = EnginePhase(role="coder", phase=Phase.READY)
    state = fold(STARTED, ready, Notice(text="n"), draft_started(), finished(), STARTED)
    assert state == Workbench(run=STARTED, coder=EngineStatus(Phase.READY), n=STARTED.n)


def test_the_whole_text_of_a_finished_answer_wins_and_an_empty_one_keeps_what_was_streamed() -> None:
    token = TokenText(stage="draft", role="coder", text="partial")
    assert fold(STARTED, draft_started(), token, draft_finished()).answers[0].text == "the whole text"
    stopped = draft_finished(text="", finish_reason="stopped")
    assert fold(STARTED, draft_started(), token, stopped).answers[0].text == "partial"


def test_speed_counts_from_the_first_token_on() -> None:
    done = fold(STARTED, draft_started(), draft_finished())
    assert figures.speed(done, "coder", 9.0) == figures.Speed(tokens_per_second=25.0, ttft=1.0, estimated=False)
    assert figures.speed(done, "reviewer", 9.0) is None
    waiting = figures.speed(fold(STARTED, draft_started()), "coder", 9.0)
    assert waiting == figures.Speed(tokens_per_second=None, ttft=None, estimated=True)
    token = TokenText(at=2.0, stage="draft", role="coder", text="x" * 36)
    streaming = figures.speed(fold(STARTED, draft_started(1.0), token), "coder", 4.0)
    assert streaming == figures.Speed(tokens_per_second=5.0, ttft=1.0, estimated=True)


def test_the_context_meter_is_an_estimate_until_usage_arrives() -> None:
    token = TokenText(at=2.0, stage="draft", role="coder", text="x" * 36)
    assert figures.context(fold(STARTED, draft_started(), token)) == figures.Context(
        used=100, available=1000, estimated=True
    )
    assert figures.context(fold(STARTED, draft_started(), draft_finished())) == figures.Context(
        used=150, available=1000, estimated=False
    )


def test_time_and_cost_run_while_the_run_does_and_then_stand() -> None:
    running = fold(STARTED, draft_started())
    assert figures.elapsed(running, 10.0) == 10.0
    assert figures.cost(running, 10.0) == pytest.approx(0.01)
    assert figures.elapsed(fold(STARTED, finished()), 99.0) == 5.0
    assert figures.cost(fold(STARTED, finished()), 99.0) == 0.005
    stopped = fold(STARTED, RunStopped(candidate=None, code=None, seconds=100.0))
    assert figures.cost(stopped, 999.0) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("tokens", "text"), [(840, "840"), (3100, "3.1k"), (9949, "9.9k"), (9950, "10k"), (16384, "16k")]
)
def test_tokens_are_written_short(tokens: int, text: str) -> None:
    assert figures.thousands(tokens) == text


@pytest.mark.parametrize("width", [38, 60, 78, 118])
def test_the_status_line_fits_and_never_drops_the_stop_key(width: int) -> None:
    token = TokenText(at=2.0, stage="draft", role="coder", text="x" * 360)
    text = status_line(fold(STARTED, draft_started(), token), 4.0, "Esc stop", width).text
    assert len(text) <= width
    assert text.endswith("Esc stop")


def test_the_track_marks_the_running_stage_in_brackets_and_ticks_what_is_done() -> None:
    review = StageStarted(
        stage="review", role="reviewer", round=1, model="r", candidate="draft", prompt_tokens=1, context=10
    )
    assert track_line(fold(STARTED, draft_started(), review), "review-then-fix").text == "DRAFT✓─[REVIEW]─FIX─CHECK"


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (finished(), "draft stands and passes 1 of 1 examples. Ctrl+S saves it."),
        (finished(failed=2), "draft stands, but 2 of 3 examples fail."),
        (finished(passed=0), "no example that could be checked"),
        (finished(code=None, candidate=None, accepted="none"), "No code"),
        (RunStopped(candidate=None, code=None, seconds=1.0), "Stopped. There is no finished code yet. F4 runs again."),
        (RunStopped(candidate="draft", code="x", seconds=1.0), "draft stands; Ctrl+S saves it."),
        (RunFailed(message="The server went away.", exit_code=3), "Error: The server went away. F4 runs again."),
        (RunFailed(message="Gone.", exit_code=3, candidate="draft", code="x"), "What was written so far is kept"),
    ],
)
def test_every_ending_says_what_came_of_it_and_what_to_do(ending: Event, words: str) -> None:
    line = outcome_line(fold(STARTED, ending))
    assert line is not None
    assert words in line.text


def test_saving_is_what_is_said_last() -> None:
    saved = CodeSaved(path="/x/f.py", candidate="draft", replaced=True, n=9)
    line = outcome_line(fold(STARTED, finished(), saved))
    assert line is not None
    assert line.text == "✓ Saved: draft to /x/f.py (replaced). Alt+U takes it back."


def guard(candidate: str, base: str, *, accepted: bool) -> GuardDecision:
    return GuardDecision(candidate=candidate, base=base, accepted=accepted, reason="", lines_added=1, lines_removed=0)


def candidate(name: str) -> Candidate:
    return Candidate(candidate=name, role="coder", code=f"# {name}\n", problem=None)


def test_the_diff_goes_from_the_draft_to_the_code_that_stands_through_all_accepted_fixes() -> None:
    state = fold(
        STARTED,
        candidate("draft"),
        candidate("fix 1"),
        guard("fix 1", "draft", accepted=True),
        candidate("fix 2"),
        guard("fix 2", "fix 1", accepted=True),
        finished(candidate="fix 2", accepted="fix"),
    )
    pair = diff_pair(state)
    assert pair is not None
    assert pair[:2] == ("draft", "fix 2")


def test_the_diff_of_a_refused_fix_can_be_seen() -> None:
    state = fold(STARTED, candidate("draft"), candidate("fix 1"), guard("fix 1", "draft", accepted=False), finished())
    pair = diff_pair(state)
    assert pair is not None
    assert pair[:2] == ("draft", "fix 1")
    assert layout.open_code(state, layout.Chosen()) == "diff"


def test_panes_follow_the_run_until_the_person_opens_one() -> None:
    state = fold(STARTED, draft_started())
    assert layout.open_single(Workbench(), layout.Chosen()) == "spec"
    assert layout.open_single(state, layout.Chosen()) == "draft"
    assert layout.open_single(state, layout.Chosen().opening("checks")) == "checks"
    fixed = fold(STARTED, guard("fix 1", "draft", accepted=True), finished(candidate="fix 1", accepted="fix"))
    assert layout.open_code(fixed, layout.Chosen()) == "fix"


def piece(kind: type[TokenText | ReasoningText], text: str, at: float, role: str = "coder") -> Event:
    stage = "draft" if role == "coder" else "review"
    return kind(stage=stage, role=role, text=text, at=at, n=round(10 * at))  # type: ignore[arg-type]


PIECES = [
    piece(ReasoningText, "so ", 1.1),
    piece(ReasoningText, "it ", 1.2),
    piece(ReasoningText, "is", 1.3),
    piece(TokenText, "de", 1.4),
    piece(TokenText, "f ", 1.5),
    piece(TokenText, "f", 1.6),
    piece(ReasoningText, "hm", 1.7),
    piece(TokenText, "VER", 1.8, "reviewer"),
    piece(TokenText, "(", 1.9),
    piece(TokenText, "DICT", 2.0, "reviewer"),
    piece(TokenText, "):", 2.1),
]


@pytest.mark.parametrize("count", range(len(PIECES) + 1))
@pytest.mark.parametrize("finished", [True, False])
def test_a_replay_of_joined_pieces_ends_in_the_same_state(count: int, finished: bool) -> None:
    review = StageStarted(
        at=1.05, stage="review", role="reviewer", round=1, model="r", candidate="draft", prompt_tokens=9, context=1000
    )
    events = [STARTED, draft_started(), review, *PIECES[:count], *([draft_finished(), draft_finished()] * finished)]
    whole, quick = Workbench(), Workbench()
    for event in events:
        whole = apply(whole, event)
    for event in joined(events):
        quick = apply(quick, event)
    assert quick == whole


def test_most_pieces_of_an_answer_become_one() -> None:
    many = [piece(TokenText, "x", 1 + number / 100) for number in range(90)]
    assert len(list(joined([draft_started(), *many, draft_finished()]))) == 4
