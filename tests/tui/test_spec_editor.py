"""Typing a spec by hand."""

import pytest

from tests.tui.driving import WIDE, TalkingEngine, driven, pair_of, real_options


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
