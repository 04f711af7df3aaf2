"""The Sessions screen: finding, looking into, going on with, and putting in order what past runs left."""

from pathlib import Path

import pytest

from core.sessions import SessionLog, list_sessions, sessions_dir, summary
from tests.core.session_making import draft, ended, session, started
from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.sessions.new_title import NewTitleScreen
from tui.sessions.screen import SessionsScreen
from tui.widgets.line_view import LineView

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def open_sessions(driver: Driver, words: str) -> None:
    await driver.press("f3")
    await driver.until(lambda: isinstance(driver.app.screen, SessionsScreen), "the screen is open")
    await driver.shows(words)


@SIZES
async def test_a_session_is_found_looked_into_and_gone_on_with(size: tuple[int, int]) -> None:
    session(spec="Write triple(x).")
    wanted = session(spec="Write double(x), twice x.")
    session(spec="Write half(x).")
    coder = TalkingEngine("coder-model", [["```python\ndef double(x):\n    return x + x\n```\n"]])
    async with driven(real_options(), pair_of(coder), size=size) as driver:
        await open_sessions(driver, "3 of 3")
        await driver.press("slash", *"double", "down")
        await driver.shows("1 of 3")
        preview = driver.app.screen.query_one("#sessions-preview", LineView)
        await driver.until(lambda: "### Draft by the coder" in preview.text, "the preview is shown")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench shows it")
        assert driver.bench.session == wanted
        assert driver.bench.spec_pane.editor.text == "Write double(x), twice x."
        assert driver.bench.state.code
        await driver.shows("made with the pair lab")
        driver.bench.action_prompt()
        await driver.press(*"Add", "enter")
        await driver.turn_ended(2)
    assert summary(wanted).turns == 2


async def test_nothing_kept_yet_says_what_will_be() -> None:
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "No session is kept yet.")
        await driver.press("enter", "r", "d", "e", "escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "Esc goes back")


async def test_words_that_nothing_holds_say_so_and_escape_takes_them_back() -> None:
    session()
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "1 of 1")
        await driver.press("slash", *"zebra")
        await driver.shows("No session holds these words.")
        await driver.press("escape")
        await driver.shows("1 of 1")
        assert isinstance(driver.app.screen, SessionsScreen)


async def test_a_title_is_given_and_an_empty_one_refused() -> None:
    path = session()
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "Write double(x).")
        await driver.press("r")
        await driver.until(lambda: isinstance(driver.app.screen, NewTitleScreen), "the title is asked for")
        await driver.press("ctrl+u", "enter")
        await driver.shows("at least one character")
        await driver.press(*"Mine", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionsScreen), "it is taken")
        await driver.shows("Mine")
    assert summary(path).title == "Mine"


async def test_deleting_asks_first_and_any_other_key_is_no() -> None:
    kept, gone = session(spec="Keep me."), session(spec="Drop me.")
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "Drop me.")
        await driver.press("d")
        await driver.shows("d again deletes")
        await driver.press("down", "up", "d")
        await driver.shows("d again deletes")
        assert len(list_sessions()) == 2
        screen = driver.app.screen
        assert isinstance(screen, SessionsScreen)
        await driver.press("d")
        await driver.shows("is deleted.")
    assert len({kept.exists(), gone.exists()}) == 2


async def test_a_session_is_written_as_markdown_beside_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = session()
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "Write double(x).")
        await driver.press("e")
        await driver.shows("Written to")
        await driver.press("e")
        await driver.shows("What was there before is in")
    assert "## Turn 1" in (tmp_path / f"session-{path.stem}.md").read_text()


async def test_the_session_on_the_screen_is_renamed_and_deleted_from_under_it() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("3")
        await driver.ended()
        path = driver.bench.session
        assert path is not None
        await open_sessions(driver, "open here")
        await driver.press("r")
        await driver.until(lambda: isinstance(driver.app.screen, NewTitleScreen))
        await driver.press("ctrl+u", *"Numerals", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, SessionsScreen), "it is taken")
        await driver.shows("Numerals")
        await driver.press("d", "d")
        await driver.shows("is deleted.")
        await driver.press("escape")
        await driver.shows("Merge intervals")
    assert not path.exists()


async def test_a_damaged_log_is_one_sentence_and_the_rest_of_the_list_works() -> None:
    session(started(), *draft(), ended())
    whole = session(spec="Write triple(x).")
    lines = whole.read_bytes().splitlines(keepends=True)
    whole.write_bytes(lines[0] + b"damage\n" + b"".join(lines[1:]))
    (sessions_dir() / "20200101-000000-dead.jsonl").write_bytes(b"\0" * 4096)
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "3 of 3")
        await driver.press("slash", *"triple", "enter")
        await driver.shows("e writes what can be read of it into a file")
        assert "the line is not JSON" in driver.text
        await driver.press("escape", "slash", *"dead")
        await driver.shows("damaged")
        await driver.press("enter")
        await driver.shows("the line is empty")
        assert isinstance(driver.app.screen, SessionsScreen)
        assert driver.bench.session is None
        assert "pydantic" not in driver.text


async def test_a_run_that_goes_on_is_not_taken_away() -> None:
    session()
    one = TalkingEngine("coder", [["```python\nx = 1\n", "```\n"]], hold=1)
    async with driven(real_options(), pair_of(one)) as driver:
        await driver.write_spec("Write something.")
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.answers, "the draft begins")
        await open_sessions(driver, "2 of 2")
        await driver.press("slash", *"double", "enter")
        await driver.shows("A run is going on")
        assert isinstance(driver.app.screen, SessionsScreen)
        driver.bench.action_stop()
        await driver.until(lambda: driver.bench.state.ending, "it is stopped")


async def test_a_second_program_on_a_session_is_told_and_goes_on_in_a_copy() -> None:
    path = session()
    other = SessionLog(path)
    before = path.read_bytes()
    coder = TalkingEngine("coder-model", [["```python\ndef double(x):\n    return x + x\n```\n"]])
    async with driven(real_options(replay=path), pair_of(coder)) as driver:
        await driver.shows("is open in another secondpass")
        driver.bench.action_prompt()
        await driver.press(*"Add", "enter")
        await driver.turn_ended(2)
        copy = driver.bench.session
    other.close()
    assert path.read_bytes() == before
    assert copy is not None
    assert copy != path
    assert summary(copy).turns == 2


async def test_a_session_that_is_only_looked_at_is_held_against_others() -> None:
    path = session()
    async with driven(real_options(replay=path), pair_of(TalkingEngine("c"))) as driver:
        await driver.until(lambda: driver.bench.session == path, "it is shown")
        from core.sessions import SessionInUseError

        with pytest.raises(SessionInUseError):
            SessionLog(path)
    SessionLog(path).close()


async def test_hundreds_of_sessions_are_listed_and_searched() -> None:
    first = session()
    for number in range(400):
        content = first.read_text().replace("Write double(x).", f"Write number{number}(x).")
        (sessions_dir() / f"20250101-000000-{number:04d}.jsonl").write_text(content)
    async with driven(demo_options()) as driver:
        await open_sessions(driver, "401 of 401")
        await driver.press("slash", *"number399")
        await driver.shows("1 of 401")
