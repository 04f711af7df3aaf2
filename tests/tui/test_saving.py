"""Accepting code into a file: asked, atomic, and true about what happened."""

import os
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.workbench import saving
from tui.workbench.accept import AcceptScreen


@pytest.mark.parametrize(
    ("name", "filename", "proposal"),
    [
        ("solve", None, "solve.py"),
        ("solve", "spec.md", "solve.py"),
        (None, "spec.md", "spec.py"),
        (None, None, "solution.py"),
        (None, "-", "solution.py"),
        ("../../etc/passwd", "x.md", "x.py"),
    ],
)
def test_a_file_name_is_proposed(name: str | None, filename: str | None, proposal: str, tmp_path: Path) -> None:
    assert saving.suggested_name(name, filename, tmp_path) == proposal


def test_the_specs_own_file_is_not_proposed(tmp_path: Path) -> None:
    (tmp_path / "solve.py").write_text("def solve(): ...")
    assert saving.suggested_name("solve", "solve.py", tmp_path) == "solve_solution.py"


def test_what_cannot_be_a_target_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for text, reason in (
        ("  ", "Type a file name"),
        ("folder", "is a folder"),
        ("nowhere/f.py", "does not exist"),
        ("pipe", "is not an ordinary file"),
        ("a\0b.py", "cannot be used"),
        ("x" * 300, "cannot be used"),
    ):
        with pytest.raises(saving.SaveError, match=reason):
            saving.target(text, tmp_path)


def test_a_new_file_is_written_with_a_final_newline_and_ordinary_rights(tmp_path: Path) -> None:
    path = saving.target("f.py", tmp_path)
    saved = saving.save(path, "x = 1", replacing=None)
    assert (saved.path, saved.backup) == (path, None)
    assert path.read_text() == "x = 1\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.py"]


def test_a_file_is_replaced_only_as_it_was_seen_and_a_copy_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("old\n")
    path.chmod(0o640)
    with pytest.raises(saving.ChangedError):
        saving.save(path, "new", replacing=None)
    seen = saving.look_at(path)
    path.write_text("changed by another\n")
    with pytest.raises(saving.ChangedError):
        saving.save(path, "new", replacing=seen)
    assert path.read_text() == "changed by another\n"
    saved = saving.save(path, "new", replacing=saving.look_at(path))
    assert saved.backup is not None
    assert (path.read_text(), saved.backup.read_text()) == ("new\n", "changed by another\n")
    assert path.stat().st_mode & 0o777 == 0o640


async def save_dialog(driver: Driver) -> AcceptScreen:
    await driver.press("3")
    await driver.ended()
    await driver.press("ctrl+s")
    await driver.until(lambda: driver.app.screen.query("#accept-path:focus"), "the dialog is open")
    screen = driver.app.screen
    assert isinstance(screen, AcceptScreen)
    return screen


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_an_existing_file_is_not_replaced_by_pressing_enter_again_and_again(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    existing = tmp_path / "to_roman.py"
    existing.write_text("mine = True\n")
    async with driven(demo_options(), size=size) as driver:
        screen = await save_dialog(driver)
        screen.query_one("#accept-path", Input).value = existing.name
        await driver.press("enter")
        await driver.until(lambda: screen.has_class("asking"))
        assert "exists" in driver.text
        other = screen.query_one("#accept-other", Button)
        for _ in range(2):
            # A button takes no second Enter while it still shows the first one.
            await driver.until(lambda: other.has_focus and not other.has_class("-active"))
            await driver.press("enter")
            await driver.until(lambda: not screen.has_class("asking"))
            await driver.until(lambda: screen.query_one("#accept-path", Input).has_focus)
            await driver.press("enter")
            await driver.until(lambda: screen.has_class("asking"))
        assert existing.read_text() == "mine = True\n"
        screen.query_one("#accept-yes", Button).press()
        await driver.until(lambda: driver.bench.state.saved)
        assert "def to_roman" in existing.read_text()
        assert (tmp_path / "to_roman.py.bak").read_text() == "mine = True\n"
        await driver.shows("(replaced)")


async def test_another_name_can_be_typed_and_a_wrong_one_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(demo_options()) as driver:
        screen = await save_dialog(driver)
        field = screen.query_one("#accept-path", Input)
        field.value = "missing/f.py"
        await driver.press("enter")
        await driver.shows("The folder")
        await driver.until(lambda: driver.app.screen.query("#accept-elsewhere:focus"), "another name is offered")
        await driver.press("enter")
        await driver.until(lambda: field.has_focus, "a name can be typed")
        field.value = "other.py"
        await driver.press("enter")
        await driver.until(lambda: driver.bench.state.saved)
        assert (tmp_path / "other.py").is_file()


async def test_leaving_the_dialog_saves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(demo_options()) as driver:
        await save_dialog(driver)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench)
        assert not driver.bench.state.saved
    assert not os.listdir(tmp_path)


async def test_saving_before_there_is_code_says_so() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("ctrl+s")
        await driver.shows("There is no code to save yet")
