"""The rules about examples: what they find, and what only looks like it."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule, select
from analyzers.rules.model import LintFinding


def found(code: str, text: str, filename: str | None = None) -> list[LintFinding]:
    """The findings of one rule."""
    return [one for one in lint_text(text, filename=filename).all_findings if one.code == code]


def stub(lines: str, header: str = "def total(xs: list[int]) -> int:") -> str:
    """A stub whose docstring holds ``lines``, indented."""
    body = "\n".join(f"    {line}" if line else "" for line in lines.split("\n"))
    return f'{header}\n    """Add up the numbers.\n\n{body}\n    """\n'


@pytest.mark.parametrize("code", [rule.code for rule in select(["EX"])])
def test_each_rule_finds_its_own_bad_spec_and_not_its_good_one(code: str) -> None:
    rule = find_rule(code)
    assert found(code, rule.bad)
    assert not found(code, rule.good)


NO_EXAMPLE = [
    stub("The result is an int."),
    stub("Examples follow in the next version."),
    stub("total(xs) returns the sum."),
    stub("Example: a list of three numbers gives their sum."),
    stub(">>> from math import fsum"),
    stub("total(a, b) -> c", "def total(a, b, c):"),
    stub("is_happy(aa) => False", "def is_happy(s: str) -> bool:"),
    stub(">>> total([1, 2"),
    "Write a function total(xs) that adds up the numbers.",
    "# total\n\nWrite `total(xs: list[int]) -> int`.\n\n- `xs`: the numbers\n",
    "# total\n\n```python\ndef total(xs):\n    ...\n```\n\nReturns the sum.\n",
    "def total(xs):\n    # add up the numbers\n    pass\n",
    "total(xs) should work like sum(xs).",
    "",
]
AN_EXAMPLE = [
    stub(">>> total([1, 2])\n3"),
    stub("total([1, 2]) -> 3"),
    stub("total([1, 2]) should return 3."),
    stub("For example, total([]) == 0."),
    stub(">>> total(None)\nTraceback (most recent call last):\n    ...\nTypeError: no list"),
    stub("assert total([1]) == 1"),
    stub("total(None) raises TypeError"),
    "def total(xs):\n    ...\n\nassert total([1, 2]) == 3\n",
    "Write a function to add up the numbers.\nassert total([1, 2]) == 3",
    "# total\n\nWrite `total(xs)`.\n\n| call | result |\n| --- | --- |\n| `total([1, 2])` | `3` |\n",
    "# total\n\n```python\n>>> total([1, 2])\n3\n```\n\nWrite `total(xs)`.\n",
    "# total\n\nWrite `total(xs)`; `total([2, 2])` returns `4`.\n",
]


@pytest.mark.parametrize("text", NO_EXAMPLE)
def test_a_spec_without_an_example_that_can_be_run_is_found(text: str) -> None:
    assert len(found("EX101", text)) == 1


@pytest.mark.parametrize("text", AN_EXAMPLE)
def test_an_example_in_any_form_is_an_example(text: str) -> None:
    assert not found("EX101", text)


def test_examples_that_cannot_be_run_are_counted_as_such() -> None:
    (one,) = found("EX101", stub("is_happy(a) => False\nis_happy(b) => True", "def is_happy(s: str) -> bool:"))
    assert one.message == "2 examples are written here, but none can be run."


@pytest.mark.parametrize("text", AN_EXAMPLE)
def test_a_single_example_is_found_in_any_form(text: str) -> None:
    assert len(found("EX102", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *NO_EXAMPLE[:3],
        stub(">>> total([1, 2])\n3\n>>> total([])\n0"),
        stub("total([1, 2]) -> 3\ntotal([]) -> 0"),
        stub(">>> total([1, 2])\n3\n\ntotal([]) should return 0."),
        stub(">>> total([1, 2])\n3\n>>> total(None)\nTraceback (most recent call last):\n    ...\nTypeError: no list"),
        stub(">>> total([1, 2])\n3\n>>> total(range(3)) == total([0, 1, 2])\nTrue"),
        stub("assert total([1]) == 1\nassert total([]) == 0"),
        "def total(xs):\n    ...\n\nassert total([1, 2]) == 3\nassert total([1, 2]) > 2\n",
        "# total\n\n| call | result |\n| --- | --- |\n| `total([1])` | `1` |\n| `total([])` | `0` |\n\n`total(xs)`\n",
        "# total\n\nWrite `total(xs)`; `total([2, 2])` returns `4`, and `total([])` returns `0`.\n",
        "Write a function.\nassert total([1, 2]) == 3\nassert total([5]) == 5",
    ],
)
def test_two_examples_are_not_one(text: str) -> None:
    assert not found("EX102", text)


@pytest.mark.parametrize(
    "text",
    [stub(">>> total([1, 2])\n3\n>>> total([1,2])\n3"), stub("total([1]) -> 1\ntotal([1]) == 1")],
)
def test_an_example_given_twice_is_one(text: str) -> None:
    assert len(found("EX102", text)) == 1


PRIME = "def is_prime(n: int) -> bool:"


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (PRIME, ">>> is_prime(7)\nTrue\n>>> is_prime(11)\nTrue"),
        (PRIME, "is_prime(4) -> False\nis_prime(9) -> False\nis_prime(1) -> False"),
        (PRIME, "is_prime(7) should return True.\nis_prime(3) should return True."),
        (PRIME, "assert is_prime(7)\nassert is_prime(5)"),
        (PRIME, "assert not is_prime(8)\nassert not is_prime(9)"),
        (PRIME, ">>> is_prime(7)\nTrue\n>>> is_prime(n=11)\nTrue"),
        ("def total(xs: list[int]) -> int:", "total([3]) == 3\ntotal([1, 2]) == 3"),
        ("def find(xs, x):", "find([1], 2) -> -1\nfind([], 2) -> -1"),
        ("def words(text: str) -> list[str]:", ">>> words('')\n[]\n>>> words('  ')\n[]"),
        ("def check(n):", "check(0) raises ValueError\ncheck(-1) raises ValueError"),
        ("def ratio(a: float, b: float) -> float:", "ratio(1, 2) -> 0.5\nratio(2, 4) -> 0.5"),
        ("def name(code: str) -> str:", "name('a') => 'x'\nname('b') => \"x\""),
    ],
)
def test_examples_that_a_constant_passes_are_found(header: str, lines: str) -> None:
    assert len(found("EX103", stub(lines, header))) == 1


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (PRIME, ">>> is_prime(7)\nTrue\n>>> is_prime(8)\nFalse"),
        (PRIME, ">>> is_prime(7)\nTrue"),
        (PRIME, ">>> is_prime(7)\nTrue\n>>> is_prime(7)\nTrue"),
        (PRIME, "is_prime(7) -> True\nis_prime(-1) raises ValueError"),
        (PRIME, "assert is_prime(7)\nassert not is_prime(8)"),
        (PRIME, "assert is_prime(7)\nassert is_prime(5) != is_prime(6)"),
        ("def log(text: str) -> None:", ">>> log('a')\n>>> log('b')"),
        ("def reset(xs: list) -> 'None':", ">>> reset([1]) is None\nTrue\n>>> reset([]) is None\nTrue"),
        ("def total(xs: list[int]) -> int:", "total([]) == 0\ntotal([1]) == 1"),
        ("def mean(xs: list[float]) -> float:", "mean([1]) -> 1\nmean([2]) -> 2"),
        ("def of(x):", ">>> of([1])\n[1]\n>>> of((1,))\n(1,)"),
        ("class Stack:", ">>> Stack()\n<Stack>\n>>> Stack(1)\n<Stack>"),
    ],
)
def test_examples_whose_outcomes_differ_or_say_nothing_are_left_alone(header: str, lines: str) -> None:
    assert not found("EX103", stub(lines, header))


@pytest.mark.parametrize(
    ("header", "lines", "edge"),
    [
        (
            "def total(xs: list[int]) -> int:",
            "total([1, 2]) -> 3\ntotal([4, 5]) -> 9",
            "an empty or one-item collection",
        ),
        ("def vowels(text: str) -> int:", ">>> vowels('Anna')\n2", "an empty text"),
        ("def fact(n: int) -> int:", ">>> fact(5)\n120\n>>> fact(3)\n6", "the smallest number allowed"),
        ("def add(a, b):", "add(2, 3) should return 5.", "the smallest number allowed"),
        (
            "def swap(d: dict[str, int]) -> dict[int, str]:",
            ">>> swap({'a': 1, 'b': 2})\n{1: 'a', 2: 'b'}",
            "an empty dictionary",
        ),
        ("def joined(xs: list[str], by: str) -> str:", "joined(['a', 'b'], ', ') -> 'a, b'", "an empty text"),
        ("def gcd(a: int, b: int) -> int:", "gcd(3, 5) == 1\ngcd(25, 15) == 5", "the smallest number allowed"),
        ("def overlap(a: tuple, b: tuple) -> bool:", "overlap((1, 3), (2, 4)) == True", "the smallest numbers allowed"),
        (
            "def keep(xs: list[int], strict: bool) -> list[int]:",
            "keep([1, 2], True) -> [1]",
            "an empty or one-item collection",
        ),
        ("def area(r: float) -> float:", "area(2.5) -> 19.63", "the smallest number allowed"),
        ("def rows(m: list[list[int]]) -> int:", "rows([[1, 2], [3, 4]]) -> 2", "an empty or one-item collection"),
    ],
)
def test_examples_without_an_edge_are_found_and_the_edge_is_named(header: str, lines: str, edge: str) -> None:
    (one,) = found("EX104", stub(lines, header))
    assert edge in one.message


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("def total(xs: list[int]) -> int:", "total([1, 2]) -> 3\ntotal([]) -> 0"),
        ("def total(xs: list[int]) -> int:", "total([7]) -> 7"),
        ("def vowels(text: str) -> int:", ">>> vowels('')\n0"),
        ("def vowels(text: str) -> int:", ">>> vowels('a')\n1"),
        ("def fact(n: int) -> int:", ">>> fact(5)\n120\n>>> fact(0)\n1"),
        ("def fact(n: int) -> int:", ">>> fact(1)\n1\n>>> fact(5)\n120"),
        ("def add(a, b):", "add(2, -3) should return -1."),
        ("def fact(n: int) -> int:", "fact(5) -> 120\nfact(3.5) raises TypeError"),
        ("def either(a: bool, b: bool) -> bool:", "either(True, False) -> True"),
        ("def wind(side: Literal['n', 's']) -> int:", ">>> wind('north')\n0"),
        ("def of(x: int | None) -> int:", ">>> of(None)\n0"),
        ("def rows(m: list[list[int]]) -> int:", "rows([[1, 2], []]) -> 2"),
        ("def overlap(a: tuple, b: tuple) -> bool:", "overlap((-1, 1), (2, 4)) == False"),
        ("def total(xs: list[int]) -> int:", "Adds up."),
        ("def total(xs: Iterable[int]) -> int:", ">>> total(range(2, 5))\n9"),
        ("def now() -> int:", ">>> now()\n12"),
        ("def words(xs: list[str]) -> int:", "words(['ab', '']) -> 1"),
    ],
)
def test_an_edge_among_the_examples_is_seen(header: str, lines: str) -> None:
    assert not found("EX104", stub(lines, header))
