"""Signatures, types and names: what is reported, and the specs that say it in another way."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule


def hits(code: str, text: str) -> list[str]:
    name = "spec.py" if text.startswith(("def ", "class ")) else "spec.md" if text.startswith("#") else "spec.txt"
    return [f.message for f in lint_text(text, filename=name, selection=[find_rule(code)]).all_findings]


def stub(header: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {header}:\n    """{body.strip()}\n    """\n'


REPORTED = {
    "IF201": (
        "Write a function that counts the vowels in a text.\n",
        "Write a function named count_vowels that counts vowels.\n",
        "Count the vowels.\nassert count_vowels('Anna') == 2\n",
        "Write a python function to reverse a string.\nassert reverse('ab') == 'ba'\n",
        "# Count vowels\n\nReturns the number of vowels in a text.\n",
        "# Median\n\nThe median of a list of numbers.\n\n- `median([1, 2, 3])` returns 2\n",
        "The program adds two numbers.\n",
        "Implement the class Stack with push and pop.\n",
        "parse_date turns a text into a date.\n",
        "Write a function to find the sum of a list. The function should be called total.\n",
    ),
    "IF202": (
        stub("share(total: float, people) -> float", "Divide total equally among people."),
        stub("total(xs: list, ys: list[int]) -> int", "Add the sum of xs to that of ys."),
        stub("merge(left, right) -> dict[str, int]", "Merge left into right."),
        stub("lookup(table: dict, key: str) -> str", "Return the entry of key in table."),
        stub("pick(xs: tuple, index: int) -> str", "Return the entry of xs at index."),
        stub("join(parts: Iterable, by: str) -> str", "Join parts by the separator."),
        stub("scale(factor, xs: list[float]) -> list[float]", "Multiply each of xs by factor."),
        stub("common(a: set, b: set[int]) -> int", "Count what a and b share."),
        stub("send(message: str, targets) -> int", "Send message to the targets; return how many got it."),
        stub("area(width: float, height) -> float", "Return the area of the rectangle."),
    ),
    "IF203": (
        stub("share(total: float, people: int)", "Divide total equally among people."),
        stub("merge(a: list[int], b: list[int])", "Merge the two lists."),
        stub("measure(text: str)", "Measure the text."),
        stub("combine(a: list[int], b: list[int]) -> list", "Combine the two."),
        stub("lookup(key: str) -> dict", "Look up the key."),
        stub("process(order: str)", "Process the order and apply the discount."),
        stub("check(a: int, b: int)", "Compare a with b."),
        stub("weigh(parts: list[float])", "Weigh the parts."),
        stub("split(a: str, b: str) -> tuple", "Split a at b."),
        "# Share\n\n`def share(total: float, people: int):`\n\nDivide total among people.\n",
    ),
    "IF204": tuple(
        stub(f"{name}(text: str) -> int", "Count the vowels in text.")
        for name in ("f", "fn", "foo", "solve", "solution", "process", "func", "do_it", "main", "helper", "g")
    ),
    "IF205": (
        stub("trim(text: str, strict: bool) -> str", "Remove blanks at the end of text."),
        stub("shorten(text: str, limit: int) -> str", "Make the text shorter."),
        stub("find(words: list[str], key: str, start: int) -> int", "Find key among the words."),
        stub("pay(amount: float, rate: float, fee: float) -> float", "Multiply amount by rate."),
        stub("read(path: str, encoding: str) -> str", "Return the content of the file at path."),
        stub("sort(xs: list[int], flag: bool) -> list[int]", "Return xs in ascending order."),
        stub("scale(xs: list[float], k: float, base: int) -> list[float]", "Multiply each of xs by k."),
        stub("join(parts: list[str], glue: str, tail: str) -> str", "Join the parts with glue."),
        stub("book(day: str, seats: int, vip: bool) -> bool", "Book seats on day. Return whether that worked."),
        stub("grow(xs: list[int], mode: bool) -> list[int]", "Return a new list with each of xs doubled."),
    ),
}
SILENT = {
    "IF201": (
        stub("count_vowels(text: str) -> int", "Count the vowels in text."),
        "Write a function `count_vowels(text: str) -> int` that counts the vowels in a text.\n",
        "def count_vowels(text): return the number of vowels in text\n",
        "# Count\n\n```python\ndef count_vowels(text: str) -> int: ...\n```\n\nThe number of vowels.\n",
        "# `count_vowels(text: str) -> int`\n\nThe number of vowels.\n",
        "count_vowels(text: str) -> int\n\nReturns the number of vowels.\n",
        'class Stack:\n    """A stack with push and pop."""\n    def __init__(self) -> None: ...\n',
        stub("now() -> str", "Return the time as HH:MM."),
        stub("add(a, b)", "Return the sum of a and b."),
        "Write `def add(a: int, b: int) -> int`, which returns the sum of a and b.\n",
    ),
    "IF202": (
        stub("share(total: float, people: list[str]) -> float", "Divide total equally among people."),
        stub("total(xs) -> int", "Given a list of integers, return its sum."),
        stub("total(xs: list, n: int) -> int", "xs is a list of integers. Return the sum of its first n."),
        stub("cut(text, limit) -> str", "Cut the string text to limit characters; limit is an integer."),
        stub("scale(xs: list[float], factor=1.0) -> list[float]", "Multiply each of xs by factor."),
        stub("join(parts: list[str], *more) -> str", "Join parts and more."),
        stub("call(name: str, **options) -> str", "Call name with options."),
        stub("mean(xs: list[float]) -> float", "Return the mean of xs."),
        stub("pick(key: str, table: dict[str, int]) -> int", "Return the entry of key."),
        stub("either(x: int | None, y: float | str) -> bool", "Return whether one of the two is given."),
    ),
    "IF203": (
        stub("share(total: float, people: int) -> float", "Divide total equally among people."),
        stub("share(total: float, people: int)", "Return a float: the share of each."),
        stub("share(total: float, people: int)", "Divide.", "", ">>> share(4.0, 2)", "2.0"),
        stub("is_even(n: int)", "Check whether n is even."),
        stub("show(text: str)", "Print the text."),
        stub("sort(xs: list[int])", "Sort xs in place."),
        stub("names(xs: list[int]) -> list", "Returns a list of strings, one for each of xs."),
        stub("log(text: str) -> None", "Append text to the log."),
        'class Stack:\n    """A stack with push and pop."""\n',
        "Write a function to find the sum of a list.\nassert total([1, 2]) == 3\n",
    ),
    "IF204": tuple(
        stub(f"{name}(text: str) -> int", "Count the vowels in text.")
        for name in (
            *("count_vowels", "vowels", "gcd", "lcm", "solve_sudoku", "process_payment", "main_diagonal", "is_ok"),
            *("calculate_area", "do_overlap", "fib"),
        )
    ),
    "IF205": (
        stub("trim(text: str, strict: bool) -> str", "Remove blanks from text, with strict all of them."),
        stub("count(text: str) -> int", "Count the vowels."),
        stub("add(a: int, b: int) -> int", "Return the sum of the two numbers."),
        stub("cut(text: str, max_len: int) -> str", "Cut the text to the maximum length."),
        stub("find(xs: list[int], target: int) -> bool", "Return whether the number is in the list."),
        stub("join(words: list[str], sep: str) -> str", "Join the words with the separator."),
        stub("log(text: str, *rest: str) -> str", "Return text in upper case."),
        stub("call(name: str, _unused: int) -> str", "Return name in upper case."),
        stub("larger(first: int, second: int) -> int", "Return the larger of both integers."),
        stub("power(base: int, exponent: int) -> int", "Raise base to exponent."),
    ),
}


@pytest.mark.parametrize(("code", "text"), [(code, each) for code in REPORTED for each in REPORTED[code]])
def test_what_the_interface_leaves_out_is_reported(code: str, text: str) -> None:
    assert hits(code, text)


@pytest.mark.parametrize(("code", "text"), [(code, each) for code in SILENT for each in SILENT[code]])
def test_an_interface_that_is_stated_in_any_way_is_left_alone(code: str, text: str) -> None:
    assert hits(code, text) == []


def test_the_parameter_is_named_and_pointed_at() -> None:
    text = stub("share(total: float, people) -> float", "Divide total equally among people.")
    (finding,) = lint_text(text, filename="spec.py", selection=[find_rule("IF202")]).all_findings
    assert "`people`" in finding.message
    assert text[finding.span.start : finding.span.end] == "people"
    assert text.count("\n", 0, finding.span.start) == 0
