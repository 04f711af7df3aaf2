"""Lines, feeds and views: text that streams in, and text that means harm."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.selection import Selection

from tui.diff.unified import diff_lines
from tui.visible import one_line, visible
from tui.widgets.feeds import AnswerFeed, CodeFeed, Growing, code_lines
from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, breaks, line

HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07\x9b31m\x00\x08\r\x7f\u202eevil\u200b\ud800"


def test_nothing_that_a_terminal_obeys_is_left() -> None:
    shown = visible(HOSTILE)
    assert shown == "␛[2J␛]52;c;aGk=␇<U+009B>31m␀␈␍␡<U+202E>evil<U+200B>\ufffd"
    assert all(character.isprintable() for character in shown)


@given(st.text())
def test_visible_text_holds_no_control_characters_but_newlines(text: str) -> None:
    shown = visible(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown.replace("\n", ""))
    assert visible(shown) == shown


def test_one_line_is_one_line() -> None:
    assert one_line("a\n\tb  c\x1b") == "a b c␛"
    assert one_line("x" * 500, 10) == "x" * 9 + "…"


@given(st.text(alphabet="ab 宽é👍", max_size=80), st.integers(2, 30), st.integers(0, 40))
def test_rows_hold_the_whole_text_and_fit(text: str, width: int, hang: int) -> None:
    starts = breaks(text, width, hang)
    rows = [text[a:b] for a, b in itertools.pairwise([*starts, len(text)])]
    assert "".join(rows) == text
    assert cell_len(rows[0].rstrip(" ")) <= width
    assert all(cell_len(row.rstrip(" ")) <= max(2, width - hang) for row in rows[1:])


CODE = '''import re


class A:
    """A docstring
    of several lines with a # hash and 'quotes'.
    """

    x: int = 0xFF  # comment

    def f(self, s: str = f"{1}") -> str:
        return re.sub(r"\\d", """open
