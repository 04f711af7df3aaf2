"""The very first start, with no pair named and nothing set up: the Doctor, once."""

import os
from pathlib import Path

import pytest

from core.paths import config_dir
from tests.e2e.screen import ESCAPE, Terminal, secondpass


def start(tmp_path: Path, *arguments: str, size: tuple[int, int] = (80, 24), **environ: str) -> Terminal:
    own = tmp_path / "models.toml"
    # A default pair that cannot start on any machine: nothing listens on the discard port.
    own.write_text(
        'default_pair = "far"\n[models.m]\nendpoint = "lab"\n[endpoints.lab]\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[pairs.far]\ncoder = "m"\nreviewer = "m"\n'
    )
    return Terminal(secondpass(), "--models", str(own), *arguments, cwd=tmp_path, size=size, **environ)


def test_the_doctor_comes_first_and_never_again_by_itself(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.shows("Welcome.")
        terminal.shows("The pair far cannot start here yet; see Server lab.")
        terminal.press("d")
        terminal.shows("a key loads and runs")
        terminal.press(ESCAPE)
        terminal.shows("Spec")
        assert terminal.leave() < 10
    with start(tmp_path) as terminal:
        terminal.shows("Merge intervals")
        assert "Welcome. Until" not in terminal.text
        terminal.leave()


def test_a_pair_that_is_named_skips_it(tmp_path: Path) -> None:
    with start(tmp_path, "--pair", "demo") as terminal:
        terminal.shows("Merge intervals")
        assert "Welcome. Until" not in terminal.text
        terminal.leave()


def test_leaving_does_not_wait_for_a_tool_that_hangs(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    hangs = tools / "nvidia-smi"
    hangs.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    hangs.chmod(0o755)
    with start(tmp_path, PATH=f"{tools}:{os.environ['PATH']}") as terminal:
        terminal.shows("1 still to come")
        # The bound of the program is one second; a busy machine of tests gets more.
        assert terminal.leave() < 5
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_configuration_can_be_edited_in_the_person_s_own_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "EDITING $1"\nprintf \'# by hand\\n[interface]\\ntheme = "light"\\n\' > "$1"\n')
    editor.chmod(0o755)
    with start(tmp_path, "--pair", "demo", EDITOR=str(editor), VISUAL="") as terminal:
        terminal.shows("Merge intervals")
        terminal.press("\x1bOQ")  # F2
        terminal.shows("Changes are written to")
        terminal.press("\x07")  # Ctrl+G
        terminal.shows("Saved in")
        terminal.press("\x1bz")
        terminal.shows("The last save was taken back.")
        terminal.press("\x07")
        terminal.shows("Saved in")
        terminal.leave()
    assert (config_dir() / "models.toml").read_text() == '# by hand\n[interface]\ntheme = "light"\n'
