"""Examples that cannot be run, or that only this linter runs: what is found, and that its fix says the same."""

import doctest
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from analyzers.fixes import apply_fixes
from analyzers.lint import lint_text
from analyzers.parse import parse_spec
from analyzers.rules.model import LintFinding
from analyzers.subject import Subject

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def found(code: str, text: str, filename: str | None = None) -> list[LintFinding]:
    """The findings of one rule."""
    return [one for one in lint_text(text, filename=filename).all_findings if one.code == code]


def fixed(code: str, text: str, filename: str | None = None) -> str:
    """``text`` after the safe fixes of one rule."""
    return apply_fixes(text, found(code, text, filename)).text


def stub(lines: str, header: str = "def total(xs: list[int]) -> int:", quotes: str = '"""') -> str:
    """A stub whose docstring holds ``lines``, indented."""
    body = "\n".join(f"    {line}" if line else "" for line in lines.split("\n"))
    return f"{header}\n    {quotes}Add up the numbers.\n\n{body}\n    {quotes}\n"


POWER = "def is_power(x: int, n: int) -> bool:"
HAPPY = "def is_happy(s: str) -> bool:"


@pytest.mark.parametrize(
    ("header", "lines", "mended"),
    [
        (POWER, "is_power(1, 4) => true", "is_power(1, 4) => True"),
        (POWER, "is_power(1, 4) -> FALSE", "is_power(1, 4) -> False"),
        ("def find(xs: list[int]) -> int | None:", "find([1]) => null", "find([1]) => None"),
        ("def total(xs: list[int]) -> int:", ">>> total([1, 2]\n3", ">>> total([1, 2])\n    3"),
        ("def total(xs: list[int]) -> int:", "total([1, 2] -> 3", "total([1, 2]) -> 3"),
        ("def total(xs: list[int]) -> int:", ">>>total([1, 2])\n3", ">>> total([1, 2])\n    3"),
        (
            "def total(xs: list[int]) -> int:",
            ">>>total([])\n0\n>>>total([1, 2])\n3",
            ">>> total([])\n    0\n    >>> total([1",
        ),
        (HAPPY, "is_happy(a) => False", None),
        (HAPPY, "is_happy(abcd) should return True", None),
        ("def total(xs: list[int]) -> int:", "total([1, 2)] -> 3", None),
        ("def name(x: int) -> str:", 'name(3) => "three', None),
        ("def name(x: int) -> str:", "name(3) => Three", None),
        ("def keep(s: str) -> str:", ">>> keep(\"a\\nb\")\n'a\\nb'", None),
        ("def total(xs: list[int]) -> int:", ">>> total([1, 2)\n3", None),
    ],
)
def test_an_example_that_cannot_be_run_is_found_and_mended_where_that_is_certain(
    header: str, lines: str, mended: str | None
) -> None:
    text = stub(lines, header)
    findings = found("EX105", text)
    assert findings
    assert all((one.fix is not None and one.fix.safe) == (mended is not None) for one in findings)
    after = fixed("EX105", text)
    if mended is None:
        assert after == text
    else:
        assert mended in after
        assert not found("EX105", after)
        assert len(parse_spec(after).examples) == lines.count("total(") + lines.count("is_power(") + lines.count(
            "find("
        )


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (POWER, ">>> is_power(1, 4)\nTrue"),
        (POWER, "is_power(x, n) returns True if some power of n is x."),
        (POWER, "is_power(x, 1) => true only for x = 1"),
        (HAPPY, "is_happy(s) -> bool"),
        (HAPPY, "is_happy(text) is called once for each line."),
        ("def find(x: str) -> str:", 'find("a") raises an error'),
        ("def find(x: str) -> str:", 'find("a") => ValueError'),
        ("def total(xs: list[int]) -> int:", "total([1, 2, ...]) -> 3 + ..."),
        ("def total(xs: list[int]) -> int:", ">>> quoted from a mail, with no code in it"),
        ("def total(xs: list[int]) -> int:", "total([a, b]) -> a + b, where a = 1 and b = 2"),
        ("def total(xs: list[int]) -> int:", "mean([1, 2]) -> 1.5 is what mean is for."),
        ("def fib(n: int) -> int:", "fib(n) == fib(n - 1) + fib(n - 2)"),
        ("def total(xs: list[int]) -> int:", ">>>"),
        ("def keep(s: str) -> str:", ">>> keep(\"a\\\\nb\")\n'a\\\\nb'"),
    ],
)
def test_prose_that_only_looks_like_an_example_is_left_alone(header: str, lines: str) -> None:
    assert not found("EX105", stub(lines, header))