still open""", s)
'''


@pytest.mark.parametrize("step", [1, 2, 7, 50, 10_000])
def test_code_looks_the_same_however_it_streams_in(step: int) -> None:
    feed = CodeFeed()
    for start in range(0, len(CODE), step):
        feed.feed(CODE[start : start + step])
    assert feed.lines == code_lines(CODE)
    assert [each.number for each in feed.lines] == list(range(1, len(CODE.splitlines()) + 1))
    assert "\n".join(each.text for each in feed.lines) == CODE.rstrip("\n")
    tones = {span.text: span.tone for each in feed.lines for span in each.spans}
    assert (tones["class"], tones["# comment"], tones["0xFF"]) == ("keyword", "comment", "number")
    assert any(span.tone == "string" for span in feed.lines[5].spans)


def test_finished_lines_are_sealed() -> None:
    feed = CodeFeed()
    feed.feed("a = 1\nb = 2\n")
    first = feed.lines[0]
    feed.feed("c = 3")
    assert feed.lines[0] is first


ANSWER = (
    "Some *prose* with `code`.\n\n```python\ndef f():\n    return '`'\n```\n\nAnd ```not a fence.\n~~~\nplain\n~~~\n"
)


@pytest.mark.parametrize("step", [1, 3, 11, 10_000])
def test_an_answer_looks_the_same_however_it_streams_in(step: int) -> None:
    feed = AnswerFeed()
    for start in range(0, len(ANSWER), step):
        feed.feed(ANSWER[start : start + step])
    assert "\n".join(each.text for each in feed.lines) == ANSWER.rstrip("\n")
    assert [each.number for each in feed.lines if each.number] == [1, 2, 1]


@pytest.mark.parametrize(
    ("row", "tones"),
    [
        ("# Title", [("# Title", "heading")]),
        ("#no title", [("#no title", "text")]),
        (
            "a **bold one** and `x ** 2`, **",
            [
                ("a ", "text"),
                ("**bold one**", "strong"),
                (" and ", "text"),
                ("`x ** 2`", "string"),
                (", **", "text"),
            ],
        ),
        (
            "see [the spec](spec.md#ties) or https://example.org/a?b.",
            [
                ("see ", "text"),
                ("[the spec](spec.md#ties)", "info"),
                (" or ", "text"),
                ("https://example.org/a?b.", "info"),
            ],
        ),
        ("2 * x**y**z of __init__ in xs[0](1)", [("2 * x**y**z of __init__ in xs[0](1)", "text")]),
    ],
)
def test_marks_of_markdown_are_set_off_and_stay_in_the_text(row: str, tones: list[tuple[str, str]]) -> None:
    feed = AnswerFeed()
    feed.feed(row)
    (line,) = feed.lines
    assert line.text == row
    assert [(span.text, span.tone) for span in line.spans] == tones


def test_the_rows_of_a_table_do_not_break() -> None:
    feed = AnswerFeed()
    feed.feed("| input | result |\n|---|---|\n| [] | [] |\nprose\n")
    assert [line.wrap for line in feed.lines] == [False, False, False, True]


def test_a_fence_that_never_closes_is_still_code() -> None:
    feed = AnswerFeed()
    feed.feed("```python\nx = 1")
    assert feed.lines[-1].number == 1


def test_a_replaced_text_starts_again() -> None:
    growing = Growing(AnswerFeed)
    growing.show("a = 1\n")
    assert [each.text for each in growing.show("b = 2\n")] == ["b = 2"]


def test_a_line_end_cut_in_two_is_one_line_end() -> None:
    growing = Growing(AnswerFeed)
    growing.show("a = 1\r")
    assert [each.text for each in growing.show("a = 1\r\nb")] == ["a = 1", "b"]


class ViewApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LineView()

    CSS = "LineView { scrollbar-size: 0 1; }"


def painted(view: LineView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def test_the_scrollbar_that_comes_with_more_text_hides_none_of_it() -> None:
    app = ViewApp()
    async with app.run_test(size=(30, 6)) as pilot:
        view = app.query_one(LineView)
        view.show([line("aaaaaaaaa bbbbbbbbb cccccccccc"), *(line(str(number)) for number in range(20))])
        await pilot.pause()
        await pilot.pause()
        assert painted(view)[:2] == ["aaaaaaaaa bbbbbbbbb", "cccccccccc"]


async def test_a_view_wraps_follows_the_end_and_lets_the_reader_look_above() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 5)) as pilot:
        view = app.query_one(LineView)
        view.show([line("word " * 6, hang=2)], follow=True)
        await pilot.pause()
        assert painted(view)[:2] == ["word word word word", "  word word"]
        many = [line(str(number)) for number in range(30)]
        view.show(many[:20], follow=True)
        await pilot.pause()
        assert painted(view)[-1] == "19"
        view.show(many[:25], follow=True)
        await pilot.pause()
        assert painted(view)[-1] == "24"
        view.scroll_to(y=3, animate=False)
        await pilot.pause()
        view.show(many, follow=True)
        await pilot.pause()
        assert painted(view)[0] == "3"


async def test_a_resize_wraps_again_and_wide_characters_take_two_cells() -> None:
    app = ViewApp()
    async with app.run_test(size=(20, 6)) as pilot:
        view = app.query_one(LineView)
        view.show([line("宽" * 12)])
        await pilot.pause()
        assert painted(view)[:2] == ["宽" * 10, "宽" * 2] or painted(view)[:2] == ["宽" * 9, "宽" * 3]
        await pilot.resize_terminal(11, 6)
        await pilot.pause()
        assert painted(view)[0] == "宽" * 5


async def test_markup_in_a_models_text_is_text() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 5)) as pilot:
        view = app.query_one(LineView)
        view.show([line("[bold]x[/bold] [@click=app.quit]y[/]"), line("\x1b[31mred")])
        await pilot.pause()
        assert painted(view)[:2] == ["[bold]x[/bold] [@click=app.quit]y[/]", "␛[31mred"]


async def test_what_is_copied_is_the_lines_and_not_the_rows() -> None:
    app = ViewApp()
    async with app.run_test(size=(14, 8)) as pilot:
        view = app.query_one(LineView)
        view.show(code_lines("def function(argument):\n    return argument\n"))
        await pilot.pause()
        assert view.virtual_size.height > 2
        assert view.get_selection(Selection(None, None)) == ("def function(argument):\n    return argument", "\n")
        assert view.get_selection(Selection(Offset(4, 0), Offset(12, 0))) == ("function", "\n")


def test_a_diff_marks_lines_with_signs_and_changed_words_with_their_own_tone() -> None:
    made = diff_lines("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 20\nc = 3\nd = 4\n")
    assert [each.text for each in made] == ["@@ -1,3 +1,4 @@", "  a = 1", "- b = 2", "+ b = 20", "  c = 3", "+ d = 4"]
    assert [each.fill for each in made] == [None, None, "removed", "added", None, "added"]
    assert ("0", "added-word") in {(span.text, span.tone) for span in made[3].spans}


def test_a_diff_of_the_same_code_says_so() -> None:
    assert diff_lines("a\n", "a\n") == [Line(line(("No difference.", "muted")).spans)]
