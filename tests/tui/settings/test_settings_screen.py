"""The Settings screen: fields from the schema, written to the user's file, refused where wrong, taken back."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Select

from core.config import load_configuration
from core.config.editing import Settings
from core.paths import config_dir
from tests.tui.driving import NARROW, WIDE, Driver, demo_options, driven
from tui.settings import screen as module
from tui.settings.field_row import FieldRow
from tui.settings.screen import SettingsScreen

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def own() -> Path:
    return config_dir() / "models.toml"


async def settings(driver: Driver) -> SettingsScreen:
    await driver.press("f2")
    await driver.until(lambda: isinstance(driver.app.screen, SettingsScreen) and driver.app.screen.query(FieldRow))
    screen = driver.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


async def section(driver: Driver, *key: str) -> None:
    screen = driver.app.screen
    assert isinstance(screen, SettingsScreen)
    screen.query_one("#settings-sections", OptionList).highlighted = screen._sections.index(key)
    await driver.until(lambda: all(row.key[:-1] == key for row in screen.query(FieldRow)) and screen.query(FieldRow))
    await driver.pilot.pause()


def row(driver: Driver, name: str) -> FieldRow:
    return next(each for each in driver.app.screen.query(FieldRow) if each.field.name == name)


async def type_into(driver: Driver, name: str, text: str) -> None:
    field = row(driver, name).query_one(Input)
    field.focus()
    field.value = text
    await driver.pilot.pause()


@SIZES
async def test_a_number_is_typed_and_enter_writes_it_to_the_user_s_file(size: tuple[int, int]) -> None:
    own().write_text("# mine\n[models.qwen3-32b]\ncontext = 9000  # measured\n")
    async with driven(demo_options(), size=size) as driver:
        await settings(driver)
        assert "SCRIPTED DEMO" in driver.text
        await section(driver, "models", "qwen3-32b")
        assert row(driver, "context").query_one(Input).value == "9000"
        await driver.shows("yours")
        await type_into(driver, "context", "9500")
        await driver.shows("* not saved")
        await driver.press("enter")
        await driver.shows("Saved in")
        assert row(driver, "context").query_one(Input).has_focus
    assert own().read_text() == "# mine\n[models.qwen3-32b]\ncontext = 9500  # measured\n"


async def test_what_is_wrong_is_said_at_the_field_and_nothing_is_written() -> None:
    async with driven(demo_options()) as driver:
        await settings(driver)
        await section(driver, "models", "qwen3-8b")
        for wrong, said in (("many", "must be a whole number, not many"), ("12", "must be 256 or more, not 12")):
            await type_into(driver, "context", wrong)
            await driver.press("ctrl+s")
            await driver.shows("Nothing was written")
            assert row(driver, "context").has_class("wrong")
            await driver.shows(said)
            assert not own().exists()
        await type_into(driver, "context", "12000")
        assert not row(driver, "context").has_class("wrong")
        await driver.press("ctrl+s")
        await driver.shows("Saved in")
        assert load_configuration().models["qwen3-8b"].context == 12000


async def test_a_save_right_behind_the_last_key_saves_that_key_too() -> None:
    async with driven(demo_options()) as driver:
        await settings(driver)
        await section(driver, "pairs", "paper")
        field = row(driver, "description").query_one(Input)
        field.focus()
        field.value = "pasted"
        await driver.press("ctrl+s")
        await driver.shows("Saved in")
    assert load_configuration().pairs["paper"].description == "pasted"


async def test_the_save_is_taken_back_with_a_key() -> None:
    async with driven(demo_options()) as driver:
        await settings(driver)
        await section(driver, "pairs", "paper")
        await type_into(driver, "gpu_usd_per_hour", "3.5")
        await driver.press("enter")
        await driver.shows("Saved in")
        await driver.press("alt+z")
        await driver.shows("The last save was taken back.")
        assert not own().exists()
        assert row(driver, "gpu_usd_per_hour").query_one(Input).value == "2"


async def test_the_theme_changes_at_once_and_is_remembered_by_its_key_too() -> None:
    async with driven(demo_options()) as driver:
        await settings(driver)
        await section(driver, "interface")
        row(driver, "theme").query_one(Select).value = "light"
        await driver.pilot.pause()
        await driver.press("ctrl+s")
        await driver.until(lambda: driver.app.theme == "secondpass-light")
        assert load_configuration().interface.theme == "light"
        before = driver.app.theme
        await driver.press("ctrl+t")
        await driver.until(lambda: driver.app.theme != before)
        assert f"secondpass-{load_configuration().interface.theme}" == driver.app.theme


async def test_a_new_pair_is_made_and_removed_again() -> None:
    async with driven(demo_options()) as driver:
        screen = await settings(driver)
        await section(driver, "pairs", "cpu")
        screen.query_one("#settings-sections").focus()
        await driver.press("n")
        await driver.shows("Name of the new pair")
        await driver.press(*"cpu", "enter")
        await driver.shows("There is a pair of this name already.")
        await driver.press(*"2", "enter")
        await driver.until(lambda: ("pairs", "cpu2") in screen._sections)
        await driver.until(lambda: row(driver, "coder").key == ("pairs", "cpu2", "coder"))
        await driver.pilot.pause()
        row(driver, "coder").query_one(Select).value = "qwen3-8b"
        await driver.pilot.pause()
        await driver.press("ctrl+s")
        await driver.shows("is missing; add it.")
        assert row(driver, "reviewer").has_class("wrong")
        assert not own().exists()
        row(driver, "reviewer").query_one(Select).value = "qwen3-4b"
        await driver.pilot.pause()
        await driver.press("ctrl+s")
        await driver.shows("Saved in")
        assert load_configuration().pair("cpu2").reviewer.name == "qwen3-4b"
        screen.query_one("#settings-sections").focus()
        await driver.press("x")
        await driver.shows("was removed from your file")
        assert "cpu2" not in load_configuration().pairs


async def test_what_is_shipped_cannot_be_removed() -> None:
    async with driven(demo_options()) as driver:
        screen = await settings(driver)
        await section(driver, "pairs", "paper")
        screen.query_one("#settings-sections").focus()
        await driver.press("x")
        await driver.shows("pairs.paper is not in your file")


async def test_escape_does_not_throw_unsaved_changes_away_at_the_first_press() -> None:
    async with driven(demo_options()) as driver:
        screen = await settings(driver)
        await section(driver, "pairs", "paper")
        await type_into(driver, "description", "another")
        await driver.press("escape")
        await driver.shows("1 change is not saved")
        assert driver.app.screen is screen
        await section(driver, "pairs", "cpu")
        await section(driver, "pairs", "paper")
        assert row(driver, "description").query_one(Input).value == "another"
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench)
        assert not own().exists()


async def test_a_value_that_the_named_file_overrides_says_so(tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_text("[models.qwen3-8b]\nseed = 1\n")
    async with driven(replace(demo_options(), models=named), size=(120, 60)) as driver:
        await settings(driver)
        await section(driver, "models", "qwen3-8b")
        await driver.shows("--models")
        await type_into(driver, "seed", "2")
        await driver.press("enter")
        await driver.shows("says something else, and wins")
        assert Settings().setting(("models", "qwen3-8b", "seed")).value == 2


async def test_a_file_that_is_wrong_is_said_and_mended_in_the_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    options = demo_options()
    own().write_text("default_pair = 'papr'\n")
    texts = iter(["default_pair = 'pper'\n", "default_pair = 'cpu'\n"])
    seen: list[str] = []

    async def edit(app: object, text: str, *, suffix: str) -> str:
        seen.append(text)
        return next(texts)

    monkeypatch.setattr(module, "edit_text", edit)
    async with driven(options) as driver:
        await driver.press("f2")
        await driver.shows('did you mean "paper"?')
        await driver.press("ctrl+g")
        await driver.shows("Nothing was written")
        assert own().read_text() == "default_pair = 'papr'\n"
        await driver.press("ctrl+g")
        await driver.shows("Saved in")
    assert seen == ["default_pair = 'papr'\n", "default_pair = 'pper'\n"]
    assert load_configuration().default_pair == "cpu"
