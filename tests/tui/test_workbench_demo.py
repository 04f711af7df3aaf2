"""The Workbench with the demo pair: every bundled example, from one key to code in a file."""

import ast
from pathlib import Path

import pytest
from textual import events

from analyzers.complexity import branch_coverage
from analyzers.parse import parse_spec
from core.event_log import read_events
from core.events import CodeSaved
from core.examples import bundled_examples
from core.sessions import list_sessions
from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.app import AppOptions
from tui.widgets.line_view import LineView
from tui.widgets.question import QuestionPanel
from tui.workbench.examples import offered

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def replay_options(path: Path) -> AppOptions:
    return AppOptions(pair=demo_options().pair, replay=path)


async def play(driver: Driver, key: str) -> None:
    """Run an example by its key, keeping the draft if it asks."""
    await driver.press(key)
    answered: set[str] = set()
    while driver.bench.state.ending is None:
        asked = driver.bench.state.approval
        if asked is not None and asked.id not in answered:
            answered.add(asked.id)
            driver.bench.query_one(QuestionPanel).post_message(QuestionPanel.Answered(asked.id, asked.default))
        await driver.pilot.pause()
    await driver.ended()


async def unfocused(driver: Driver) -> str:
    """The screen with the focus nowhere: where it went depends on what a person did."""
    driver.bench.set_focus(None)
    await driver.still()
    return driver.text


@pytest.mark.parametrize("each", offered(bundled_examples()), ids=lambda each: each.example.name)
async def test_every_example_is_one_key_away_and_its_log_replays_to_the_same_screen(each) -> None:  # type: ignore[no-untyped-def]
    async with driven(demo_options()) as driver:
        await play(driver, each.key)
        state, live = driver.bench.state, await unfocused(driver)
        assert state.ending is not None
        assert state.ending.type == "run_finished", driver.text
        assert state.code is not None
        ast.parse(state.code)
        assert state.run is not None
        assert (state.run.spec, state.run.pattern) == (each.example.text, each.example.pattern)
        assert "SCRIPTED DEMO" in live
        final = driver.bench.state
    (session,) = list_sessions()
    async with driven(replay_options(session.path)) as driver:
        await driver.ended()
        # The engines are those of this program, which has asked nothing of them yet.
        live = live.replace("● ready", "○ stopped")
        rows = zip((await unfocused(driver)).splitlines(), live.splitlines(), strict=True)
        assert [(row, was) for row, was in rows if row != was] == []
        replayed = driver.bench.state
        assert (replayed.answers, replayed.findings, replayed.checks) == (final.answers, final.findings, final.checks)


