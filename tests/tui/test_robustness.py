"""What terminals, sizes and alphabets do to a screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, demo_options, driven, pair_of, real_options

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
WORDS = "排序列表 ソート 정렬 👍🏽 👨‍👩‍👧 ❤️ e\u0301 n\u0303a \u0e01\u0e33 עברית ﷽ ﬁ"
ANSWER = f"{WORDS}\n```python\ndef f():\n    return '{WORDS * 5}'  # {WORDS}\n```\n"


def widths(driver: Driver) -> set[int]:
    """How many cells the rows of the screen have."""
    return {row.cell_length for row in driver.app.screen._compositor.render_strips()}


def edges(driver: Driver) -> set[int]:
    """In which cells the right edges of rows with a frame stand."""
    return {cell_len(row) for row in driver.text.splitlines() if row.rstrip().endswith(("│", "┃", "╮", "╯", "┓", "┛"))}


@SIZES
async def test_wide_and_combining_characters_move_no_frame(size: tuple[int, int]) -> None:
    engine = TalkingEngine(WORDS, [[ANSWER]], reasoning=WORDS)
    async with driven(real_options(), pair_of(engine), size=size) as driver:
        await driver.write_spec(f"Write f(x). {WORDS}")
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.ended()
        for pane in ("draft", "checks", "spec"):
            driver.bench.action_open(pane)
            await driver.pilot.pause()
            assert widths(driver) == {size[0]}, driver.text
            assert edges(driver) == {size[0]}, driver.text


async def test_a_storm_of_resizes_while_a_model_streams_loses_nothing() -> None:
    pieces = ["```python\n", *(f"x{number} = {number}\n" for number in range(60)), "```\n"]
    engine = TalkingEngine("coder", [pieces], hold=40)
    async with driven(real_options(), pair_of(engine)) as driver:
        await driver.write_spec("Write something.")
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.shows("x30 = 30")
        for number in range(40):
            await driver.pilot.resize_terminal(30 + (number * 37) % 150, 5 + (number * 13) % 50)
        engine.go.set()
        await driver.pilot.resize_terminal(120, 40)
        await driver.ended()
        driver.bench.action_open("draft")
        await driver.shows("x0 = 0")
        assert driver.app.screen is driver.bench
        assert widths(driver) == {120}
        assert (driver.bench.state.code or "").splitlines()[-1] == "x59 = 59"


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (20, 5), (1, 1)])
async def test_where_nothing_fits_one_sentence_says_so_on_every_screen(size: tuple[int, int]) -> None:
    async with driven(demo_options()) as driver:
        for key in ("f1", "f2", "f3", "f5", "ctrl+backslash"):
            await driver.press(key)
            await driver.pilot.pause()
            below = driver.app.screen
            await driver.pilot.resize_terminal(*size)
            if min(size) > 4:
                await driver.shows("too")
            await driver.pilot.resize_terminal(120, 40)
            await driver.until(lambda below=below: driver.app.screen is below, "the screen is back")  # type: ignore[misc]
            await driver.press("escape")


NATIVE = """
import ctypes, os, subprocess, sys, threading
from pathlib import Path
from tui.terminal import own_terminal
libc = ctypes.CDLL(None)
def shout(who):
    os.write(1, f"{who} write 1\\n".encode()); os.write(2, f"{who} write 2\\n".encode())
    libc.printf(f"{who} printf\\n".encode()); libc.fflush(None)
    libc.dprintf(2, f"{who} dprintf\\n".encode())
if len(sys.argv) == 1:
    shout("child")
    raise SystemExit
with own_terminal(Path(sys.argv[1])):
    shout("main")
    thread = threading.Thread(target=shout, args=("thread",))
    thread.start(); thread.join()
    subprocess.run([sys.executable, __file__], check=True)
    os.system("echo shell; echo shell >&2")
    sys.__stderr__.write("picture\\n"); sys.__stderr__.flush()
"""


def test_native_writes_of_c_code_threads_and_children_never_reach_the_terminal(tmp_path: Path) -> None:
    script, log = tmp_path / "native.py", tmp_path / "log"
    script.write_text(NATIVE)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(log)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (done.stdout, done.stderr) == ("", "picture\n")
    said = [
        f"{who} {what}" for who in ("main", "thread", "child") for what in ("write 1", "write 2", "printf", "dprintf")
    ]
    assert sorted(log.read_text().splitlines()) == sorted([*said, "shell", "shell"])
