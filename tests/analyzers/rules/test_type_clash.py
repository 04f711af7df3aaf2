"""TC702: a value in an example that cannot be of the type that the signature states."""

import pytest

from tests.analyzers.rules.test_consistency import found, stub

CLASHES = {
    "a list where text is due": (stub("initials(name: str) -> str", ">>> initials('ada l')", "['A', 'L']"), "a list"),
    "text for a number": (stub("double(value: int) -> int", ">>> double('2')", "4"), "Argument value of double"),
    "a number for text": (stub("shout(text: str) -> str", ">>> shout(3)", "'3!'"), "where the signature says str"),
    "a float where an int is due": (stub("half(value: int) -> int", ">>> half(3)", "1.5"), "a float"),
    "an element of a list": (
        stub("total(values: list[int]) -> int", ">>> total([1, '2'])", "3"),
        "holds '2' (a string)",
    ),
    "an element of the result": (
        stub("split(text: str) -> list[str]", ">>> split('1 2')", "[1, 2]"),
        "holds 1 (an int)",
    ),
    "a key of a dictionary": (
        stub("count(text: str) -> dict[str, int]", ">>> count('a')", "{1: 'a'}"),
        "where the signature says str",
    ),
    "None where a value is due": (stub("first(items: list[int]) -> int", ">>> first([])", "None"), "None"),
    "a tuple of another length": (
        stub("extremes(values: list[int]) -> tuple[int, int]", ">>> extremes([1, 2])", "(1, 2, 3)"),
        "where the signature says tuple[int, int]",
    ),
    "a bool for a number": (stub("count(values: list[int]) -> int", ">>> count([1])", "True"), "a bool"),
    "neither side of a union": (
        stub("parse(text: str) -> int | None", ">>> parse('1')", "'1'"),
        "where the signature says int | None",
    ),
    "an old spelling of a union": (
        "from typing import Optional\n\n\n" + stub("parse(text: str) -> Optional[int]", ">>> parse('1')", "[1]"),
        "a list",
    ),
    "a literal that is not listed": (
        "from typing import Literal\n\n\n"
        + stub("sign(value: int) -> Literal['+', '-']", ">>> sign(0)", "'0'"),
        "a string",
    ),
    "a keyword argument": (stub("pad(text: str, width: int) -> str", ">>> pad('a', width='3')", "'a  '"), "width"),
    "parentheses that make no tuple": (
        "def between(low: str, high: str):\n"
        '    """Return a tuple of the planets between two others.\n\n    between("Earth", "Mercury") ==> ("Venus")\n'
        '    """\n',
        "parentheses alone do not make one",
    ),
    "an assert in prose": (
        "Write `join_words(words: list[str]) -> str`, which joins words by blanks.\n\n"
        "assert join_words('a b') == 'a b'\n",
        "where the signature says list[str]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CLASHES)
def test_a_value_of_another_type_is_an_error(case: str) -> None:
    text, says = CLASHES[case]
    messages = found(text, "TC702")
    assert len(messages) == 1, messages
    assert says in messages[0]


FITTING = {
    "an int where a float is due": stub("half(value: float) -> float", ">>> half(4)", "2"),
    "True for a number that is passed": stub("add(left: int, right: int) -> int", ">>> add(True, 1)", "2"),
    "a tuple for any sequence": (
        "from collections.abc import Sequence\n\n\n"
        + stub("total(values: Sequence[int]) -> int", ">>> total((1, 2))", "3", ">>> total([1, 2])", "3")
    ),
    "a type of the user's own": (
        "from shapes import Point\n\n\n" + stub("mirror(point: Point) -> Point", ">>> mirror((1, 2))", "(-1, -2)")
    ),
    "a name that the spec gives a meaning of its own": (
        "str = bytes\n\n\n" + stub("shout(text: str) -> str", ">>> shout(b'a')", "b'A'")
    ),
    "an example of a failure": stub(
        "double(value: int) -> int", ">>> double('2')", "Traceback (most recent call last):", "    ...",
        "TypeError: a number is needed",
    ),
    "None for a default of None": stub("pad(text: str, fill: str = None) -> str", ">>> pad('a', None)", "'a '"),
    "either side of a union": stub(
        "parse(text: str) -> int | None", ">>> parse('1')", "1", ">>> parse('x')", ">>> parse('') is None", "True"
    ),
    "what a function prints": stub("show(value: int) -> None", ">>> show(3)", "3"),
    "a list that is changed in place": (
        'def tidy(values: list[int]) -> None:\n    """Sort values in place.\n\n    tidy([2, 1]) -> [1, 2]\n    """\n'
    ),
    "tuples of any length": stub(
        "merge(*parts: tuple[int, ...]) -> tuple[int, ...]", ">>> merge((1, 2), (3,))", "(1, 2, 3)"
    ),
    "a type variable": (
        "from typing import TypeVar\n\nT = TypeVar('T')\n\n\n"
        + stub("first(items: list[T]) -> T", ">>> first([1, 'a'])", "1")
    ),
    "any value at all": (
        "from typing import Any\n\n\n" + stub("freeze(value: Any) -> object", ">>> freeze([1])", "(1,)")
    ),
    "an abridged result": stub("spread(count: int) -> list[int]", ">>> spread(9)", "[0, 1, ...]"),
    "parentheses around a number": (
        'def add(left: int, right: int) -> int:\n    """Add two numbers.\n\n    add(1, 2) => (3)\n    """\n'
    ),
    "an annotation in quotes": stub("total(values: 'list[int]') -> 'int'", ">>> total([1])", "1"),
    "a set for a frozen set": stub("join(parts: frozenset[int]) -> int", ">>> join({1, 2})", "3"),
    "a dictionary for a mapping": (
        "from collections.abc import Mapping\n\n\n"
        + stub("size(table: Mapping[str, int]) -> int", ">>> size({'a': 1})", "1")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FITTING)
def test_a_value_that_may_be_of_the_type_is_no_finding(case: str) -> None:
    assert found(FITTING[case], "TC702") == []
