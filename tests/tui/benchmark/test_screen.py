"""The Benchmark screen: a run started, watched, opened task by task, stopped, gone on with, compared and deleted."""

from pathlib import Path

import pytest

from core.bench.store import Store
from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.benchmark.child import BenchChild
from tui.benchmark.comparison import ComparisonScreen
from tui.benchmark.runs import RunsScreen
from tui.benchmark.screen import BenchmarkScreen
from tui.widgets.line_view import LineView

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def open_runs(driver: Driver) -> None:
    await driver.press("f5")
    await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown")


async def finished_run(driver: Driver) -> None:
    """A run of the demo set from the form, to its end."""
    await open_runs(driver)
    await driver.press("ctrl+s")
    await driver.until(lambda: isinstance(driver.app.screen, BenchmarkScreen), "the run is shown")
    await driver.until(lambda: driver.app.bench is not None and not driver.app.bench.running, "the run ends")
    await driver.shows("12/12")


@SIZES
async def test_a_run_is_started_from_the_form_and_shown_row_by_row(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await open_runs(driver)
        assert "No run is stored yet" in driver.text
        await finished_run(driver)
        await driver.shows("Demo/0")
        assert "SCRIPTED DEMO" in driver.text
        assert "fixed 2" in driver.text
        assert "not distinguishable" in " ".join(driver.text.split())
        await driver.until(lambda: "✓ fixed" in driver.text or "✓ fi" in driver.text, "a fixed task is marked")


async def test_a_task_opens_with_its_whole_story_and_goes_to_the_workbench() -> None:
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        await driver.press("enter")
        await driver.shows("w opens it in the Workbench")
        story = driver.app.screen.query_one(LineView).text
        assert "draft → final" in story
        assert "proven" in story
        await driver.press("w")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is shown")
        assert "def merge_intervals" in driver.bench.spec_pane.editor.text


async def test_filters_leave_the_tasks_that_differ() -> None:
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        screen = driver.app.screen
        assert isinstance(screen, BenchmarkScreen)
        await driver.until(lambda: screen.table.row_count == 6, "all tasks are shown")
        await driver.press("f")
        await driver.until(lambda: 0 < screen.table.row_count < 6, "fewer tasks are shown")
        assert "failed" in driver.text
        await driver.press("f", "f", "f")
        await driver.until(lambda: screen.table.row_count == 6, "all tasks are shown again")


async def test_stored_runs_are_listed_compared_and_deleted() -> None:
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown")
        await driver.press("escape", "f5")
        await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown again")
        await driver.press("ctrl+s")
        await driver.until(lambda: isinstance(driver.app.screen, BenchmarkScreen), "a second run is shown")
        await driver.until(lambda: driver.app.bench is not None and not driver.app.bench.running, "it ends")
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown")
        driver.app.screen.query_one("#runs-list").focus()
        await driver.press("m", "down", "m")
        await driver.until(lambda: isinstance(driver.app.screen, ComparisonScreen), "two runs are compared")
        assert "solve the same" in driver.text
        await driver.press("escape")
        driver.app.screen.query_one("#runs-list").focus()
        await driver.press("d")
        await driver.shows("d again deletes")
        with Store(readonly=True) as store:
            assert len(store.runs()) == 2
        await driver.press("d")
        await driver.shows("is deleted")
        with Store(readonly=True) as store:
            assert len(store.runs()) == 1


async def test_what_cannot_start_is_said_in_one_sentence() -> None:
    async with driven(demo_options()) as driver:
        driver.app.run_bench(("--dataset", "demo", "--pair", "paper"))
        await driver.shows("cannot start")
        assert driver.app.bench is not None
        assert not driver.app.bench.running


async def test_a_run_that_is_stopped_ends_and_is_gone_on_with(tmp_path: Path) -> None:
    async with driven(demo_options()) as driver:
        await open_runs(driver)
        await driver.press("ctrl+s")
        await driver.until(lambda: driver.app.bench is not None and driver.app.bench.board.run, "the run has begun")
        await driver.press("escape")
        await driver.until(lambda: driver.app.bench is not None and not driver.app.bench.running, "the run ends")
        await driver.press("c")
        await driver.shows("12/12")


async def test_a_killed_child_is_told_and_nothing_is_lost() -> None:
    async with driven(demo_options()) as driver:
        await open_runs(driver)
        await driver.press("ctrl+s")
        await driver.until(lambda: driver.app.bench is not None and driver.app.bench.board.run, "the run has begun")
        assert driver.app.bench is not None
        driver.app.bench.kill()
        await driver.until(lambda: not driver.app.bench.running, "the child is gone")  # type: ignore[union-attr]
        await driver.until(lambda: "ended with status -9" in driver.text or "12/12" in driver.text, "that is said")


async def test_leaving_the_app_ends_the_child() -> None:
    child = BenchChild(("run", "--dataset", "demo", "--pair", "demo", "--output", "jsonl"))
    async for _ in child.lines():
        child.kill()
    assert child.code == -9
