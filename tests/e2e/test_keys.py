"""Every key of the key table, pressed in the real program as a terminal sends it."""

import sys
from pathlib import Path

import pytest

from tests.e2e.screen import Terminal, secondpass

F1, F2, F3, F5, F8, F9 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[19~", "\x1b[20~"
SHIFT_ENTER = "\x1b[13;2u"
CTRL = {letter: chr(ord(letter) - 64) for letter in "ACEGJOPRT\\"}


def test_every_key_of_the_table_does_what_it_says(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'a').write(' and more')\n")
    editor.chmod(0o755)
    with Terminal(secondpass(), "--pair", "demo", cwd=tmp_path, EDITOR=str(editor), VISUAL="") as terminal:
        terminal.shows("Merge intervals")
        for key, words in ((F1, "workbench.run"), (F2, "Changes are written to"), (F3, "No session is kept yet")):
            terminal.press(key)
            terminal.shows(words)
            back(terminal, words)
        terminal.press(F5)
        terminal.shows("New run")
        back(terminal, "New run")
        terminal.press(CTRL["\\"])
        terminal.shows("secondpass.log")
        terminal.press(CTRL["\\"])
        terminal.shows("Merge intervals")
        terminal.press(CTRL["P"])
        terminal.shows("Log console")
        terminal.press("\x1b")
        terminal.shows("Merge intervals")
        terminal.press(F9)
        terminal.shows("Mouse off")
        assert b"\x1b[?1000l" in terminal.raw
        terminal.press(F9)
        terminal.shows("Mouse on")
        before = terminal.raw.count(b"48;2;")
        terminal.press(CTRL["T"])
        terminal.until(lambda: terminal.raw.count(b"48;2;") > before + 20, "all is drawn in other colours")

        terminal.press("/")
        terminal.shows("run the spec in the editor")
        terminal.press("\x15")  # Ctrl+U
        terminal.until(lambda: "run the spec in the editor" not in terminal.text, "the prompt is empty")
        terminal.press(f"first{CTRL['J']}second{SHIFT_ENTER}third")
        terminal.until(lambda: "first\n" in unindented(terminal) and "\nthird" in unindented(terminal), "three lines")
        terminal.press("\x1b")
        terminal.press(CTRL["G"])
        terminal.shows("third and more")
        terminal.press(CTRL["A"] + "\x1b[1;5H")
        terminal.press(CTRL["R"])
        terminal.shows("words search")
        terminal.press("\x1b")
        terminal.shows("third and more")

        terminal.press("\x1b[17~")  # F6
        terminal.shows("a key loads and runs")
        terminal.press("1")
        terminal.shows("✓ Done:")
        terminal.shows("third and more")  # Esc and a run leave what was typed
        terminal.press("\x1b3")  # Alt+3: the review
        terminal.shows("┏━ Review")
        terminal.press(CTRL["O"])
        terminal.shows("VERDICT: DEFECTS")
        terminal.press("\x1b")
        terminal.press("\x1b")
        terminal.shows("Go back to")
        terminal.press("\x1b")
        terminal.shows("✓ Done:")
        terminal.leave()
        assert terminal.process.exitstatus == 0


def back(terminal: Terminal, words: str) -> None:
    """Leave the screen that says ``words``. What lay under it is in view before it is complete: both are waited for."""
    terminal.until(lambda: words in terminal.text and "Merge intervals" not in terminal.text, "all of it is drawn")
    terminal.press("\x1b")
    terminal.until(lambda: words not in terminal.text and "Merge intervals" in terminal.text, "the Workbench is back")


def unindented(terminal: Terminal) -> str:
    return "\n".join(row.strip() for row in terminal.text.splitlines())


def test_keys_of_the_configuration_are_in_force_and_a_clash_is_told(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[keys]\nworkbench.run = "ctrl+s"\n')
    with Terminal(secondpass(), "--pair", "demo", "--models", str(own), cwd=tmp_path) as terminal:
        terminal.shows("ctrl+s is also the key of")
        terminal.press("\x13")
        terminal.shows("There is no spec yet")
        terminal.leave()
    own.write_text('[keys]\nworkbench.ran = "ctrl+s"\n')
    with Terminal(secondpass(), "--pair", "demo", "--models", str(own), cwd=tmp_path) as terminal:
        terminal.shows('did you mean "workbench.run"?')
        terminal.until(lambda: not terminal.process.isalive(), "it ends")
        assert terminal.process.exitstatus == 2


@pytest.mark.parametrize("until", ["Merge intervals", None], ids=["the picture stands", "the program starts"])
def test_nothing_is_lost_of_what_is_typed_the_moment(until: str | None, tmp_path: Path) -> None:
    """All of it goes where its first key leads, though the screen is not painted anew in between, or not yet at all."""
    with Terminal(secondpass(), "--pair", "demo", cwd=tmp_path) as terminal:
        if until is not None:
            while until not in terminal.text:
                terminal.read(0.001)
        terminal.process.delaybeforesend = None
        terminal.press(f"{F8}def first(values): ...")
        terminal.shows("Merge intervals")
        terminal.until(lambda: "def first(values): ..." in left_half(terminal), "it stands in the spec")
        terminal.leave()


def left_half(terminal: Terminal) -> str:
    return "\n".join(line[:48] for line in terminal.text.splitlines()[2:-4])
