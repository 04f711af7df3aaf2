"""What is read from Markdown and from plain sentences, and that the format does not matter."""

import pytest

from analyzers.parse import parse_spec, parse_specs
from analyzers.spec import Spec, SpecFormat

HEADER = "def take(xs: list[int], k: int = 1) -> list[int]:"
WORDS = "Return the k largest items of xs in descending order. Raise ValueError if k is negative."
SESSION = ">>> take([3, 1, 2], 2)\n[3, 2]"
LINES = "take([]) -> []\ntake([1], 1) should return [1]."
ASSERT = "assert take([5, 5], 2) == [5, 5]"


def pairs(spec: Spec) -> list[tuple[str, str | None]]:
    return [(example.source, example.want) for example in spec.examples]


def stub() -> str:
    body = "\n".join(
        "    " + line if line else "" for line in [WORDS, "", *SESSION.split("\n"), "", *LINES.split("\n")]
    )
    return f'{HEADER}\n    """\n{body}\n    """\n\n{ASSERT}\n'


def markdown() -> str:
    start = f"# take\n\n```python\n{HEADER}\n```"
    return f"{start}\n\n{WORDS}\n\n```pycon\n{SESSION}\n```\n\n{LINES}\n\n```python\n{ASSERT}\n```\n"


def prose() -> str:
    return f"{HEADER[:-1]}\n\n{WORDS}\n\n{SESSION}\n\n{LINES}\n\n{ASSERT}\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_stub_markdown_and_prose_say_the_same(newline: str) -> None:
    texts = {SpecFormat.PYTHON: stub(), SpecFormat.MARKDOWN: markdown(), SpecFormat.PROSE: prose()}
    specs = {format: parse_spec(text.replace("\n", newline)) for format, text in texts.items()}
    assert {format: spec.format for format, spec in specs.items()} == {format: format for format in texts}
    signatures = [spec.signature for spec in specs.values() if spec.signature]
    assert len({(s.name, s.parameters, s.returns, s.kind) for s in signatures}) == 1
    assert len(signatures) == 3
    for spec in specs.values():
        assert [(e.kind, e.source, e.want) for e in spec.examples] == [
            ("doctest", "take([3, 1, 2], 2)", "[3, 2]"),
            ("arrow", "take([])", "[]"),
            ("arrow", "take([1], 1)", "[1]"),
            ("assert", ASSERT, None),
        ]
        assert [s.text for s in spec.sentences] == [s + "." for s in WORDS.rstrip(".").split(". ")]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("# `solve(xs: list[int]) -> int`\n\nCount.", "solve(xs: list[int]) -> int"),
        ("Write `def solve(xs: list[int]) -> int` please.", "def solve(xs: list[int]) -> int"),
        ("Write a function `solve(xs, k)`.", "solve(xs, k)"),
        ("Write a function solve(xs, k) that counts.", "solve(xs, k)"),
        ("Write a function named solve.", ""),
        ("Write a function `solve` that counts.", ""),
        ("`solve(2)` returns `4`.", ""),
        ("Count.\n\nassert set(solve([1])) == set()", ""),
        ("Count.\n\n>>> solve(1)\n2", ""),
    ],
)
def test_the_name_is_found_however_it_is_said(text: str, source: str) -> None:
    spec = parse_spec(text)
    assert spec.signature is not None
    assert (spec.name, spec.signature.source) == ("solve", source)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("# `solve(xs: list[int]) -> int`", "def solve(xs: list[int]) -> int:"),
        ("async def solve(xs): ...", "async def solve(xs):"),
        ("def solve(xs) -> int", "def solve(xs) -> int:"),
        ("class Solve(list):\n    ...", "class Solve(list):"),
        ("Write a function named solve.", ""),
    ],
)
def test_the_header_can_stand_above_a_body(text: str, header: str) -> None:
    signature = parse_spec(text).signature
    assert signature is not None
    assert signature.header == header


@pytest.mark.parametrize(
    "text", ["Write a function that counts words.", "Write a function to sort.", "", "Use len(x)."]
)
def test_no_name_is_made_up(text: str) -> None:
    assert parse_spec(text).signature is None


def test_an_mbpp_prompt_is_prose_without_its_quotes() -> None:
    spec = parse_spec('"""\nWrite a function to add e.g. two items. Done.\nassert sum(10,15) == 6\n"""\n')
    assert spec.format is SpecFormat.PROSE
    assert spec.name == "sum"
    assert [s.text for s in spec.sentences] == ["Write a function to add e.g. two items.", "Done."]
    assert pairs(spec) == [("assert sum(10,15) == 6", None)]


def test_a_signature_ends_where_its_type_does_and_a_call_in_the_next_sentence_is_none_of_it() -> None:
    spec = parse_spec('Write a function greet(name: str) -> str. greet("A") should return "Hello, A".\n')
    assert spec.signature is not None
    assert (spec.signature.returns, spec.signature.source) == ("str", "greet(name: str) -> str")
    assert pairs(spec) == [('greet("A")', '"Hello, A"')]
    asked = parse_spec("Write the function solve(a) -> 4 for all a.\n").signature
    assert asked is None or asked.source == ""


