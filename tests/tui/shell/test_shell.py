"""Commands of the person's own at the prompt: what they print is shown, stopped at once, and asked about on request."""

import os
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, WIDE, Driver, TalkingEngine, driven, flowing, pair_of, real_options
from tui.prompt.commands import read_shell
from tui.shell.output import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES, TOLD_CHARACTERS, TOLD_LINES, Output
from tui.shell.screen import ShellScreen

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@pytest.fixture(autouse=True)
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/sh")


async def send(driver: Driver, text: str) -> None:
    driver.bench.action_prompt()
    driver.bench.prompt.input.put(text)
    await driver.pilot.pause()
    await driver.press("enter")


async def shell(driver: Driver, command: str) -> ShellScreen:
    await send(driver, f"!{command}")
    await driver.until(lambda: isinstance(driver.app.screen, ShellScreen), "the command is shown")
    screen = driver.app.screen
    assert isinstance(screen, ShellScreen)
    return screen


async def ended(driver: Driver, command: str) -> None:
    screen = await shell(driver, command)
    await driver.until(lambda: not screen.running, "the command ends")
    await driver.shows("exit code")


@SIZES
async def test_a_command_runs_in_the_folder_and_its_output_and_exit_code_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    (tmp_path / "limits.py").write_text("LIMIT = 41\n")
    monkeypatch.chdir(tmp_path)
    async with driven(real_options(), pair_of(TalkingEngine("coder-model")), size=size) as driver:
        await ended(driver, "cat limits.py; echo to-stderr >&2; exit 3")
        assert "$ cat limits.py" in driver.text
        assert "LIMIT = 41" in driver.text
        assert "to-stderr" in driver.text
        assert "✗ ended with exit code 3" in driver.text
        assert driver.bench.prompt.text == ""
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
        assert driver.bench.prompt.input.has_focus
        await driver.press("up")
        assert driver.bench.prompt.text == "!cat limits.py; echo to-stderr >&2; exit 3"


async def test_what_it_prints_is_shown_while_it_runs_and_it_can_be_run_again(tmp_path: Path) -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        counter = tmp_path / "runs"
        screen = await shell(driver, f"echo begun >> {counter}; cat {counter}; until test -e {tmp_path}/go; do :; done")
        await driver.shows("begun")
        assert screen.running
        await driver.press("r")
        await driver.shows("It still runs")
        (tmp_path / "go").touch()
        await driver.shows("✓ ended with exit code 0")
        await driver.press("r")
        await driver.until(lambda: counter.read_text() == "begun\nbegun\n", "it runs again")
        await driver.until(lambda: not screen.running, "it ends again")


async def test_esc_stops_it_as_ctrl_c_would_and_pressed_again_ends_what_does_not_care() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        screen = await shell(driver, "trap 'echo cleaned up; exit 7' INT; echo ready; while :; do sleep 0.01; done")
        await driver.shows("ready")
        await driver.press("escape")
        await driver.shows("ended with exit code 7")
        assert "cleaned up" in driver.text
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.bench, "the Workbench is back")
        screen = await shell(driver, "trap '' INT TERM; echo ready; while :; do sleep 0.01; done")
        await driver.shows("ready")
        await driver.press("escape")
        await driver.shows("Esc again ends it at once")
        assert screen.running
        await driver.press("escape")
        await driver.shows("was ended by SIGKILL")


async def test_esc_right_behind_enter_stops_it_without_a_word_of_ours() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        for _ in range(3):
            screen = await shell(driver, "sleep 600")
            while screen._child is None:
                await driver.pilot.pause()
            await screen.action_stop_or_back()
            await driver.shows("was ended by SIGINT")
            assert "Traceback" not in driver.text
            assert "Nothing was printed." in driver.text
            await driver.press("escape")


async def test_what_it_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    # Nobody holds the pipe's other end once all that wrote to it are gone: then the reader comes to its end.
    os.mkfifo(tmp_path / "pipe")
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        screen = await shell(driver, f"(sleep 600 > {tmp_path}/pipe) & cat {tmp_path}/pipe & sleep 0.1; echo gone on")
        await driver.until(lambda: not screen.running, "all of it has ended")
        await driver.shows("✓ ended with exit code 0")


async def test_it_reads_nothing_and_has_no_terminal() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        await ended(driver, 'read answer; echo read $?; tty; echo "$TERM ${NO_COLOR}"; (: </dev/tty) || echo none')
        assert "read 1" in driver.text
        assert "not a tty" in driver.text
        assert "dumb 1" in driver.text
        assert "none" in driver.text


