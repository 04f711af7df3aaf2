"""Comparing what models and specs wrote, without executing any of it."""

import pytest

from analyzers.expectations import contradicts_annotation, raised_name, same_expectation, same_expression
from analyzers.pysource import parse_expression


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("[1, 2]", "[1,2]"),
        ("'a'", '"a"'),
        ("{1: 'x', 2: 'y'}", "{2: 'y', 1: 'x'}"),
        ("0.30000000000000004", "0.3"),
        ("2", "2.0"),
        ("raises ValueError", "raises ValueError: not a number"),
        ("raises ValueError", "raises `builtins.ValueError`"),
        ("Point(1, 2)", "Point(1,2)"),
        ("{1, 2}", "{2, 1}"),
    ],
)
def test_equal_expectations(left: str, right: str) -> None:
    assert same_expectation(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("True", "1"),
        ("[1, 2]", "(1, 2)"),
        ("[True]", "[1]"),
        ("raises ValueError", "None"),
        ("raises ValueError", "raises KeyError"),
        ("0.1", "0.2"),
        ("'1'", "1"),
        ("", ""),
        ("1 +", "1 +"),
        ("Point(1, 2)", "Point(2, 1)"),
    ],
)
def test_different_or_unreadable_expectations(left: str, right: str) -> None:
    assert not same_expectation(left, right)


def test_the_same_call_in_another_layout() -> None:
    assert same_expression("f( [1,2], key = 'a' )", 'f([1, 2], key="a")')
    assert not same_expression("f(1)", "f(2)")


@pytest.mark.parametrize("hostile", ["(" * 5000, "9" * 5000 + "()", "\0", "x" * 100_000, "-" * 10_000 + "1", "𝟙𝟚("])
def test_hostile_source_is_no_expression_or_is_harmless(hostile: str) -> None:
    parse_expression(hostile)
    assert not same_expectation(hostile, "1")


def test_the_name_of_a_raised_exception() -> None:
    assert raised_name("raises ValueError") == "ValueError"
    assert raised_name("Raises json.JSONDecodeError: bad") == "JSONDecodeError"
    assert raised_name("ValueError") is None
    assert raised_name("'raises ValueError'") is None


@pytest.mark.parametrize(
    ("value", "annotation", "contradicts"),
    [
        ("None", "list[int]", True),
        ("'1'", "int", True),
        ("[1]", "str", True),
        ("1.5", "int", True),
        ("'x'", "int | None", True),
        ("1", "float", False),
        ("True", "int", False),
        ("None", "int | None", False),
        ("None", "Optional[int]", False),
        ("['a']", "list[int]", False),
        ("1", "Sequence[int]", False),
        ("x", "int", False),
        ("1", None, False),
        ("None", "'list[int]'", True),
    ],
)
def test_only_a_certain_contradiction_of_types_counts(value: str, annotation: str | None, contradicts: bool) -> None:
    assert contradicts_annotation(value, annotation) is contradicts
