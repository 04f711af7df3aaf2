"""Empty and zero input, and conditions without an otherwise: what is reported, and the look-alikes that are not."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule


def hits(code: str, text: str) -> list[str]:
    """The messages of a rule on a spec; a stub is told by its header, Markdown by its heading."""
    name = "spec.py" if text.startswith(("def ", "class ")) else "spec.md" if text.startswith("#") else "spec.txt"
    return [f.message for f in lint_text(text, filename=name, selection=[find_rule(code)]).all_findings]


def stub(header: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {header}:\n    """{body.strip()}\n    """\n'


OPEN_EMPTY = {
    "largest": stub("top(xs: list[int]) -> int", "Return the largest element of xs."),
    "average": stub("mean(xs: list[float]) -> float", "Return the average of xs."),
    "median": stub("median(xs: list[int]) -> float", "Compute the median of the numbers in xs."),
    "first": stub("head(xs: list[str]) -> str", "Return the first element of xs."),
    "last": stub("tail(text: str) -> str", "Return the last character of text."),
    "longest": stub("longest(words: list[str]) -> str", "Find the longest of the words; the first one of several."),
    "most common": stub("mode(text: str) -> str", "Return the most common letter in text."),
    "mapping": stub("best(scores: dict[str, int]) -> str", "Return the key with the highest value in scores."),
    "examples without it": stub("top(xs: list[int]) -> int", "Return the largest of xs.", "", ">>> top([1, 3])", "3"),
    "markdown": "# Smallest\n\n`smallest(xs: list[int]) -> int`\n\nReturn the smallest number in xs.\n",
    "prose": "def low(xs: list[int]) -> int\n\nReturn the minimum of xs.\n",
    "sentence and assertion": "Write a function to find the maximum value in a list.\nassert f([1, 5]) == 5\n",
    "zero": stub("count(n: int) -> int", "n is a non-negative integer. Return the number of digits of n."),
    "zero divisors": stub("count(n: int) -> int", "Return the number of divisors of the non-negative integer n."),
}
SETTLED_EMPTY = {
    "sentence": stub("top(xs: list[int]) -> int", "Return the largest element of xs, 0 if xs is empty."),
    "non-empty": stub("top(xs: list[int]) -> int", "Return the largest element of the non-empty list xs."),
    "at least one": stub("top(xs: list[int]) -> int", "xs has at least one element. Return the largest element of xs."),
    "example": stub("top(xs: list[int]) -> int", "Return the largest element of xs.", "", ">>> top([])", "0"),
    "sum": stub("total(xs: list[int]) -> int", "Return the sum of the elements of xs."),
    "filter": stub("evens(xs: list[int]) -> list[int]", "Return a new list of the even elements of xs."),
    "length": stub("longest(words: list[str]) -> int", "Return the length of the longest of the words."),
    "number only": stub("larger(a: int, b: int) -> int", "Return the larger of a and b."),
    "largest factor": stub("factor(n: int) -> int", "Return the largest prime factor of n, which is at least 2."),
    "pair": stub("top(pair: tuple[int, int]) -> int", "Return the larger of the two, the maximum of pair."),
    "cumulative": stub(
        "running(xs: list[int]) -> list[int]", "Return a list of the maximum so far at each place of xs."
    ),
    "minimum number": stub("changes(text: str) -> int", "Return the minimum number of changes that make text even."),
    "zero stated": stub("count(n: int) -> int", "Return the number of digits of the non-negative n; 0 has one digit."),
    "zero shown": stub(
        "count(n: int) -> int", "Return the number of digits of the non-negative n.", "", ">>> count(0)", "1"
    ),
    "first that": stub(
        "repeated(words: list[str]) -> str | None",
        "Return the first of words that has occurred before, or None if all of them are distinct.",
    ),
    "without the first": stub("rest(text: str) -> str", "Return text without the first character."),
    "markdown": (
        "# Smallest\n\n`low(xs: list[int]) -> int`\n\nReturn the minimum of xs. An empty list raises ValueError.\n"
    ),
}


@pytest.mark.parametrize("text", OPEN_EMPTY.values(), ids=OPEN_EMPTY)
def test_an_empty_or_zero_input_without_an_obvious_result_is_reported(text: str) -> None:
    assert len(hits("EE401", text)) == 1


@pytest.mark.parametrize("text", SETTLED_EMPTY.values(), ids=SETTLED_EMPTY)
def test_an_empty_input_that_is_covered_or_obvious_is_not_reported(text: str) -> None:
    assert hits("EE401", text) == []


def test_the_message_names_the_parameter() -> None:
    assert "if `xs` has no elements" in hits("EE401", OPEN_EMPTY["largest"])[0]


OPEN_CONDITION = {
    "one condition": stub("fizz(n: int) -> str", 'If n is divisible by 3, return "fizz".'),
    "two conditions": stub(
        "fizz(n: int) -> str", 'Return "fizz" if n is divisible by 3. Return "buzz" if it is divisible by 5.'
    ),
    "grades": stub(
        "grade(score: int) -> str", 'Grade a score. Return "A" if score is above 90 and "B" if it is above 80.'
    ),
    "when": stub("step(n: int) -> int", "When n is a multiple of 10, return 1."),
    "given": stub("sign(n: int) -> int", "Given an integer n, return 1 if n is a square."),
    "classify": stub(
        "kind(a: int, b: int, c: int) -> str", 'Classify a triangle. If all sides are equal, return "equilateral".'
    ),
    "computed": stub("collatz(n: int) -> int", "If n is even, return n // 2."),
    "for": stub("price(age: int) -> int", "Determine the price. Return 5 for children, if age is below 12."),
    "markdown": "# Level\n\n`level(x: int) -> str`\n\nReturn `low` if x is below 10.\n",
    "prose": 'def level(x: int) -> str\n\nIf x is below 10, return "low".\n',
    "shown only there": stub(
        "fizz(n: int) -> str", 'If n is divisible by 3, return "fizz".', "", ">>> fizz(9)", "'fizz'"
    ),
    "the function returns": stub("step(n: int) -> int", "The function returns 1 if n is a multiple of 10."),
}
SETTLED_CONDITION = {
    "otherwise": stub("fizz(n: int) -> str", 'If n is divisible by 3, return "fizz", otherwise an empty string.'),
    "true if": stub("is_even(n: int) -> bool", "Return True if n is divisible by 2."),
    "untyped true if": stub("is_even(n)", "Return True if n is divisible by 2."),
    "whether": stub("is_even(n)", "Return whether n is even, 1 if it is."),
    "special case": stub("top(xs: list[int]) -> int", "Return the largest of xs. If xs is empty, return 0."),
    "special case first": stub("top(xs: list[int]) -> int", "If xs is empty, return 0. Return the largest of xs."),
    "even and odd": stub("collatz(n: int) -> int", "If n is even, return n // 2. If n is odd, return 3 * n + 1."),
    "comparison": stub(
        "cmp(a: int, b: int) -> int", "Return 1 if a is greater than b, -1 if a is less, 0 if they are equal."
    ),
    "example": stub("fizz(n: int) -> str", 'If n is divisible by 3, return "fizz".', "", ">>> fizz(4)", "''"),
    "imperative": stub("clean(text: str) -> str", 'Remove the spaces of text. If text is "x", return "y".'),
    "unchanged": stub("cut(text: str) -> str", 'If text is "x", return "y". Any other text is returned unchanged.'),
    "raises": stub("step(n: int) -> int", "If n is a multiple of 10, return 1. Anything else raises ValueError."),
    "yes and no": stub("good(s: str) -> str", "Return 'yes' if s is a word and 'no' if it is not."),
    "assumed": stub("step(n: int) -> int", "If n is a multiple of 10, return 1. You may assume that it is."),
    "markdown": "# Largest\n\n`top(xs: list[int]) -> int`\n\nFind the largest number. Return 0 if the list is empty.\n",
}


@pytest.mark.parametrize("text", OPEN_CONDITION.values(), ids=OPEN_CONDITION)
def test_results_for_some_conditions_only_are_reported(text: str) -> None:
    assert len(hits("EE403", text)) == 1


@pytest.mark.parametrize("text", SETTLED_CONDITION.values(), ids=SETTLED_CONDITION)
def test_a_condition_beside_a_general_rule_or_an_otherwise_is_not_reported(text: str) -> None:
    assert hits("EE403", text) == []


@pytest.mark.parametrize("code", ["EE401", "EE402", "EE403", "EE404"])
def test_a_rule_fires_on_its_own_bad_spec_and_not_on_its_good_one(code: str) -> None:
    rule = find_rule(code)
    assert hits(code, rule.bad)
    assert hits(code, rule.good) == []
