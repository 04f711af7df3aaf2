"""What goes wrong in real terminals and with real servers: killed engines, slow readers, other sizes, wide letters."""

import os
import time
from pathlib import Path

import pytest

from tests.core.bench.scripted_server import models_toml
from tests.e2e.busy import SPEC, busy
from tests.e2e.screen import ENTER, F4, PATIENCE, Terminal, secondpass
from tests.standins.running import openai_server

GOOD = [("You review Python code", "VERDICT: NO DEFECT\n")]
DOUBLE = "```python\ndef double(x: int) -> int:\n    return 2 * x\n```\n"


def test_a_server_killed_while_it_streams_is_one_sentence_and_the_next_try_works(tmp_path: Path) -> None:
    with busy("streaming", tmp_path) as (terminal, server):
        terminal.until(lambda: terminal.text.count("and so on") > 3, "the draft grows")
        server.kill()
        terminal.shows("✗ Error: ")
        terminal.shows("F4 runs again")
        assert "and so on" in terminal.text, "what had arrived stays"
        assert "Traceback" not in terminal.text
        with openai_server(port=server.port, models=["coder", "reviewer"], answer=DOUBLE, answers=GOOD):
            terminal.press(F4)
            terminal.shows("✓ Done: draft stands and passes 1 of 1 examples.")
            terminal.leave()


def test_a_terminal_that_reads_slowly_does_not_hold_up_the_run(tmp_path: Path) -> None:
    """It takes 2 kB a second: a frame takes seconds, the run as long as it would without anybody watching."""
    answer = (
        "```python\ndef double(x: int) -> int:\n" + "    # and so on, and so on\n" * 300 + "    return 2 * x\n```\n"
    )
    with openai_server(models=["coder", "reviewer"], answer=answer, answers=GOOD, rate=400.0) as server:
        models = models_toml(tmp_path, server.base_url)
        with Terminal(secondpass(), "--pair", "standin", "--models", str(models), cwd=tmp_path) as terminal:
            terminal.shows("F4 run")
            terminal.press("i")
            terminal.shows("say in words")
            terminal.paste(SPEC)
            terminal.press(ENTER)
            server.wait_for("requests", 1)
            slowly = 0
            deadline = time.monotonic() + PATIENCE
            while len(server.stats()["requests"]) < 2:
                assert time.monotonic() < deadline, "the stream stands still behind the terminal"
                slowly += len(os.read(terminal.process.child_fd, 200))
                time.sleep(0.1)
            assert slowly < 40_000, "it was slow"
            # With the terminal quick again, everything is there.
            terminal.shows("✓ Done: draft stands and passes 1 of 1 examples.")
            terminal.shows("and so on")
            terminal.leave()


def test_resizing_the_terminal_in_a_run_loses_nothing(tmp_path: Path) -> None:
    with busy("streaming", tmp_path) as (terminal, _):
        for columns, rows in ((80, 24), (30, 8), (200, 60), (120, 40)):
            terminal.resize(columns, rows)
            terminal.shows("too small" if columns == 30 else "and so on")
        terminal.shows("def double(x: int)")
        terminal.leave()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_wide_characters_keep_their_columns(tmp_path: Path, size: tuple[int, int]) -> None:
    code = '```python\ndef double(x: int) -> int:\n    wide = "漢字かな交じり文 👍 end"\n    return 2 * x\n```\n'
    with openai_server(models=["coder", "reviewer"], answer=code, answers=GOOD) as server:
        models = models_toml(tmp_path, server.base_url)
        with Terminal(secondpass(), "--pair", "standin", "--models", str(models), cwd=tmp_path, size=size) as terminal:
            terminal.shows("F4 run")
            terminal.press("i")
            terminal.shows("say in words")
            terminal.paste(SPEC.replace("Twice x.", "Twice x, 二倍。"))
            terminal.press(ENTER)
            terminal.shows("✓ Done:")
            terminal.press("\x1b2")  # Alt+2: the draft
            terminal.shows('"漢字かな交じり文')
            (row,) = [row for row in terminal.cells if "漢" in row]
            assert row[-1] in "│┃", "the border is where it belongs"
            terminal.leave()
