"""Changes in hunks: taken, edited, left out, and what the coder is told about those left out."""

from hypothesis import given
from hypothesis import strategies as st

from core.events import HunkChoice
from core.hunks import assemble, hunks_between, refusal, text_lines

TAKEN, LEFT_OUT = HunkChoice(taken=True), HunkChoice(taken=False)
LINES = st.lists(st.sampled_from(["a", "b", "c", "", "    d", "    e"]), max_size=12).map("\n".join)

BEFORE = "def f(x):\n    a = 1\n    b = 2\n    return a\n"
AFTER = "def f(x):\n    a = 3\n    b = 2\n    return b\n"


@given(LINES, LINES)
def test_all_hunks_give_the_new_text_and_none_the_old(before: str, after: str) -> None:
    hunks = hunks_between(before, after)
    assert text_lines(assemble(before, hunks, [TAKEN] * len(hunks))) == text_lines(after)
    assert text_lines(assemble(before, hunks, [LEFT_OUT] * len(hunks))) == text_lines(before)


@given(LINES, LINES, st.data())
def test_hunks_do_not_depend_on_each_other(before: str, after: str, data: st.DataObject) -> None:
    hunks = hunks_between(before, after)
    choices = [data.draw(st.sampled_from([TAKEN, LEFT_OUT])) for _ in hunks]
    made = text_lines(assemble(before, hunks, choices))
    kept = sum(len(hunk.after if choice.taken else hunk.before) for hunk, choice in zip(hunks, choices, strict=True))
    assert len(made) >= kept - 1
    assert len(made) <= len(text_lines(before)) + sum(len(hunk.after) for hunk in hunks)


def test_each_change_is_a_hunk_and_one_of_them_is_taken() -> None:
    hunks = hunks_between(BEFORE, AFTER)
    assert [(hunk.start, hunk.before, hunk.after) for hunk in hunks] == [
        (2, ("    a = 1",), ("    a = 3",)),
        (4, ("    return a",), ("    return b",)),
    ]
    assert assemble(BEFORE, hunks, [LEFT_OUT, TAKEN]) == "def f(x):\n    a = 1\n    b = 2\n    return b\n"


def test_an_edited_hunk_stands_as_it_was_edited() -> None:
    hunks = hunks_between(BEFORE, AFTER)
    edited = HunkChoice(taken=True, edited="    a = 4\n    c = 5\n")
    assert assemble(BEFORE, hunks, [edited, LEFT_OUT]) == "def f(x):\n    a = 4\n    c = 5\n    b = 2\n    return a\n"
    gone = HunkChoice(taken=True, edited="")
    assert assemble(BEFORE, hunks, [gone, LEFT_OUT]) == "def f(x):\n    b = 2\n    return a\n"


def test_line_ends_and_blank_lines_at_the_end_are_no_change() -> None:
    assert hunks_between(BEFORE, BEFORE.replace("\n", "\r\n") + "\r\n") == ()


def test_changes_with_only_blank_lines_between_them_are_one() -> None:
    assert len(hunks_between("a\n\nb\n", "c\n\nd\n")) == 1


def test_the_coder_is_told_what_was_left_out_and_why() -> None:
    hunks = hunks_between(BEFORE, AFTER)
    told = refusal(hunks, [TAKEN, HunkChoice(taken=False, reason="return a,\nalways")])
    assert "-    return a" in told
    assert "+    return b" in told
    assert "return a, always" in told
    assert "a = 3" not in told
    assert refusal(hunks, [LEFT_OUT, HunkChoice(taken=False, reason="  ")]) == ""