async def test_the_models_are_asked_about_it_only_on_request() -> None:
    spec = 'def double(x: int) -> int:\n    """Twice x.\n\n    >>> double(2)\n    4\n    """\n'
    answer = ["```python\ndef double(x: int) -> int:\n    return 2 * x\n```\n"]
    coder, reviewer = TalkingEngine("coder", [answer, answer]), TalkingEngine("reviewer", [["VERDICT: NO DEFECT"]] * 2)
    async with driven(real_options(), pair_of(coder, reviewer)) as driver:
        await driver.write_spec(spec)
        await driver.press("f4")
        await driver.ended()
        await ended(driver, "echo 'AssertionError: double(0)'; exit 1")
        await driver.press("a")
        await driver.until(lambda: "AssertionError" in driver.bench.prompt.text, "it stands at the prompt")
        assert len(coder.requests) == 1
        driver.bench.prompt.input.insert("Why does this fail?")
        await driver.press("enter")
        await driver.turn_ended(2)
        asked = coder.requests[1].messages[-1].content
        assert "`echo 'AssertionError: double(0)'; exit 1` ended with exit code 1" in asked
        assert "Why does this fail?" in asked


async def test_a_command_does_not_wait_for_a_run_that_goes_on() -> None:
    coder = TalkingEngine("coder", [["```python\n"]], hold=0)
    async with driven(real_options(), pair_of(coder)) as driver:
        await driver.write_spec("Write double(x).")
        await driver.press("f4")
        await driver.until(lambda: driver.bench.state.answers, "the draft begins")
        await ended(driver, "echo beside it")
        assert "beside it" in driver.text
        assert driver.bench.state.running


async def test_the_prompt_says_where_it_will_run_and_an_empty_one_is_told() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        await send(driver, "!")
        await driver.shows("Type a command behind the exclamation mark")
        driver.bench.prompt.input.put("!ls")
        await driver.shows("Enter runs it in your shell")
        driver.bench.prompt.input.put("/shell")
        await driver.pilot.pause()
        await driver.press("enter")
        await driver.until(lambda: driver.bench.prompt.text == "!", "the mark stands at the prompt")


async def test_a_shell_or_folder_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/nowhere/fish")
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        screen = await shell(driver, "ls")
        await driver.shows("/nowhere/fish cannot be started (No such file or directory); $SHELL names it.")
        await driver.shows("exit code 127")
        await driver.press("escape")
        driver.bench.folder = tmp_path / "gone"
        screen = await shell(driver, "ls")
        await driver.until(lambda: not screen.running, "it is told")
        await driver.shows("could not be started")
        assert "/gone (No such" in flowing(driver.text)


async def test_what_a_command_prints_is_neither_obeyed_nor_parsed_as_markup() -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder-model"))) as driver:
        await ended(driver, r"printf '\033[31mred\033[0m \033]0;title\007[bold]x[/] \342\200\256abc \007\n'")
        assert "red" in driver.text
        assert "[bold]x[/]" in driver.text
        assert "<U+202E>abc" in driver.text
        assert "\x1b" not in driver.text
        assert "red [bold]x" in driver.text


@pytest.mark.parametrize(
    "text",
    ["![a plot](plot.png)", "!important\nThe list is sorted.", "Sort it!", "# Title\n!ls", "", " "],
)
def test_a_text_for_the_models_is_no_command(text: str) -> None:
    assert read_shell(text) is None


def test_the_end_of_a_long_output_is_kept_and_said_to_be() -> None:
    output = Output()
    for number in range(MOST_LINES + 10):
        output.add(f"line {number}")
        if number % 1000 == 0:
            assert output.lines[-1].text == f"line {number}"
    shown = [each.text for each in output.lines]
    assert shown[0] == "(10 lines before these are not kept)"
    assert shown[1:] == [f"line {number}" for number in range(10, MOST_LINES + 10)]
    output.add("x" * (LONGEST_LINE + 1))
    assert output.lines[-1].text == "x" * LONGEST_LINE + "…"
    for _ in range(2 * MOST_CHARACTERS // LONGEST_LINE):
        output.add("y" * LONGEST_LINE)
    assert sum(len(each.text) for each in output.lines) <= MOST_CHARACTERS + 100


def test_what_goes_to_the_prompt_is_the_end_in_a_fence_of_its_own() -> None:
    output = Output()
    assert output.told("true", "ended with exit code 0") == "`true` ended with exit code 0 and printed nothing."
    assert output.told("echo `id`", "ended") == "`` echo `id` `` ended and printed nothing."
    for number in range(2 * TOLD_LINES):
        output.add(f"line {number}")
    output.add("````")
    told = output.told("cat x", "ended with exit code 1").split("\n")
    assert told[0] == "`cat x` ended with exit code 1; the end of what it printed:"
    assert told[1] == told[-1] == "`````"
    assert told[2:-1] == [*(f"line {number}" for number in range(TOLD_LINES + 1, 2 * TOLD_LINES)), "````"]
    output.add("z" * LONGEST_LINE)
    output.add("z" * LONGEST_LINE)
    output.add("z" * LONGEST_LINE)
    assert len(output.told("cat x", "ended with exit code 1")) < TOLD_CHARACTERS + 200
