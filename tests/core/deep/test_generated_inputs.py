"""Inputs that drafts are tried on: made from types and examples, always the same ones, within what the text allows."""

import ast
import os
import subprocess
import sys

import pytest

from analyzers.parse import parse_spec
from analyzers.subject import Subject
from core.deep.inputs import generated_calls


def calls(text: str) -> tuple[str, ...]:
    return generated_calls(Subject(parse_spec(text)))


def stub(header: str, prose: str = "Work it out.", *examples: str) -> str:
    return f'def {header}:\n    """{prose}\n\n' + "".join(f"    {line}\n" for line in examples) + '    """\n'


def arguments(text: str) -> list[tuple[object, ...]]:
    found = []
    for call in calls(text):
        tree = ast.parse(call, mode="eval").body
        assert isinstance(tree, ast.Call)
        found.append(tuple(ast.literal_eval(argument) for argument in tree.args))
    return found


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("f(n: int) -> int", (0,)),
        ("f(x: float) -> float", (0.0,)),
        ("f(text: str) -> str", ("",)),
        ("f(items: list[int]) -> int", ([],)),
        ("f(items: list[str]) -> int", ([],)),
        ("f(table: dict[str, int]) -> int", ({},)),
        ("f(flag: bool) -> int", (False,)),
    ],
)
def test_the_emptiest_input_comes_first(header: str, first: tuple[object, ...]) -> None:
    assert arguments(stub(header))[0] == first


def test_values_come_from_the_examples() -> None:
    text = stub("f(xs, k)", "Work it out.", ">>> f([5, 6], 2)", "7")
    assert arguments(text)[:2] == [([], 2), ([5, 6], 0)]


def test_an_input_that_an_example_shows_is_not_asked_again() -> None:
    assert "f(0)" not in calls(stub("f(n: int) -> int", "Work it out.", ">>> f(4)", "1", ">>> f(0)", "1"))


@pytest.mark.parametrize(
    ("header", "prose"),
    [
        ("f(n: int) -> int", "n is a positive number."),
        ("f(n: int) -> int", "n is a non-negative number."),
        ("f(n: int) -> int", "It holds that n >= 0."),
        ("f(xs: list[int]) -> int", "xs is a non-empty list of positive numbers."),
        ("f(word: str) -> str", "word is non-empty and lowercase."),
    ],
)
def test_what_the_text_rules_out_is_not_tried(header: str, prose: str) -> None:
    for given in arguments(stub(header, prose)):
        for value in given:
            assert value != []
            assert value != ""
            assert not (isinstance(value, int) and value < 0)
            assert not (isinstance(value, str) and value != value.lower())


@pytest.mark.parametrize("given", ["'(()) () (())'", "'2024-05-01'", "'o| .| o o'", "'a@b.org'"])
def test_no_piece_of_a_structured_text_is_made_up(given: str) -> None:
    assert calls(stub("f(text: str) -> int", "Count what is in text.", f">>> f({given})", "3")) == ("f('')",)


@pytest.mark.parametrize(
    "text",
    [
        "Say something.",
        "class Stack:\n    '''A stack.'''\n",
        stub("f(thing: Thing) -> int"),
        stub("f(*values: int) -> int"),
        stub("f() -> int"),
    ],
)
def test_nothing_is_made_up_where_the_kind_of_an_input_is_not_known(text: str) -> None:
    assert calls(text) == ()


def test_another_process_makes_the_same_inputs() -> None:
    text = stub("f(words: set[str], n: int) -> int", "Work it out.", ">>> f({'a', 'b', 'c'}, 3)", "7")
    program = (
        "import sys; from analyzers.parse import parse_spec; from analyzers.subject import Subject\n"
        "from core.deep.inputs import generated_calls\n"
        "print(generated_calls(Subject(parse_spec(sys.argv[1]))))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, text],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert outputs == {f"{calls(text)}\n"}
    assert len(calls(text)) <= 24
