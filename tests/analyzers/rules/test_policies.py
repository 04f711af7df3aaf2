"""Case, duplicates, index base and bounds: what is reported, and the look-alikes that are not."""

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


OPEN_CASE = {
    "palindrome": stub("is_palindrome(text: str) -> bool", "Check whether the text is a palindrome."),
    "anagrams": stub("anagrams(a: str, b: str) -> bool", "Tell whether the strings a and b are anagrams."),
    "vowels": stub("count(text: str) -> int", "Return the number of vowels in text."),
    "distinct words": stub("distinct(text: str) -> int", "Return the number of distinct words in text."),
    "frequency": stub("count(text: str) -> dict[str, int]", "Return the frequency of each letter in text."),
    "starts with": stub(
        "pick(words: list[str], p: str) -> list[str]", "Return those of words that the string p starts with."
    ),
    "sort words": stub("tidy(words: list[str]) -> list[str]", "Sort the words in words; return a new list."),
    "markdown": "# Pangram\n\n`is_pangram(text: str) -> bool`\n\nReturn True if the text is a pangram.\n",
    "prose": "def common(a: str, b: str) -> list[str]\n\nReturn the common letters of the strings a and b.\n",
    "sentence and assertion": "Check if a string is a palindrome.\nassert check('aba') == True\n",
    "lower-case example": stub(
        "first(s: str) -> str", "Return the first repeated character of s.", "", ">>> first('abca')", "'a'"
    ),
}
SETTLED_CASE = {
    "ignored": stub("is_palindrome(text: str) -> bool", "Check whether the text is a palindrome; case is ignored."),
    "both cases": stub("count(text: str) -> int", "Return the number of vowels in text, in upper or lower case."),
    "case-sensitive": stub("distinct(text: str) -> int", "Count the distinct words in text (case-sensitive)."),
    "lower-case input": stub("is_palindrome(text: str) -> bool", "text holds lowercase letters. Is it a palindrome?"),
    "mixed example": stub("count(text: str) -> int", "Count the vowels in text.", "", ">>> count('Anna')", "2"),
    "digits": stub("is_palindrome(text: str) -> bool", "Return True if the binary text is a palindrome."),
    "no letters shown": stub("same(s: str) -> bool", "Are the same characters in s?", "", ">>> same('1212')", "True"),
    "numbers": stub("is_palindrome(n: int) -> bool", "Return True if the number n is a palindrome."),
    "length only": stub("lengths(words: list[str]) -> list[int]", "Return the length of each of the words."),
    "brackets": stub("balanced(text: str) -> bool", "Return True if text starts with a bracket that is closed."),
    "quoted letter": stub("has_z(text: str) -> bool", "Return True if text starts with 'z'."),
    "markdown": (
        "# Vowels\n\n`vowels(text: str) -> int`\n\nCount the vowels in the text. Upper case letters count too.\n"
    ),
}


@pytest.mark.parametrize("text", OPEN_CASE.values(), ids=OPEN_CASE)
def test_texts_that_are_compared_without_a_case_rule_are_reported(text: str) -> None:
    (message,) = hits("CN304", text)
    assert "upper and lower case" in message


@pytest.mark.parametrize("text", SETTLED_CASE.values(), ids=SETTLED_CASE)
def test_a_case_rule_or_text_without_letters_is_not_reported(text: str) -> None:
    assert hits("CN304", text) == []


OPEN_COPIES = {
    "common": stub("common(a: list[int], b: list[int]) -> list[int]", "Return the common elements of the two lists."),
    "intersection": stub(
        "both(a: list[int], b: list[int]) -> list[int]", "Return the intersection of the lists a and b."
    ),
    "second largest": stub("second(xs: list[int]) -> int", "Return the second largest of xs."),
    "k-th smallest": stub("kth(xs: list[int], k: int) -> int", "Return the k-th smallest of xs."),
    "index of": stub("find(xs: list[int], x: int) -> int", "Return the index of the number x in xs."),
    "remove the element": stub(
        "drop(xs: list[int], x: int) -> list[int]", "Remove the element x from xs; return a new list."
    ),
    "pairs": stub("pairs(xs: list[int], k: int) -> list[tuple[int, int]]", "Return pairs from xs that add up to k."),
    "permutations": stub("perms(xs: list[int]) -> list[list[int]]", "Return all permutations of xs."),
    "subsets": stub("subsets(xs: list[int]) -> list[list[int]]", "Return the subsets of xs."),
    "markdown": (
        "# Missing\n\n`missing(xs: list[int], ys: list[int]) -> list[int]`\n\nReturn the missing elements of xs.\n"
    ),
    "sentence and assertion": "Find the second largest number in a list.\nassert second([1, 2, 3]) == 2\n",
}
SETTLED_COPIES = {
    "each once": stub(
        "common(a: list[int], b: list[int]) -> list[int]", "Return the common elements of a and b, each once."
    ),
    "distinct": stub(
        "second(xs: list[int]) -> int", "xs is a list of distinct numbers; return the second largest of xs."
    ),
    "example": stub(
        "second(xs: list[int]) -> int", "Return the second largest of xs.", "", ">>> second([5, 5, 3])", "3"
    ),
    "set result": stub(
        "common(a: list[int], b: list[int]) -> set[int]", "Return the common elements of the two lists."
    ),
    "sets in": stub("common(a: set[int], b: set[int]) -> set[int]", "Return the common elements of a and b."),
    "first index": stub(
        "find(xs: list[int], x: int) -> int", "Return the index of the number x in xs, the first index of several."
    ),
    "last position": stub("find(xs: list[int], x: int) -> int", "Return the last position of x in xs."),
    "sum": stub("total(xs: list[int]) -> int", "Return the sum of the elements of xs."),
    "counted pairs": stub("pairs(xs: list[int]) -> int", "Return the number of pairs whose sum is even in xs."),
    "compared as a set": "Find the shared elements of two lists.\nassert set(f((3, 4), (5, 4))) == set((4,))\n",
    "markdown": (
        "# Second\n\n`second(xs: list[int]) -> int`\n\nReturn the second largest of xs. Duplicates count once.\n"
    ),
}


