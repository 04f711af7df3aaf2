"""Typing a spec by hand."""

import pytest
from textual import events
from textual.widgets import TextArea

from tests.tui.driving import NARROW, WIDE, TalkingEngine, driven, pair_of, real_options


@pytest.mark.parametrize("text", ["def first(values): ...", "# First of all", "Give it.\n>>> f(1)\n1"])
async def test_the_cursor_stays_where_one_types_when_the_text_turns_out_to_be_of_a_language(text: str) -> None:
    async with driven(real_options(), pair_of(TalkingEngine("coder")), size=WIDE) as driver:
        editor = driver.bench.spec_pane.editor
        await driver.press("f8")
        for character in text:
            await driver.press("enter" if character == "\n" else character)
        await driver.until(lambda: editor.language is not None, "the language is known")
        assert editor.text == text
        assert editor.cursor_location == editor.document.end


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
@pytest.mark.parametrize("where", ["spec", "prompt"])
async def test_a_long_text_that_was_pasted_is_taken_back_and_put_back(where: str, size: tuple[int, int]) -> None:
    long = "\n".join(f"line {number}" for number in range(100))
    async with driven(real_options(), pair_of(TalkingEngine("coder")), size=size) as driver:
        if where == "spec":
            driver.bench.action_open("spec")
        else:
            driver.bench.action_prompt()
        await driver.still()
        editor = driver.app.focused
        assert isinstance(editor, TextArea)
        editor.insert("x = 1\n")
        driver.app.post_message(events.Paste(long))
        await driver.until(lambda: editor.text == f"x = 1\n{long}", "the text is pasted")
        await driver.still()
        assert editor.show_vertical_scrollbar
        editor.undo()
        await driver.still()
        assert (editor.text, editor.cursor_location) == ("x = 1\n", (1, 0))
        editor.redo()
        await driver.still()
        assert (editor.text, editor.cursor_location) == (f"x = 1\n{long}", (100, 7))
        assert editor.cursor_screen_offset.y < driver.app.size.height
