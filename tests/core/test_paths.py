"""The folders secondpass keeps things in."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from core import paths
from core.errors import SecondpassError

Folder = Callable[..., Path]
FOLDERS = [paths.config_dir, paths.data_dir, paths.log_dir, paths.cache_dir, paths.state_dir]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_made_for_its_owner_only(folder: Folder, tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    path = folder(environ={"SECONDPASS_HOME": str(home)})
    assert path.is_relative_to(home)
    for made in (path, home, home.parent):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_the_folders_differ(tmp_path: Path) -> None:
    environ = {"SECONDPASS_HOME": str(tmp_path)}
    assert len({folder(environ=environ) for folder in FOLDERS}) == len(FOLDERS)


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    path = paths.data_dir(environ={"SECONDPASS_HOME": str(tmp_path)})
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_nothing_is_made_if_not_wanted(tmp_path: Path) -> None:
    assert not paths.config_dir(create=False, environ={"SECONDPASS_HOME": str(tmp_path / "x")}).parent.exists()


def test_a_home_that_cannot_be_written_to_is_one_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    with pytest.raises(SecondpassError, match=r"log folder .*file/log cannot be used \(.*\); set SECONDPASS_HOME"):
        paths.log_dir(environ={"SECONDPASS_HOME": str(blocked)})


def test_a_file_in_the_place_of_the_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    with pytest.raises(SecondpassError, match="not a folder that this user can write to"):
        paths.data_dir(environ={"SECONDPASS_HOME": str(tmp_path)})


def test_a_file_in_the_place_of_a_folder_within_says_which(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sessions").write_text("not a folder", encoding="utf-8")
    with pytest.raises(SecondpassError, match=r"data folder .*/data/sessions cannot be used .*set SECONDPASS_HOME"):
        paths.data_dir("sessions", environ={"SECONDPASS_HOME": str(tmp_path)})


def test_a_folder_within_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = paths.cache_dir("judge", environ={"SECONDPASS_HOME": str(tmp_path)})
    assert made == tmp_path / "cache" / "judge"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


@pytest.mark.parametrize("empty", [{}, {"SECONDPASS_HOME": ""}])
def test_without_the_variable_the_platform_decides(
    empty: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for folder in FOLDERS:
        path = folder(create=False, environ=empty)
        assert path.is_relative_to(tmp_path)
        assert "secondpass" in path.parts


def test_an_unknown_home_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_config_dir", lambda *_, **__: "~/.config/secondpass")
    with pytest.raises(SecondpassError, match="home folder of this user is unknown"):
        paths.config_dir(environ={})


def test_a_tilde_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.cache_dir(environ={"SECONDPASS_HOME": "~/portable"}) == tmp_path / "portable" / "cache"
