"""Ranges, order and ties, precision: what is reported, and the look-alikes that are not."""

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


NO_RANGE = {
    "n-th of a sequence": stub("fib(n: int) -> int", "Return the n-th Fibonacci number."),
    "factors": stub("factorize(n: int) -> list[int]", "Return the prime factors of n, smallest first."),
    "prime": stub("is_prime(n: int) -> bool", "Return True if n is a prime number."),
    "digits": stub("digit_sum(number: int) -> int", "Return the sum of the digits of number."),
    "first n": stub("head(xs: list[int], n: int) -> list[int]", "Return the first n elements of xs."),
    "chunks": stub("chunks(xs: list[int], size: int) -> list[list[int]]", "Split xs into chunks of size elements."),
    "rotation": stub("rotate(xs: list[int], k: int) -> list[int]", "Rotate xs to the right by k steps."),
    "markdown": "# Factorial\n\n`factorial(n: int) -> int`\n\nReturn the factorial of n.\n",
    "prose": "def divisors(n: int) -> list[int]\n\nReturn the divisors of n in ascending order.\n",
    "sentence and assertion": "Write a function to find the nth hexagonal number.\nassert hexagonal_num(10) == 190\n",
    "k largest": "Write a function to find the k largest numbers of a list.\nassert top([1, 5, 3], 2) == [5, 3]\n",
    "roman": stub("to_roman(number: int) -> str", "Write number in Roman numerals."),
    "two numbers": stub("gcd(a: int, b: int) -> int", "Return the greatest common divisor of a and b."),
}
RANGE = {
    "at least": stub("fib(n: int) -> int", "Return the n-th Fibonacci number, where n is at least 1."),
    "positive": stub("fib(n: int) -> int", "Return the n-th Fibonacci number. n is a positive integer."),
    "natural": stub("fib(n: int) -> int", "Given a natural number n, return the n-th Fibonacci number."),
    "comparison": stub("fib(n: int) -> int", "Return the n-th Fibonacci number.", "", "Constraints: 1 <= n <= 90"),
    "example with zero": stub("fib(n: int) -> int", "Return the n-th Fibonacci number.", "", ">>> fib(0)", "0"),
    "negative raises": stub(
        "factorial(n: int) -> int", "Return the factorial of n. If n is negative, raise ValueError."
    ),
    "plain number": stub("add(x: int, y: int) -> int", "Return the sum of x and y."),
    "not a number": stub("first(xs: list[int]) -> int", "Return the first prime in xs."),
    "a float": stub("root(x: float) -> float", "Return the square root of x, rounded to 3 places."),
    "another parameter": stub("pick(n: int, x: int, y: int) -> int", "Return x if n >= 2 is prime, and y otherwise."),
    "swap": "Write a function that returns the second number and then the first.\nassert swap(10, 20) == (20, 10)\n",
    "from to": stub("month_name(month: int) -> str", "Return the name of month, a number from 1 to 12."),
    "searched value": "Find the first occurrence of a number in a list.\nassert find([2, 5], 5) == 1\n",
    "markdown": "# Factorial\n\n`factorial(n: int) -> int`\n\nReturn the factorial of the non-negative integer n.\n",
}


@pytest.mark.parametrize("text", NO_RANGE.values(), ids=NO_RANGE)
def test_a_count_without_a_range_is_reported(text: str) -> None:
    (message,) = hits("CN301", text)
    assert "is 0 allowed" in message


@pytest.mark.parametrize("text", RANGE.values(), ids=RANGE)
def test_a_stated_shown_or_needless_range_is_not_asked_for(text: str) -> None:
    assert hits("CN301", text) == []


def test_only_the_parameter_that_the_word_belongs_to_is_named() -> None:
    text = stub("pick(n: int, x: int, y: int) -> int", "Return x if n is a prime number, and y otherwise.")
    assert hits("CN301", text) == ["Nothing says which values `n` may take: is 0 allowed, or a negative number?"]


def test_two_parameters_of_which_the_same_is_said_are_one_finding() -> None:
    assert "`a` and `b`" in hits("CN301", NO_RANGE["two numbers"])[0]


