"""`secondpass sessions`: list, show, export, rename, delete; `--resume` and `--continue` where there is nothing."""

from pathlib import Path

import pytest

from core.errors import ExitCode
from core.sessions import SessionLog, list_sessions, sessions_dir
from tests.core.session_making import session
from tui.cli.commands import command


def test_the_list_holds_what_words_find_and_damage_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    path = session(spec="Write double(x).")
    session(spec="Write half(x).")
    (sessions_dir() / "20200101-000000-dead.jsonl").write_text("damage\n")
    assert command(["sessions", "list", "DOUBLE"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == [path.stem]
    assert err == "20200101-000000-dead: It is damaged: the line is not JSON.\n"


def test_nothing_to_list_is_said_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["sessions", "list"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out == ""
    assert "There are no sessions yet" in err


def test_export_goes_to_standard_output_or_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = session()
    assert command(["sessions", "export", path.stem]) == ExitCode.OK
    told = capsys.readouterr().out
    assert told.startswith("# Write double(x).\n")
    file = tmp_path / "session.md"
    assert command(["sessions", "export", "Write d", "-o", str(file)]) == ExitCode.OK
    assert file.read_text() == told
    assert command(["sessions", "export", path.stem, "-o", str(tmp_path / "no" / "where.md")]) == ExitCode.USAGE
    assert "could not be written" in capsys.readouterr().err


def test_a_title_given_here_is_a_name_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    path = session()
    assert command(["sessions", "rename", path.stem, "Twice"]) == ExitCode.OK
    assert command(["sessions", "show", "twice", "--output", "code"]) == ExitCode.OK
    assert "def double" in capsys.readouterr().out
    assert command(["sessions", "rename", "twice", " "]) == ExitCode.USAGE


def test_deleting_needs_a_yes_and_refuses_what_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    path = session()
    assert command(["sessions", "delete", path.stem]) == ExitCode.USAGE
    assert "agree to that with --yes" in capsys.readouterr().err
    log = SessionLog(path)
    assert command(["sessions", "delete", path.stem, "--yes"]) == ExitCode.USAGE
    assert "open in another secondpass" in capsys.readouterr().err
    log.close()
    assert command(["sessions", "delete", path.stem, "--yes"]) == ExitCode.OK
    assert list_sessions() == ()


def test_a_name_of_no_session_says_where_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["show", "zebra"], ["export", "zebra"], ["rename", "zebra", "x"], ["delete", "zebra", "--yes"]):
        assert command(["sessions", *arguments]) == ExitCode.USAGE
        assert "`secondpass sessions list` shows them all" in capsys.readouterr().err
