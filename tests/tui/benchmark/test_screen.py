"""The Benchmark screen: a run started, watched, opened task by task, stopped, gone on with, compared and deleted."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.bench.store import Store
from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.benchmark.child import BenchChild
from tui.benchmark.comparison import ComparisonScreen
from tui.benchmark.export import ExportScreen
from tui.benchmark.form import NewRunScreen
from tui.benchmark.live import LiveBench
from tui.benchmark.report import ReportScreen
from tui.benchmark.runs import RunsScreen
from tui.benchmark.screen import BenchmarkScreen
from tui.widgets.line_view import LineView

DEMO_RUN = ("run", "--dataset", "demo", "--pair", "demo", "--output", "jsonl")
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def open_runs(driver: Driver) -> None:
    await driver.press("f5")
    await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown")


async def begun_run(driver: Driver) -> None:
    """A run of the demo set from the form, as soon as it is known."""
    if not isinstance(driver.app.screen, RunsScreen):
        await open_runs(driver)
    await driver.press("n")
    await driver.until(lambda: isinstance(driver.app.screen, NewRunScreen), "the form is shown")
    await driver.press("ctrl+s")
    await driver.until(lambda: isinstance(driver.app.screen, BenchmarkScreen), "the run is shown")
    await driver.until(lambda: driver.app.bench is not None and driver.app.bench.board.run, "the run has begun")


async def ended(driver: Driver) -> None:
    await driver.until(lambda: driver.app.bench is not None and not driver.app.bench.running, "the run ends")


async def finished_run(driver: Driver) -> None:
    await begun_run(driver)
    await ended(driver)
    await driver.shows("12/12")


async def back_to_the_runs(driver: Driver) -> None:
    await driver.press("escape")
    await driver.until(lambda: isinstance(driver.app.screen, RunsScreen), "the runs are shown")


async def test_f5_in_the_list_shows_the_run_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveBench, "running", True)
    async with driven(demo_options()) as driver:
        await open_runs(driver)
        driver.app.bench = LiveBench(scripted=True)
        await driver.press("f5")
        await driver.until(lambda: isinstance(driver.app.screen, BenchmarkScreen), "the run is shown")


@SIZES
async def test_a_run_is_started_from_the_form_and_shown_row_by_row(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await open_runs(driver)
        await driver.shows("No run is stored yet")
        await finished_run(driver)
        await driver.shows("Demo/0")
        assert "SCRIPTED DEMO" in driver.text
        await driver.shows("fixed 2")
        await driver.shows("✓ fixed")
        assert driver.app.bench is not None
        await driver.until(lambda: driver.app.bench and driver.app.bench.report, "the figures are worked out")
        await driver.until(lambda: "not distinguishable" in " ".join(driver.text.split()), "nothing is claimed")


async def test_a_task_opens_with_its_whole_story_and_goes_to_the_workbench() -> None:
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        await driver.until(lambda: driver.app.screen.query_one("#bench-table").row_count == 6, "all")  # type: ignore[attr-defined]
        await driver.press("enter")
        await driver.shows("w in the Workbench")
        story = driver.app.screen.query_one(LineView).text
        assert "from draft to final code" in story
        assert "proven" in story
        assert "failing test" in story
        await driver.press("n")
        await driver.until(lambda: driver.app.screen.query_one(LineView).text != story, "the next task is shown")
        await driver.press("p")
        await driver.until(lambda: driver.app.screen.query_one(LineView).text == story, "the first is shown again")
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
        await driver.shows("failed")
        await driver.press("f", "f", "f", "f")
        await driver.until(lambda: screen.table.row_count == 6, "all tasks are shown again")
        await driver.press("o")
        await driver.shows("failures first")


async def test_stored_runs_are_listed_compared_and_deleted() -> None:
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        await back_to_the_runs(driver)
        await driver.press("escape")
        await finished_run(driver)
        await back_to_the_runs(driver)
        await driver.until(lambda: driver.text.count("finished") == 2, "both runs are listed")
        await driver.press("m", "down", "m")
        await driver.until(lambda: isinstance(driver.app.screen, ComparisonScreen), "two runs are compared")
        await driver.shows("solve the same")
        await driver.shows("SCRIPTED DEMO")
        await back_to_the_runs(driver)
        await driver.press("d")
        await driver.shows("d again deletes")
        with Store(readonly=True) as store:
            assert len(store.runs()) == 2
        await driver.press("d")
        await driver.shows("is deleted")
        with Store(readonly=True) as store:
            assert len(store.runs()) == 1


async def test_a_run_is_reported_and_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(demo_options()) as driver:
        await finished_run(driver)
        await driver.press("r")
        await driver.until(lambda: isinstance(driver.app.screen, ReportScreen), "the report is shown")
        await driver.shows("What went wrong")
        await driver.press("escape", "e")
        await driver.until(lambda: isinstance(driver.app.screen, ExportScreen), "formats are offered")
        await driver.press("enter")
        await driver.shows("Written: secondpass-")
    assert [path.suffix for path in tmp_path.iterdir()] == [".html"]  # noqa: ASYNC240


async def test_what_cannot_start_is_said_in_one_sentence() -> None:
    async with driven(demo_options()) as driver:
        driver.app.run_bench(("--dataset", "demo", "--pair", "paper"))
        await driver.shows("cannot start")
        assert driver.app.bench is not None
        assert not driver.app.bench.running


async def test_the_form_says_what_is_missing_and_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUMANEVAL_OVERRIDE_PATH", raising=False)
    async with driven(demo_options()) as driver:
        await open_runs(driver)
        await driver.press("n")
        await driver.until(lambda: isinstance(driver.app.screen, NewRunScreen), "the form is shown")
        form = driver.app.screen
        form.query_one("#form-dataset").value = "humaneval+"  # type: ignore[attr-defined]
        await driver.shows("The scripted pair knows the demo problems alone")
        form.query_one("#form-pair").value = "paper"  # type: ignore[attr-defined]
        await driver.until(lambda: "bench data fetch humaneval+" in " ".join(driver.text.split()), "what to do is said")
        await driver.press("ctrl+s")
        assert driver.app.screen is form
        assert driver.app.bench is None


@SIZES
async def test_a_run_that_is_stopped_ends_and_is_gone_on_with(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        await begun_run(driver)
        await driver.press("s")
        await ended(driver)
        await driver.press("c")
        await driver.shows("12/12")


async def test_leaving_the_screen_does_not_stop_the_run() -> None:
    async with driven(demo_options()) as driver:
        await begun_run(driver)
        await driver.press("escape", "escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is shown")
        await ended(driver)
        assert driver.app.bench is not None
        assert (driver.app.bench.board.finished, driver.app.bench.problem) == (12, "")


async def test_a_killed_child_is_told_and_nothing_is_lost() -> None:
    async with driven(demo_options()) as driver:
        await begun_run(driver)
        assert driver.app.bench is not None
        driver.app.bench.kill()
        await ended(driver)
        await driver.until(lambda: "ended with status -9" in driver.text or "12/12" in driver.text, "that is said")


async def test_the_keys_are_in_the_help() -> None:
    async with driven(demo_options()) as driver:
        await open_runs(driver)
        await driver.press("f1")
        await driver.shows("runs.mark")
        await driver.shows("n begins a run")


async def test_whoever_stops_listening_ends_the_child() -> None:
    child = BenchChild(DEMO_RUN)
    async for _ in child.lines():
        child.kill()
    assert child.code == -9


async def test_a_run_that_is_given_up_between_two_lines_ends_its_child(monkeypatch: pytest.MonkeyPatch) -> None:
    between = asyncio.Event()

    async def waits(_: LiveBench) -> None:
        between.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(LiveBench, "_take_stored", waits)
    bench = LiveBench(scripted=True)
    driving = asyncio.create_task(bench.drive(DEMO_RUN[1:-2]))
    await between.wait()
    (child,) = bench._children
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driving
    assert child.code == -9


def test_a_child_ends_when_the_program_that_began_it_is_gone() -> None:
    program = "from tui.benchmark.attached import main; main()"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-I", "-c", program, "bench", *DEMO_RUN], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert b'"type": "run"' in child.stdout.readline()
        child.stdin.close()
        last = json.loads(child.stdout.read().splitlines()[-1])
        assert last["type"] == "done"
        assert child.wait() == (0 if last["complete"] else 130)
