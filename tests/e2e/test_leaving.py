"""However the program is ended and whatever it is at: it ends, and nothing that it started outlives it.

How long that takes is measured by benchmarks/tui_latency.py; here a busy machine may take its time.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from core.event_log import read_events
from core.events import TokenText
from core.sessions import list_sessions
from tests.e2e.busy import WAYS, alive, busy, close_the_terminal, family
from tests.e2e.screen import PATIENCE, Terminal, secondpass

TERMINAL_RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l")


def wait_until_gone(pids: set[int]) -> set[int]:
    """Those that are still there when patience is at its end."""
    deadline = time.monotonic() + PATIENCE
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.mark.parametrize("state", ["streaming", "prefill", "sandbox", "bench", "shell"])
@pytest.mark.parametrize("way", WAYS)
def test_it_ends_and_leaves_no_process_behind(tmp_path: Path, state: str, way: str) -> None:
    with busy(state, tmp_path) as (terminal, _):
        started = family(terminal.process.pid)
        assert started or state in ("streaming", "prefill"), "a child works"
        WAYS[way](terminal)
        gone_with_the_terminal = way == "terminal closed"
        if not gone_with_the_terminal:
            terminal.until(lambda: not terminal.process.isalive(), "the program ends")
        assert not wait_until_gone({terminal.process.pid, *started})
        if not gone_with_the_terminal:
            terminal.read()
            how = (terminal.process.exitstatus, terminal.process.signalstatus)
            assert how == {"Ctrl+C twice": (0, None), "SIGTERM": (130, None), "SIGKILL": (None, 9)}[way]
        if way in ("Ctrl+C twice", "SIGTERM"):
            for restored in TERMINAL_RESTORED:
                assert restored in terminal.raw
            assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("way", WAYS)
def test_what_had_arrived_is_in_the_session(tmp_path: Path, way: str) -> None:
    with busy("streaming", tmp_path) as (terminal, _):
        terminal.until(lambda: terminal.text.count("and so on") > 9, "the draft grows")
        WAYS[way](terminal)
        assert not wait_until_gone({terminal.process.pid})
    (session,) = list_sessions()
    arrived = "".join(event.text for event in read_events(session.path) if isinstance(event, TokenText))
    assert "and so on" in arrived


def test_a_terminal_that_reads_nothing_does_not_keep_the_program(tmp_path: Path) -> None:
    with busy("short", tmp_path) as (terminal, server):
        # Nobody reads from here on: the pseudo-terminal fills up, and a write to it would wait for ever. The stream
        # goes on all the same, to its end, the review is asked for, and the program can be ended.
        server.wait_for("requests", 2)
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert not wait_until_gone({terminal.process.pid})


def test_a_window_closed_while_nothing_goes_on_ends_the_program(tmp_path: Path) -> None:
    with Terminal(secondpass(), "--pair", "demo", cwd=tmp_path) as terminal:
        terminal.shows("Merge intervals")
        close_the_terminal(terminal)
        assert not wait_until_gone({terminal.process.pid})
