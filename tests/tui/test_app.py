"""The app around the Workbench: keys that work everywhere, sizes, themes, harm in a model's text, the terminal."""

import asyncio
import os
import subprocess
import sys
from functools import partialmethod
from pathlib import Path

import pytest
from textual import events
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets._toast import Toast

from core.errors import ExitCode
from tests.tui.driving import NARROW, WIDE, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.app import AppOptions, SecondpassApp, open_app
from tui.help import HelpScreen
from tui.widgets.line_view import LineView
from tui.workbench.keys import KEYS

HARM = "\x1b[2J\x1b]0;owned\x07 [bold red]markup[/] [@click=app.quit]click[/] \x9b31m \u202etxt\n"
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@SIZES
async def test_control_characters_and_markup_of_a_model_are_shown_and_obeyed_by_nobody(size: tuple[int, int]) -> None:
    engine = TalkingEngine(f"model{HARM}", [[HARM, "```python\n", f"x = 1 # {HARM}", "```\n"]], reasoning=HARM)
    async with driven(real_options(), pair_of(engine), size=size) as driver:
        await driver.write_spec(f"Write f(x). {'[/bold]'}")
        driver.bench.spec_pane.pattern = "coder-only"
        await driver.press("f4")
        await driver.ended()
        driver.bench.action_open("draft")
        await driver.until(lambda: driver.bench.query_one("#draft").has_focus)
        await driver.press("ctrl+o")
        await driver.shows("[bold red]markup[/] [@click=app.quit]click[/]")
        assert "␛[2J" in driver.text
        assert not any(
            ord(character) < 32 or 127 <= ord(character) < 160 for character in driver.text.replace("\n", "")
        )


@pytest.mark.parametrize("size", [(30, 24), (80, 8)])
async def test_a_tiny_terminal_gets_one_sentence_and_the_workbench_comes_back_with_room(size: tuple[int, int]) -> None:
    async with driven(demo_options(), size=size) as driver:
        assert "too small" in driver.text.replace("\n", " ")
        assert "Spec" not in driver.text
        await driver.pilot.resize_terminal(100, 30)
        await driver.shows("Spec")
        assert "too small" not in driver.text


async def test_a_click_on_a_message_that_vanishes_does_nothing() -> None:
    async with driven(demo_options()) as driver:
        driver.app.notify("here and gone", markup=False)
        await driver.shows("here and gone")
        toast = driver.app.screen.query_one(Toast)
        place = toast.region.offset + Offset(2, 1)
        _ = toast.remove()
        for _ in range(1000):  # not until(): that would wait for the screen to be laid out anew
            if toast.parent is None:
                break
            await asyncio.sleep(0)
        widget, _ = driver.app.screen.get_widget_at(*place)
        assert widget is toast
        x, y = place
        driver.app.screen._forward_event(events.MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))
        await driver.still()


async def test_page_keys_in_a_list_without_room_do_nothing() -> None:
    async with driven(demo_options()) as driver:
        await driver.pilot.resize_terminal(30, 8)
        await driver.shows("too small")
        for screen in ("f3", "f2", "f11", "f5"):
            await driver.press(screen, "pagedown", "pageup", "escape")
        await driver.pilot.resize_terminal(120, 40)
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")


async def test_a_screen_opened_in_a_small_terminal_can_be_left_in_a_large_one() -> None:
    async with driven(demo_options()) as driver:
        await driver.pilot.resize_terminal(30, 8)
        await driver.shows("too small")
        await driver.press("f1")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen), "help is open")
        await driver.pilot.resize_terminal(120, 40)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
        await driver.press("f6")
        await driver.shows("a key loads and runs")


async def test_resizing_in_a_run_turns_panes_into_tabs_and_back() -> None:
    engine = TalkingEngine("coder", [["```python\nx = 1\n", "```\n"]], hold=1)
    async with driven(real_options(), pair_of(engine)) as driver:
        await driver.write_spec("Write something.")
        await driver.press("f4")
        await driver.shows("x = 1")
        await driver.pilot.resize_terminal(80, 24)
        await driver.shows("1 Spec")
        assert "x = 1" in driver.text
        assert "Write something." not in driver.text
        await driver.pilot.resize_terminal(140, 45)
        await driver.shows("Write something.")
        assert "x = 1" in driver.text
        driver.bench.action_stop()
        await driver.ended()


async def test_ctrl_c_copies_a_selection_and_does_not_quit() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("3")
        await driver.ended()
        view = driver.bench.query_one("#draft", LineView)
        driver.bench.selections = {view: Selection(Offset(4, 7), Offset(12, 7))}
        await driver.press("ctrl+c", "ctrl+c", "ctrl+c")
        assert driver.app.clipboard == "to_roman"
        assert driver.app.is_running
        await driver.shows("Sent 8 characters to the terminal (OSC 52)")


