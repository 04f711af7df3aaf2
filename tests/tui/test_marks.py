"""Where findings stand in the editor, and how they move while the person types."""

import random

import pytest
from textual.document._document import Document

from analyzers.rules.model import LintFinding
from analyzers.spec import Span
from tui.workbench.marks import Mark, Rows, marks_of, moved


def finding(start: int, end: int) -> LintFinding:
    return LintFinding(
        code="CN302", severity="warning", message="m", hint="h", span=Span(start, end), fix=None, spec=0
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "one two\nthree\n",
        "one\r\ntwo three\r\n\r\nfour",
        "\tone\n界界 two\n",
        "one\x0btwo\u2028three",
        "",
        "one",
        "\n\n",
    ],
)
def test_every_offset_of_the_editors_text_is_found_again_at_its_row_and_column(text: str) -> None:
    document = Document(text)
    rows = Rows(document.lines, document.newline)
    shown = document.text
    assert rows.location(0) == (0, 0)
    for row, line in enumerate(document.lines):
        for column in range(len(line) + 1):
            offset = rows.offset((row, column))
            assert shown[offset : offset + 1] == line[column : column + 1] or column == len(line)
            assert rows.location(offset) == (row, column)
    assert rows.location(len(shown) + 5)[0] == len(document.lines) - 1


def test_a_place_within_a_line_end_is_the_end_of_its_row() -> None:
    rows = Rows(["ab", "cd"], "\r\n")
    assert rows.location(3) == (0, 2)
    assert rows.location(4) == (1, 0)


def test_a_finding_over_several_rows_is_underlined_without_their_indentation() -> None:
    rows = ["    Sort the", "    list.  ", "    "]
    (mark,) = marks_of([finding(4, 24)], rows, "\n")
    assert mark.pieces(rows) == [(0, 4, 12), (1, 4, 9)]


@pytest.mark.parametrize(
    ("text", "at", "seen"), [("abc", 1, (0, 1, 2)), ("abc", 3, (0, 2, 3)), ("abc\nd", 3, (0, 2, 3))]
)
def test_an_empty_span_is_made_wide_enough_to_be_seen(text: str, at: int, seen: tuple[int, int, int]) -> None:
    rows = text.split("\n")
    (mark,) = marks_of([finding(at, at)], rows, "\n")
    assert mark.pieces(rows) == [seen]


def words(mark: Mark, rows: list[str]) -> str:
    return "\n".join(rows[row][low:high] for row, low, high in mark.pieces(rows))


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("a word here", "a big word here", True),
        ("a word here", "a word right here", True),
        ("a word here", "a wo rd here", False),
        ("a word here", "a here", False),
        ("top\na word here", "top\n\n\na word here", True),
        ("top\na word here", "a word here", True),
        ("a word\nend", "a word\nnew\nend", True),
        ("x a word", "x\na word", True),
        ("x\na word", "x a word", True),
        ("a word", "", False),
        ("a word word", "a word", True),
    ],
)
def test_a_mark_follows_its_words_and_goes_when_they_are_edited(before: str, after: str, kept: bool) -> None:
    old, new = before.split("\n"), after.split("\n")
    at = before.index("word")
    marks = moved(marks_of([finding(at, at + 4)], old, "\n"), old, new)
    assert [words(mark, new) for mark in marks] == (["word"] if kept else [])


def test_whatever_is_edited_a_mark_that_stays_has_its_words() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        old = ["".join(chance.choices("ab ", k=chance.randrange(6))) for _ in range(chance.randrange(1, 5))]
        text = "\n".join(old)
        low, high = sorted(chance.choices(range(len(text) + 1), k=2))
        inserted = "".join(chance.choices("ab \n", k=chance.randrange(4)))
        changed = text[:low] + inserted + text[high:]
        new = changed.split("\n")
        spans = [sorted(chance.choices(range(len(text) + 1), k=2)) for _ in range(3)]
        marks = marks_of([finding(*span) for span in spans if span[0] < span[1]], old, "\n")
        of_old = {mark.finding.span: words(mark, old) for mark in marks}
        for mark in moved(marks, old, new):
            assert words(mark, new) == of_old[mark.finding.span]
