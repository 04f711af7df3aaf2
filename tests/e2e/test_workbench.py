"""The Workbench as a person meets it: the installed command in a pseudo-terminal, on the demo pair."""

import os
from pathlib import Path

import pytest

from core.event_log import read_events
from core.sessions import list_sessions
from tests.e2e.screen import CTRL_S, ENTER, ESCAPE, F1, Terminal, secondpass

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


def open_workbench(cwd: Path, size: tuple[int, int] = (120, 40), *options: str, **environ: str) -> Terminal:
    return Terminal(secondpass(), *(options or ("--pair", "demo")), cwd=cwd, size=size, **environ)


@SIZES
def test_from_one_key_to_accepted_code_in_a_file(tmp_path: Path, size: tuple[int, int]) -> None:
    with open_workbench(tmp_path, size) as terminal:
        terminal.shows("Merge intervals")
        terminal.shows("SCRIPTED DEMO")
        terminal.press("1")
        terminal.shows("[DRAFT]")
        terminal.shows("✓ Done: fix 1 stands and passes 3 of 3 examples.")
        terminal.press(CTRL_S)
        terminal.shows("Enter saves")
        terminal.press(ENTER)
        terminal.shows("✓ Saved: fix 1")
        assert "SCRIPTED DEMO" in terminal.text
        terminal.leave()
        assert terminal.process.exitstatus == 0
    saved = (tmp_path / "merge_intervals.py").read_text()
    namespace: dict[str, object] = {}
    exec(compile(saved, "merge_intervals.py", "exec"), namespace)
    assert namespace["merge_intervals"]([(1, 2), (2, 3)]) == [(1, 3)]  # type: ignore[operator]
    (session,) = list_sessions()
    assert [event.type for event in read_events(session.path)][-2:] == ["run_finished", "code_saved"]


def test_the_last_session_is_shown_again_as_it_was(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as terminal:
        terminal.shows("Merge intervals")
        terminal.press("4")
        terminal.shows("✓ Done:")
        terminal.until(lambda: "F4 run" in terminal.text, "the run has ended")
        # The engines are those of the program that shows the session, which has asked nothing of them yet.
        live = terminal.text.replace("● ready", "○ stopped")
        terminal.leave()
    with open_workbench(tmp_path, (120, 40), "--pair", "demo", "--continue") as terminal:
        terminal.until(lambda: terminal.text == live, "the replay shows the same screen")
        terminal.leave()


def test_a_stream_is_stopped_with_escape_and_its_text_stays(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as terminal:
        terminal.shows("Merge intervals")
        terminal.press("1")
        terminal.shows("def merge_intervals(intervals")
        terminal.until(lambda: "streaming" in terminal.text, "a model streams")
        terminal.press(ESCAPE)
        terminal.shows("■ Stopped.")
        assert "def merge_intervals" in terminal.text
        terminal.press(F1)
        terminal.shows("workbench.stop")
        terminal.press(ESCAPE)
        terminal.shows("F4 runs again")
        terminal.leave()
    (session,) = list_sessions()
    assert session.ending == "run_stopped"


def test_the_terminal_is_given_back_as_it_was(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as terminal:
        terminal.shows("Merge intervals")
        assert b"\x1b[?1049h" in terminal.raw
        terminal.leave()
        for restored in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"):
            assert restored in terminal.raw


def test_native_writes_do_not_reach_the_screen(tmp_path: Path) -> None:
    """A .pth-like hook of the child's Python writes to both descriptors all the time the app runs."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os, threading\n"
        "def noise():\n"
        "    while not os.path.exists('enough'):\n"
        "        if os.path.exists('begin'):\n"
        "            os.write(1, b'NATIVE-OUT '); os.write(2, b'NATIVE-ERR ')\n"
        "        threading.Event().wait(0.02)\n"
        "threading.Thread(target=noise, daemon=True).start()\n"
    )
    with open_workbench(tmp_path, PYTHONPATH=str(site)) as terminal:
        terminal.shows("Merge intervals")
        (tmp_path / "begin").touch()
        log = Path(os.environ["SECONDPASS_HOME"]) / "log" / "secondpass.log"
        terminal.until(
            lambda: log.exists() and log.read_text().count("NATIVE-ERR") > 10, "the writes arrive in the log"
        )
        terminal.press("3")
        terminal.shows("✓ Done:")
        (tmp_path / "enough").touch()
        assert "NATIVE" not in terminal.text
        assert b"NATIVE" not in terminal.raw
        terminal.leave()


def test_no_color_is_honoured(tmp_path: Path) -> None:
    with open_workbench(tmp_path, NO_COLOR="1") as terminal:
        terminal.shows("Merge intervals")
        terminal.press("3")
        terminal.shows("✓ Done:")
        terminal.leave()
        assert b"38;2;" not in terminal.raw
        assert b"48;2;" not in terminal.raw
        assert b"38;5;" not in terminal.raw
