"""Where the files that come with the program are."""

import tomllib
from pathlib import Path

import pytest

from core.errors import SecondpassError
from core.shipped import shipped


def test_shipped_files_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models.toml").write_text("decoy = true", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "pairs" in tomllib.loads(shipped("models.toml").read_text(encoding="utf-8"))
    assert shipped("examples").is_dir()


def test_a_missing_file_means_an_incomplete_installation() -> None:
    with pytest.raises(SecondpassError, match=r"examples/none\.py is missing from the installation"):
        shipped("examples", "none.py")
