"""The question about a models.toml that came with the folder."""

from pathlib import Path

import pytest

import tui.widgets.question
from core.config import Configuration, load_configuration
from tests.tui.driving import NARROW, WIDE, Driver, driven, pair_of, real_options
from tests.tui.driving import TalkingEngine as Engine
from tui.app import AppOptions
from tui.trust import TrustScreen

LOCAL = '[endpoints.lab]\nbase_url = "http://192.0.2.7:8000/v1"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tui.widgets.question, "GRACE_SECONDS", 0.0)
    (tmp_path / "models.toml").write_text(LOCAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def options() -> AppOptions:
    return real_options(local=load_configuration().local)


def known() -> Configuration:
    return load_configuration()


async def asked(driver: Driver) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, TrustScreen), "the question is asked")
    await driver.until(lambda: driver.app.screen.query("QuestionPanel:focus"), "it has the focus")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_a_yes_is_remembered_and_the_program_opens_again_with_the_file(size: tuple[int, int]) -> None:
    async with driven(options(), pair_of(Engine("coder")), size=size) as driver:
        await asked(driver)
        await driver.shows("http://192.0.2.7:8000/v1")
        await driver.press("1")
        await driver.until(lambda: driver.app.reopen, "the program is to be opened again")
    assert "lab" in known().endpoints
    async with driven(options(), pair_of(Engine("coder"))) as driver:
        await driver.pilot.pause()
        assert driver.app.screen is driver.bench


async def test_a_no_is_remembered_and_nothing_is_asked_again() -> None:
    async with driven(options(), pair_of(Engine("coder"))) as driver:
        await asked(driver)
        await driver.press("2")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is there")
        assert not driver.app.reopen
    assert "lab" not in known().endpoints
    async with driven(options(), pair_of(Engine("coder"))) as driver:
        await driver.pilot.pause()
        assert driver.app.screen is driver.bench
        driver.app.action_trust()
        await asked(driver)


async def test_escape_asks_again_at_the_next_start() -> None:
    async with driven(options(), pair_of(Engine("coder"))) as driver:
        await asked(driver)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is there")
    local = known().local
    assert local is not None
    assert local.answer is None
