"""Sessions as a person meets them: killed in the middle, resumed, opened twice."""

import re
import signal
from pathlib import Path

from core.sessions import list_sessions, rename_session
from tests.e2e.screen import ESCAPE, Terminal, secondpass

F3 = "\x1bOR"


def open_workbench(cwd: Path, *options: str) -> Terminal:
    return Terminal(secondpass(), *options, cwd=cwd)


def killed_while_streaming(tmp_path: Path) -> None:
    with open_workbench(tmp_path, "--pair", "demo") as terminal:
        terminal.shows("Merge intervals")
        terminal.press("1")
        terminal.shows("def merge_intervals(intervals")
        terminal.until(lambda: list_sessions() and b"merge_intervals(intervals" in log().split(b"\n", 2)[2], "on disk")
        terminal.process.kill(signal.SIGKILL)
        terminal.until(lambda: not terminal.process.isalive(), "it is dead")


def log() -> bytes:
    return list_sessions()[0].path.read_bytes()


def test_after_kill_9_what_had_arrived_is_there_and_the_session_goes_on(tmp_path: Path) -> None:
    killed_while_streaming(tmp_path)
    (session,) = list_sessions()
    assert session.ending is None
    with session.path.open("ab") as file:
        file.write(b'{"n":999,"at":9.0,"type":"tok')  # as if the kill had come in the middle of a line
    # No pair is named: a session goes on with the pair it was made with.
    with open_workbench(tmp_path, "--continue") as terminal:
        terminal.shows("the program was killed or the machine went down")
        assert "def merge_intervals(intervals" in terminal.text
        terminal.press("\x1bOS")  # F4
        terminal.shows("✓ Done:")
        terminal.leave()
    assert [each.ended for each in list_sessions()] == ["finished", "cut off"]


def test_a_session_is_resumed_by_its_title_and_from_the_screen(tmp_path: Path) -> None:
    killed_while_streaming(tmp_path)
    rename_session(list_sessions()[0].path, "Overlaps")
    with open_workbench(tmp_path, "--resume", "over") as terminal:
        terminal.shows("the program was killed")
        terminal.leave()
    with open_workbench(tmp_path, "--pair", "demo") as terminal:
        terminal.shows("Merge intervals")
        terminal.press(F3)
        terminal.shows("Overlaps")
        terminal.shows("cut off")
        terminal.press("\r")
        terminal.shows("the program was killed")
        terminal.leave()


def test_the_second_program_on_a_session_is_told(tmp_path: Path) -> None:
    killed_while_streaming(tmp_path)
    with open_workbench(tmp_path, "--continue") as first:
        first.shows("the program was killed")
        with open_workbench(tmp_path, "--continue") as second:
            second.until(
                lambda: "is open in another secondpass" in re.sub(r"\s+", " ", second.text), "the second is told"
            )
            second.press(ESCAPE)
            second.leave()
        first.leave()


def test_a_session_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    with open_workbench(tmp_path, "--resume", "zebra") as terminal:
        terminal.shows("There is no session whose name or title begins with")
        terminal.until(lambda: not terminal.process.isalive(), "it ends")
        assert terminal.process.exitstatus == 2
