"""A models.toml that comes with the folder: noticed, asked about, and used once it is trusted."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.screen import Terminal, secondpass

LOCAL = (
    'default_pair = "far"\n[models.m]\nendpoint = "lab"\n[endpoints.lab]\nbase_url = "http://127.0.0.1:9/v1"\n'
    '[pairs.far]\ncoder = "m"\nreviewer = "m"\n'
)
QUESTION = "This folder has a models.toml of its own"
GRACE = 3.0
"""Seconds, far more than an answer must wait after the question appeared, on a busy machine too."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models.toml").write_text(LOCAL)
    return tmp_path


def notices(folder: Path) -> str:
    done = subprocess.run([secondpass(), "doctor"], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return done.stderr


def answer(terminal: Terminal, key: str) -> None:
    begun = time.monotonic()
    terminal.until(lambda: time.monotonic() - begun > GRACE, "the time of grace is over")
    terminal.press(key)
    terminal.until(lambda: QUESTION not in terminal.text, "the question is answered")


def test_a_yes_opens_the_program_again_with_the_file_and_is_kept(folder: Path) -> None:
    assert "it is used only when it is trusted" in notices(folder)
    with Terminal(secondpass(), cwd=folder, size=(80, 24)) as terminal:
        terminal.shows(QUESTION)
        terminal.shows("http://127.0.0.1:9/v1 (endpoint lab)")
        answer(terminal, "1")
        terminal.shows("The pair far cannot start here yet; see Server lab.")
        terminal.leave()
    assert "Ignored" not in notices(folder)


def test_a_no_goes_on_without_the_file(folder: Path) -> None:
    with Terminal(secondpass(), "--pair", "demo", cwd=folder, size=(80, 24)) as terminal:
        terminal.shows(QUESTION)
        answer(terminal, "2")
        terminal.shows("Merge intervals")
        terminal.leave()
    with Terminal(secondpass(), "--pair", "demo", cwd=folder, size=(80, 24)) as terminal:
        terminal.shows("Merge intervals")
        assert "of its own" not in terminal.text
        terminal.leave()
    assert "Ignored" in notices(folder)
