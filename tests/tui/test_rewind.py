"""Going back to an earlier turn: the files that were saved since go back too, if that is wanted and can be done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from core.engines.pair import EnginePair
from core.event_log import read_events
from core.events import SaveUndone
from core.sessions import list_sessions
from tests.tui.driving import Driver, TalkingEngine, driven, flowing, pair_of, real_options

FIRST = ["```python\ndef double(x):\n    return 2 * x\n```\n"]
SECOND = ["```python\ndef double(x):\n    return x + x\n```\n"]


async def saved_in_two_turns(driver: Driver, existing: Path) -> None:
    """Turn 1 is saved over ``existing``, turn 2 over that and into a new file."""
    for turn, name in ((1, existing.name), (2, existing.name), (2, "new.py")):
        if driver.bench.state.turn < turn:
            driver.bench.action_prompt()
            await driver.until(lambda: driver.bench.prompt.input.has_focus, "the prompt has the focus")
            driver.bench.prompt.input.put("Add, do not multiply." if turn == 2 else "Write double(x).")
            await driver.press("enter")
            await driver.turn_ended(turn)
        driver.bench.action_save()
        await driver.until(lambda: driver.app.screen.query("#accept-path:focus"), "the file is asked for")
        driver.app.screen.query_one("#accept-path", Input).value = name
        await driver.press("enter")
        if name == existing.name:
            await driver.shows("Replace, keep a copy")
            driver.app.screen.query_one("#accept-yes", Button).press()
        await driver.until(lambda: driver.app.screen is driver.bench, f"{name} is saved")
        await driver.still()
    assert [Path(each.path).name for each in driver.bench.state.saved] == [existing.name, "new.py"]


def two_turns() -> EnginePair:
    return pair_of(TalkingEngine("coder", [FIRST, SECOND]), TalkingEngine("reviewer", [["VERDICT: NO DEFECT"]] * 2))


@asynccontextmanager
async def saved(folder: Path) -> AsyncIterator[tuple[Driver, Path]]:
    """A session of two turns whose code was saved over a file, which is given, and into another."""
    existing = folder / "double.py"
    existing.write_text("# mine\n")
    async with driven(real_options(), two_turns()) as driver:
        await saved_in_two_turns(driver, existing)
        assert "return x + x" in existing.read_text()
        driver.bench.action_undo_turn()
        await driver.shows("Go back to")
        yield driver, existing


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kept", [0, 1])
async def test_going_back_puts_the_files_saved_since_back_when_that_is_chosen(tmp_path: Path, kept: int) -> None:
    async with saved(tmp_path) as (driver, existing):
        await driver.press(*["down"] * (1 - kept), "enter")
        await driver.shows("Files were saved since")
        await driver.press("escape")
        await driver.shows("Go back to")
        await driver.press("enter")
        await driver.shows("Put back to what it was before: double.py, new.py (was new: deleted)")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.bench.state.turn == kept, "it is before the turn")
        assert not (tmp_path / "new.py").exists()
        assert existing.read_text() == "# mine\n" if kept == 0 else "return 2 * x" in existing.read_text()
        await driver.shows("As before these turns again: double.py, new.py.")
        assert len(driver.bench.state.saved) == kept
    (session,) = list_sessions()
    undone = [event.path for event in read_events(session.path) if isinstance(event, SaveUndone)]
    assert len(undone) == 3 - kept


async def test_going_back_leaves_files_alone_unless_it_is_chosen(tmp_path: Path) -> None:
    async with saved(tmp_path) as (driver, existing):
        await driver.press("enter")
        await driver.shows("Leave as saved: double.py, new.py")
        await driver.press("enter")
        await driver.until(lambda: driver.bench.state.turn == 1, "it is turn 1 again")
        assert "return x + x" in existing.read_text()
        assert (tmp_path / "new.py").exists()
        await driver.shows("Left as saved: double.py, new.py.")


async def test_a_file_changed_since_stays_when_going_back_and_the_others_go_back(tmp_path: Path) -> None:
    async with saved(tmp_path) as (driver, existing):
        existing.write_text("# changed elsewhere\n")
        await driver.press("down", "enter")
        await driver.shows("Files were saved since")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.bench.state.turn == 0, "it is before the first turn")
        assert existing.read_text() == "# changed elsewhere\n"
        assert not (tmp_path / "new.py").exists()
        told = flowing(driver.text)
        assert told.count("was changed since it was saved") == 1
        assert "As before these turns again: new.py." in told