def test_tables_of_calls_of_inputs_and_of_parameters_are_read() -> None:
    text = (
        "Write `f(a, b=0)`.\n\n"
        "| call | result |\n|---|---|\n| `f(1)` | `2` |\n| `f(1\\|2)` | 3 |\n| `f(x)` | 4 |\n| `g(1)` | 4 |\n\n"
        "| a | b | expected |\n|--|:-:|--|\n| [1] | 2 | [3] |\n| 1 | 2 | raises `TypeError` |\n| 7 |\n\n"
        "| input | output |\n|--|--|\n| 'a' | 'b' |\n| 1, 2 | 3 |\n\n"
        "| name | size |\n|--|--|\n| f(1) | 9 |\n"
    )
    spec = parse_spec(text)
    assert {example.kind for example in spec.examples} == {"table"}
    assert pairs(spec) == [
        ("f(1)", "2"),
        ("f(1|2)", "3"),
        ("f([1], 2)", "[3]"),
        ("f(1, 2)", "raises TypeError"),
        ("f('a')", "'b'"),
    ]
    assert [spec.line_of(example.span) for example in spec.examples] == [5, 6, 12, 13, 18]


def test_fences_of_other_languages_and_what_is_not_sound_are_left_out() -> None:
    text = (
        "Write `f(x)`.\n\n```js\nf(1) == 2\n```\n\n```\nf(2) -> 3\n```\n\n> `f(3)` gives `4`\n> here\n\n"
        "> `f(4)` gives `5`.\n\n1. `f(5)` → `6`\n   - f(6) == 7\n"
    )
    assert pairs(parse_spec(text)) == [("f(2)", "3"), ("f(4)", "5"), ("f(5)", "6"), ("f(6)", "7")]


def test_an_unclosed_fence_does_not_swallow_the_rest() -> None:
    text = (
        "Write `f(x)`.\n\n```python\n>>> f(1)\n2\n\n## More\n\n`f(2)` returns `3`.\n\n"
        "```python\nassert f(3) == 4\n\nBut note that this is prose. `f(4)` returns `5`.\n"
    )
    spec = parse_spec(text)
    assert pairs(spec) == [("f(1)", "2"), ("f(2)", "3"), ("assert f(3) == 4", None), ("f(4)", "5")]
    assert "But note that this is prose." in [s.text for s in spec.sentences]


def test_asserts_bring_the_statements_before_them_in_a_fence() -> None:
    text = (
        "Write `f(x)`.\n\n```python\ndata = [1]\nassert f(data) == 1\nassert f(2) == 2\nassert data == f(data)\n```\n"
    )
    spec = parse_spec(text)
    assert pairs(spec) == [
        ("data = [1]\nassert f(data) == 1", None),
        ("assert f(2) == 2", None),
        ("assert data == f(data)", None),
    ]
    assert spec.examples[0].group == spec.examples[2].group != spec.examples[1].group


def test_each_stub_in_markdown_is_a_spec_with_its_own_section() -> None:
    text = (
        "# Shapes\n\n## area\n\n```python\nimport math\n\ndef area(r: float) -> float: ...\n```\n\n"
        "`area(0)` is `0`.\n\n## edge\n\n```python\ndef edge(r: float) -> float: ...\n```\n\n"
        "`edge(0)` is `0`. `area(1)` is `3`.\n"
    )
    area, edge = parse_specs(text)
    assert (area.name, pairs(area), area.preamble) == ("area", [("area(0)", "0")], "import math")
    assert (edge.name, pairs(edge), edge.preamble) == ("edge", [("edge(0)", "0")], "")
    assert text[edge.span.start :].startswith("## edge")


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = "Use 3.5, e.g. as x. Split at '.', '?' or '!' only. Call `a. b` now! Then it is 4. Done\nhere."
    assert [s.text for s in parse_spec(text, format=SpecFormat.PROSE).sentences] == [
        "Use 3.5, e.g. as x.",
        "Split at '.', '?' or '!' only.",
        "Call `a. b` now!",
        "Then it is 4.",
        "Done here.",
    ]


def test_the_suffix_decides_the_format_and_a_given_format_beats_it() -> None:
    assert parse_spec("x", filename="a.PY").format is SpecFormat.PYTHON
    assert parse_spec("x", filename="dir/a.markdown").format is SpecFormat.MARKDOWN
    assert parse_spec("# x", filename="a.txt").format is SpecFormat.PROSE
    assert parse_spec("x", filename="a.py", format=SpecFormat.PROSE).format is SpecFormat.PROSE
    assert parse_spec("# A\n\ntext").format is SpecFormat.MARKDOWN
