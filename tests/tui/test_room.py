"""Context, speed and prefill while they matter: before anything is sent, and while a model reads and writes."""

from pathlib import Path

import pytest

from core.request import RunRequest
from tests.tui.driving import NARROW, WIDE, TalkingEngine, driven, pair_of, real_options
from tests.tui.test_state import STARTED, draft_finished, draft_started, fold
from tui.workbench import figures, header
from tui.workbench.room import room_of
from tui.workbench.speed_trace import SAMPLE_SECONDS, SpeedTrace

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
ANSWER = ["```python\ndef f():\n    return 1\n```\n"]


@SIZES
async def test_the_meter_is_there_before_the_first_run_and_grows_with_what_is_written(size: tuple[int, int]) -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder")), size=size) as driver:
        await driver.shows("ctx ~300/8.2k")
        await driver.write_spec("word " * 1000)
        driver.bench.draw()
        await driver.until(lambda: "ctx ~300/8.2k" not in driver.text and "/8.2k" in driver.text, "it has grown")


@SIZES
async def test_a_spec_that_does_not_fit_is_told_before_anything_is_sent_and_never_cut(
    size: tuple[int, int],
) -> None:
    engine = TalkingEngine("coder", [ANSWER])
    async with driven(real_options(), pair_of(engine), size=size) as driver:
        driver.bench.spec_pane.editor.put("word " * 9000, None)
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.shows("it does not fit")
        assert not engine.requests
        await driver.press("f4")
        await driver.ended()
        await driver.shows("no room is left")
        assert not engine.requests


async def test_a_file_that_leaves_little_room_is_told_at_the_prompt_and_once_more_at_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "big.txt").write_text("word " * 5000)
    engine = TalkingEngine("coder", [ANSWER])
    async with driven(real_options(), pair_of(engine)) as driver:
        driver.bench.spec_pane.pattern = "coder-only"
        driver.bench.action_prompt()
        await driver.press(*"Mind @big.txt", "escape")
        await driver.shows("little room is left for the answer")
        await driver.press("enter")
        await driver.shows("The same key again sends it.")
        assert not engine.requests
        assert driver.bench.prompt.text == "Mind @big.txt"
        await driver.press("enter")
        await driver.ended()
        assert len(engine.requests) == 1


def test_a_window_that_is_not_known_warns_of_nothing() -> None:
    assert room_of(RunRequest(spec="word " * 90_000), 0).warning == ""


def test_bars_follow_the_speed_and_begin_again_with_another_answer() -> None:
    trace = SpeedTrace()
    tokens = 0
    for step, more in enumerate((0, 10, 20, 40, 40)):
        tokens += more
        trace.take("draft", tokens, step * SAMPLE_SECONDS)
    assert trace.bars == "▃▅██"
    trace.take("fix", 0, 9.0)
    assert trace.bars == ""


def test_bars_stand_behind_the_speed_and_give_way_where_there_is_no_room() -> None:
    state = fold(STARTED, draft_started(), draft_finished())
    wide = header.status_line(state, 9.0, "F4 run", 118, bars={"coder": "▂▄▆█"}).text
    assert "tok/s ▂▄▆█ ttft" in wide
    assert "▂▄▆█" not in header.status_line(state, 9.0, "F4 run", 50, bars={"coder": "▂▄▆█"}).text
    assert "ctx" in header.status_line(state, 9.0, "F4 run", 58, bars={"coder": "▂▄▆█"}).text


def test_a_prompt_that_is_read_is_told_with_its_share_once_the_speed_is_known() -> None:
    reading = figures.prefill(fold(STARTED, draft_started()), "coder", 3.0)
    assert reading is not None
    assert reading.share is None
    again = figures.prefill(fold(STARTED, draft_started(), draft_finished(), draft_started(6.0)), "coder", 6.5)
    assert again is not None
    assert again.share is not None
    assert 0 < again.share < 1
    assert figures.prefill(fold(STARTED, draft_started(), draft_finished()), "coder", 9.0) is None


async def test_the_time_a_prompt_takes_is_on_the_screen_while_it_is_read() -> None:
    engine = TalkingEngine("coder", [ANSWER], hold=0)
    async with driven(real_options(), pair_of(engine)) as driver:
        await driver.write_spec("Write f().")
        await driver.press("f4")
        await driver.shows("prefill of ~")
        engine.go.set()
        await driver.ended()
