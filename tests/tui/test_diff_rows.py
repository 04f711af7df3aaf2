"""A change as lines: whatever the texts are, and however it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import HunkChoice
from core.hunks import text_lines
from tui.diff.choosing import Choosing
from tui.diff.colour import Coloured
from tui.diff.rows import rows

TEXTS = st.lists(st.sampled_from(["a = 1", "b = '''", "'''", "", "  \x1b[2J", "c\u2028d", "\x0c", "e\r"]), max_size=30)


@given(TEXTS.map("\n".join), TEXTS.map("\n".join), st.booleans(), st.booleans())
def test_every_line_of_both_texts_is_shown_once_or_folded(before: str, after: str, split: bool, taken: bool) -> None:
    choosing = Choosing.between(before, after, taken=taken)
    made = rows(choosing, Coloured(before, after), split=split)
    assert len(made.places) == len(choosing.hunks)
    if split:
        assert len(made.lines) == len(made.other)
    for (first, last), hunk in zip(made.places, choosing.hunks, strict=True):
        shown = made.lines[first + 1 : last + 1]
        signs = [line.text[0] for line in shown if not line.filler]
        assert signs.count("-") == len(hunk.before)
        if not split:
            assert signs.count("+") == len(hunk.after)
    assert all("\x1b" not in line.text for line in (*made.lines, *made.other))


@pytest.mark.parametrize("split", [False, True])
def test_an_edited_hunk_shows_the_edit_and_a_refused_one_its_reason(split: bool) -> None:
    choosing = Choosing.between("a\nb\n", "a\nc\n")
    edited = choosing.chosen(HunkChoice(taken=True, edited="mine\nall mine"))
    made = rows(edited, Coloured("a\nb\n", "a\nc\n"), split=split)
    text = "\n".join(line.text for line in (*made.lines, *made.other))
    assert "edited by you" in text
    assert "+ all mine" in text
    assert "+ c" not in text
    refused = rows(choosing.chosen(HunkChoice(taken=False, reason="no c")), Coloured("a\nb\n", "a\nc\n"), split=split)
    assert any("because: no c" in line.text for line in refused.lines)
    assert not any(line.fill for line in refused.lines)


def test_long_unchanged_stretches_are_folded_and_short_ones_are_not() -> None:
    before = "\n".join(f"line{number}" for number in range(60))
    after = before.replace("line5\n", "new5\n").replace("line50", "new50")
    made = rows(Choosing.between(before, after), Coloured(before, after), split=False)
    folded = [line.text for line in made.lines if "unchanged" in line.text]
    assert folded == ["⋯ 32 unchanged lines"]
    assert len(text_lines(before)) == 60


def test_choices_go_back_one_by_one_to_where_they_were_made() -> None:
    start = Choosing.between("a\nx\nb\n", "c\nx\nd\n")
    one = start.chosen(HunkChoice(taken=False))
    two = one.moved(1).chosen(HunkChoice(taken=False, reason="r"))
    assert (two.taken, two.reasons, two.code) == (0, 1, "a\nx\nb\n")
    assert two.moved(-1).undone().choices == one.choices
    assert two.moved(-1).undone().at == 1
    assert two.undone().undone().choices == start.choices
    assert start.undone() == start
