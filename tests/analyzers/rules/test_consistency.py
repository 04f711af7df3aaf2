"""TC701 and TC703: calls that do not fit the signature, and two results for one input."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule


def found(text: str, code: str) -> list[str]:
    """The messages of the rule's findings in ``text``."""
    report = lint_text(text, selection=[find_rule(code)])
    return [finding.message for finding in report.all_findings]


def stub(header: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f'def {header}:\n    """Work something out from what is given.\n\n{body}\n    """\n'


WRONG_CALLS = {
    "another name": (
        stub("total_price(items: list[float]) -> float", ">>> total_prices([1.0, 2.0])", "3.0"),
        "calls total_prices, and the spec defines total_price",
    ),
    "another name with an arrow": (
        "def letter_grade(points: int) -> str:\n"
        '    """The grade for points.\n\n    grade_letter(93) ==> "A"\n    """\n',
        "calls grade_letter",
    ),
    "too few arguments": (
        stub("clamp(value: int, low: int, high: int) -> int", ">>> clamp(12, 10)", "10"),
        "no high",
    ),
    "too many arguments": (stub("double(value: int) -> int", ">>> double(1, 2)", "3"), "1 positional argument"),
    "an unknown keyword": (
        stub("pad(text: str, width: int) -> str", ">>> pad('a', length=3)", "'a  '"),
        "no parameter length",
    ),
    "an argument given twice": (
        stub("pad(text: str, width: int) -> str", ">>> pad('a', 3, width=3)", "'a  '"),
        "twice",
    ),
    "a keyword-only parameter by position": (
        stub("pad(text: str, *, width: int) -> str", ">>> pad('a', 3)", "'a  '"),
        "1 positional argument",
    ),
    "a positional-only parameter by name": (
        stub("double(value: int, /) -> int", ">>> double(value=2)", "4"),
        "no parameter value",
    ),
    "an argument for a function of none": (stub("today() -> str", ">>> today('Monday')", "'Monday'"), "no positional"),
    "a missing keyword-only argument": (
        stub("scale(value: int, *, by: int) -> int", ">>> scale(2)", "4"),
        "no by",
    ),
    "an assert in prose": (
        "Write a function join_words(left: str, right: str) -> str that joins two words by a blank.\n\n"
        "assert join_words('a') == 'a'\n",
        "no right",
    ),
    "a list in Markdown": (
        "# swap\n\n```python\ndef swap(pair: tuple[int, int]) -> tuple[int, int]:\n    ...\n```\n\n"
        "Exchange the two.\n\n- `swap(1, 2)` -> `(2, 1)`\n",
        "1 positional argument",
    ),
}


@pytest.mark.parametrize("case", WRONG_CALLS)
def test_a_call_that_does_not_fit_the_signature_is_an_error(case: str) -> None:
    text, says = WRONG_CALLS[case]
    messages = found(text, "TC701")
    assert len(messages) == 1
    assert says in messages[0]


FITTING_CALLS = {
    "a default is left out": stub("pad(text: str, width: int = 3) -> str", ">>> pad('a')", "'a  '"),
    "any number of arguments": stub("total(*values: int) -> int", ">>> total(1, 2, 3)", "6", ">>> total()", "0"),
    "any keyword": stub("tag(name: str, **attributes: str) -> str", ">>> tag('a', href='b')", "'<a>'"),
    "keywords in another order": stub("power(base: int, exponent: int) -> int", ">>> power(exponent=3, base=2)", "8"),
    "that it raises TypeError": stub(
        "double(value: int) -> int", ">>> double()", "Traceback (most recent call last):", "    ...",
        "TypeError: missing",
    ),
    "arguments out of a list": stub("add(left: int, right: int) -> int", ">>> add(*[1, 2])", "3"),
    "arguments out of a dictionary": stub("add(left: int, right: int) -> int", ">>> add(1, **{'right': 2})", "3"),
    "self is filled in": (
        'class Stack:\n    """A stack.\n\n    >>> stack = Stack()\n    >>> stack.push(1)\n    >>> stack.pop()\n    1\n'
        '    """\n\n    def push(self, item: int) -> None: ...\n    def pop(self) -> int: ...\n'
    ),
    "a helper beside good examples": (
        "def encode(text: str) -> str:\n"
        '    """Encode text, so that decode(encode(text)) == text.\n\n'
        "    >>> encode('ab')\n    'bc'\n    >>> len(encode('ab'))\n    2\n    \"\"\"\n"
    ),
    "a helper with a similar name in the same file": (
        "def decode(text: str) -> str:\n    ...\n\n\ndef encode(text: str) -> str:\n"
        '    """Undo decode.\n\n    >>> encode("a")\n    "b"\n    >>> decode("b")\n    "a"\n    """\n'
    ),
    "overloads": (
        "from typing import overload\n\n\n@overload\ndef first(items: str) -> str: ...\n@overload\n"
        "def first(items: list[int], default: int) -> int: ...\ndef first(items, *rest):\n"
        '    """The first item.\n\n    >>> first(\'ab\')\n    \'a\'\n    >>> first([], 3)\n    3\n    """\n'
    ),
    "a decorator may change the parameters": (
        "@curry\ndef add(left: int, right: int) -> int:\n"
        '    """Add two numbers.\n\n    >>> add(1)(2)\n    3\n    >>> add(1)\n    4\n    """\n'
    ),
    "a name without a signature": (
        "Write a function to double a number.\n\nassert double(2) == 4\nassert double(2, 3) == 6\n"
    ),
    "prose that names another function": stub(
        "mean(values: list[float]) -> float", "Unlike median([1, 2, 9]), it is drawn by outliers.", "",
        ">>> mean([1.0, 3.0])", "2.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FITTING_CALLS)
def test_a_call_that_fits_is_no_finding(case: str) -> None:
    assert found(FITTING_CALLS[case], "TC701") == []


CONTRADICTIONS = {
    "two doctests": (stub("count(text: str) -> int", ">>> count('ab')", "2", ">>> count('ab')", "3"), "gives 3 here"),
    "a keyword": (
        stub("count(text: str) -> int", ">>> count('ab')", "2", ">>> count(text='ab')", "3"),
        "count(text='ab')",
    ),
    "other quotes and blanks": (
        stub("count(text: str, part: str) -> int", ">>> count('ab', 'b')", "1", '>>> count( "ab","b" )', "2"),
        "gives 2 here",
    ),
    "a default written out": (
        stub("pad(text: str, width: int = 3) -> str", ">>> pad('a')", "'a  '", ">>> pad('a', 3)", "'a'"),
        "pad('a', 3)",
    ),
    "asserts in prose": (
        "Write a function to count the vowels of a word.\n\nassert vowels('banana') == 3\n"
        "assert vowels('banana') == 2\n",
        "vowels('banana')",
    ),
    "arrows": (
        'def area(side: int) -> int:\n    """The area of a square.\n\n    area(2) -> 4\n    area(2) -> 8\n    """\n',
        "area(2)",
    ),
    "a doctest and an arrow": (
        'def area(side: int) -> int:\n    """The area of a square: area(2) -> 8\n\n    >>> area(2)\n    4\n    """\n',
        "area(2)",
    ),
    "a table": (
        "# area\n\nWrite `area(side)`.\n\n| call | result |\n| --- | --- |\n| area(2) | 4 |\n| area(2) | 5 |\n",
        "area(2)",
    ),
    "a value and an exception": (
        stub(
            "root(value: int) -> int", ">>> root(-1)", "0", ">>> root(-1)", "Traceback (most recent call last):",
            "    ...", "ValueError: negative",
        ),
        "root(-1)",
    ),
    "two exceptions": (
        "Write `root(value: int) -> int`.\n\n`root(-1)` raises ValueError\n\nassert root(4) == 2\n\n"
        "| call | result |\n| --- | --- |\n| root(-1) | raises KeyError |\n| root(-1) | raises ValueError |\n",
        "root(-1)",
    ),
    "a bool and a number": (
        stub("is_even(value: int)", ">>> is_even(2)", "True", ">>> is_even(2)", "False"),
        "is_even(2)",
    ),
    "sets in another order": (
        stub("size(items: set[int]) -> int", ">>> size({1, 2})", "2", ">>> size({2, 1})", "1"),
        "size({2, 1})",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_one_input_with_two_results_is_an_error(case: str) -> None:
    text, says = CONTRADICTIONS[case]
    messages = found(text, "TC703")
    assert len(messages) == 1, messages
    assert says in messages[0]


CONSISTENT = {
    "the same example twice": stub("count(text: str) -> int", ">>> count('ab')", "2", ">>> count('ab')", "2"),
    "the same result written differently": stub(
        "split(text: str) -> list[str]", ">>> split('a b')", "['a', 'b']", '>>> split("a b")', '["a","b"]'
    ),
    "an int and the float it equals": stub("half(value: int) -> float", ">>> half(4)", "2.0", ">>> half(4)", "2"),
    "a result with fewer decimals": (
        "Write `root(value: float) -> float`.\n\nassert root(2.0) == 1.4142135623730951\n\n- `root(2.0)` -> `1.41`\n"
    ),
    "1, 1.0 and True are three inputs": stub(
        "kind(value: object) -> str", ">>> kind(1)", "'int'", ">>> kind(1.0)", "'float'", ">>> kind(True)", "'bool'"
    ),
    "a list and a tuple": stub("kind(value: object) -> str", ">>> kind([1])", "'list'", ">>> kind((1,))", "'tuple'"),
    "dictionaries in another order": stub(
        "first_key(table: dict[str, int]) -> str",
        ">>> first_key({'a': 1, 'b': 2})", "'a'", ">>> first_key({'b': 2, 'a': 1})", "'b'",
    ),
    "chance": (
        'def roll(sides: int) -> int:\n    """Roll a die at random.\n\n    >>> roll(6)\n    4\n    >>> roll(6)\n    2\n'
        '    """\n'
    ),
    "memory of earlier calls": (
        'def visit(name: str) -> int:\n    """Count how often name was given so far.\n\n    >>> visit(\'ann\')\n    1\n'
        "    >>> visit('ann')\n    2\n    \"\"\"\n"
    ),
    "a statement between two doctests": stub(
        "limit(value: int) -> int", ">>> limit(9)", "5", ">>> settings['most'] = 7", ">>> limit(9)", "7"
    ),
    "several right answers": (
        "Write `pick(values: list[int]) -> int`, which returns any of values that is even; multiple answers may be "
        "right.\n\nassert pick([2, 4]) == 2\nassert pick([2, 4]) == 4\n"
    ),
    "an exception and its base class": (
        "Write `look_up(key: str) -> int`.\n\n| call | result |\n| --- | --- |\n| look_up('x') | raises KeyError |\n"
        "| look_up('x') | raises LookupError |\n"
    ),
    "before and after a fix": (
        "Write `area(side: int) -> int`, the area of a square.\n\nBefore the fix, area(2) -> 8.\n\n- area(2) -> 4\n"
    ),
    "another default written out": stub(
        "pad(text: str, width: int = 3) -> str", ">>> pad('a')", "'a  '", ">>> pad('a', 2)", "'a '"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONSISTENT)
def test_results_that_can_all_be_right_are_no_finding(case: str) -> None:
    assert found(CONSISTENT[case], "TC703") == []


def test_the_second_example_is_marked_and_the_first_one_named_by_its_line() -> None:
    text = stub("count(text: str) -> int", ">>> count('ab')", "2", ">>> count('ab')", "3")
    (finding,) = lint_text(text, selection=[find_rule("TC703")]).all_findings
    assert finding.message == "count('ab') gives 3 here and 2 on line 4."
    assert text[finding.span.start : finding.span.end].startswith(">>> count('ab')\n    3")


@pytest.mark.parametrize("code", ["TC701", "TC702", "TC703", "TC704"])
def test_a_rule_finds_its_bad_example_and_passes_its_good_one(code: str) -> None:
    rule = find_rule(code)
    assert len(found(rule.bad, code)) == 1
    assert found(rule.good, code) == []


def test_each_spec_of_a_long_file_has_its_own_slip() -> None:
    slip = stub("total_price(items: list[float]) -> float", ">>> total_prices([1.0, 2.0])", "3.0")
    assert len(found(slip * 400, "TC701")) == 400
