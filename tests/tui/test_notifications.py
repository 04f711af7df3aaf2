"""The terminal is told what wants the person, only when that is wanted, in words that it understands."""

import pytest
from textual import events

from core.config import InterfaceConfig
from tests.tui.driving import Driver, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.app import AppOptions
from tui.notifications import notification, wanted


@pytest.mark.parametrize(
    ("how", "environ", "sent"),
    [
        ("osc9", {}, "\x1b]9;Done, now.\x07"),
        ("osc777", {}, "\x1b]777;notify;secondpass;Done, now.\x07"),
        ("bell", {"TERM_PROGRAM": "iTerm.app"}, "\x07"),
        ("auto", {}, "\x07"),
        ("auto", {"TERM_PROGRAM": "WezTerm"}, "\x1b]9;Done, now.\x07"),
        ("auto", {"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/tmux"}, "\x07"),
        ("auto", {"VTE_VERSION": "7600"}, "\x1b]777;notify;secondpass;Done, now.\x07"),
        ("auto", {"TERM": "foot"}, "\x1b]777;notify;secondpass;Done, now.\x07"),
    ],
)
def test_a_terminal_is_told_in_what_it_understands(how: str, environ: dict[str, str], sent: str) -> None:
    assert notification("Done; now.", how, environ) == sent


def test_a_text_of_a_model_cannot_end_the_sequence() -> None:
    sent = notification("a\x07b\x1b\\c\x9cd\n" + "e" * 500, "osc9", {})
    assert sent.endswith("\x07")
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in sent[2:-1])
    assert len(sent) < 140


@pytest.mark.parametrize(
    ("when", "focused", "told"),
    [
        ("unfocused", True, False),
        ("unfocused", False, True),
        ("always", True, True),
        ("never", False, False),
    ],
)
def test_it_is_told_when_the_person_wants_it(when: str, focused: bool, told: bool) -> None:
    assert wanted(InterfaceConfig(notifications=when), focused=focused) is told  # type: ignore[arg-type]


def listened(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []

    def write(text: str) -> None:
        # Textual sets the shape of the mouse pointer whenever something else comes to lie under it.
        if not text.startswith("\x1b]22;"):
            sent.append(text)

    monkeypatch.setattr(driver.app._driver, "write", write)
    return sent


async def test_the_end_of_a_run_is_told_while_the_terminal_has_no_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = TalkingEngine("coder", [["```python\nx = 1\n", "```\n"]] * 2, hold=1)
    options = real_options(interface=InterfaceConfig(notify_by="osc9"))
    async with driven(options, pair_of(engine)) as driver:
        sent = listened(driver, monkeypatch)
        await driver.write_spec("Write something.")
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.shows("x = 1")
        driver.app.post_message(events.AppBlur())
        await driver.until(lambda: not driver.app.app_focus, "the focus is elsewhere")
        engine.go.set()
        await driver.ended()
        assert sent == ["\x1b]9;The run has ended: draft.\x07"]
        engine.go.clear()
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.running, "it runs again, and the key has shown the focus")
        engine.go.set()
        await driver.ended()
        assert len(sent) == 1


async def test_a_review_that_waits_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    options = AppOptions(pair=demo_options().pair, pace=None, interface=InterfaceConfig(notifications="always"))
    async with driven(options) as driver:
        sent = listened(driver, monkeypatch)
        driver.bench.action_prompt()
        await driver.press(*"/review ask", "escape", "enter")
        driver.bench.query_one("#welcome-examples").focus()
        await driver.press("1")
        await driver.until(lambda: sent, "the bell rings")
        assert sent == ["\x07"]


async def test_a_run_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = TalkingEngine("coder", [["x"]], dies="The server is gone.")
    options = real_options(interface=InterfaceConfig(notifications="always", notify_by="osc9"))
    async with driven(options, pair_of(engine)) as driver:
        sent = listened(driver, monkeypatch)
        await driver.write_spec("Write something.")
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.ending, "it fails")
        await driver.until(lambda: sent, "it is told")
        assert sent == ["\x1b]9;The run failed: The server is gone.\x07"]
