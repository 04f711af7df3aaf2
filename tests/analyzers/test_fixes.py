"""Applying fixes: which of them can stand together, and what fixing promises of every fixable text."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.fixes import apply_fixes, with_newlines_of
from analyzers.lint import lint_text
from analyzers.rules import ALL_RULES
from analyzers.rules.model import Edit, Fix, Rule
from analyzers.spec import Span


@dataclass(frozen=True)
class Finding:
    """What a finding needs to be fixed."""

    code: str
    fix: Fix | None


def fix(*edits: tuple[int, int, str], safe: bool = True, code: str = "XX1") -> Finding:
    """A finding whose fix is these edits (start, end, text)."""
    return Finding(code, Fix(safe, tuple(Edit(Span(start, end), text) for start, end, text in edits)))


def test_edits_are_applied_to_the_original_offsets() -> None:
    fixed = apply_fixes("abcdef", [fix((4, 5, "")), fix((0, 1, "XYZ")), fix((2, 2, "+"))])
    assert fixed.text == "XYZb+cdf"
    assert len(fixed.applied) == 3


def test_of_two_fixes_at_one_place_the_first_is_applied() -> None:
    first, second = fix((1, 3, "1")), fix((2, 4, "2"))
    for findings in ([first, second], [second, first]):
        fixed = apply_fixes("abcdef", findings)
        assert fixed.text == "a1def"
        assert fixed.applied == (first,)


def test_two_insertions_at_one_place_are_not_both_made() -> None:
    assert apply_fixes("ab", [fix((1, 1, "x"), code="B"), fix((1, 1, "y"), code="A")]).text == "ayb"


def test_a_fix_is_applied_wholly_or_not_at_all() -> None:
    fixed = apply_fixes("abcdef", [fix((0, 2, "1")), fix((1, 2, "2"), (4, 5, "2"))])
    assert fixed.text == "1cdef"


def test_a_fix_whose_own_edits_overlap_is_not_applied() -> None:
    assert apply_fixes("abcdef", [fix((0, 3, "1"), (2, 4, "2"))]).applied == ()


@pytest.mark.parametrize("edit", [(4, 9, ""), (3, 2, ""), (-1, 2, "")])
def test_an_edit_outside_of_the_text_is_not_applied(edit: tuple[int, int, str]) -> None:
    assert apply_fixes("abcdef", [fix(edit)]).text == "abcdef"


def test_unsafe_fixes_have_to_be_asked_for() -> None:
    findings = [fix((0, 1, "A"), safe=False), fix((2, 3, "C")), Finding("XX2", None)]
    assert apply_fixes("abc", findings).text == "abC"
    assert apply_fixes("abc", findings, unsafe=True).text == "AbC"


@pytest.mark.parametrize(
    ("text", "newline"), [("a\r\nb\n", "\r\n"), ("a\nb\r\n", "\n"), ("a\rb", "\r"), ("a", "\n"), ("\n", "\n")]
)
def test_a_fix_takes_the_line_ends_of_the_text(text: str, newline: str) -> None:
    (edit,) = with_newlines_of(text, Fix(True, (Edit(Span(0, 0), "1\n2"),))).edits
    assert edit.text == f"1{newline}2"


@given(
    st.text("abc", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text("XY", max_size=3)))
)
def test_what_is_applied_is_in_the_text_and_nothing_else_changed(text: str, cuts: list[tuple[int, int, str]]) -> None:
    findings = [fix((start, start + length, put)) for start, length, put in cuts]
    fixed = apply_fixes(text, findings)
    edits = [edit for one in fixed.applied if one.fix for edit in one.fix.edits]
    removed = sum(edit.span.end - edit.span.start for edit in edits)
    assert len(fixed.text) == len(text) - removed + sum(len(edit.text) for edit in edits)
    expected = text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        expected = expected[: edit.span.start] + edit.text + expected[edit.span.end :]
    assert fixed.text == expected


HEADERS = (
    "def total(xs: list[int]) -> int:",
    "def total(xs):",
    "def total(xs: list[float], start: float = 0.0) -> float:",
)
LINES = (
    "total([1, 2]) -> 3",
    "total([]) => 0.",
    "total([1.5]) == 1.5  # one",
    "total([4]) should return 4",
    "For example, total([2, 2]) returns 4.",
    "total([1]) -> true",
    "total([1, 2] -> 3",
    ">>>total([7])",
    ">>> total([7])",
    "7",
    ">>> total([1, 2",
    "total([1, 2]) -> 4",
    "total(a) -> 3",
    "total(None) raises TypeError",
    "- total([5]) -> 5",
    "`total([6])` → `6`",
    "No number is below -5, etc.",
    "```",
    "",
    "<!-- secondpass-disable-next-line EX106 -->",
    "<!-- secondpass-disable EX103, AM -->",
    "<!-- secondpass-enable -->",
)
COMMENTS = ("", "  # noqa: EX101", "  # noqa: EX106, E501", "  # noqa: EX105,EX103", "  # noqa")


@st.composite
def fixable(draw: st.DrawFn) -> tuple[str, str]:
    """A text made of lines that rules offer fixes for, and the name of its file."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=9))
    header = draw(st.sampled_from(HEADERS))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    form = draw(st.sampled_from(["py", "py", "md", "txt"]))
    if form == "py":
        body = "\n".join(f"    {line}" if line else "" for line in lines)
        text = f'{header}\n    """Add up the numbers.\n\n{body}\n    """{draw(st.sampled_from(COMMENTS))}\n'
        if draw(st.booleans()):
            text = f"# secondpass: disable-file=EX104,CN\n{text}"
    else:
        text = f"# total\n\nWrite `{header[4:-1]}`.\n\n" + "\n".join(lines) + "\n"
    return text.replace("\n", newline), f"total.{form}"


