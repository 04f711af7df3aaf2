"""The rules of comparison, on values that went through a report."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sandbox import compare
from core.sandbox.child.encode import encode
from core.sandbox.child.text import cut, safe
from core.sandbox.judge import alike, verdict, wanted_exception

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary()
hashable = st.none() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(hashable, inner) | st.sets(hashable),
    max_leaves=20,
)


def reported(value: Any) -> Any:
    """``value`` as the supervisor gets it."""
    return compare.decode(json.loads(json.dumps(encode(value))))


@given(values)
def test_every_built_in_value_survives_a_report(value: Any) -> None:
    assert compare.same(reported(value), reported(value))


@given(values.filter(lambda value: "nan" not in repr(value) and "inf" not in repr(value)))
def test_a_value_equals_its_own_literal(value: Any) -> None:
    literal = compare.literal(repr(value))
    if repr(value) != "set()" and "set()" not in repr(value):
        assert literal is not None
        assert compare.same(reported(value), literal[0])


@given(st.integers() | st.floats(allow_nan=False), st.integers() | st.floats(allow_nan=False))
def test_numbers_compare_as_in_python_but_for_the_last_digits_of_floats(left: float, right: float) -> None:
    expected = left == right
    if isinstance(left, float) or isinstance(right, float):
        try:
            expected = expected or math.isclose(left, right, rel_tol=1e-9)
        except OverflowError:
            expected = False
    assert compare.same(reported(left), reported(right)) is expected


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (True, 1, False),
        ({1: True}, {1: 1}, False),
        ([True], [1], False),
        (1, 1.0, True),
        (1, 1 + 0j, True),
        (10**400, 1e308, False),
        (0.1 + 0.2, 0.3, True),
        ({0.1 + 0.2}, {0.3}, True),
        ({0.1 + 0.2: [1]}, {0.3: [1]}, True),
        ({1: "a"}, {1.0: "a"}, True),
        (float("nan"), float("nan"), True),
        (float("inf"), float("-inf"), False),
        ({1, 2}, frozenset({2, 1}), True),
        ({}, set(), False),
        ([], (), False),
        (b"a", "a", False),
        ({(1, 2.5): 1}, {(1, 2.5): 1}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        (None, 0, False),
    ],
)
def test_same(left: Any, right: Any, equal: bool) -> None:
    assert compare.same(reported(left), reported(right)) is equal
    assert compare.same(reported(right), reported(left)) is equal


class WithState:
    def __init__(self, x: int) -> None:
        self.x = x


def test_objects_without_a_repr_are_equal_by_class_and_attributes() -> None:
    assert compare.same(reported(WithState(1)), reported(WithState(1)))
    assert not compare.same(reported(WithState(1)), reported(WithState(2)))
    assert not compare.same(reported(object()), reported(object()))


def test_too_large_or_circular_values_cannot_be_compared() -> None:
    circle: list[Any] = []
    circle.append(circle)
    for value in (circle, list(range(100_000)), "x" * 1_000_000, 1 << 10_000_000):
        assert encode(value) == ["..."]
        with pytest.raises(compare.Unreadable):
            compare.decode(encode(value))


@pytest.mark.parametrize("form", [[], ["?"], ["i", 5], ["l", 5], ["d", [[1]]], {}, "x", ["o", 1, 2, 3]])
def test_a_malformed_report_is_refused(form: Any) -> None:
    with pytest.raises(compare.Unreadable):
        compare.decode(form)


@pytest.mark.parametrize(
    "text", ["(" * 5_000, "-" * 15_000 + "1", "[" * 19_000, "1" * 19_000, "x", "\0", "'\ud800", ""]
)
def test_hostile_literals_are_no_literals(text: str) -> None:
    assert compare.literal(text) is None


@pytest.mark.parametrize(
    ("want", "expected"),
    [
        ("raises ValueError", ("ValueError", None)),
        ("raises decimal.InvalidOperation: bad", ("InvalidOperation", "bad")),
        ("Traceback (most recent call last):\n    ...\nValueError: a\n  b", ("ValueError", "a\n  b")),
        ("Traceback (most recent call last):\n...\nKeyError: 'x'", ("KeyError", "'x'")),
        ("Traceback (most recent call last):\n  File", None),
        ("raised", None),
    ],
)
def test_wanted_exceptions(want: str, expected: tuple[str, str | None] | None) -> None:
    assert wanted_exception(want) == expected


@pytest.mark.parametrize(
    ("want", "got", "equal"),
    [
        ("[1,  2]", "[1, 2]\n", True),
        ("a...z", "abcz", True),
        ("a\n<BLANKLINE>\nb", "a\n\nb", True),
        ("a", "b", False),
        ("", "", True),
    ],
)
def test_texts_compare_as_in_doctest(want: str, got: str, equal: bool) -> None:
    assert alike(want, got) is equal


def test_a_case_without_anything_to_compare_with_is_an_error() -> None:
    assert verdict("value", None, {"repr": "1", "value": ["i", "1"]})["outcome"] == "error"


@given(st.text())
def test_safe_text_has_no_control_characters(text: str) -> None:
    shown = safe(text)
    assert shown.encode().decode() == shown
    assert all(character.isprintable() or character in "\n\t " or character.isspace() for character in shown)
    assert len(cut(shown)) <= 2_000
