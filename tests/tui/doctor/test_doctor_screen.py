"""The Doctor screen: live results, what to do, the command copied, the speed test, and the very first start."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from core.config import load_configuration
from core.doctor import Result, Status, examine
from core.doctor import models as doctor_models
from core.engines.mlc_install import install_command
from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.app import AppOptions
from tui.doctor import screen as doctor_screen
from tui.doctor.screen import DoctorScreen
from tui.doctor.welcome import was_shown
from tui.settings.screen import SettingsScreen

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@pytest.fixture
def no_mlc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without MLC-LLM and without weights."""
    monkeypatch.setattr(doctor_models, "is_installed", lambda: False)
    monkeypatch.setattr(doctor_models, "placeholders", lambda: ())
    monkeypatch.setenv("MLC_LLM_HOME", str(tmp_path))


def first_start() -> AppOptions:
    demo = load_configuration().pair("demo")
    return AppOptions(pair=demo, demo=demo, pace=None, wanted="paper", onboarding=True)


async def doctor(driver: Driver) -> DoctorScreen:
    await driver.until(lambda: isinstance(driver.app.screen, DoctorScreen), "the Doctor is shown")
    screen = driver.app.screen
    assert isinstance(screen, DoctorScreen)
    await driver.until(lambda: "still to come" not in driver.text and "asking" not in driver.text, "all is found out")
    return screen


@SIZES
@pytest.mark.usefixtures("no_mlc")
async def test_the_first_start_says_what_is_missing_and_leads_to_the_demo(size: tuple[int, int]) -> None:
    async with driven(first_start(), size=size) as driver:
        await doctor(driver)
        assert "Welcome." in driver.text
        assert "SCRIPTED DEMO" in driver.text
        await driver.shows("The pair paper cannot start here yet")
        # The first thing that blocks is pointed at, with its command.
        await driver.shows("mlc-llm-nightly")
        assert not was_shown()
        await driver.press("d")
        await driver.shows("Merge intervals")
    assert was_shown()


@pytest.mark.usefixtures("no_mlc")
async def test_the_command_is_copied_whole_and_no_more_is_claimed_than_is_known() -> None:
    async with driven(first_start()) as driver:
        await doctor(driver)
        await driver.shows("c copies this command")
        await driver.press("c")
        assert driver.app.clipboard == install_command()
        await driver.shows("to the terminal (OSC 52)")


async def test_a_line_without_a_command_copies_nothing() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        screen = await doctor(driver)
        listed = screen.query_one(OptionList)
        listed.highlighted = next(n for n, each in enumerate(screen._asked) if each.id == "python")
        await driver.press("c")
        await driver.shows("There is no command for this line.")
        assert not driver.app.clipboard


async def test_it_is_reached_by_key_and_left_with_escape_without_marking_the_first_start() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        await doctor(driver)
        assert "Welcome." not in driver.text
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench)
        assert not was_shown()


async def test_lint_a_spec_goes_to_the_editor_and_f2_to_the_settings() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        await doctor(driver)
        await driver.press("f2")
        await driver.until(lambda: isinstance(driver.app.screen, SettingsScreen))
        await driver.press("escape")
        await doctor(driver)
        await driver.press("l")
        await driver.until(lambda: driver.bench.spec_pane.editor.has_focus)


async def test_the_demo_has_no_speed_and_says_why() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        await doctor(driver)
        await driver.press("s")
        await driver.shows("There is no speed to measure: the demo pair's answers come from a script")


async def test_both_roles_are_measured_and_escape_stops_that_before_it_leaves() -> None:
    coder, reviewer = TalkingEngine("big-coder", [["a", "b", "c"]]), TalkingEngine("big-thinker", [["a", "b"]], hold=1)
    options = real_options(wanted="demo")
    async with driven(options, pair_of(coder, reviewer)) as driver:
        await driver.press("f11")
        screen = await doctor(driver)
        assert "SCRIPTED" not in driver.text
        await driver.press("s")
        await driver.shows("coder big-coder:")
        await driver.shows("reviewer big-thinker: – tok/s")
        await driver.press("escape")
        await driver.shows("The speed test was stopped.")
        assert driver.app.screen is screen
        await driver.until(lambda: reviewer.status.phase == "ready" or reviewer.status.phase == "busy")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench)


async def test_an_engine_that_cannot_start_is_one_sentence() -> None:
    async with driven(
        real_options(wanted="demo"), pair_of(TalkingEngine("coder", broken="The card is gone."))
    ) as driver:
        await driver.press("f11")
        await doctor(driver)
        await driver.press("s")
        await driver.shows("The card is gone.")


async def test_what_a_server_says_is_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    real = examine

    async def hostile(asked):  # type: ignore[no-untyped-def]
        async for result in real(asked):
            yield replace(result, sentence="[bold red]x[/] \x1b[2J", action="[@click=app.quit]", status=Status.WARN)

    monkeypatch.setattr(doctor_screen, "examine", hostile)
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        await doctor(driver)
        assert "[bold red]x[/] ␛[2J" in driver.text
        assert "[@click=app.quit]" in driver.text


async def test_a_wrong_configuration_is_said_on_the_screen(tmp_path: Path) -> None:
    broken = tmp_path / "models.toml"
    broken.write_text("default_pair = 3\n")
    async with driven(replace(demo_options(), models=broken)) as driver:
        await driver.press("f11")
        await driver.until(lambda: isinstance(driver.app.screen, DoctorScreen))
        await driver.until(
            lambda: "default_pair must be a text in quotes" in " ".join(driver.text.split()), "that is said"
        )


async def test_every_result_has_a_word_besides_its_colour() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("f11")
        screen = await doctor(driver)
        for probe in screen._asked:
            result: Result = screen._found[probe.id]
            assert f"{result.status.symbol} {result.status}" in screen._row(probe).plain
        assert isinstance(screen.query_one("#doctor-verdict"), Static)