@SIZES
async def test_accepted_code_is_saved_under_the_functions_name_and_logged(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(demo_options(), size=size) as driver:
        await play(driver, "1")
        await driver.press("ctrl+s", "enter")
        await driver.until(lambda: driver.bench.state.saved)
        code = driver.bench.state.code
        saved = tmp_path / "merge_intervals.py"
        assert saved.read_text() == code
        driver.bench.draw()
        await driver.pilot.pause()
        assert "Saved: fix 1" in driver.text
    (session,) = list_sessions()
    *_, last = read_events(session.path)
    assert isinstance(last, CodeSaved)
    assert (last.path, last.candidate, last.replaced) == (str(saved), "fix 1", False)


@SIZES
async def test_all_panes_can_be_opened_with_their_number(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await play(driver, "4")
        for key, expected in (
            ("2", "def shorten"),
            ("3", "DEFECTS"),
            ("4", "accepted"),
            ("5", "+     if width < 3:"),
            ("6", "3 of 3 examples pass"),
        ):
            await driver.press(key)
            await driver.shows(expected)


async def test_a_refused_fix_can_be_read_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(demo_options()) as driver:
        await play(driver, "4")
        await driver.press("4", "p")
        await driver.until(lambda: "refused" in driver.text)
        assert "answer 1 of 2" in driver.text
        await driver.press("n")
        await driver.until(lambda: "answer 2 of 2" in driver.text)
        assert "accepted" in driver.text


async def test_a_draft_says_how_many_branches_stand_against_how_many_examples() -> None:
    async with driven(demo_options()) as driver:
        await play(driver, "1")
        driver.bench.action_open("draft")
        state = driver.bench.state
        assert state.run is not None
        code = state.code_of("draft")
        assert code is not None
        told = str(branch_coverage(code, parse_spec(state.run.spec, filename=state.run.filename)))
        assert told.endswith("3 examples")
        await driver.shows(f"draft · coder · {told}")


async def test_the_raw_review_is_one_key_away() -> None:
    async with driven(demo_options()) as driver:
        await play(driver, "1")
        review = driver.bench.state.answers_of("review")[0].text
        await driver.press("3", "ctrl+o")
        first = review.strip().splitlines()[0]
        await driver.until(lambda: first in driver.text)
        await driver.press("ctrl+o")
        await driver.until(lambda: first not in driver.text)


async def test_loading_an_example_over_written_text_can_be_undone() -> None:
    async with driven(demo_options()) as driver:
        await driver.write_spec("Something of my own.\n")
        await driver.press("f6", "3")
        await driver.ended()
        editor = driver.bench.spec_pane.editor
        assert "to_roman" in editor.text
        await driver.until(lambda: editor.has_focus)
        await driver.press("ctrl+z")
        await driver.until(lambda: editor.text == "Something of my own.\n")


async def test_a_spec_the_demo_pair_does_not_know_is_one_readable_line_and_running_again_works() -> None:
    async with driven(demo_options()) as driver:
        await driver.write_spec('def f(x):\n    """Return x.\n\n    >>> f(1)\n    1\n    """\n')
        await driver.press("f4")
        await driver.ended()
        assert "Error: The demo pair only plays the bundled examples" in driver.text
        assert "Traceback" not in driver.text
        await driver.press("f6", "3")
        await driver.until(lambda: driver.bench.state.code is not None)
        await driver.ended()
        assert "Done:" in driver.text


async def test_running_an_empty_spec_says_what_to_do() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f4")
        await driver.until(lambda: "There is no spec yet" in driver.text)
        assert driver.bench.state.run is None


async def test_the_empty_workbench_says_what_to_do_next() -> None:
    async with driven(demo_options()) as driver:
        assert "F4 runs it" in driver.text
        assert "press the key of an example" in driver.text


async def torn_at(kind: str, folder: Path) -> Path:
    """The log of a run of the first example as a kill would leave it: torn within its first event of ``kind``."""
    async with driven(demo_options()) as driver:
        await play(driver, "1")
    (session,) = list_sessions()
    lines = session.path.read_text().splitlines(keepends=True)
    cut = next(number for number, text in enumerate(lines) if f'"type":"{kind}"' in text.replace('": "', '":"'))
    torn = folder / "torn.jsonl"
    torn.write_text("".join(lines[:cut]) + lines[cut][:20])
    return torn


async def test_a_log_that_was_cut_off_shows_what_there_is_and_says_so(tmp_path: Path) -> None:
    async with driven(replay_options(await torn_at("verdict", tmp_path))) as driver:
        await driver.shows("This session ends before its run did")
        assert "draft stands" in driver.text or "Ctrl+S saves it" in driver.text
        assert driver.bench.state.code is not None
        assert "Esc stop" not in driver.text.splitlines()[-2]


async def test_an_answer_that_a_kill_cut_off_is_not_shown_as_if_it_went_on(tmp_path: Path) -> None:
    # The first event after the pieces of the draft.
    async with driven(replay_options(await torn_at("stage_finished", tmp_path))) as driver:
        await driver.shows("This session ends before its run did")
        assert driver.bench.query_one("#draft", LineView).text.endswith("■ stopped here")
        assert "streaming" not in driver.text
        assert "tok/s" in driver.text
        await driver.press("f4")
        await driver.ended()
        assert driver.bench.state.code is not None


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_from_the_start_the_spec_is_one_key_away_and_typing_goes_there(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await driver.press("f8")
        await driver.until(lambda: driver.bench.spec_pane.editor.has_focus)
        await driver.press("1", "x", "enter")
        assert driver.bench.spec_pane.editor.text == "1x\n"
        assert driver.bench.state.run is None


async def test_on_a_narrow_terminal_the_panes_follow_the_run_and_so_does_the_focus() -> None:
    async with driven(demo_options(), size=NARROW) as driver:
        await driver.write_spec(bundled_examples()[0].text)
        await driver.press("f4")
        await driver.ended()
        await driver.until(lambda: driver.bench.query_one("#fix").has_focus)
        assert "accepted" in driver.text


async def test_a_key_pressed_before_the_list_of_examples_is_composed_counts() -> None:
    async with driven(demo_options()) as driver:
        driver.bench.action_examples()
        # In the same turn of the loop: the dialog is on the stack, and has no list yet.
        driver.app.post_message(events.Key("1", "1"))
        await driver.ended()
        assert driver.bench.state.run is not None
        assert driver.bench.state.run.spec == bundled_examples()[0].text
