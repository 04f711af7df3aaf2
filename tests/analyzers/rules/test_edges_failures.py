"""Failure, and in place or anew: what is reported, and the look-alikes that are not."""

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


CAN_FAIL = {
    "parse": stub("seconds(text: str) -> int", "Parse a duration such as 1h30m into seconds."),
    "convert": stub("number(text: str) -> int", "Convert the Roman numeral in text to an integer."),
    "decode": stub("decode(text: str) -> list[int]", "Decode text, a row of hexadecimal bytes."),
    "expression": stub("calc(text: str) -> float", "Evaluate the expression in text and return the result."),
    "divide": stub("ratio(a: float, b: float) -> float", "Return the result of dividing a by b."),
    "quotient": stub("quotient(a: int, b: int) -> int", "Return the quotient of a and b."),
    "modulo": stub("mod(n: int, p: int) -> int", "Return 2 to the power of n modulo p."),
    "lookup": stub(
        "price(prices: dict[str, int], name: str) -> int", "Look up the name in prices and return its price."
    ),
    "key": stub("get(table: dict[str, int], key: str) -> int", "Return the value for the key in table."),
    "index of": stub("find(xs: list[int], x: int) -> int", "Return the zero-based index of x in xs."),
    "k-th": stub("kth(xs: list[int], k: int) -> int", "Return the k-th element of xs."),
    "second largest": stub("second(xs: list[int]) -> int", "Return the second largest element of xs."),
    "first that": stub("first(xs: list[int]) -> int", "Return the first even number in xs."),
    "markdown": "# Repeat\n\n`repeated(text: str) -> str`\n\nReturn the first repeated character of text.\n",
    "prose": "def find(text: str, word: str) -> int\n\nReturn the position of word in text, counted from 1.\n",
    "sentence and assertion": "Find the kth element of an array.\nassert kth([5, 6, 7], 2) == 6\n",
}
COVERED = {
    "raises": stub("seconds(text: str) -> int", "Parse a duration such as 1h30m; anything else raises ValueError."),
    "shown": stub(
        "seconds(text: str) -> int",
        "Parse a duration such as 1h30m into seconds.",
        "",
        ">>> seconds('x')",
        "Traceback (most recent call last):",
        "    ...",
        "ValueError: x",
    ),
    "validator": stub("is_date(text: str) -> bool", "Parse text as a date and tell whether that works."),
    "assumed": stub(
        "number(text: str) -> int", "Convert the Roman numeral in text, which is always valid, to a number."
    ),
    "optional": stub("get(table: dict[str, int], key: str) -> int | None", "Return the value for the key in table."),
    "default": stub(
        "get(table: dict[str, int], key: str, default: int) -> int", "Return the value for the key in table."
    ),
    "divide by two": stub("half(x: float, y: float) -> float", "Return the sum of x and y divided by 2."),
    "nonzero": stub("ratio(a: float, b: float) -> float", "Return the result of dividing a by b, which is non-zero."),
    "split": stub("halves(xs: list[int], n: int, m: int) -> list[list[int]]", "Divide the list by its middle."),
    "divisible": stub("fits(a: int, b: int) -> bool", "Tell whether a is divisible by b."),
    "minus one": stub("find(xs: list[int], x: int) -> int", "Return the index of x in xs, or -1."),
    "largest's index": stub("argmax(xs: list[int]) -> int", "Return the index of the largest element of xs."),
    "count": stub("same(xs: list[int], ys: list[int]) -> int", "Count the items in the same position of xs and ys."),
    "every n-th": stub("pick(xs: list[int], n: int) -> list[int]", "Return every n-th element of xs."),
    "n-th of a sequence": stub("fib(n: int) -> int", "Return the n-th Fibonacci number."),
    "to characters": stub("chars(text: str) -> list[str]", "Convert text to a list of characters."),
    "shown None": stub(
        "first(s: str) -> str",
        "Return the first repeated character of s.",
        "",
        ">>> first('ab')",
        ">>> first('aa')",
        "'a'",
        ">>> print(first('x'))",
        "None",
    ),
    "markdown": "# Find\n\n`find(xs: list[int], x: int) -> int`\n\nReturn the index of x in xs. x is always in xs.\n",
}


