"""The clipboard tells the truth: what cannot be read back was not copied."""

import os
import stat
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from tests.tui.driving import TalkingEngine, driven, pair_of, real_options
from tests.tui.test_diff import DRAFT, FIX, REVIEW, fixed
from tui.clipboard import Copied, copy, told, tools
from tui.widgets.line_view import LineView

NAMES = {"wl-copy": "wl-paste", "pbcopy": "pbpaste"}


def tool(folder: Path, name: str, *, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools_in(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH leads to fake tools first."""
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "STORE": str(tmp_path / "store")}


def works(environ: dict[str, str], write: str, read: str) -> None:
    folder = Path(environ["PATH"].split(":")[0])
    tool(folder, write, script='cat > "$STORE"')
    tool(folder, read, script='cat "$STORE"')


def stored(environ: dict[str, str]) -> bytes:
    return Path(environ["STORE"]).read_bytes()


TEXT = "def f():\n\treturn 'é宽'\n"


async def test_text_that_is_read_back_is_copied(tools_in: dict[str, str]) -> None:
    works(tools_in, "wl-copy", "wl-paste")
    copied = await copy(TEXT, tools_in | {"WAYLAND_DISPLAY": "w"}, "linux")
    assert copied.tool is not None
    assert copied.tool.name == "wl-copy"
    assert stored(tools_in) == TEXT.encode()
    assert told(TEXT, copied) == "Copied 2 lines to the clipboard (wl-copy, read back)."


async def test_a_tool_that_takes_the_text_and_keeps_none_is_not_believed(tools_in: dict[str, str]) -> None:
    folder = Path(tools_in["PATH"].split(":")[0])
    tool(folder, "wl-copy", script="cat > /dev/null")
    tool(folder, "wl-paste", script="echo something else")
    copied = await copy(TEXT, tools_in | {"WAYLAND_DISPLAY": "w"}, "linux")
    assert copied == Copied(None, ("wl-copy took it, but something else was read back",))
    assert "cannot be checked" in told(TEXT, copied)
    assert told(TEXT, copied).startswith("wl-copy took it, but something else was read back. Sent 2 lines")


async def test_after_a_tool_that_fails_the_next_one_is_tried(tools_in: dict[str, str]) -> None:
    folder = Path(tools_in["PATH"].split(":")[0])
    tool(folder, "xclip", script="exit 1")
    works(tools_in, "xsel", "xsel")
    tool(folder, "xsel", script='case "$2" in --input) cat > "$STORE";; *) cat "$STORE";; esac')
    copied = await copy(TEXT, tools_in | {"DISPLAY": ":0"}, "linux")
    assert copied.tool is not None
    assert (copied.tool.name, copied.tried) == ("xsel", ("xclip failed",))


async def test_a_tool_that_hangs_is_given_up(tools_in: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.clipboard._SECONDS", 0.2)
    folder = Path(tools_in["PATH"].split(":")[0])
    tool(folder, "wl-copy", script="exec sleep 1000")
    tool(folder, "wl-paste", script="exec sleep 1000")
    copied = await copy(TEXT, tools_in | {"WAYLAND_DISPLAY": "w"}, "linux")
    assert copied == Copied(None, ("wl-copy failed",))


async def test_tmuxs_buffer_is_named_as_what_it_is(tools_in: dict[str, str]) -> None:
    folder = Path(tools_in["PATH"].split(":")[0])
    tool(folder, "tmux", script='case "$1" in load-buffer) cat > "$STORE";; *) cat "$STORE";; esac')
    copied = await copy("x", tools_in | {"TMUX": "/tmp/t,1,0"}, "linux")
    assert told("x", copied) == "Copied 1 character to tmux's buffer (tmux, read back)."


def test_only_tools_that_are_installed_and_have_a_display_are_tried(tools_in: dict[str, str]) -> None:
    works(tools_in, "wl-copy", "wl-paste")
    works(tools_in, "pbcopy", "pbpaste")
    only = tools_in | {"PATH": tools_in["PATH"].split(":")[0]}
    assert tools(only, "linux") == ()
    assert [each.name for each in tools(only | {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux")] == ["wl-copy"]
    assert [each.name for each in tools(only, "darwin")] == ["pbcopy"]


def test_more_than_a_terminal_takes_is_said() -> None:
    assert "save it to a file instead" in told("x" * 80_000, Copied(None))


def engines() -> tuple[TalkingEngine, TalkingEngine]:
    return TalkingEngine("coder-model", [DRAFT, FIX]), TalkingEngine("reviewer-model", [REVIEW] * 2)


async def test_the_code_is_copied_whole_without_numbers_and_marks(
    tools_in: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    works(tools_in, "wl-copy", "wl-paste")
    for name, value in (tools_in | {"WAYLAND_DISPLAY": "w"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        driver.bench.action_open("fix")
        await driver.until(lambda: driver.bench.query_one("#fix").has_focus, "the fix has the focus")
        await driver.press("ctrl+y")
        await driver.shows("(wl-copy, read back)")
        assert stored(tools_in).decode() == driver.bench.state.code


async def test_a_selection_is_copied_as_lines_of_the_code() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await fixed(driver)
        view = driver.bench.query_one("#fix", LineView)
        driver.bench.selections = {view: Selection(Offset(0, 1), Offset(18, 3))}
        await driver.press("ctrl+c")
        assert driver.app.clipboard == "def halve(x: int) -> int:\n    # half of x, rounded down\n    half = x // 2"


async def test_in_the_spec_the_key_repeats_what_was_undone() -> None:
    async with driven(real_options(), pair_of(*engines())) as driver:
        await driver.write_spec("one")
        await driver.press("ctrl+z")
        assert driver.bench.spec_pane.editor.text == ""
        await driver.press("ctrl+y")
        assert driver.bench.spec_pane.editor.text == "one"