@pytest.mark.parametrize("text", OPEN_COPIES.values(), ids=OPEN_COPIES)
def test_a_result_that_depends_on_duplicates_is_reported(text: str) -> None:
    (message,) = hits("CN305", text)
    assert "occurs twice" in message


@pytest.mark.parametrize("text", SETTLED_COPIES.values(), ids=SETTLED_COPIES)
def test_a_policy_for_duplicates_or_none_needed_is_not_reported(text: str) -> None:
    assert hits("CN305", text) == []


OPEN_BASE = {
    "index of": stub("find(xs: list[int], x: int) -> int", "Return the index of x in xs, or None if it is missing."),
    "position of": stub("find(text: str, c: str) -> int", "Return the position of c in text."),
    "largest index": stub("last(xs: list[int]) -> int", "Return the largest index of an element that is negative."),
    "at position": stub(
        "insert(xs: list[int], x: int, i: int) -> list[int]", "Insert the value x at the given position of xs."
    ),
    "from index to": stub(
        "cut(xs: list[int], lo: int, hi: int) -> list[int]", "Return the elements from index lo to index hi."
    ),
    "two indices": stub(
        "swap(xs: list[int], i: int, j: int) -> list[int]", "Swap the elements at the two indices i and j."
    ),
    "markdown": "# Find\n\n`find(xs: list[int], x: int) -> int`\n\nReturn the index of x in xs.\n",
    "prose": "def find(xs: list[int], x: int) -> int\n\nFind the index of x in the list xs.\n",
    "between": stub("count(a: int, b: int) -> int", "Return the count of primes between a and b."),
    "sum from to": stub("total(lo: int, hi: int) -> int", "Return the sum of the numbers from lo to hi."),
    "range": stub("evens(lo: int, hi: int) -> list[int]", "Return the even numbers in the range lo to hi."),
}
SETTLED_BASE = {
    "zero-based": stub("find(xs: list[int], x: int) -> int", "Return the zero-based index of x in xs."),
    "counted from": stub("find(text: str, c: str) -> int", "Return the position of c in text, counted from 1."),
    "example": stub(
        "find(xs: list[int], x: int) -> int", "Return the index of x in xs.", "", ">>> find([7, 8], 8)", "1"
    ),
    "even positions": stub("pick(xs: list[int]) -> list[int]", "Return the elements at all positions that are even."),
    "alphabet": stub("shift(c: str) -> str", "Return c at its position in the alphabet, three places on."),
    "inclusive": stub("count(a: int, b: int) -> int", "Return the count of primes between a and b, inclusive."),
    "strictly": stub("count(a: int, b: int) -> int", "Return the count of primes strictly between a and b."),
    "interval": stub("count(a: int, b: int) -> int", "Return the count of primes in the range [a, b)."),
    "shown ends": stub(
        "evens(a: int, b: int) -> list[int]",
        "Return the even numbers between a and b.",
        "",
        ">>> evens(2, 4)",
        "[2, 4]",
    ),
    "difference": stub("gap(a: int, b: int) -> int", "Return the difference between a and b."),
    "distance": stub("gap(a: int, b: int) -> int", "Return the distance of values between a and b."),
    "fixed numbers": stub("roll(n: int) -> list[int]", "Return n numbers between 1 and 6."),
    "markdown": (
        "# Find\n\n`find(xs: list[int], x: int) -> int`\n\nReturn the index of x in xs; positions start at 0.\n"
    ),
}


@pytest.mark.parametrize("text", OPEN_BASE.values(), ids=OPEN_BASE)
def test_an_open_index_base_or_bound_is_reported(text: str) -> None:
    assert len(hits("CN306", text)) == 1


@pytest.mark.parametrize("text", SETTLED_BASE.values(), ids=SETTLED_BASE)
def test_a_stated_or_shown_base_and_bound_is_not_reported(text: str) -> None:
    assert hits("CN306", text) == []
