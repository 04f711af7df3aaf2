"""Every word on every screen can be read in every theme: WCAG AA, 4.5 : 1, measured on what is painted."""

import pytest
from rich.color import Color
from textual.screen import ModalScreen

from tests.core.session_making import session
from tests.tui.driving import Driver, demo_options, driven
from tui.widgets.tones import CONTRAST, DARK, LIGHT, PLAIN, TERMINAL, THEMES, Palette

SIXTEEN = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "default"}


def luminance(colour: Color) -> float:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = colour.get_truecolor()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: Color, other: Color) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def unreadable(driver: Driver) -> set[tuple[str, str, str]]:
    """(word, colour, ground) of what is painted with too little contrast; frames and bars are no words.

    What a question covers is dimmed on purpose, so only the question is looked at then.
    """
    screen, found = driver.app.screen, set()
    region = screen.children[0].region if isinstance(screen, ModalScreen) else screen.region
    for y, row in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in row:
            x, begin = x + segment.cell_length, x
            style = segment.style
            if not region.contains(begin, y) or not any(character.isalnum() for character in segment.text):
                continue
            assert style is not None
            front, back = style.color, style.bgcolor
            assert front is not None, segment
            assert back is not None, segment
            if style.reverse:
                front, back = back, front
            if contrast(front, back) < 4.5 or style.dim:
                found.add((segment.text.strip(), front.name + (" dim" if style.dim else ""), back.name))
    return found


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
async def test_every_word_of_every_screen_can_be_read(theme: str) -> None:
    session()
    bad = {}
    async with driven(demo_options()) as driver:
        driver.app.theme = f"secondpass-{theme}"
        await driver.pilot.pause()
        bad["start"] = unreadable(driver)
        await driver.press("1")
        await driver.ended()
        bad["workbench"] = unreadable(driver)
        driver.bench.action_prompt()
        await driver.press("/")
        await driver.shows("stop what is running")
        bad["commands"] = unreadable(driver)
        driver.bench.query_one("#draft").focus()
        for key, words in (
            ("f1", "workbench.run"),
            ("f2", "Changes are written to"),
            ("f3", "Write double(x)."),
            ("f5", "run"),
            ("f6", "loads and runs"),
            ("f11", "This machine"),
            ("ctrl+backslash", "secondpass.log"),
        ):
            await driver.press(key)
            await driver.shows(words)
            await driver.pilot.pause()
            bad[key] = unreadable(driver)
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
    assert {screen: words for screen, words in bad.items() if words} == {}


@pytest.mark.parametrize("palette", [DARK, LIGHT, CONTRAST], ids=lambda each: each.name)
def test_every_tone_can_be_read_on_its_grounds(palette: Palette) -> None:
    least = 7.0 if palette is CONTRAST else 4.5
    for tone in palette.tones:
        style = palette.style(tone)
        assert style.color is not None
        grounds = [style.bgcolor] if style.bgcolor else [Color.parse(palette.ground)]
        if tone in palette.fills or tone == "text":
            grounds += [Color.parse(fill.removeprefix("on ")) for fill in palette.fills.values()]
        for ground in grounds:
            assert contrast(style.color, ground) >= least, (tone, ground.name)


@pytest.mark.parametrize("theme", [each for each in THEMES if not each.ansi], ids=lambda each: each.name)
def test_the_colours_of_a_theme_can_be_read_on_all_its_grounds(theme: object) -> None:
    for front in ("foreground", "primary", "warning", "error", "success", "accent"):
        for ground in ("background", "surface", "panel"):
            pair = Color.parse(getattr(theme, front)), Color.parse(getattr(theme, ground))
            assert contrast(*pair) >= 4.5, (front, ground)


def test_the_terminal_s_own_colours_are_the_sixteen_and_the_ground_is_the_terminal_s() -> None:
    for tone in TERMINAL.tones:
        style = TERMINAL.style(tone)
        assert style.bgcolor is None
        assert style.color is None or style.color.name in SIXTEEN, tone


@pytest.mark.parametrize("palette", [TERMINAL, PLAIN], ids=lambda each: each.name)
def test_what_matters_is_told_apart_without_colour(palette: Palette) -> None:
    for tone in ("bad", "warn", "strong", "added-word", "removed-word"):
        style = palette.style(tone)
        assert style.bold or style.underline, tone
