"""The whole way of a new user, in a terminal: first start, example, saved function, second turn, kill -9, and on."""

import os
import signal
from pathlib import Path

import pytest

from core.event_log import read_events
from core.events import CodeSaved, RunFinished, RunStarted
from core.sessions import list_sessions
from tests.e2e.screen import CTRL_S, ENTER, TAB, Terminal
from tests.e2e.test_first_start import start


def kill(terminal: Terminal) -> None:
    """End the program as a crash of the machine would."""
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.until(lambda: not terminal.process.isalive(), "the program is gone")


def save(terminal: Terminal) -> None:
    """Accept what stands into the file that is proposed."""
    terminal.press(CTRL_S)
    terminal.shows("Enter saves")
    terminal.press(ENTER)
    terminal.shows("✓ Saved: ")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_from_the_first_start_to_a_session_that_outlives_kill_9(tmp_path: Path, size: tuple[int, int]) -> None:
    with start(tmp_path, size=size) as terminal:
        terminal.shows("Welcome.")
        terminal.press("d")
        terminal.shows("a key loads and runs")
        terminal.press("1")
        terminal.shows("✓ Done: fix 1 stands and passes 3 of 3 examples.")
        save(terminal)
        terminal.shows("i: Ask for a change")
        terminal.press("i")
        terminal.shows("Ask for a change (Tab; the script knows")
        terminal.press(TAB)
        terminal.until(lambda: "the script knows" not in terminal.text, "the request stands at the prompt")
        terminal.press(ENTER)
        terminal.until(lambda: "turn 2" in terminal.text or "[DRAFT]" in terminal.text, "the second turn begins")
        terminal.until(lambda: "✓ Done" in terminal.text, "the second turn ends")
        last = [row for row in terminal.text.splitlines() if "✓ Done" in row]
        kill(terminal)
    assert (tmp_path / "merge_intervals.py").is_file()
    with start(tmp_path, "--continue", size=size) as terminal:
        terminal.shows(last[0].strip())
        assert "Welcome." not in terminal.text
        # The same file is proposed, and replaced only when that is said.
        terminal.press(CTRL_S)
        terminal.shows("Enter saves")
        terminal.press(ENTER)
        terminal.shows("Replace, keep a copy")
        terminal.press(TAB)
        terminal.press(TAB)
        terminal.press(ENTER)
        terminal.shows("✓ Saved: ")
        terminal.leave()
    (session,) = list_sessions()
    events = list(read_events(session.path))
    assert [event.turn for event in events if isinstance(event, RunStarted)] == [1, 2]
    assert len([event for event in events if isinstance(event, RunFinished)]) == 2
    assert len([event for event in events if isinstance(event, CodeSaved)]) == 2
    second = next(event.code for event in reversed(events) if isinstance(event, RunFinished))
    assert (tmp_path / "merge_intervals.py").read_text() == second


def test_killed_in_the_middle_of_a_stream_it_shows_what_had_arrived(tmp_path: Path) -> None:
    with start(tmp_path, "--pair", "demo") as terminal:
        terminal.shows("Merge intervals")
        terminal.press("1")
        terminal.shows("SCRIPTED")
        # The log is written ten times a second, so what is asked for below arrived well before what is waited for here.
        terminal.until(lambda: "for start, end in sorted" in terminal.text, "the draft grows")
        kill(terminal)
    with start(tmp_path, "--pair", "demo", "--continue") as terminal:
        terminal.shows("def merge_intervals")
        terminal.shows("the program was killed")
        terminal.press("\x1bOS")  # F4
        terminal.shows("✓ Done: fix 1 stands and passes 3 of 3 examples.")
        terminal.leave()
