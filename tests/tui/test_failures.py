"""A mistake of the program itself: no traceback on the screen, nothing lost, and the log that has the details."""

import os
from pathlib import Path

import pytest

from core.paths import log_dir
from core.sessions import list_sessions
from tests.tui.driving import NARROW, WIDE, demo_options, driven
from tui.app import AppOptions
from tui.failure.failure import Failure
from tui.failure.screen import FailureScreen
from tui.log_console.screen import LogScreen
from tui.log_console.tail import MOST_BYTES, Tail, leveled, log_files
from tui.workbench.screen import WorkbenchScreen

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def test_an_exception_ends_the_app_with_the_work_in_hand_and_its_traceback_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(screen: WorkbenchScreen) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(WorkbenchScreen, "action_score", fail)
    apps = []

    async def work_until_it_fails() -> None:
        async with driven(demo_options()) as driver:
            apps.append(driver.app)
            await driver.press("3")
            await driver.ended()
            driver.bench.action_prompt()
            await driver.press(*"half a request")
            await driver.press("f10")
            await driver.until(lambda: driver.app.failure, "it fails")

    with pytest.raises(ZeroDivisionError):
        await work_until_it_fails()
    failure = apps[0].failure
    assert failure is not None
    (session,) = list_sessions()
    assert (failure.kind, failure.session, failure.prompt) == ("ZeroDivisionError", session.path, "half a request")
    assert "def to_roman" in failure.spec
    assert "ZeroDivisionError: a mistake of ours" in (log_dir() / "secondpass.log").read_text()


@SIZES
async def test_the_error_screen_says_what_happened_and_is_kept_and_leads_back(size: tuple[int, int]) -> None:
    failure = Failure(kind="KeyError", spec="Write double(x).", prompt="half a request")
    options = AppOptions(pair=demo_options().pair, spec="Write double(x).", failure=failure)
    async with driven(options, size=size) as driver:
        await driver.shows("secondpass made a mistake of its own (KeyError)")
        await driver.shows("the spec in the editor, what stood at the prompt")
        assert "SCRIPTED DEMO" in driver.text
        await driver.press("l")
        await driver.until(lambda: isinstance(driver.app.screen, LogScreen), "the log is shown")
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, FailureScreen), "and left")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is there")
        assert driver.bench.prompt.text == "half a request"
        assert driver.bench.spec_pane.editor.text == "Write double(x)."


LOG = """\
2026-01-02 03:04:05,678 INFO core.engines: ready
2026-01-02 03:04:06,000 WARNING core.engines: slow
noise of a library
[2026-01-02 03:04:07] ERROR mlc_llm: no memory
Traceback (most recent call last):
  File "x.py", line 1
"""


@SIZES
async def test_the_log_console_follows_filters_and_changes_files(size: tuple[int, int]) -> None:
    own, engine = log_dir() / "secondpass.log", log_dir() / "mlc-coder-20260101-000000-000001.log"
    own.write_text(LOG)
    engine.write_text("the engine starts\n")
    async with driven(demo_options(), size=size) as driver:
        await driver.press("ctrl+backslash")
        await driver.shows("noise of a library")
        with own.open("a") as file:
            file.write("2026-01-02 03:04:08,000 INFO core: added \x1b[2J [bold]now[/]\n")
        await driver.shows("added ␛[2J [bold]now[/]")
        await driver.press("f")
        await driver.until(lambda: "ready" not in driver.text, "warnings and errors only")
        assert "slow" in driver.text
        await driver.press("f")
        await driver.until(lambda: "slow" not in driver.text, "errors only")
        assert 'File "x.py"' in driver.text
        await driver.press("c")
        assert driver.app.clipboard == str(own)
        await driver.press("n", "f")
        await driver.shows("the engine starts")
        await driver.press("ctrl+backslash")
        await driver.until(lambda: driver.app.screen is driver.bench, "the key leaves it again")


async def test_a_log_with_nothing_in_it_says_so() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("ctrl+backslash")
        await driver.shows("Nothing was written to this log yet.")


def test_lines_without_a_level_belong_to_the_one_before() -> None:
    assert [level for level, _ in leveled(LOG.splitlines())] == [
        "INFO",
        "WARNING",
        "WARNING",
        "ERROR",
        "ERROR",
        "ERROR",
    ]


def test_a_log_that_is_turned_over_is_followed_and_a_huge_one_read_from_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("x" * 99 + "\n", encoding="utf-8")
    with path.open("a") as file:
        file.writelines(f"line {number:07d}\n" for number in range(60_000))
    tail = Tail(path)
    assert tail.read()
    assert tail.lines[-1] == "line 0059999"
    assert len(tail.lines) <= MOST_BYTES // 13 + 1
    os.replace(path, tmp_path / "a.log.1")
    path.write_text("a new one\nhalf of")
    assert tail.read()
    assert tail.lines[-1] == "a new one"
    with path.open("a") as file:
        file.write(" a line\n")
    assert tail.read()
    assert tail.lines[-1] == "half of a line"
    path.unlink()
    assert not tail.read()
    assert log_files() == (log_dir() / "secondpass.log",)