NO_ORDER = {
    "key without ties": stub(
        "rank(names: list[str]) -> list[str]", "Return the names sorted by length, longest first."
    ),
    "no direction": stub("tidy(xs: list[int]) -> list[int]", "Return the elements of xs sorted."),
    "in sorted order": stub("tidy(xs: list[int]) -> list[int]", "Return the elements of xs in sorted order."),
    "based on": stub("rank(xs: list[str]) -> list[str]", "Sort the list in ascending order based on word count."),
    "longest word": stub("longest(text: str) -> str", "Return the longest word of text."),
    "most common": stub("mode(words: list[str]) -> str", "Return the most common word in words."),
    "closest": stub("near(xs: list[int], x: int) -> int", "Return the element of xs that is the closest number to x."),
    "markdown": "# Rank\n\n`rank(rows: list[dict]) -> list[dict]`\n\nReturn the rows sorted by score, highest first.\n",
    "prose": "def rank(people: list[dict]) -> list[dict]\n\nOrder the people by age in descending order.\n",
    "sentence and assertion": (
        "Write a function to sort a list of tuples using the second value of each tuple.\n"
        "assert marks([('a', 88), ('b', 90), ('c', 97)]) == [('a', 88), ('b', 90), ('c', 97)]\n"
    ),
    "with the largest": (
        "Write a function to find the item with maximum frequency in a list.\nassert top([2, 3, 2]) == 2\n"
    ),
    "having": "Find the sublist having minimum length.\nassert find([[1], [1, 2], [1, 2, 3]]) == [1]\n",
}
ORDER = {
    "stable": stub(
        "rank(names: list[str]) -> list[str]",
        "Return the names sorted by length, shortest first; ties keep",
        "their order.",
    ),
    "then by": stub("rank(names: list[str]) -> list[str]", "Sort names by length in ascending order, then by name."),
    "direction": stub("tidy(xs: list[int]) -> list[int]", "Return the elements of xs in ascending order."),
    "shown": stub("tidy(xs: list[int]) -> list[int]", "Return xs sorted.", "", ">>> tidy([3, 1, 2])", "[1, 2, 3]"),
    "sorted input": stub("find(xs: list[int], x: int) -> bool", "Given a sorted list xs, tell whether x is in it."),
    "a check": stub("is_sorted(xs: list[int]) -> bool", "Tell whether the elements of xs are sorted."),
    "in order to": stub("pad(text: str, n: int) -> str", "Add spaces to text in order to reach n characters."),
    "length of": stub("span(words: list[str]) -> int", "Return the length of the longest word in words."),
    "first of them": stub("longest(text: str) -> str", "Return the longest word of text, the first one of several."),
    "disjoint": stub(
        "merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]",
        "Merge spans that overlap; the result is sorted by start,",
        "smallest first.",
    ),
    "alphabetical": "# Names\n\n`names(xs: list[str]) -> list[str]`\n\nReturn the names in alphabetical order.\n",
    "by an algorithm": "Write a function to sort a list by merge sort.\nassert f([3, 1, 2]) == [1, 2, 3]\n",
    "characters by code": stub(
        "tidy(s: str) -> str", "Return the characters of s arranged in ascending order based on ascii value."
    ),
    "nearest integer": stub(
        "mean(n: int, m: int) -> str", "Round the average of n and m to the nearest integer, as a string."
    ),
    "separated by": stub(
        "words(s: str) -> list[str]",
        "Return the ordered list of the words of s, which are separated by commas,",
        "in ascending order.",
    ),
}


@pytest.mark.parametrize("text", NO_ORDER.values(), ids=NO_ORDER)
def test_an_open_direction_or_tie_is_reported(text: str) -> None:
    assert len(hits("CN302", text)) in (1, 2)


@pytest.mark.parametrize("text", ORDER.values(), ids=ORDER)
def test_a_settled_order_is_not_asked_for(text: str) -> None:
    assert hits("CN302", text) == []


def test_the_key_is_named_in_the_message() -> None:
    assert hits("CN302", NO_ORDER["key without ties"])[0].startswith("The order goes by length")


NO_PRECISION = {
    "average": stub("mean(xs: list[float]) -> float", "Return the average of xs."),
    "mean": stub("mean(xs: list[float]) -> float", "The arithmetic mean of the values in xs."),
    "square root": stub("root(x: float) -> float", "Return the square root of x."),
    "area": stub("area(r: float) -> float", "Return the area of a circle with radius r."),
    "percentage": stub("share(part: int, whole: int) -> float", "Return the percentage that part is of whole."),
    "division": stub("divide(a: int, b: int) -> float", "Return the result of dividing a by b."),
    "celsius": stub("convert(f: float) -> float", "Convert the number f from Fahrenheit to Celsius."),
    "markdown": "# Distance\n\n`distance(p: tuple, q: tuple) -> float`\n\nReturn the distance between p and q.\n",
    "prose": "def deviation(xs: list[float]) -> float\n\nReturn the standard deviation of xs.\n",
    "sentence and assertion": (
        "Write a function to find the volume of a cone.\nassert volume(5, 12) == 314.1592653589793\n"
    ),
    "interest": stub("interest(p: float, r: float, t: int) -> float", "Return the compound interest on p at rate r."),
}
PRECISION = {
    "rounded": stub("mean(xs: list[float]) -> float", "Return the average of xs, rounded to 2 decimal places."),
    "tolerance": stub("mean(xs: list[float]) -> float", "Return the average of xs, with a tolerance of 1e-6."),
    "picked": stub("largest(xs: list[float]) -> float", "Return the largest of xs."),
    "integer": stub("mean(xs: list[int]) -> int", "Return the average of xs."),
    "floor": stub("mean(xs: list[int]) -> float", "Return the floor of the average of xs."),
    "unrounded": stub("mean(xs: list[float]) -> float", "Return the average of xs; the result is not rounded."),
    "mean of two": stub("mid(xs: list[float]) -> float", "The middle one of xs, or the mean of the two middle ones."),
    "text result": stub("show(xs: list[float]) -> str", "Return the average of xs as text."),
    "bool result": stub("above(xs: list[float], x: float) -> bool", "Tell whether the average of xs is above x."),
    "markdown": "# Area\n\n`area(r: float) -> float`\n\nReturn the area of a circle, rounded to 3 decimal places.\n",
    "exact": stub("half(x: int) -> float", "Return exactly half of x: x divided by 2."),
}


@pytest.mark.parametrize("text", NO_PRECISION.values(), ids=NO_PRECISION)
def test_a_computed_float_without_precision_is_reported(text: str) -> None:
    assert len(hits("CN303", text)) == 1


@pytest.mark.parametrize("text", PRECISION.values(), ids=PRECISION)
def test_a_float_that_is_picked_or_rounded_is_not_reported(text: str) -> None:
    assert hits("CN303", text) == []


@pytest.mark.parametrize("code", ["CN301", "CN302", "CN303", "CN304", "CN305", "CN306"])
def test_a_rule_fires_on_its_own_bad_spec_and_not_on_its_good_one(code: str) -> None:
    rule = find_rule(code)
    assert hits(code, rule.bad)
    assert hits(code, rule.good) == []
