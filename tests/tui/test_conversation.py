"""Further turns at the prompt: requests, files, commands, the queue, the way back, and the review before the fix."""

from pathlib import Path

import pytest

from core.event_log import read_events
from core.events import Finding, Rewound, RunStarted
from core.sessions import list_sessions
from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.app import AppOptions
from tui.prompt.history import PromptHistory
from tui.workbench.review_edit import FindingScreen, ReviewScreen

SPEC = 'def double(x: int) -> int:\n    """Twice x.\n\n    >>> double(2)\n    4\n    """\n'
FIRST = ["```python\ndef double(x: int) -> int:\n    return 2 * x\n```\n"]
SECOND = ["```python\ndef double(x: int) -> int:\n    return x + x\n```\n"]
NO_DEFECT = ["VERDICT: NO DEFECT"]
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def coder(*more: list[str], hold: int | None = None) -> TalkingEngine:
    return TalkingEngine("coder-model", [FIRST, *more], hold=hold)


def reviewer(times: int = 2) -> TalkingEngine:
    return TalkingEngine("reviewer-model", [NO_DEFECT] * times)


async def first_turn(driver: Driver) -> None:
    await driver.write_spec(SPEC)
    await driver.press("f4")
    await driver.ended()


async def second_turn_begun(driver: Driver, one: TalkingEngine) -> None:
    """The first turn, and a second that says nothing yet."""
    await first_turn(driver)
    one.hold = 0
    one.go.clear()
    await ask(driver, "Add, do not multiply.")
    await driver.until(lambda: driver.bench.state.turn == 2 and driver.bench.state.answers, "the second turn begins")


async def ask(driver: Driver, text: str, *keys: str) -> None:
    driver.bench.action_prompt()
    await driver.until(lambda: driver.bench.prompt.input.has_focus, "the prompt has the focus")
    driver.bench.prompt.input.insert(text)
    await driver.pilot.pause()
    await driver.press(*(keys or ("enter",)))


def notices(driver: Driver) -> list[str]:
    return [each.message for each in driver.app._notifications]


@SIZES
async def test_a_request_about_accepted_code_is_a_second_turn_in_the_same_log(size: tuple[int, int]) -> None:
    one = coder(SECOND)
    async with driven(real_options(), pair_of(one, reviewer()), size=size) as driver:
        await first_turn(driver)
        await ask(driver, "Add, do not multiply.")
        await driver.turn_ended(2)
        assert "return x + x" in (driver.bench.state.code or "")
        assert driver.bench.prompt.text == ""
        assert "return 2 * x" in one.requests[1].messages[-1].content
        assert "Add, do not multiply." in one.requests[1].messages[-1].content
    (session,) = list_sessions()
    started = [event for event in read_events(session.path) if isinstance(event, RunStarted)]
    assert [each.turn for each in started] == [1, 2]


async def test_a_session_is_gone_on_with_after_it_was_closed() -> None:
    async with driven(real_options(), pair_of(coder(), reviewer())) as driver:
        await first_turn(driver)
    (session,) = list_sessions()
    again = TalkingEngine("coder-model", [SECOND])
    async with driven(real_options(replay=session.path), pair_of(again, reviewer())) as driver:
        await ask(driver, "Add, do not multiply.")
        await driver.turn_ended(2)
    assert [each.id for each in list_sessions()] == [session.id]


async def test_words_at_an_empty_workbench_are_the_spec() -> None:
    async with driven(real_options(), pair_of(coder(), reviewer())) as driver:
        await ask(driver, "Write double(x), which gives twice x.")
        await driver.ended()
        assert driver.bench.spec_pane.editor.text == "Write double(x), which gives twice x."
        assert driver.bench.state.turn == 1


async def test_a_request_waits_for_the_run_that_goes_on() -> None:
    one = coder(SECOND, hold=0)
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await driver.write_spec(SPEC)
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.answers, "the draft begins")
        await ask(driver, "Add, do not multiply.")
        await driver.shows("next: Add, do not multiply.")
        one.go.set()
        await driver.turn_ended(2)
        assert "next:" not in driver.text


