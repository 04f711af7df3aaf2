"""What counts as a stated constraint, edge case or failure, and that a row of keywords does not."""

import pytest

from analyzers.coverage import CONSTRAINTS, constraint_kinds, edge_statements
from analyzers.parse import parse_spec
from analyzers.subject import Subject

HEADER = "def solve(items: list[int], n: int) -> list[int]:\n"


def stub(*sentences: str) -> Subject:
    body = "\n".join(f"    {sentence}" for sentence in sentences)
    return Subject(parse_spec(f'{HEADER}    """Pick from the items.\n\n{body}\n    """\n'))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("n is at least 1.", "range"),
        ("n: positive integer", "range"),
        ("Constraints: 1 <= n <= 10000", "range"),
        ("items has exactly n elements.", "size"),
        ("The result is in ascending order.", "order"),
        ("If several items are equal, return the first one.", "ties"),
        ("The result is rounded to two decimal places.", "precision"),
        ("Return the words without regard to case, so upper-case letters are equal to lower-case ones.", "text"),
        ("items may hold duplicates.", "duplicates"),
        ("n is a zero-based position.", "base"),
        ("Return a new list.", "mutation"),
        ("Each string in items is in the form yyyy-mm-dd.", "format"),
    ],
)
def test_a_constraint_said_of_a_parameter_or_the_result_counts(sentence: str, kind: str) -> None:
    assert kind in constraint_kinds(stub(sentence))


def test_every_kind_has_a_case() -> None:
    assert set(CONSTRAINTS) == {
        "range", "size", "order", "ties", "precision", "text", "duplicates", "base", "mutation", "format",
    }  # fmt: skip


STUFFED = [
    "sorted ascending ties stable precision rounded range positive empty duplicates unique case-sensitive whitespace "
    "inclusive zero-based raises ValueError invalid in place format",
    "Ascending, descending, sorted, unique, rounded, inclusive, empty, zero, error, exception, invalid, stable.",
    "The ascending ties precision range duplicates inclusive whitespace empty invalid ValueError of items and n",
    "keywords: empty, none, zero, invalid, error, raises, exception",
    "Keep it positive at all times.",
]


@pytest.mark.parametrize("line", STUFFED)
def test_a_row_of_keywords_states_nothing(line: str) -> None:
    bare, stuffed = stub("Read on."), stub("Read on.", "", line)
    assert constraint_kinds(stuffed) == constraint_kinds(bare)
    assert edge_statements(stuffed) == edge_statements(bare)


@pytest.mark.parametrize(
    ("sentence", "states"),
    [
        ("If items is empty, return an empty list.", (True, False)),
        ("Return an empty list when there are no such items.", (True, False)),
        ("items is non-empty.", (True, False)),
        ("If n is 0 the result is empty.", (True, False)),
        ("Raise ValueError if n is negative.", (False, True)),
        ("You may assume that n is valid.", (False, True)),
        ("Return None if n is not found in items.", (True, True)),
        ("Return the n largest of the items.", (False, False)),
        ("Count the errors in items.", (False, False)),
    ],
)
def test_edge_cases_and_failures_are_told_apart(sentence: str, states: tuple[bool, bool]) -> None:
    assert edge_statements(stub(sentence)) == states


def test_an_example_that_raises_states_the_failure() -> None:
    text = (
        HEADER
        + '    """Pick.\n\n    >>> solve([], -1)\n    Traceback (most recent call last):\n    ValueError: n\n    """\n'
    )
    assert edge_statements(Subject(parse_spec(text))) == (False, True)


def test_nothing_is_stated_by_an_empty_text() -> None:
    subject = Subject(parse_spec(""))
    assert constraint_kinds(subject) == frozenset()
    assert edge_statements(subject) == (False, False)
