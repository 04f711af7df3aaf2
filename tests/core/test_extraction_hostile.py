"""Extraction takes any text: it never raises, never runs anything, and does not take longer than it should."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.extraction import extract_code

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SOLVE = "def solve(x):\n    return x\n"
LONG = 10_000_000


def repeat(text: str, length: int = LONG) -> str:
    """``text`` again and again, ``length`` characters."""
    return (text * (length // len(text) + 1))[:length]


def sound(answer: str, name: str | None = "solve", **options: object) -> str | None:
    """Extract, hold the result to its contract, and give its code."""
    found = extract_code(answer, entry_point=name, **options)  # type: ignore[arg-type]
    assert (found.code is None) == (found.problem is not None)
    assert found.detail
    if found.code is not None:
        compile(found.code, "<test>", "exec")
        assert found.code.endswith("\n")
        found.code.encode()
    return found.code


HUGE = {
    "one block again and again": "```python\ndef solve(x):\n    return 1\n```\nor\n",
    "blocks that define nothing": "```\na = 1\n```\n",
    "broken blocks": "```python\ndef solve(x:\n    return 1\n```\n",
    "opening fences": "```python\n",
    "fences and docstrings": '```python\n"""\n```\n',
    "backticks": "`",
    "bare fences": "```\n",
    "quotes": '"',
    "quotes and backslashes": '"a\\\n',
    "brackets": "(",
    "quotation marks of Markdown": "> ",
    "list markers": "- ",
    "numbers of a list": "1. ",
    "assignments": "a = 1\n",
    "functions": "def f(x):\n    return g(x)\n\n",
    "prose": "the quick brown fox jumps; def it (over) = the lazy dog\n",
    "white space": " \t",
    "newlines": "\n",
    "NUL": "\0",
    "surrogates": "\ud800",
    "thoughts": "<think>a</think>",
    "unfinished headers": "def solve ",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HUGE.values(), ids=HUGE.keys())
def test_ten_million_characters_are_survived(piece: str) -> None:
    sound(repeat(piece))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", sorted(HUGE.keys() - {"thoughts", "unfinished headers"}))
def test_a_definition_before_a_model_runs_on_is_found(name: str) -> None:
    piece = HUGE[name]
    code = sound(f"```python\n{SOLVE}```\n\n{repeat(piece, 1_000_000)}")
    assert code is not None
    assert "def solve" in code


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "code",
    [
        "x = " + "-" * 100_000 + "1\n",
        "x = 1" + "+1" * 50_000 + "\n",
        "x = a" + ".b" * 50_000 + "\n",
        "x = " + "(" * 150 + ")" * 150 + "\n",
        "x = " + "lambda:" * 15_000 + "1\n",
        "x = 2" + "**2" * 30_000 + "\n",
        "if a: pass\n" + "elif a: pass\n" * 8_000,
        "".join(" " * depth + "if x:\n" for depth in range(300)),
        "x = " + "9" * 100_000 + "\n",
        "x = f'" + "{" * 300 + "'\n",
        "@a\n" * 15_000 + "def f(): pass\n",
        "".join(f"a{n} = a{n - 1}\n" for n in range(1, 2_000)),
        "".join(f"def h{n}(x):\n    return h{n + 1}(x)\n" for n in range(1_000)),
        "print(1);" * 5_000 + "\n",
        ">>> a = (\n" * 5_000,
        "".join(f"{n}| a = (\n" for n in range(5_000)),
    ],
    ids=lambda code: repr(code[:24]),
)
def test_code_that_is_hard_on_the_parser_is_survived(code: str) -> None:
    sound(f"```python\n{code}{SOLVE}```")
    sound(f"```python\n{SOLVE}```\n```python\n{code}```")
    sound(SOLVE, preamble=code)


def test_nothing_of_an_answer_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    touch = f"open({str(mark)!r}, 'w')"
    code = f"{touch}\n\n\n@{touch}.write\ndef solve(x={touch}):\n    return x\n"
    assert sound(f"```python\n{code}```", preamble=f"y = {touch}\n") is not None
    assert not mark.exists()


def test_warnings_about_an_answer_stay_out_of_sight() -> None:
    program = (
        "from core.extraction import extract_code\n"
        r"answer = '```python\ndef solve(x):\n    return \'\\d\' is x\n```'" + "\n"
        "assert extract_code(answer, entry_point='solve').code\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


PIECES = st.sampled_from(
    [
        "```",
        "```python",
        "```py",
        "~~~",
        "````",
        "> ",
        "- ",
        "1. ",
        "    ",
        "\t",
        "\n",
        "\n",
        "\n",
        "def solve(x):",
        "def other(",
        "class A:",
        "return x",
        "return",
        '"""',
        "'''",
        "'",
        '"',
        "#",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        "=",
        ",",
        "@d",
        "print(1)",
        "assert x",
        "if __name__ == '__main__':",
        "else:",
        "import math",
        "from __future__ import annotations",
        "x",
        "1",
        "pass",
        ">>> ",
        "... ",
        "1| ",
        "<think>",
        "</think>",
        "&lt;",
        "“",
        "\0",
        "\ud800",
        "\r",
        "\x0c",
        "\u2028",
        "Alternatively:",
        "solve = other",
        ";",
        "lambda:",
        "*",
        "async ",
        "yield",
        "global x",
        "é",
        "def solve(x):\n    return x\n",
        "```python\ndef solve(x):\n    return x\n```\n",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=40), st.sampled_from(["solve", None, "A"]), st.sampled_from(["function", "class"]))
def test_any_mixture_of_markdown_and_python_is_survived(pieces: list[str], name: str | None, kind: str) -> None:
    sound("".join(pieces), name, kind=kind, parameters=("x",), preamble="import math\n")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=60))
def test_any_text_is_survived(answer: str, preamble: str) -> None:
    sound(answer, preamble=preamble)
    sound(f"```python\n{answer}\n```\n{SOLVE}", preamble=preamble)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_a_clean_block_before_or_after_anything_unfenced_survives_alone(pieces: list[str]) -> None:
    noise = re.sub(r"[`~<>]|solve|\x00|\ud800", "", "".join(pieces))
    assert sound(f"```python\n{SOLVE}```\n\n{noise}") == SOLVE
    assert sound(f"{noise}\n\n```python\n{SOLVE}```") == SOLVE


def rows(path: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(not (DATA / "responses").is_dir(), reason=f"the real answers are not there: {DATA / 'responses'}")
@pytest.mark.parametrize(("dataset", "count"), [("humaneval", 164), ("mbpp", 355)])
def test_every_real_answer_that_holds_a_definition_gives_it(dataset: str, count: int) -> None:
    answers = rows(DATA / "responses" / f"{dataset}.qwen-coder-turbo.jsonl")
    holding = [a for a in answers if re.search(rf"def\s+{re.escape(a['entry_point'])}\s*\(", a["response"])]
    assert len(holding) == count
    for answer in holding:
        name = answer["entry_point"]
        code = sound(answer["response"], name, preamble=answer["prompt"].split(f"def {name}")[0])
        assert code is not None, answer["task_id"]
        found = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name == name]
        assert found, answer["task_id"]


@pytest.mark.skipif(not (DATA / "samples").is_dir(), reason=f"the old completions are not there: {DATA / 'samples'}")
def test_old_messy_completions_are_survived() -> None:
    files = sorted((DATA / "samples").glob("*.jsonl"))
    assert files
    given_code = [sound(row["completion"], None) for file in files for row in rows(file)]
    assert sum(code is not None for code in given_code) > 0.9 * len(given_code)
