"""Writing files so that nothing is lost."""

import os
import shutil
from pathlib import Path

import pytest

from core.errors import UsageError
from core.saving import write_atomically


def test_an_existing_file_is_backed_up_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "solve.py"
    path.write_text("old\n")
    path.chmod(0o640)
    first = write_atomically(path, "new\n", backup=True)
    second = write_atomically(path, "newer\n", backup=True)
    assert (first, second) == (tmp_path / "solve.py.bak", tmp_path / "solve.py.bak2")
    assert first is not None
    assert first.read_text() == "old\n"
    assert path.read_text() == "newer\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_needs_no_backup(tmp_path: Path) -> None:
    assert write_atomically(tmp_path / "new.py", "x = 1\n", backup=True) is None
    assert sorted(os.listdir(tmp_path)) == ["new.py"]


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.py", "x = 1\r\ny = 2\n")
    assert (tmp_path / "a.py").read_bytes() == b"x = 1\r\ny = 2\n"


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("old")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    write_atomically(tmp_path / "link.py", "new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "new"


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="could not be written"):
        write_atomically(tmp_path / "nowhere" / "a.py", "x")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_atomically(tmp_path, "x")


def test_a_full_disk_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "solve.py"
    path.write_text("old\n")

    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(UsageError, match="No space left on device"):
        write_atomically(path, "new\n")
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["solve.py"]


def test_a_full_disk_leaves_no_backup_behind_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "solve.py"
    path.write_text("old\n")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(UsageError, match="No space left"):
        write_atomically(path, "new\n", backup=True)
    monkeypatch.undo()

    def half_a_copy(_source: Path, copy: Path) -> None:
        copy.write_text("ol")
        no_space()

    monkeypatch.setattr(shutil, "copy2", half_a_copy)
    with pytest.raises(UsageError, match="No space left"):
        write_atomically(path, "new\n", backup=True)
    assert os.listdir(tmp_path) == ["solve.py"]
    assert path.read_text() == "old\n"


def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "solve.py"
    path.write_text("old\n")
    path.chmod(0o444)
    with pytest.raises(UsageError, match="is read-only; allow writing"):
        write_atomically(path, "new\n", backup=True)
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["solve.py"]


def test_a_folder_that_vanished_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="its folder is gone"):
        write_atomically(tmp_path / "gone" / "solve.py", "new\n")
