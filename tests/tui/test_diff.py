"""The Diff screen: hunks taken, edited and left out; what is chosen is checked before it stands."""

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

import tui.widgets.question
from core.event_log import read_events
from core.events import ChecksFinished, CodeChosen, HunkChoice, RunStarted
from core.sessions import list_sessions
from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, driven, pair_of, real_options
from tui.diff.dialogs import EditScreen, ReasonScreen
from tui.diff.panel import HunkPanel
from tui.diff.screen import DiffScreen
from tui.widgets.question import QuestionPanel

SPEC = '''def halve(x: int) -> int:
    """Half of x, rounded down.

    Negative numbers raise ValueError.

    >>> halve(4)
    2
    >>> halve(5)
    2
    """
'''
DRAFT = [
    "```python\n"
    "def halve(x: int) -> int:\n"
    "    # half\n"
    "    half = x / 2\n"
    "    if half < 0:\n"
    "        half = 0\n"
    "    return half\n"
    "```\n"
]
FIX = [
    "```python\n"
    "def halve(x: int) -> int:\n"
    "    # half of x, rounded down\n"
    "    half = x // 2\n"
    "    if half < 0:\n"
    "        raise ValueError(x)\n"
    "    return half\n"
    "```\n"
]
REVIEW = [
    "VERDICT: DEFECTS\n\n"
    "DEFECT 1: odd numbers are not rounded down\n"
    'SPEC: "Half of x, rounded down"\n'
    "INPUT: halve(5)\n"
    "EXPECTED: 2\n"
    "WHY: / divides into a float\n"
]
AGAIN = ["```python\ndef halve(x: int) -> int:\n    if x < 0:\n        raise ValueError(x)\n    return x // 2\n```\n"]
GOOD = ["```python\ndef halve(x: int) -> int:\n    return x // 2\n```\n"]
BETTER = AGAIN
NEGATIVE = [
    "VERDICT: DEFECTS\n\n"
    "DEFECT 1: negative numbers are halved\n"
    'SPEC: "Negative numbers raise ValueError"\n'
    "INPUT: halve(-2)\n"
    "EXPECTED: raises ValueError\n"
    "WHY: nothing is raised\n"
]
NO_DEFECT = ["VERDICT: NO DEFECT"]
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tui.widgets.question, "GRACE_SECONDS", 0.0)


def engines(*more: list[str]) -> tuple[TalkingEngine, TalkingEngine]:
    return TalkingEngine("coder-model", [DRAFT, FIX, *more]), TalkingEngine("reviewer-model", [REVIEW] * 2)


async def fixed(driver: Driver) -> None:
    await driver.write_spec(SPEC)
    await driver.press("f4")
    await driver.ended()
    assert "x // 2" in (driver.bench.state.code or "")


async def hunks(driver: Driver) -> HunkPanel:
    """The hunks of a run that has ended."""
    driver.bench.action_hunks()
    await driver.until(lambda: driver.app.screen.query("HunkPanel:focus"), "the hunks have the focus")
    assert isinstance(driver.app.screen, DiffScreen)
    return driver.app.screen.query_one(HunkPanel)


async def reject(driver: Driver, reason: str) -> None:
    await driver.press("r")
    await driver.until(lambda: driver.app.screen.query("#hunk-reason:focus"), "a reason is asked for")
    assert isinstance(driver.app.screen, ReasonScreen)
    driver.app.screen.query_one(Input).value = reason
    await driver.press("enter")
    await driver.until(lambda: driver.app.screen.query("HunkPanel:focus"), "the hunks have the focus again")


async def applied(driver: Driver) -> None:
    await driver.press("enter")
    await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")


@SIZES
async def test_hunks_are_left_out_and_what_is_left_is_checked_before_it_stands(size: tuple[int, int]) -> None:
    async with driven(real_options(), pair_of(*engines()), size=size) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.shows("hunk 1 of 2")
        assert "+     half = x // 2" in driver.text
        assert "-     half = x / 2" in driver.text
        await driver.press("j", "space")
        assert [each.taken for each in panel.choosing.choices] == [True, False]
        await driver.shows("1 of 2 taken, 1 left out")
        await applied(driver)
        await driver.until(lambda: driver.bench.state.put_together, "the choice stands")
        code = driver.bench.state.code or ""
        assert "x // 2" in code
        assert "half = 0" in code
        await driver.shows("your choice stands (1 taken, 1 left out) and passes 2 of 2 examples")
    (session,) = list_sessions()
    chosen = [event for event in read_events(session.path) if isinstance(event, CodeChosen)]
    assert [(each.taken, each.rejected, each.base, each.candidate) for each in chosen] == [(1, ("",), "draft", "fix 1")]
    totals = [event for event in read_events(session.path) if isinstance(event, ChecksFinished)]
    assert totals[-1].candidate == "your choice"


async def test_what_was_chosen_is_there_again_when_the_session_is_resumed() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        await hunks(driver)
        await driver.press("j", "space")
        await applied(driver)
        code = driver.bench.state.code
    (session,) = list_sessions()
    async with driven(real_options(replay=session.path), pair_of(*engines())) as driver:
        await driver.shows("your choice stands")
        assert driver.bench.state.code == code
        panel = await hunks(driver)
        assert panel.choosing.choices == (HunkChoice(taken=True), HunkChoice(taken=False))


