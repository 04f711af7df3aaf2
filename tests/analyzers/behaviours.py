"""Behaviours that can be written as a stub, as Markdown and as prose: the corpus of the metamorphic tests."""

from dataclasses import dataclass, replace

from analyzers.parse import parse_spec
from analyzers.richness import Richness, richness
from analyzers.subject import Subject

FORMATS = ("stub", "markdown", "prose", "typed")
_FILES = {"stub": "spec.py", "markdown": "spec.md", "prose": "spec.txt", "typed": None}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One function; ``examples`` are (call arguments, result) and ``more`` are true ones that it does not give."""

    name: str
    parameters: str
    returns: str
    sentences: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    more: tuple[tuple[str, str], ...]

    @property
    def header(self) -> str:
        return f"def {self.name}({self.parameters}) -> {self.returns}:"

    def example_lines(self) -> list[str]:
        return [line for call, result in self.examples for line in (f">>> {self.name}({call})", result)]

    def written(self, format: str, *, paragraphs: bool = False) -> str:
        """The spec in one of ``FORMATS``; "typed" is what someone types, with no file name to go by."""
        between = "\n\n" if paragraphs else "\n"
        doc = between.join(self.sentences)
        examples = "\n".join(self.example_lines())
        if format == "stub":
            body = f"{doc}\n\n{examples}\n".strip("\n")
            lines = [f"    {line}" if line else "" for line in body.split("\n")]
            return f'{self.header}\n    """\n' + "\n".join(lines) + '\n    """\n'
        if format == "markdown":
            fenced = f"```python\n{examples}\n```\n" if examples else ""
            return f"# {self.name}\n\n```python\n{self.header}\n    ...\n```\n\n{doc}\n\n{fenced}"
        return f"{self.header}\n\n{doc}\n\n{examples}\n"

    def with_examples(self, *more: tuple[str, str]) -> "Behaviour":
        return replace(self, examples=(*self.examples, *more))

    def with_sentences(self, *more: str) -> "Behaviour":
        return replace(self, sentences=(*self.sentences, *more))

    def renamed(self, name: str) -> "Behaviour":
        return replace(
            self, name=name, sentences=tuple(s.replace(f"`{self.name}`", f"`{name}`") for s in self.sentences)
        )


def scored(text: str, format: str) -> Richness:
    """The richness of a written behaviour."""
    return richness(Subject(parse_spec(text, filename=_FILES[format])))


BEHAVIOURS = (
    Behaviour(
        "count_vowels",
        "text: str",
        "int",
        (
            "Return how many vowels text has.",
            "Vowels are a, e, i, o and u in upper or lower case.",
            "If text is empty, `count_vowels` returns 0.",
        ),
        (("'banana'", "3"), ("''", "0")),
        (("'xyz'", "0"), ("'Apple'", "2"), ("'queue'", "4")),
    ),
    Behaviour(
        "largest",
        "xs: list[int], k: int = 1",
        "list[int]",
        (
            "Return the k largest numbers of xs in descending order.",
            "Raises ValueError if k is negative or greater than the length of xs.",
        ),
        (("[3, 1, 2], 2", "[3, 2]"),),
        (("[], 0", "[]"), ("[5, 5, 1], 2", "[5, 5]"), ("[4], 1", "[4]")),
    ),
    Behaviour(
        "is_leap_year",
        "year: int",
        "bool",
        ("Say whether year is a leap year.", "A year is one if 4 divides it, unless 100 does and 400 does not."),
        (("2024", "True"), ("1900", "False")),
        (("2000", "True"), ("2023", "False")),
    ),
    Behaviour(
        "slug",
        "title: str, limit: int",
        "str",
        (
            "Turn title into a part of an address.",
            "Letters become lower case and every run of other characters becomes one hyphen.",
            "The result has at most limit characters and neither begins nor ends with a hyphen.",
        ),
        (("'Hello World', 20", "'hello-world'"),),
        (("'', 5", "''"), ("'a  b', 3", "'a-b'")),
    ),
    Behaviour(
        "running_total",
        "amounts: list[float]",
        "list[float]",
        ("Return the sums of the first one, two, three and more amounts.", "Each sum is rounded to 2 decimal places."),
        (("[1.0, 2.5]", "[1.0, 3.5]"),),
        (("[]", "[]"), ("[0.1, 0.2]", "[0.1, 0.3]")),
    ),
    Behaviour(
        "merge",
        "left: list[int], right: list[int]",
        "list[int]",
        (
            "Merge two sorted lists into a new list that is sorted in ascending order.",
            "Neither left nor right changes.",
        ),
        (("[1, 3], [2]", "[1, 2, 3]"), ("[], []", "[]")),
        (("[], [4]", "[4]"), ("[1, 1], [1]", "[1, 1, 1]")),
    ),
    Behaviour(
        "initials",
        "name: str",
        "str",
        ("Return the first letters of the words of name as capitals, each followed by a dot.",),
        (("'ada lovelace'", "'A.L.'"),),
        (("''", "''"), ("'grace'", "'G.'")),
    ),
    Behaviour(
        "to_seconds",
        "clock: str",
        "int",
        (
            "Read a time such as 01:30:05 and return the number of seconds since midnight.",
            "Hours go from 0 to 23, minutes and seconds from 0 to 59.",
            "Raises ValueError if clock is malformed.",
        ),
        (("'00:01:00'", "60"), ("'01:00:00'", "3600")),
        (("'00:00:00'", "0"),),
    ),
    Behaviour(
        "transpose",
        "rows: list[list[int]]",
        "list[list[int]]",
        ("Return the columns of rows as rows.", "All rows have the same length, which is at least 1."),
        (("[[1, 2], [3, 4]]", "[[1, 3], [2, 4]]"),),
        (("[]", "[]"), ("[[7]]", "[[7]]")),
    ),
    Behaviour(
        "first_repeated",
        "words: list[str]",
        "str | None",
        ("Return the first of words that has occurred before, or None if all of them are distinct.",),
        (("['a', 'b', 'a']", "'a'"),),
        (("['a', 'b', 'b', 'a']", "'b'"), ("['c', 'c']", "'c'")),
    ),
    Behaviour(
        "clamp",
        "value: int, low: int, high: int",
        "int",
        ("Return value if it is between low and high, inclusive, otherwise the nearer of the two.",),
        (("5, 1, 3", "3"), ("2, 1, 3", "2")),
        (("0, 1, 3", "1"), ("3, 3, 3", "3")),
    ),
    Behaviour(
        "group_by_length",
        "words: list[str]",
        "dict[int, list[str]]",
        ("Map each length that occurs to the words of that length.", "Words keep the order in which they are given."),
        (("['a', 'bc', 'd']", "{1: ['a', 'd'], 2: ['bc']}"),),
        (("[]", "{}"), ("['xy']", "{2: ['xy']}")),
    ),
    Behaviour(
        "caesar",
        "text: str, shift: int",
        "str",
        (
            "Shift every letter of text by shift places in the alphabet, and begin again at a after z.",
            "Other characters stay as they are, and so does the case of a letter.",
        ),
        (("'abz', 1", "'bca'"), ("'a b', 0", "'a b'")),
        (("'', 3", "''"), ("'Hi', 2", "'Jk'")),
    ),
    Behaviour(
        "gcd",
        "a: int, b: int",
        "int",
        ("Return the greatest positive integer that divides both a and b.", "If both are zero, the result is 0."),
        (("12, 18", "6"),),
        (("0, 0", "0"), ("7, 5", "1")),
    ),
)
