"""Keys: every binding has a name of its own, can be given another key, and Help says which keys are in force."""

from pathlib import Path

import pytest

from core.config import load_configuration
from core.errors import ConfigurationError
from tests.tui.driving import demo_options, driven
from tui.app import AppOptions
from tui.help import HelpScreen
from tui.keymap import clashes, every_binding, keymap_of

TABLE = {
    "prompt.send": "enter",
    "prompt.newline": "ctrl+j,shift+enter",
    "workbench.stop": "escape",
    "app.copy-or-quit": "ctrl+c",
    "app.palette": "ctrl+p",
    "prompt.editor": "ctrl+g",
    "workbench.expand": "ctrl+o",
    "prompt.history": "ctrl+r",
    "app.theme": "ctrl+t",
    "app.help": "f1",
    "app.settings": "f2",
    "app.sessions": "f3",
    "app.benchmark": "f5",
    "app.mouse": "f9",
    "app.log": "ctrl+backslash",
}
"""The key table of the design."""
TAKEN = {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+left_square_bracket", "ctrl+b"}
"""Terminals and tmux take these."""


def keys(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "models.toml"
    file.write_text(text)
    return keymap_of(load_configuration(file).keys)


def test_the_keys_of_the_design_are_the_keys_of_the_program() -> None:
    assert {id_: every_binding()[id_].key for id_ in TABLE} == TABLE


def test_no_two_bindings_have_one_key_where_both_are_in_force() -> None:
    assert clashes({id_: binding.key for id_, binding in every_binding().items()}) == []


def test_no_binding_needs_a_key_that_terminals_take() -> None:
    for id_, binding in every_binding().items():
        assert not TAKEN & set(binding.key.split(",")), id_


def test_names_are_read_quoted_and_with_dots(tmp_path: Path) -> None:
    told = keys(tmp_path, '[keys]\nworkbench.run = "ctrl+e"\n"app.log" = "f8, alt+l"\n')
    assert told == {"workbench.run": "ctrl+e", "app.log": "f8,alt+l"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[keys]\nworkbench.ran = "f4"\n', 'line 2: keys.workbench.ran is not the name of a key; did you mean "wor'),
        ('[keys]\n"zebra" = "f4"\n', "line 2: keys.zebra is not the name of a key; Help (F1) lists"),
        ('[keys]\nworkbench.run = "ctlr+e"\n', 'line 2: keys.workbench.run: "ctlr+e" is no key'),
        ('[keys]\nworkbench.run = "f4,,f5"\n', 'keys.workbench.run: "" is no key'),
        ("[keys]\nworkbench.run = 4\n", "must be a text in quotes, not 4"),
        ('[keys]\nworkbench.run = ""\n', "must not be empty"),
        ("keys = 4\n", "keys must be a table"),
    ],
)
def test_what_is_no_binding_or_no_key_is_one_sentence_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        keys(tmp_path, text)
    assert words in str(raised.value)


def test_a_clash_is_told_with_both_names(tmp_path: Path) -> None:
    (told,) = clashes(keys(tmp_path, '[keys]\nworkbench.run = "ctrl+s"\n'))
    assert told == "keys.workbench.run: ctrl+s is also the key of workbench.save; give one of them another key."
    assert clashes(keys(tmp_path, '[keys]\nworkbench.run = "ctrl+s"\nworkbench.save = "f4"\n')) == []
    (told,) = clashes(keys(tmp_path, '[keys]\napp.log = "ctrl+i"\n'))
    assert "terminals send the same for ctrl+i and Tab" in told


async def test_a_changed_key_works_the_old_one_does_not_and_help_shows_it() -> None:
    options = AppOptions(pair=demo_options().pair, keymap={"workbench.run": "ctrl+e", "prompt.send": "ctrl+d"})
    async with driven(options, size=(120, 70)) as driver:
        await driver.press("f4")
        await driver.pilot.pause()
        assert "There is no spec yet" not in driver.text
        assert "Ctrl+E Run" in driver.text or "^e Run" in driver.text
        await driver.press("ctrl+e")
        await driver.shows("There is no spec yet")
        driver.bench.action_prompt()
        await driver.press(*"/quit", "escape", "enter")
        await driver.until(lambda: driver.bench.prompt.text == "/quit\n", "Enter begins a line now")
        await driver.press("f1")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        await driver.shows("Ctrl+E (yours)")
        await driver.shows("Ctrl+D (yours)")
        await driver.press("f1")
        await driver.until(lambda: driver.app.screen is driver.bench, "the key closes it again")


async def test_help_lists_the_keys_of_the_prompt_and_the_panes_too() -> None:
    async with driven(demo_options(), size=(120, 90)) as driver:
        await driver.press("f1")
        for id_ in ("prompt.send", "prompt.newline", "view.top", "app.log", "workbench.run"):
            await driver.shows(id_)