def settled(text: str, filename: str) -> str:
    """``text`` after safe fixes, until there are none."""
    for _ in range(30):
        after = apply_fixes(text, lint_text(text, filename=filename).all_findings)
        if not after.applied:
            return text
        text = after.text
    raise AssertionError("fixing does not come to an end")


@given(fixable())
def test_fixing_comes_to_an_end_and_then_changes_nothing(case: tuple[str, str]) -> None:
    text, filename = case
    once = settled(text, filename)
    assert settled(once, filename) == once
    offered = lint_text(once, filename=filename).all_findings
    assert not [one for one in offered if one.fix is not None and one.fix.safe]


@given(fixable())
def test_a_safe_fix_takes_no_example_and_no_sentence_away(case: tuple[str, str]) -> None:
    text, filename = case
    before, after = lint_text(text, filename=filename), lint_text(settled(text, filename), filename=filename)
    assert len(after.specs) == len(before.specs)
    for one, other in zip(before.specs, after.specs, strict=True):
        assert one.spec.signature == other.spec.signature
        assert len(other.spec.examples) >= len(one.spec.examples)
        assert other.richness.verifiable >= one.richness.verifiable


@given(fixable())
def test_the_line_ends_of_a_text_stay_of_one_kind(case: tuple[str, str]) -> None:
    text, filename = case
    newline = "\r\n" if "\r\n" in text else "\r" if "\r" in text else "\n"
    after = settled(text, filename)
    assert after.replace(newline, "").isprintable() or not text.replace(newline, "").isprintable()


@pytest.mark.parametrize("rule", [rule for rule in ALL_RULES if rule.fixable == "safe"], ids=lambda rule: rule.code)
def test_a_rule_that_says_it_is_fixable_mends_its_own_bad_spec(rule: Rule) -> None:
    bad, code = rule.bad, rule.code
    findings = [one for one in lint_text(bad).all_findings if one.code == code]
    assert any(one.fix is not None and one.fix.safe for one in findings)
    assert code not in {one.code for one in lint_text(settled(bad, "a.py")).all_findings}
