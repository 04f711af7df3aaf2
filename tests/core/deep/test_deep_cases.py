"""TC705 and TC706 case by case: what drafts show to be false or open, and the look-alikes that they do not."""

import pytest

from analyzers.parse import parse_spec
from analyzers.subject import Subject
from core.deep.check import deep_findings
from core.deep.drafts import Draft

Case = tuple[str, tuple[str, ...]]


def stub(header: str, says: str, *examples: str) -> str:
    """A stub whose examples are written "call -> result"."""
    shown = [f"    >>> {call}\n    {want}\n" for call, want in (example.split(" -> ") for example in examples)]
    return f'def {header}:\n    """{says}\n\n{"".join(shown)}    """\n'


def one(header: str, *bodies: str) -> tuple[str, ...]:
    """Drafts of one line each."""
    return tuple(f"def {header}:\n    {body}\n" for body in bodies)


async def found(code: str, case: Case) -> list[str]:
    text, drafts = case
    written = [Draft(draft, f"draft {number}") for number, draft in enumerate(drafts, start=1)]
    result = await deep_findings(Subject(parse_spec(text)), written, {code})
    return [finding.code for finding in result.findings]


AREA = "area(side: int) -> int"
FALSE_EXAMPLE: dict[str, Case] = {
    "a square": (
        stub(AREA, "The area of a square.", "area(2) -> 4", "area(3) -> 6"),
        one("area(side)", "return side * side", "return side ** 2"),
    ),
    "a sum": (
        stub("total(xs: list[int]) -> int", "Add up xs.", "total([1, 2]) -> 3", "total([4, 5]) -> 8"),
        one("total(xs)", "return sum(xs)", "return sum(x for x in xs)"),
    ),
    "a text": (
        stub("backwards(text: str) -> str", "Reverse text.", "backwards('ab') -> 'ba'", "backwards('abc') -> 'acb'"),
        one("backwards(text)", "return text[::-1]", "return ''.join(reversed(text))"),
    ),
    "a truth value": (
        stub("even(n: int) -> bool", "Whether n is even.", "even(2) -> True", "even(7) -> True"),
        one("even(n)", "return n % 2 == 0", "return not n & 1"),
    ),
    "a list": (
        stub(
            "doubled(xs: list[int]) -> list[int]",
            "Double each of xs.",
            "doubled([1]) -> [2]",
            "doubled([1, 3]) -> [2, 3]",
        ),
        one("doubled(xs)", "return [2 * x for x in xs]", "return [x + x for x in xs]"),
    ),
    "a dictionary": (
        stub(
            "counts(text: str) -> dict[str, int]",
            "How often each character occurs.",
            "counts('a') -> {'a': 1}",
            "counts('aab') -> {'a': 1, 'b': 1}",
        ),
        one("counts(text)", "return {c: text.count(c) for c in text}", "return {c: text.count(c) for c in set(text)}"),
    ),
    "a float": (
        stub("half(n: int) -> float", "Half of n.", "half(4) -> 2.0", "half(5) -> 2.0"),
        one("half(n)", "return n / 2", "return n * 0.5"),
    ),
    "the only example": (
        stub("last(xs: list[int]) -> int", "The last of xs, which is not empty.", "last([1, 2, 3]) -> 2"),
        one("last(xs)", "return xs[-1]", "return xs[len(xs) - 1]"),
    ),
    "an assert": (
        "Write `area(side: int) -> int` of a square.\n\nassert area(2) == 4\nassert area(3) == 6\n",
        one("area(side)", "return side * side", "return side ** 2"),
    ),
    "an arrow": (
        "Write `area(side: int) -> int` of a square.\n\narea(2) -> 4\n\narea(3) -> 6\n",
        one("area(side)", "return side * side", "return side ** 2"),
    ),
    "three drafts that pass none": (
        stub(AREA, "The area of a square.", "area(2) -> 5", "area(3) -> 6"),
        one("area(side)", "return side * side", "return side ** 2", "return sum([side] * side)"),
    ),
}
TRUE_EXAMPLE: dict[str, Case] = {
    "right": (
        stub(AREA, "The area of a square.", "area(2) -> 4", "area(3) -> 9"),
        one("area(side)", "return side * side", "return side ** 2"),
    ),
    "one draft passes": (
        stub(AREA, "The size of a square.", "area(2) -> 4", "area(3) -> 6"),
        one("area(side)", "return side * side", "return side ** 2", "return 2 * side"),
    ),
    "they fail in different ways": (
        stub(AREA, "The area of a square.", "area(2) -> 4", "area(3) -> 6"),
        one("area(side)", "return side * side", "return side + 2"),
    ),
    "two drafts that pass none": (
        stub(AREA, "The size of a square.", "area(2) -> 8", "area(3) -> 12"),
        one("area(side)", "return side * side", "return side ** 2"),
    ),
    "one program twice": (
        stub(AREA, "The area of a square.", "area(2) -> 4", "area(3) -> 6"),
        one("area(side)", "return side * side", "return side * side  # the same"),
    ),
    "rounding": (
        stub("added(a: float, b: float) -> float", "Add a and b.", "added(0.1, 0.2) -> 0.3", "added(1.0, 1.0) -> 2.0"),
        one("added(a, b)", "return a + b", "return sum([a, b])"),
    ),
    "another order of a dictionary": (
        stub(
            "counts(text: str) -> dict[str, int]",
            "How often each character occurs.",
            "counts('ab') == {'b': 1, 'a': 1} -> True",
        ),
        one(
            "counts(text)", "return {c: text.count(c) for c in text}", "return {c: text.count(c) for c in sorted(text)}"
        ),
    ),
    "any order": (
        stub("letters(text: str) -> list[str]", "The letters of text in any order.", "letters('ab') -> ['b', 'a']"),
        one("letters(text)", "return list(text)", "return [c for c in text]"),
    ),
    "chance": (
        stub("roll(sides: int) -> int", "A random number up to sides.", "roll(6) -> 4"),
        one("roll(sides)", "return 1", "return 2 - 1"),
    ),
    "the same slip": (
        stub(AREA, "The area of a square.", "area(2) -> 4", "area(3) -> 9"),
        one("area(side)", "return square(side)", "return 1 * square(side)"),
    ),
    "over the end": (
        stub("third(xs: list[int]) -> int", "The third of xs, else 0.", "third([1, 2, 3]) -> 3", "third([1]) -> 0"),
        one("third(xs)", "return xs[2]", "return xs[1 + 1]"),
    ),
    "no call of the function": (
        stub("double(n: int) -> int", "Twice n.", "double(2) -> 4", "1 + 1 -> 2"),
        one("double(n)", "return 2 * n", "return n + n"),
    ),
}
MEAN = stub("mean(xs: list[float]) -> float", "Return the mean of xs.", "mean([1, 2, 3]) -> 2.0")
MEAN_OR_ZERO = "return sum(xs) / len(xs) if xs else 0.0"
MEAN_OR_NONE = "return sum(xs) / len(xs) if xs else None"
MEAN_OR_ERROR = "return sum(xs) / len(xs)"
OPEN: dict[str, Case] = {
    "0 or None": (MEAN, one("mean(xs)", MEAN_OR_ZERO, MEAN_OR_NONE)),
    "0 or an error": (MEAN, one("mean(xs)", MEAN_OR_ZERO, MEAN_OR_ERROR)),
    "the first of none": (
        stub("first(xs: list[int]) -> int", "The first of xs.", "first([4, 5]) -> 4"),
        one("first(xs)", "return xs[0] if xs else -1", "return xs[0] if xs else 0"),
    ),
    "an empty text": (
        stub("initial(text: str) -> str", "The first letter of text.", "initial('abc') -> 'a'"),
        one("initial(text)", "return text[:1]", "return text[0]"),
    ),
    "the largest of none": (
        stub("most(xs: list[int]) -> int", "The largest of xs.", "most([4, 5]) -> 5"),
        one("most(xs)", "return max(xs, default=0)", "return max(xs)"),
    ),
    "a negative number": (
        stub("digits(n: int) -> int", "The number of digits of n.", "digits(40) -> 2"),
        one("digits(n)", "return len(str(n))", "return len(str(abs(n)))"),
    ),
    "zero": (
        stub("halvings(n: int) -> int", "How often n can be halved.", "halvings(8) -> 3"),
        (
            "def halvings(n):\n    count = 0\n    while n and n % 2 == 0:\n        n //= 2\n        count += 1\n"
            "    return count\n",
            "def halvings(n):\n    if n == 0:\n        return -1\n    count = 0\n    while n % 2 == 0:\n"
            "        n //= 2\n        count += 1\n    return count\n",
        ),
    ),
    "upper case": (
        stub("vowels(text: str) -> int", "Count the vowels in text.", "vowels('banana') -> 3"),
        one("vowels(text)", "return sum(c in 'aeiou' for c in text)", "return len(text) and 3"),
    ),
    "what is left over": (
        stub("shared(total: int, people: int) -> int", "Share total.", "shared(10, 2) -> 5"),
        one("shared(total, people)", "return total // people", "return -(-total // people)"),
    ),
    "equal elements": (
        stub("second(xs: list[int]) -> int", "The second largest of xs.", "second([5, 3, 4]) -> 4"),
        one("second(xs)", "return sorted(xs)[-2] if xs[1:] else 0", "return sorted(xs)[-2] if xs[1:] else None"),
    ),
    "an assert beside it": (
        "Write `first(xs: list[int]) -> int`, the first of xs.\n\nassert first([4, 5]) == 4\n",
        one("first(xs)", "return xs[0] if xs else -1", "return xs[0] if xs else 0"),
    ),
}
SETTLED: dict[str, Case] = {
    "ruled out by the text": (
        MEAN.replace("of xs.", "of xs, a non-empty list."),
        one("mean(xs)", MEAN_OR_ZERO, MEAN_OR_NONE),
    ),
    "an example settles it": (
        MEAN.replace("    >>> mean", "    >>> mean([])\n    0.0\n    >>> mean"),
        one("mean(xs)", MEAN_OR_ZERO, MEAN_OR_NONE),
    ),
    "both raise": (MEAN, one("mean(xs)", MEAN_OR_ERROR, "return sum(x / len(xs) for x in xs) if xs else 1 / 0")),
    "another error": (MEAN, one("mean(xs)", MEAN_OR_ERROR, "assert xs; return sum(xs) / len(xs)")),
    "free choice": (
        MEAN.replace("the mean of xs", "any of xs that is near the mean"),
        one("mean(xs)", MEAN_OR_ZERO, MEAN_OR_NONE),
    ),
    "a draft that fails the example": (MEAN, one("mean(xs)", MEAN_OR_ZERO, "return 1.0")),
    "one program twice": (MEAN, one("mean(xs)", MEAN_OR_ZERO, f"{MEAN_OR_ZERO}  # the same")),
    "a draft that cannot be loaded": (MEAN, (*one("mean(xs)", MEAN_OR_ZERO), "import nowhere_to_be_found\n")),
    "rounding": (MEAN, one("mean(xs)", MEAN_OR_ZERO, "return sum(x / len(xs) for x in xs) if xs else 0")),
    "positive numbers only": (
        stub("digits(n: int) -> int", "The number of digits of the positive number n.", "digits(40) -> 2"),
        one("digits(n)", "return len(str(n))", "return len(str(abs(n)))"),
    ),
    "over the end of a list that is not empty": (
        stub("last(items: list[int]) -> int", "The last item.", "last([4, 5, 6]) -> 6", "last([]) -> 0"),
        one("last(items)", "return items[-1] if items else 0", "return items[2] if items else 0"),
    ),
    "a class": (
        'class Stack:\n    """A stack.\n\n    >>> Stack().size\n    0\n    """\n    def push(self, x): ...\n',
        ("class Stack:\n    size = 0\n", "class Stack:\n    size = 1 - 1\n"),
    ),
}


@pytest.mark.parametrize("case", FALSE_EXAMPLE.values(), ids=FALSE_EXAMPLE)
async def test_an_example_that_independent_drafts_contradict_is_reported(case: Case) -> None:
    assert set(await found("TC705", case)) == {"TC705"}


@pytest.mark.parametrize("case", TRUE_EXAMPLE.values(), ids=TRUE_EXAMPLE)
async def test_drafts_that_prove_nothing_against_an_example_are_silent(case: Case) -> None:
    assert await found("TC705", case) == []


@pytest.mark.parametrize("case", OPEN.values(), ids=OPEN)
async def test_an_input_that_drafts_read_in_different_ways_is_a_question(case: Case) -> None:
    assert await found("TC706", case) == ["TC706"]


@pytest.mark.parametrize("case", SETTLED.values(), ids=SETTLED)
async def test_no_question_where_there_is_nothing_to_decide(case: Case) -> None:
    assert await found("TC706", case) == []
