"""Who wrote which line, from the events of a session."""

from core.events import (
    Candidate,
    CodeChosen,
    Event,
    Finding,
    FindingStatus,
    GuardDecision,
    HunkChoice,
    ReviewSent,
    RunFinished,
    RunStarted,
)
from tests.tui.driving import TalkingEngine, driven, pair_of, real_options
from tests.tui.test_diff import DRAFT, FIX, REVIEW, fixed, hunks, no_grace
from tui.workbench.origins import legend, origins
from tui.workbench.state import Workbench, apply

__all__ = ["no_grace"]

DRAFTED = "def f(x):\n    a = 1\n    return a\n"
FIXED = "def f(x):\n    a = x\n    return a\n"


def started(turn: int = 1, requests: tuple[str, ...] = (), base: str = "") -> RunStarted:
    return RunStarted(
        run_id="r", started="2026-01-01", program="p", spec="s", filename=None, pattern="review-then-fix", pair="p",
        scripted=False, coder="c", reviewer="r", guard="proven", rounds=2, prompt_version="1", sandbox="s",
        usd_per_hour=0.0, turn=turn, requests=requests, base=base,
    )  # fmt: skip


def candidate(name: str, code: str) -> Candidate:
    return Candidate(candidate=name, role="coder", code=code, problem=None)


def finding(id_: str, title: str, status: FindingStatus = "proven") -> Finding:
    return Finding(
        id=id_, candidate="draft", round=1, title=title, citation="", call="", expected="", status=status,
    )  # fmt: skip


def accepted(name: str, base: str) -> GuardDecision:
    return GuardDecision(candidate=name, base=base, accepted=True, reason="", lines_added=1, lines_removed=1)


def finished(name: str, code: str) -> RunFinished:
    return RunFinished(
        accepted="fix", candidate=name, code=code, passed=1, failed=0, prompt_tokens=1, completion_tokens=1,
        tokens_estimated=False, seconds=1.0, usd=0.0,
    )  # fmt: skip


def fold(*events: Event) -> Workbench:
    state = Workbench()
    for event in events:
        state = apply(state, event)
    return state


FIRST = (
    started(),
    candidate("draft", DRAFTED),
    finding("1", "no docstring", "unconfirmed"),
    finding("2", "it ignores x"),
    candidate("fix 1", FIXED),
    accepted("fix 1", "draft"),
    finished("fix 1", FIXED),
)


def marks(state: Workbench, name: str) -> list[str]:
    return [origin.mark for origin in origins(state, name)]


def test_a_line_of_a_fix_names_the_finding_that_it_was_changed_for() -> None:
    state = fold(*FIRST)
    assert marks(state, "draft") == ["", "", ""]
    known = origins(state, "fix 1")
    assert [origin.mark for origin in known] == ["", "f2", ""]
    assert known[1].text == "fix 1 for finding 2, proven: it ignores x"
    assert known[0].text == "draft, by the coder"


def test_of_several_findings_all_are_named_and_only_those_that_were_sent() -> None:
    sent = ReviewSent(candidate="draft", round=1, sent=("1", "2"))
    state = fold(*FIRST[:4], sent, *FIRST[4:])
    known = origins(state, "fix 1")
    assert known[1].mark == "f1+"
    assert "finding 1, unconfirmed: no docstring; finding 2, proven" in known[1].text


def test_lines_of_the_person_and_of_a_further_turn_are_told_apart() -> None:
    mine = "def f(x):\n    a = x + 1\n    return a\n"
    chosen = CodeChosen(
        code=mine, taken=1, edited=True, base="draft", candidate="fix 1", label="your choice",
        choices=(HunkChoice(taken=True, edited="    a = x + 1"),),
    )  # fmt: skip
    state = fold(*FIRST, chosen)
    assert marks(state, "your choice") == ["", "you", ""]
    later = mine.replace("return a", "return -a")
    state = fold(
        *FIRST, chosen, started(2, requests=("negate it",), base=mine), candidate("draft", later),
        finished("draft", later),
    )  # fmt: skip
    known = origins(state, "draft")
    assert [origin.mark for origin in known] == ["", "you", "t2"]
    assert known[2].text == "turn 2: negate it"
    assert [line.text for line in legend(known)][:-1] == [
        "Who wrote which line (w hides this)",
        "you line 2: you, when you went through the change",
        "t2  line 3: turn 2: negate it",
        "·   line 1: draft, by the coder",
    ]


def test_a_program_that_is_not_there_has_no_origins() -> None:
    assert origins(fold(*FIRST), "fix 9") == ()
    assert origins(Workbench(), "draft") == ()


async def test_the_fix_pane_marks_the_lines_and_tells_about_them_on_demand() -> None:
    pair = pair_of(TalkingEngine("coder-model", [DRAFT, FIX]), TalkingEngine("reviewer-model", [REVIEW] * 2))
    async with driven(real_options(), pair) as driver:
        await fixed(driver)
        driver.bench.action_open("fix")
        await driver.until(lambda: driver.bench.query_one("#fix").has_focus, "the fix has the focus")
        assert "3 f1      half = x // 2" in driver.text
        await driver.press("w")
        await driver.shows("lines 2-3, 5: fix 1 for finding 1, proven: odd numbers")
        await driver.press("w")
        await driver.until(lambda: "Who wrote which line" not in driver.text, "it is hidden again")


async def test_what_the_person_chose_stands_in_the_fix_pane() -> None:
    pair = pair_of(TalkingEngine("coder-model", [DRAFT, FIX]), TalkingEngine("reviewer-model", [REVIEW] * 2))
    async with driven(real_options(), pair) as driver:
        await fixed(driver)
        await hunks(driver)
        await driver.press("j", "space", "enter")
        await driver.until(lambda: driver.bench.state.put_together, "the choice stands")
        driver.bench.action_open("fix")
        await driver.shows("your choice: 1 taken, 1 left out")
        assert "half = 0" in driver.text
