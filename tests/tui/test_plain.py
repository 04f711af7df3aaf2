"""Plain mode: what a screen reader meets on every screen."""

import re
from dataclasses import replace
from pathlib import Path

from textual.widgets import TextArea

from core.config import InterfaceConfig
from tests.core.session_making import session
from tests.e2e.screen import Terminal, secondpass
from tests.tui.driving import demo_options, driven
from tui.plain import plain_text

DRAWN = re.compile("[\u2500-\u259f✓✗●○◌◐◇▷◆■▸▾▼▲]")


async def test_no_screen_draws_with_characters_and_every_state_is_a_word() -> None:
    session()
    async with driven(replace(demo_options(), plain=True)) as driver:
        assert not DRAWN.search(driver.text), driver.text
        await driver.press("1")
        await driver.ended()
        for words in (
            "draft done, review done, fix done, check done",
            "demo-coder   ready",
            "supported",
            "Done: fix 1",
        ):
            driver.bench.action_open("review")
            await driver.shows(words)
        for pane in ("spec", "draft", "review", "fix", "diff", "checks"):
            driver.bench.action_open(pane)
            await driver.pilot.pause()
            assert not DRAWN.search(driver.text), driver.text
        for key, words in (
            ("f1", "workbench.run"),
            ("f2", "Changes are written to"),
            ("f3", "Write double(x)."),
            ("f5", "run"),
            ("f11", "This machine"),
            ("ctrl+backslash", "secondpass.log"),
        ):
            await driver.press(key)
            await driver.shows(words)
            await driver.pilot.pause()
            assert not DRAWN.search(driver.text), driver.text
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")


async def test_one_pane_at_a_time_and_nothing_moves() -> None:
    options = replace(demo_options(), interface=InterfaceConfig(plain=True))
    async with driven(options) as driver:
        await driver.until(lambda: driver.bench.narrow, "panes are tabs on a wide terminal too")
        assert driver.app.animation_level == "none"
        driver.bench.action_prompt()
        await driver.until(lambda: isinstance(driver.app.focused, TextArea), "the prompt has the focus")
        await driver.until(lambda: not driver.app.focused.cursor_blink, "its cursor is still")  # type: ignore[union-attr]


async def test_it_is_switched_off_again_in_the_settings() -> None:
    options = replace(demo_options(), interface=InterfaceConfig(plain=True))
    async with driven(options) as driver:
        assert not DRAWN.search(driver.text)
        driver.app.apply_interface(InterfaceConfig())
        await driver.until(lambda: DRAWN.search(driver.text), "frames are back")
        await driver.until(lambda: not driver.bench.narrow, "panes stand side by side again")


def test_cells_stay_cells() -> None:
    for text in ("╭─ Spec ─╮", "✓ Done", "DRAFT✓", "ctx 3k ███░", "● ready · ○ stopped", "界 ✗"):
        assert len(plain_text(text)) == len(text)
    assert plain_text("✓ Done") == "  Done"
    assert plain_text("[4 Fix ✓]") == "[4 Fix +]"


def test_the_flag_and_the_variable_give_the_terminal_s_own_cursor_and_no_frame(tmp_path: Path) -> None:
    for options, variable in (["--plain"], ""), ([], "1"):
        with Terminal(secondpass(), "--pair", "demo", *options, cwd=tmp_path, SECONDPASS_PLAIN=variable) as terminal:
            terminal.shows("Merge intervals")
            assert not DRAWN.search(terminal.raw.decode(errors="replace"))
            assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
            terminal.leave()