def test_what_is_undefined_is_named() -> None:
    (one,) = found("EX105", stub("is_happy(aab) => False", HAPPY))
    assert one.message == "Nothing says what “aab” stands for: is_happy(aab) => False"
    assert one.hint == "Put quotes around “aab” if it is a text; else write the value."


def test_a_backslash_that_the_docstring_swallows_is_explained() -> None:
    text = stub(">>> keep(\"a\\nb\")\n'a\\nb'", "def keep(s: str) -> str:")
    (one,) = found("EX105", text)
    assert "replaces the backslash" in one.message
    assert not found("EX105", text.replace('"""Add', 'r"""Add'))


def prompt(task: str) -> str:
    """A prompt of HumanEval+."""
    path = DATA / "HumanEvalPlus.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        tasks: list[dict[str, Any]] = [json.loads(line) for line in file]
    return next(str(one["prompt"]) for one in tasks if one["task_id"] == task)


def test_the_unquoted_arguments_of_humaneval_80_are_found() -> None:
    findings = found("EX105", prompt("HumanEval/80"))
    assert len(findings) == 6
    assert findings[0].message == "Nothing says what “a” stands for: is_happy(a) => False"


ARROWS = [
    ("def total(xs: list[int]) -> int:", "total([1, 2]) -> 3", ">>> total([1, 2])\n    3"),
    ("def total(xs: list[int]) -> int:", "total([1, 2]) => 3.", ">>> total([1, 2])\n    3"),
    ("def total(xs: list[int]) -> int:", "total([1, 2]) should return 3", ">>> total([1, 2])\n    3"),
    (
        "def total(xs: list[int]) -> int:",
        "total([1, 2]) == 3  # one and two",
        ">>> total([1, 2])  # one and two\n    3",
    ),
    ("def shout(s: str) -> str:", 'shout("a") ➞ "A"', ">>> shout(\"a\")\n    'A'"),
    ("def find(x: str) -> int | None:", "find('a') returns None", ">>> find('a') is None\n    True"),
    (
        "def count(s: str) -> dict[str, int]:",
        "count('ab') -> {'a': 1, 'b': 1}",
        "count('ab') == {'a': 1, 'b': 1}\n    True",
    ),
    ("def unique(xs: list[int]) -> set[int]:", "unique([1, 1]) -> {1}", ">>> unique([1, 1]) == {1}\n    True"),
    ("def mean(xs: list[float]) -> float:", "mean([1, 2]) -> 1.5", ">>> mean([1, 2]) == 1.5\n    True"),
    ("def mean(xs: list[float]) -> float:", "mean([2, 2]) -> 2", ">>> mean([2, 2]) == 2\n    True"),
    ("def area(a, b):", "area(3, 1.5) -> 4.5\narea(2, 2) -> 4", ">>> area(2, 2) == 4\n    True"),
    ("def total(xs: list[int]) -> int:", "total([1]) -> 1\ntotal([]) -> 0\nNo more.", "    0\n\n    No more."),
]


@pytest.mark.parametrize(("header", "lines", "doctests"), ARROWS)
def test_examples_on_lines_of_their_own_become_doctests(header: str, lines: str, doctests: str) -> None:
    text = stub(lines, header)
    assert found("EX106", text)
    after = fixed("EX106", text)
    assert doctests in after
    assert not found("EX106", after)


