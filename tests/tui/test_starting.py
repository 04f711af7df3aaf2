"""The start: what waits until after the first picture, and what a person sees who waits for it."""

import gc
import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import starting

OPEN = """
import asyncio, sys
from core.config import load_configuration
from tui.app import AppOptions, SecondpassApp

async def main():
    pair = load_configuration().pair("demo")
    loaded = []
    app = SecondpassApp(AppOptions(pair=pair, demo=pair), opened=lambda: loaded.extend(sys.modules))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Merge intervals" in app.export_screenshot().replace("&#160;", " ")
    print("\\n".join(loaded))

asyncio.run(main())
"""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Where a terminal would be read, and where it is written to."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    yield read, write
    os.close(read)
    os.close(write)


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """What the start keeps out of collections, and here are the tests' own objects, is collected again."""
    yield
    gc.unfreeze()


def written(read: int) -> str:
    """What was written since."""
    try:
        return os.read(read, 1000).decode()
    except BlockingIOError:
        return ""


def wait_for(read: int) -> str:
    """What is written next."""
    for _ in range(1000):
        if text := written(read):
            return text
        time.sleep(0.01)
    raise AssertionError("nothing was written")


def test_a_slow_start_says_that_it_is_one_and_takes_the_line_back(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = terminal
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 0.0)
    with starting.starting(write):
        assert wait_for(read) == "secondpass is starting…"
    assert written(read) == "\r\x1b[2K"


def test_a_quick_start_writes_nothing(terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = terminal
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 10.0)
    with starting.starting(write):
        timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    for timer in timers:
        timer.join(5)
        assert not timer.is_alive(), "it would still write"
    assert timers
    assert written(read) == ""


def test_the_line_is_gone_before_an_error_is_told(terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = terminal
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 0.0)

    def refuse() -> None:
        assert wait_for(read) == "secondpass is starting…"
        raise ValueError("no such pair")

    with pytest.raises(ValueError, match="no such pair"), starting.starting(write):
        refuse()
    assert written(read) == "\r\x1b[2K"


def test_garbage_is_collected_again_after_the_start(terminal: tuple[int, int]) -> None:
    with starting.starting(terminal[1]):
        assert not gc.isenabled()
    assert gc.isenabled()


def printed(code: str, folder: Path) -> str:
    """What a Python that runs ``code`` in ``folder`` prints."""
    environ = {**os.environ, "SECONDPASS_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules that are loaded when the first picture stands."""
    return set(printed(OPEN, tmp_path_factory.mktemp("start")).split())


@pytest.mark.parametrize(
    "name",
    [
        "core.patterns.registry",
        "core.run",
        "core.sandbox",
        "analyzers.parse",
        "analyzers.rules",
        "tui.diff.screen",
        "pygments.lexers.python",
    ],
)
def test_the_first_picture_does_without(name: str, loaded: set[str]) -> None:
    assert {"tui.workbench.screen", "core.events"} <= loaded
    assert name not in loaded


@pytest.mark.parametrize("name", starting.REST)
def test_what_is_loaded_afterwards_exists_and_was_not_needed_before(name: str, loaded: set[str]) -> None:
    assert importlib.util.find_spec(name) is not None
    assert name not in loaded


def test_the_rest_is_loaded_behind_the_first_picture(tmp_path: Path) -> None:
    code = OPEN.replace("opened=lambda: loaded.extend(sys.modules)", "opened=load_the_rest").replace(
        '    print("\\n".join(loaded))',
        "        for _ in range(3000):\n"
        "            if {*REST} <= sys.modules.keys() and gc.get_freeze_count():\n"
        "                break\n"
        "            await asyncio.sleep(0.01)\n"
        "        print(*({*REST} - sys.modules.keys()), gc.get_freeze_count() > 0)",
    )
    code = f"import gc\nfrom tui.starting import REST, load_the_rest\n{code}"
    assert printed(code, tmp_path).strip() == "True"