@pytest.mark.parametrize("text", CAN_FAIL.values(), ids=CAN_FAIL)
def test_a_function_that_can_fail_without_a_rule_is_reported(text: str) -> None:
    assert len(hits("EE402", text)) == 1


@pytest.mark.parametrize("text", COVERED.values(), ids=COVERED)
def test_a_function_that_cannot_fail_or_says_how_is_not_reported(text: str) -> None:
    assert hits("EE402", text) == []


OPEN_CHANGE = {
    "sort": stub("tidy(xs: list[int]) -> list[int]", "Sort xs in ascending order."),
    "reverse": stub("turn(xs: list[str]) -> list[str]", "Reverse the list xs."),
    "remove": stub("drop(xs: list[int], x: int) -> list[int]", "Remove every x from xs."),
    "duplicates": stub("dedupe(xs: list[int]) -> list[int]", "Remove the duplicates from xs and keep the order."),
    "rotate": stub("rotate(xs: list[int], k: int) -> list[int]", "Rotate the list to the right by k places."),
    "insert": stub("add(xs: list[int], x: int) -> list[int]", "Insert x into the sorted list xs."),
    "dictionary": stub(
        "clean(d: dict[str, str]) -> dict[str, str]", "Remove the entries of d whose value has no letters."
    ),
    "set": stub("grow(s: set[int], x: int) -> set[int]", "Add x to the set s."),
    "update": stub("merge(d: dict[str, int], e: dict[str, int]) -> dict[str, int]", "Update d with the entries of e."),
    "markdown": "# Move\n\n`move(xs: list[int]) -> list[int]`\n\nMove all zeros of the list to its end.\n",
    "prose": "def swap(xs: list[int]) -> list[int]\n\nSwap the first and the last element of xs.\n",
    "sentence and assertion": "Write a function to sort a list of elements.\nassert f([2, 1, 3]) == [1, 2, 3]\n",
}
SETTLED_CHANGE = {
    "in place": stub("tidy(xs: list[int]) -> list[int]", "Sort xs in place and give it back."),
    "new": stub("tidy(xs: list[int]) -> list[int]", "Sort xs into a new list."),
    "returns a list": stub(
        "tidy(xs: list[int]) -> list[int]", "Sort the numbers of xs; returns a list in ascending order."
    ),
    "unchanged": stub("turn(xs: list[int]) -> list[int]", "Reverse the list xs, which is left unchanged."),
    "not modified": stub("turn(xs: list[int]) -> list[int]", "Reverse the list. xs must not be modified."),
    "returns None": stub("turn(xs: list[int]) -> None", "Reverse the list xs."),
    "a string": stub("turn(text: str) -> str", "Reverse text."),
    "a tuple": stub("turn(xs: tuple[int, ...]) -> tuple[int, ...]", "Reverse the tuple xs."),
    "another kind": stub("join(xs: list[str]) -> str", "Sort the list xs and join it with commas."),
    "sums": stub("total(xs: list[int]) -> int", "Add the numbers of xs up."),
    "adds up": stub("pairs(xs: list[int], k: int) -> list[list[int]]", "The pairs of xs that add up to k."),
    "reads only": stub("evens(xs: list[int]) -> list[int]", "The even elements of xs in their original order."),
    "sequence": stub("tidy(xs: Sequence[int]) -> list[int]", "Sort xs in ascending order."),
    "markdown": "# Sort\n\n`tidy(xs: list[int]) -> list[int]`\n\nSort the list. The result is a new list.\n",
}


@pytest.mark.parametrize("text", OPEN_CHANGE.values(), ids=OPEN_CHANGE)
def test_a_change_that_may_be_in_place_or_anew_is_reported(text: str) -> None:
    assert len(hits("EE404", text)) == 1


@pytest.mark.parametrize("text", SETTLED_CHANGE.values(), ids=SETTLED_CHANGE)
def test_a_change_that_is_settled_or_none_is_not_reported(text: str) -> None:
    assert hits("EE404", text) == []
