"""Whatever the text holds: nothing is raised, spans are exact, and time does not explode."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.lint import lint_text
from analyzers.parse import parse_specs
from analyzers.spec import Spec, SpecFormat

FORMATS = [None, *SpecFormat]
PYTHON = (
    "def f(x):\n", "def f(x", "    ", "\n", '"""', "'''", "class A:\n", "@a\n", "assert f(1) == 2\n",
    ">>> f(1)\n", "2\n", "... ", "f(2) -> 4\n", "\\", "\\N{DASH}", "\\x4", "é", "\r\n", "\t", "return x\n",
    "import os\n", "async ", "#: f(1) is 2\n", "x = [", ")", "For x = 3 the output should be 4\n",
    "Input: x = 3\nOutput: 4\n", "...\n", "\0", "\ud800", "\ufeff", "\u2028", "😀",
)  # fmt: skip
MARKDOWN = (
    "# `f(x)`\n", "```", "```python\n", "~~~\n", "\n", "> ", "- ", "1. ", "| a | b |\n", "|--|--|\n",
    "`f(1)` returns `2`", "| call | result |\n", "| `f(1)` | 3 |\n", "\\|", "`", "``", "    ", "def f(x):\n",
    "assert f(1) == 2\n", ">>> f(1)\n", "2\n", "Write a function `f(x)`.\n", "***", "<!-- ", "<a>", "[x]: y\n",
    "e.g. ", "Done. ", "\r", "\t", "👍", "**Input:** x = 1\n", "**Output:** 2\n", "===\n", "## More\n",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(), max_size=300),
    st.lists(st.sampled_from(PYTHON), max_size=40).map("".join),
    st.lists(st.sampled_from(MARKDOWN), max_size=40).map("".join),
    st.lists(st.one_of(st.sampled_from(PYTHON + MARKDOWN), st.text(max_size=5)), max_size=40).map("".join),
    st.binary(max_size=200).map(lambda data: data.decode("utf-8", errors="replace")),
)


def check_spans(spec: Spec) -> None:
    """Every span lies inside of the text, and the text there is what the part says."""
    text = spec.text
    for span in (spec.span, *(s.span for s in spec.sentences), *(e.span for e in spec.examples)):
        assert 0 <= span.start <= span.end <= len(text)
    for sentence in spec.sentences:
        shown = text[sentence.span.start : sentence.span.end]
        if not set("\\\0\ud800'\"#>`~") & set(shown) and shown.isprintable():
            assert " ".join(shown.split()) == sentence.text
    for example in spec.examples:
        shown = text[example.span.start : example.span.end]
        assert shown.strip()
        if example.kind == "doctest" and "\\" not in shown:
            assert shown.removeprefix(">>>").strip().startswith(example.source.split("\n")[0].strip())
        if example.kind == "arrow" and "\\" not in shown and ":" not in shown and not shown.startswith("For"):
            assert example.source.split("\n")[0] in shown


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_no_text_raises_and_spans_are_exact(format: SpecFormat | None, text: str) -> None:
    specs = parse_specs(text, format=format)
    assert specs
    for spec in specs:
        assert spec.text == text
        check_spans(spec)
        spec.line_of(spec.span)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(-99, 99), st.one_of(st.text("ab\"'\\\né", max_size=6), st.integers()))))
def test_sessions_survive_any_literal(cases: list[tuple[int, str | int]]) -> None:
    cases = [(given, shown) for given, shown in cases if '"""' not in repr(shown)]
    lines = [f"    >>> f({given!r})\n    {shown!r}\n" for given, shown in cases]
    text = 'def f(x):\n    r"""Do.\n\n' + "".join(lines) + '    """\n'
    (spec,) = parse_specs(text)
    assert [(e.source, e.want) for e in spec.examples] == [(f"f({given!r})", repr(shown)) for given, shown in cases]
    check_spans(spec)


HOSTILE = {
    "brackets": "(", "braces": "{[(", "calls": "f(", "call and quote": "f(\"f('", "triple quotes": 'f("""',
    "minus": "f(1) == -", "chain": "f(1) = 1 = ", "attributes": "a.b.c", "dots": ".", "ends": ". ",
    "backticks": "` ", "one line": "word ", "quotes": "> ", "lists": "- ", "deeper lists": "\t- ",
    "fences": "```python\nx\n\n", "fences and headings": "```python\n\n## h\n", "rows": "| a | b |\n|--|--|\n",
    "headings": "#\n", "definitions": "def f(x):\n", "definitions cut": "def f(", "classes": "class A:\n",
    "asserts": "assert f(1) == (\n", "inputs": "Input: x = (1,\n", "prompts": ">>> f(\n... ", "not": "not ",
    "lambda": "lambda:", "carriage returns": "\r", "nul": "\0", "backslashes": "\\", "spaces": " ",
    "newlines": "\n", "stars": "*", "underscores": "_", "backticks in a row": "`", "html": "<a ",
    "should": "f(1) should ",
}  # fmt: skip


@pytest.mark.parametrize("repeated", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_takes_linear_time(repeated: str) -> None:
    # Ten times the text may take ten times as long; quadratic work takes a hundred times. CPU time, because
    # the machine may be busy; below 50 ms noise decides.
    def seconds(size: int, format: SpecFormat) -> float:
        text = "Write a function `f(x)`.\n" + repeated * (size // len(repeated))
        before = time.process_time()
        parse_specs(text, format=format)
        return time.process_time() - before

    for format in SpecFormat:
        small = max(seconds(4_000, format), 0.05)
        assert seconds(40_000, format) < 45 * small


@pytest.mark.parametrize("format", SpecFormat)
def test_a_line_of_a_megabyte_is_read(format: SpecFormat) -> None:
    (spec,) = parse_specs("Write a function `f(x)`. " + "and so on, " * 90_000 + ". f(2) returns 3.", format=format)
    assert spec.name == "f"
    assert [(example.source, example.want) for example in spec.examples] == [("f(2)", "3")]


@pytest.mark.parametrize("repeated", ["or “: ", "‘appropriately ", "`if possible ", '"TODO: '])
def test_quotes_that_are_never_closed_are_linted_in_linear_time(repeated: str) -> None:
    def seconds(size: int) -> float:
        text = "Write a function f(xs). " + repeated * (size // len(repeated))
        before = time.process_time()
        lint_text(text, filename="spec.txt")
        return time.process_time() - before

    small = max(seconds(20_000), 0.05)
    assert seconds(200_000) < 45 * small


@pytest.mark.parametrize("shown", [("{0}", "1"), ("[1, {0}], x", "1"), ("1, 2", "{0}"), ("k={0}", "-{0}")])
def test_a_number_too_long_to_be_written_in_decimal_digits_is_linted(shown: tuple[str, str]) -> None:
    call, want = (part.format("0x" + "F" * 5_000) for part in shown)
    text = f'def f(a: int, k: int = 0) -> int:\n    """Do it.\n\n    >>> f({call})\n    {want}\n    """\n'
    (report,) = lint_text(text, filename="spec.py").specs
    assert len(report.spec.examples) == 1
    assert report.subject.trials == ()
