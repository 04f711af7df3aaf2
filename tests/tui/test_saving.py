"""Accepting code into a file: asked, atomic, and true about what happened."""

import os
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from core.event_log import read_events
from core.events import CodeSaved, SaveUndone
from core.sessions import list_sessions
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


def test_a_change_of_the_same_size_at_the_same_time_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("old\n")
    seen = saving.look_at(path)
    status = path.stat()
    path.write_text("odd\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(saving.ChangedError):
        saving.save(path, "new", replacing=seen)


def test_home_and_absolute_paths_and_links_lead_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    elsewhere = tmp_path / "elsewhere"
    for text in ("~/real/f.py", "~/link/f.py", str(tmp_path / "real" / "f.py"), "../real/f.py"):
        assert saving.target(text, elsewhere) == tmp_path / "real" / "f.py"
    (tmp_path / "real" / "f.py").write_text("old\n")
    (tmp_path / "to_f.py").symlink_to(tmp_path / "real" / "f.py")
    path = saving.target("~/to_f.py", elsewhere)
    saving.save(path, "new", replacing=saving.look_at(path))
    assert (tmp_path / "to_f.py").is_symlink()
    assert (tmp_path / "real" / "f.py").read_text() == "new\n"
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(saving.SaveError, match="cannot be used"):
        saving.target("~/circle", elsewhere)


def test_a_folder_that_is_missing_is_made_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(saving.NoFolderError) as caught:
        saving.target("a/b/f.py", tmp_path)
    saving.make_folder(caught.value.folder)
    assert saving.target("a/b/f.py", tmp_path) == tmp_path / "a" / "b" / "f.py"
    (tmp_path / "file").write_text("")
    with pytest.raises(saving.SaveError, match="is a file, not a folder"):
        saving.target("file/f.py", tmp_path)
    with pytest.raises(saving.SaveError, match="cannot be made"):
        saving.make_folder(tmp_path / "file" / "deeper")
    with pytest.raises(saving.SaveError, match="names a folder"):
        saving.target("new/", tmp_path)


def test_a_save_is_taken_back_and_the_copy_is_used_up(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("old\n")
    path.chmod(0o640)
    saved = saving.save(path, "new", replacing=saving.look_at(path))
    assert saving.take_back(path, digest=saved.digest, backup=saved.backup, replaced=True)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("old\n", 0o640)
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.py"]
    new = saving.save(tmp_path / "new.py", "x", replacing=None)
    assert not saving.take_back(new.path, digest=new.digest, backup=None, replaced=False)
    assert not new.path.exists()


def test_a_save_is_not_taken_back_over_what_somebody_did_since(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("old\n")
    saved = saving.save(path, "new", replacing=saving.look_at(path))
    assert saved.backup is not None
    path.write_text("new\nand more\n")
    with pytest.raises(saving.SaveError, match=r"was changed since it was saved.*f\.py\.bak"):
        saving.take_back(path, digest=saved.digest, backup=saved.backup, replaced=True)
    assert path.read_text() == "new\nand more\n"
    path.write_text("new\n")
    saved.backup.unlink()
    with pytest.raises(saving.SaveError, match=r"copy .* is gone"):
        saving.take_back(path, digest=saved.digest, backup=saved.backup, replaced=True)
    path.unlink()
    with pytest.raises(saving.SaveError, match="is gone"):
        saving.take_back(path, digest=saved.digest, backup=saved.backup, replaced=True)
    with pytest.raises(saving.SaveError, match="does not say"):
        saving.take_back(path, digest="", backup=None, replaced=True)


def test_line_ends_of_a_file_are_kept() -> None:
    assert saving.with_ends_of("a\r\nb\r\n", "c\nd\n") == "c\r\nd\r\n"
    assert saving.with_ends_of("a\r\nb\n", "c\n") == "c\n"


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


OTHERS = '"""Numerals."""\r\n\r\n\r\ndef other():\r\n    return 1\r\n'


async def in_the_way(driver: Driver, name: str) -> AcceptScreen:
    screen = await save_dialog(driver)
    screen.query_one("#accept-path", Input).value = name
    await driver.press("enter")
    await driver.until(lambda: screen.has_class("asking"))
    return screen


async def look(driver: Driver, screen: AcceptScreen) -> None:
    screen.query_one("#accept-look", Button).press()
    await driver.until(lambda: driver.app.screen.query("HunkPanel:focus"), "the hunks have the focus")


async def test_code_goes_into_a_file_that_holds_more_and_comes_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.widgets.question.GRACE_SECONDS", 0.0)
    existing = tmp_path / "numerals.py"
    existing.write_bytes(OTHERS.encode())
    async with driven(demo_options()) as driver:
        await look(driver, await in_the_way(driver, "numerals.py"))
        await driver.shows("What else the file holds stays")
        await driver.press("enter")
        await driver.until(lambda: driver.bench.state.saved, "the file is saved")
        text = existing.read_bytes().decode()
        assert text.startswith(OTHERS)
        assert "def to_roman" in text
        assert text.count("\n") == text.count("\r\n")
        await driver.shows("Alt+U takes it back")
        await driver.press("alt+u")
        await driver.shows("Taken back: what was there before is again")
        assert existing.read_bytes().decode() == OTHERS
        assert not driver.bench.state.saved
    (session,) = list_sessions()
    events = list(read_events(session.path))
    assert isinstance(events[-1], SaveUndone)
    assert isinstance(events[-2], CodeSaved)
    assert [each.taken for each in events[-2].choices] == [True]


async def test_a_file_changed_while_the_change_was_looked_at_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.widgets.question.GRACE_SECONDS", 0.0)
    existing = tmp_path / "numerals.py"
    existing.write_text("x = 1\n")
    async with driven(demo_options()) as driver:
        await look(driver, await in_the_way(driver, "numerals.py"))
        existing.write_text("x = 2\n")
        await driver.press("enter")
        await driver.shows("Error: ")
        assert "was changed in the meantime" in " ".join(driver.text.replace("│", " ").split())
        assert existing.read_text() == "x = 2\n"
        assert not driver.bench.state.saved


async def test_a_missing_folder_is_made_on_a_button_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with driven(demo_options()) as driver:
        screen = await save_dialog(driver)
        screen.query_one("#accept-path", Input).value = "new/deep/f.py"
        await driver.press("enter")
        await driver.shows("Shall it be made?")
        assert not (tmp_path / "new").exists()
        screen.query_one("#accept-make", Button).press()
        await driver.until(lambda: driver.bench.state.saved, "the file is saved")
        assert (tmp_path / "new" / "deep" / "f.py").is_file()


async def test_with_nothing_saved_there_is_nothing_to_take_back() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("3")
        await driver.ended()
        await driver.press("alt+u")
        await driver.shows("Nothing was saved in this session.")