async def test_a_reason_goes_back_to_the_coder_as_a_further_turn() -> None:
    coder, reviewer = engines(AGAIN)
    async with driven(real_options(), pair_of(coder, reviewer)) as driver:
        await fixed(driver)
        await hunks(driver)
        await driver.press("j")
        await reject(driver, "say in the message what is wrong with @x")
        await driver.shows("because: say in the message")
        await driver.shows("the coder is told your reason")
        await applied(driver)
        await driver.turn_ended(2)
        asked = coder.requests[-1].messages[-1].content
        assert "say in the message what is wrong with @x" in asked
        assert "+        raise ValueError(x)" in asked
        assert "half = 0" in asked
        assert "return x // 2" in (driver.bench.state.code or "")
    (session,) = list_sessions()
    started = [event for event in read_events(session.path) if isinstance(event, RunStarted)]
    assert started[-1].requests[0].startswith("I did not take this change of yours")


async def test_what_does_less_than_the_code_that_stands_is_asked_about() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.press("space", "enter")
        await driver.shows("It fails example 2, which passes now: halve(5) gives 2.5, not 2.")
        question = driver.app.screen.query_one(QuestionPanel)
        await driver.until(lambda: question.has_focus, "the question has the focus")
        await driver.press("1")
        await driver.until(lambda: panel.has_focus, "the hunks have the focus again")
        assert not driver.bench.state.put_together
        await driver.press("enter")
        await driver.until(lambda: question.has_focus, "the question has the focus")
        await driver.press("2")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
        assert "x / 2" in (driver.bench.state.code or "")
        await driver.shows("passes 1 of 2 examples")


async def test_a_repaired_finding_that_would_come_back_is_named_though_every_example_passes() -> None:
    coder = TalkingEngine("coder-model", [GOOD, BETTER])
    reviewer = TalkingEngine("reviewer-model", [NEGATIVE, ["EXPECTED: raises ValueError"], NO_DEFECT])
    async with driven(real_options(), pair_of(coder, reviewer)) as driver:
        await driver.write_spec(SPEC)
        await driver.press("f4")
        await driver.ended()
        assert "raise ValueError" in (driver.bench.state.code or "")
        await hunks(driver)
        await driver.press("space", "enter")
        await driver.shows("Finding 1 (supported) is in it again: halve(-2) gives -1, not raises ValueError.")


async def test_a_hunk_is_edited_and_the_edit_is_part_of_what_stands() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.press("j", "e")
        await driver.until(lambda: driver.app.screen.query("#hunk-text:focus"), "the hunk can be edited")
        assert isinstance(driver.app.screen, EditScreen)
        editor = driver.app.screen.query_one(TextArea)
        assert editor.text == "        raise ValueError(x)"
        editor.text = '        raise ValueError("negative")'
        await driver.press("ctrl+s")
        await driver.until(lambda: panel.has_focus, "the hunks have the focus")
        await driver.shows("edited by you")
        await applied(driver)
        assert 'raise ValueError("negative")' in (driver.bench.state.code or "")
        assert driver.bench.state.put_together is not None
        assert driver.bench.state.put_together.edited


async def test_approval_keys_wait_for_the_grace_time_and_the_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tui.widgets.question, "GRACE_SECONDS", 1e9)
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.press("space", "a", "r", "e", "enter")
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, DiffScreen)
        assert all(each.taken for each in panel.choosing.choices)
        await driver.press("j")
        assert panel.choosing.at == 1
        monkeypatch.setattr(tui.widgets.question, "GRACE_SECONDS", 0.0)
        driver.app.screen.set_focus(None)
        await driver.press("space", "a", "enter")
        await driver.pilot.pause()
        assert all(each.taken for each in panel.choosing.choices)
        assert isinstance(driver.app.screen, DiffScreen)


async def test_choices_are_undone_and_kept_when_the_screen_is_left() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.press("R")
        assert panel.choosing.taken == 0
        await driver.press("u")
        assert panel.choosing.taken == 2
        await reject(driver, "no")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
        assert not driver.bench.state.put_together
        panel = await hunks(driver)
        assert panel.choosing.choices[0] == HunkChoice(taken=False, reason="no")


async def test_old_and_new_stand_side_by_side_on_a_wide_terminal_only() -> None:
    async with driven(real_options(), pair_of(*engines()), size=WIDE) as driver:
        await fixed(driver)
        panel = await hunks(driver)
        await driver.press("v")
        await driver.until(lambda: panel.split, "the view is split")
        row = next(row for row in driver.text.splitlines() if "half = x / 2" in row)
        assert "half = x // 2" in row
        await driver.pilot.resize_terminal(*NARROW)
        await driver.until(lambda: not panel.split, "one column is left")
        await driver.press("v")
        assert not panel.split


async def test_where_nothing_was_changed_that_is_said(tmp_path: Path) -> None:
    one = TalkingEngine("coder-model", [FIX])
    async with driven(
        real_options(), pair_of(one, TalkingEngine("reviewer-model", [["VERDICT: NO DEFECT"]]))
    ) as driver:
        await driver.write_spec(SPEC)
        await driver.press("f4")
        await driver.ended()
        driver.bench.action_hunks()
        await driver.shows("There is no fix, so nothing was changed.")