@pytest.mark.parametrize(("header", "lines", "doctests"), ARROWS)
def test_a_doctest_says_what_the_line_said(header: str, lines: str, doctests: str) -> None:
    del doctests
    text = stub(lines, header)
    before, after = parse_spec(text), parse_spec(fixed("EX106", text))
    old, new = Subject(before).trials, after.examples
    assert len(old) == len(new)
    for trial, example in zip(old, new, strict=True):
        told = f"{trial.call} is None" if trial.outcome is None else f"{trial.call} == {trial.want}"
        shown = (example.source.partition("  #")[0], example.want)
        assert shown in ((trial.call, repr(trial.outcome)), (told, "True"))
    # The standard library reads the same examples.
    docstring = fixed("EX106", text).split('"""')[1]
    assert len(doctest.DocTestParser().get_examples(docstring)) == len(new)
    assert [one.text for one in before.sentences] == [one.text for one in after.sentences]


@pytest.mark.parametrize(
    "text",
    [
        stub("For example, total([1, 2]) returns 3."),
        stub("total([1, 2]) -> 3, because 1 + 2 is 3."),
        stub("total([1,\n       2]) -> 3"),
        stub("total(None) raises TypeError"),
        stub("total([1, 2]) -> sum([1, 2])"),
        stub("shout('a\\\\b') -> 'A'", "def shout(s: str) -> str:"),
        "Write a function total(xs) that adds up numbers.\n\ntotal([1, 2]) -> 3\n",
        "def total(xs):\n    # total([1, 2]) -> 3\n    pass\n",
        "# total\n\nWrite `total(xs)`.\n\nIt adds up:\ntotal([1, 2]) -> 3\nfor example.\n",
        "# total\n\nWrite `total(xs: list[int])`; `total([1, 2])` returns `3`.\n",
    ],
)
def test_what_could_change_its_meaning_is_told_and_not_rewritten(text: str) -> None:
    findings = found("EX106", text)
    assert all(one.fix is None for one in findings)
    assert fixed("EX106", text) == text


@pytest.mark.parametrize(
    "text",
    [
        stub(">>> total([1, 2])\n3"),
        stub("assert total([1, 2]) == 3"),
        "Write a function.\nassert total([1, 2]) == 3",
        "# total\n\n```python\n>>> total([1, 2])\n3\n```\n\nWrite `total(xs)`.\n",
        "# total\n\nWrite `total(xs)`.\n\n| call | result |\n| --- | --- |\n| `total([1, 2])` | `3` |\n",
        stub("total(xs) -> int"),
        stub("total(a, b) -> c", "def total(a, b, c):"),
        stub("total(xs) returns the sum."),
        stub("other([1, 2]) -> 3"),
        stub("total([1, 2]) is fast."),
        "# total\n\nWrite `total(xs)`.\n\n```python\ntotal([1, 2])  # 3\n```\n",
        "def total(xs):\n    ...\n\nassert total([1, 2]) == 3\n",
    ],
)
def test_doctests_asserts_tables_and_prose_are_left_alone(text: str) -> None:
    assert not found("EX106", text)


def test_lines_in_markdown_become_a_fence() -> None:
    text = "# total\n\nWrite `total(xs: list[int]) -> int`.\n\n- `total([1, 2])` → `3`\n- `total([])` → `0`\n"
    after = fixed("EX106", text, "total.md")
    assert after.endswith("```python\n>>> total([1, 2])\n3\n>>> total([])\n0\n```\n")
    assert not found("EX106", after, "total.md")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_fixes_have_the_line_ends_of_the_text(newline: str) -> None:
    text = stub("total([1, 2]) -> 3\ntotal([]) -> 0")
    assert fixed("EX106", text.replace("\n", newline)) == fixed("EX106", text).replace("\n", newline)


def test_tabs_stay() -> None:
    text = stub("total([1, 2]) -> 3").replace("    ", "\t")
    assert "\n\t>>> total([1, 2])\n\t3\n" in fixed("EX106", text)