async def test_a_stopped_turn_gives_its_request_back_and_keeps_the_code() -> None:
    one = TalkingEngine("coder-model", [FIRST, SECOND])
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await second_turn_begun(driver, one)
        await driver.press("escape")
        await driver.until(lambda: driver.bench.prompt.text == "Add, do not multiply.", "the request is given back")
        assert "return 2 * x" in (driver.bench.state.code or "")
        assert driver.bench.state.answered == ()


async def test_after_a_turn_that_came_to_nothing_the_pane_shows_the_code_that_stands() -> None:
    one = TalkingEngine("coder-model", [FIRST, *[["I would rather not."]] * 9])
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await first_turn(driver)
        for turn, request in ((2, "Add, do not multiply."), (3, "Add, please.")):
            driver.bench.prompt.input.put("")
            await ask(driver, request)
            await driver.turn_ended(turn)
            await driver.shows("The code of turn 1 stands:")
            await driver.shows("return 2 * x")
            await driver.shows("send the request again, or another")
            assert driver.bench.prompt.text == request
        await driver.shows("No code was found in this answer")
        await driver.press("ctrl+y")
        await driver.until(lambda: "return 2 * x" in driver.app.clipboard, "it is what is copied")
        driver.bench.action_save()
        await driver.shows("Enter saves")


@pytest.mark.parametrize("way", ["stopped", "killed"])
async def test_a_session_whose_last_turn_came_to_nothing_is_opened_with_its_request(way: str) -> None:
    one = TalkingEngine("coder-model", [FIRST, SECOND])
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await second_turn_begun(driver, one)
        if way == "stopped":
            await driver.press("escape")
            await driver.until(lambda: driver.bench.state.ending, "it is stopped")
    (session,) = list_sessions()
    if way == "killed":
        whole = session.path.read_text()
        cut = whole[: whole.index('"stage_started"', whole.index('"turn":2'))]
        session.path.write_text(cut)
    again = TalkingEngine("coder-model", [SECOND])
    async with driven(real_options(replay=session.path), pair_of(again, reviewer())) as driver:
        await driver.shows("The code of turn 1 stands:")
        await driver.shows("send the request again")
        assert driver.bench._texts.copied("draft", driver.bench.state) == driver.bench.state.code
        assert "streaming" not in driver.text
        assert "● ready" not in driver.text
        assert driver.bench.prompt.text == "Add, do not multiply."
        driver.bench.action_prompt()
        await driver.press("enter")
        await driver.turn_ended(3)
        assert "return x + x" in (driver.bench.state.code or "")


async def test_copying_from_the_prompt_beside_the_spec_copies_the_spec() -> None:
    async with driven(real_options(), pair_of(coder(), reviewer()), size=NARROW) as driver:
        await first_turn(driver)
        driver.bench.action_open("spec")
        await driver.still()
        driver.bench.action_prompt()
        await driver.press("ctrl+y")
        await driver.until(lambda: driver.app.clipboard == SPEC, "it is what is copied")


async def test_while_a_run_goes_on_saving_says_when_it_can_be_done() -> None:
    one = coder(hold=0)
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await driver.write_spec(SPEC)
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.answers, "the draft begins")
        await driver.press("ctrl+s")
        await driver.until(lambda: any("can be saved when it has ended" in said for said in notices(driver)), "it says")


async def test_a_file_is_counted_before_it_is_sent_and_shown_to_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = coder(SECOND)
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        (tmp_path / "limits.py").write_text("LIMIT = 41\n")
        await first_turn(driver)
        await ask(driver, "Mind the limit in @limits.py", "escape")
        await driver.shows("@limits.py ≈")
        await driver.press("enter")
        await driver.turn_ended(2)
        assert "LIMIT = 41" in one.requests[1].messages[-1].content