async def test_ctrl_c_twice_quits_and_once_only_says_so() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("ctrl+c")
        await driver.shows("Ctrl+C again quits")
        assert driver.app.is_running
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.app.is_running)


async def test_the_theme_changes_with_a_key_and_everything_is_drawn_in_it() -> None:
    async with driven(demo_options()) as driver:
        await driver.press("3")
        await driver.ended()
        dark = driver.text
        view = driver.bench.query_one("#draft", LineView)
        before = view.render_line(8)
        await driver.press("ctrl+t")
        await driver.pilot.pause()
        assert not driver.app.current_theme.dark
        assert view.render_line(8).text == before.text
        assert list(view.render_line(8)) != list(before)
        assert driver.text == dark


async def test_help_lists_every_key_that_can_be_remapped() -> None:
    async with driven(demo_options(), size=(120, 60)) as driver:
        await driver.press("f1")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        for binding in KEYS:
            assert binding.id in driver.text  # type: ignore[union-attr, operator]
        assert "SCRIPTED DEMO" in driver.text
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench)


async def test_every_binding_has_an_id_of_its_own() -> None:
    async with driven(demo_options()) as driver:
        ids = [binding.id for binding in (*KEYS, *type(driver.app).BINDINGS)]  # type: ignore[union-attr]
        assert all(ids)
        assert len(set(ids)) == len(ids)


async def test_a_key_can_be_remapped_by_its_id() -> None:
    async with driven(demo_options()) as driver:
        driver.app.set_keymap({"workbench.run": "ctrl+l"})
        await driver.press("ctrl+l")
        await driver.shows("There is no spec yet")


async def test_no_color_leaves_no_colour_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(demo_options()) as driver:
        await driver.press("1")
        await driver.ended()
        rows = driver.app.screen._compositor.render_strips()
        for row in rows:
            filtered = row.apply_filter(driver.app._filters[-1], driver.app.screen.background_colors[1])
            for segment in filtered:
                if segment.style is not None:
                    for colour in (segment.style.color, segment.style.bgcolor):
                        assert colour is None or colour.is_default


async def test_a_log_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    options = demo_options()
    log = tmp_path / "broken.jsonl"
    log.write_text("this is no log\nnor is this\n")
    async with driven(AppOptions(pair=options.pair, replay=log)) as driver:
        await driver.shows("broken.jsonl, line 1: not an event")


async def test_a_spec_given_at_the_start_is_in_the_editor() -> None:
    options = demo_options()
    async with driven(AppOptions(pair=options.pair, spec="Do it.", notices=("models.toml is ignored.",))) as driver:
        assert driver.bench.spec_pane.editor.text == "Do it."
        await driver.shows("models.toml is ignored.")
        await driver.until(lambda: driver.bench.spec_pane.editor.has_focus, "the editor has the focus")


GUARDED = """
import os, sys, subprocess
from pathlib import Path
from tui.terminal import own_terminal
with own_terminal(Path(sys.argv[1])):
    os.write(1, b"native one\\n")
    os.write(2, b"native two\\n")
    print("printed")
    subprocess.run([sys.executable, "-c", "import os; os.write(1, b'from a child\\\\n')"])
    sys.__stderr__.write("for the terminal\\n")
    sys.__stderr__.flush()
os.write(1, b"after\\n")
"""


def test_native_writes_go_to_the_log_and_the_terminal_keeps_its_own_handle(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(log)], capture_output=True, text=True, timeout=60, check=True
    )
    # Standard output is no terminal here, so the handle is the one of standard error.
    assert done.stdout == "after\n"
    assert done.stderr == "for the terminal\n"
    assert sorted(log.read_text().splitlines()) == ["from a child", "native one", "native two", "printed"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_failure_of_the_app_itself_is_one_sentence_and_its_traceback_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(app: SecondpassApp) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(SecondpassApp, "on_ready", fail, raising=False)
    monkeypatch.setattr(SecondpassApp, "run_async", partialmethod(SecondpassApp.run_async, headless=True))
    assert open_app(demo_options()) == ExitCode.INTERNAL
    _, error = capfd.readouterr()
    log = Path(os.environ["SECONDPASS_HOME"]) / "log" / "secondpass.log"
    assert error == f"secondpass itself failed; the details are in {log}, please report them.\n"
    assert "ZeroDivisionError: a mistake of ours" in log.read_text()
