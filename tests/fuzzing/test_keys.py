"""A bounded run of keys pressed at random, the same every time. ``make fuzz`` goes on for as long as it is told to."""

from pathlib import Path

import pytest

from tests.fuzzing.keys import press_at_random


@pytest.mark.parametrize("seed", range(4))
async def test_keys_pressed_at_random_do_not_end_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    (tmp_path / "notes.txt").write_text("Ties are kept.\n")
    monkeypatch.chdir(tmp_path)
    # What stands behind an exclamation mark is printed, not run.
    monkeypatch.setenv("SHELL", "/bin/echo")
    monkeypatch.setenv("EDITOR", "true")
    await press_at_random(seed, 100)