async def test_a_file_that_is_not_there_is_named_and_nothing_is_sent() -> None:
    one = coder()
    async with driven(real_options(), pair_of(one, reviewer())) as driver:
        await first_turn(driver)
        await ask(driver, "Mind @nowhere.py")
        await driver.shows("there is no file nowhere.py")
        assert driver.bench.prompt.text == "Mind @nowhere.py"
        assert len(one.requests) == 1


async def test_commands_are_offered_completed_and_done() -> None:
    async with driven(demo_options()) as driver:
        await ask(driver, "/pat", "tab")
        assert driver.bench.prompt.text == "/pattern "
        await driver.press("c", "o", "enter")
        await driver.until(lambda: driver.bench.spec_pane.pattern == "coder-only", "the pattern is chosen")


async def test_a_command_that_does_not_exist_names_the_nearest() -> None:
    async with driven(demo_options()) as driver:
        await ask(driver, "/exmaples")
        await driver.shows("did you mean /examples?")


async def test_going_back_a_turn_brings_code_and_request_back_and_is_in_the_log() -> None:
    async with driven(real_options(), pair_of(coder(SECOND), reviewer())) as driver:
        await first_turn(driver)
        await ask(driver, "Add, do not multiply.")
        await driver.turn_ended(2)
        await driver.press("escape", "escape")
        await driver.shows("Go back to")
        await driver.press("enter")
        await driver.until(lambda: driver.bench.state.turn == 1, "it is turn 1 again")
        assert "return 2 * x" in (driver.bench.state.code or "")
        assert driver.bench.prompt.text == "Add, do not multiply."
    (session,) = list_sessions()
    assert isinstance(list(read_events(session.path))[-1], Rewound)
    async with driven(AppOptions(pair=demo_options().pair, replay=session.path)) as driver:
        assert "return 2 * x" in (driver.bench.state.code or "")


async def test_the_arrows_bring_back_what_was_asked_before_and_what_was_being_written() -> None:
    PromptHistory().add("an older request")
    async with driven(demo_options()) as driver:
        await ask(driver, "half of a", "up")
        assert driver.bench.prompt.text == "an older request"
        await driver.press("down")
        assert driver.bench.prompt.text == "half of a"
        await driver.press("ctrl+r")
        await driver.shows("Prompts")
        await driver.press("o", "l", "d", "enter")
        await driver.until(lambda: driver.bench.prompt.text == "an older request", "it was found")


async def test_the_demo_pair_goes_a_second_turn() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("1")
        await driver.ended()
        await driver.shows("the script knows: Add a parameter gap")
        driver.bench.action_prompt()
        await driver.press("tab", "enter")
        await driver.turn_ended(2)
        assert "gap" in (driver.bench.state.code or "")
        assert "SCRIPTED DEMO" in driver.text


async def test_the_review_can_be_edited_before_the_coder_hears_of_it() -> None:
    async with driven(demo_options()) as driver:
        await ask(driver, "/review ask")
        driver.bench.query_one("#welcome-examples").focus()
        await driver.press("1")
        await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen), "the review is offered")
        await driver.press("space", "a")
        await driver.until(lambda: isinstance(driver.app.screen, FindingScreen), "a finding is written")
        await driver.press(*"nope", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen), "it is in the list")
        assert "yours" in driver.text
        await driver.press("escape")
        await driver.shows("F12 opens the review")
        await driver.press("f12")
        await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen), "the review is offered again")
        assert "nope" in driver.text
        await driver.press("space", "s")
        await driver.ended()
    (session,) = list_sessions()
    found = [event for event in read_events(session.path) if isinstance(event, Finding)]
    assert {each.origin for each in found} == {"reviewer", "person"}


async def test_what_the_script_knows_is_offered_in_the_empty_prompt_alone() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("1")
        await driver.ended()
        await driver.shows("the script knows: Add a parameter gap")
        driver.bench.action_prompt()
        await driver.press(*"words of mine")
        await driver.shows("words of mine")
        driver.bench.draw()
        await driver.pilot.pause()
        assert "parameter gap" not in driver.text
