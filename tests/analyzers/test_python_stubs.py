"""What is read from Python files with something left to write."""

import ast
import doctest

import pytest

from analyzers import blocks
from analyzers.parse import parse_spec, parse_specs
from analyzers.spec import Example, Parameter, Spec, SpecFormat


def pairs(spec: Spec) -> list[tuple[str, str | None]]:
    return [(example.source, example.want) for example in spec.examples]


def arrows(line: str, name: str = "f", parameters: str = "x") -> list[tuple[str, str | None]]:
    return pairs(parse_spec(f'def {name}({parameters}):\n    """Do it.\n\n    {line}\n    """\n'))


def test_a_stub_gives_signature_sentences_and_examples() -> None:
    text = (
        "from typing import List\n\n\n"
        "def rank(xs: List[int], *, top: int = 3) -> int:\n"
        '    """Return the rank. Ties count once.\n\n    >>> rank([2, 1])\n    2\n    """\n'
    )
    spec = parse_spec(text)
    assert spec.format is SpecFormat.PYTHON
    assert spec.signature is not None
    assert spec.signature.source == "def rank(xs: List[int], *, top: int = 3) -> int:"
    assert spec.signature.parameters == (
        Parameter("xs", "List[int]"),
        Parameter("top", "int", "3", "keyword_only"),
    )
    assert spec.signature.returns == "int"
    assert spec.preamble == "from typing import List"
    assert [s.text for s in spec.sentences] == ["Return the rank.", "Ties count once."]
    assert pairs(spec) == [("rank([2, 1])", "2")]
    assert text[spec.span.start :].startswith("def rank")
    assert spec.line_of(spec.examples[0].span) == 7


def test_helpers_with_bodies_are_preamble_and_their_doctests_are_not_examples() -> None:
    text = (
        "import math\nLIMIT = 3  # at most\n\n"
        'def helper(x):\n    """>>> helper(1)\n    2\n    """\n    return x + 1\n\n'
        'def asked(x):\n    """Use helper."""\n'
    )
    spec = parse_spec(text)
    assert spec.name == "asked"
    assert spec.examples == ()
    assert spec.preamble.startswith("import math\nLIMIT = 3  # at most\n\ndef helper(x):")
    assert spec.preamble.endswith("return x + 1")
    ast.parse(spec.preamble)


def test_each_stub_of_a_file_is_a_spec_and_module_asserts_go_to_the_function_they_call() -> None:
    text = (
        "def one(x):\n    ...\n\ndef two(x):\n    raise NotImplementedError('later')\n\n"
        "async def three(x):\n    pass\n\nassert two(1) == 2\nassert one(1) == 1\n"
    )
    one, two, three = parse_specs(text)
    assert [one.name, two.name, three.name] == ["one", "two", "three"]
    assert pairs(one) == [("assert one(1) == 1", None)]
    assert pairs(two) == [("assert two(1) == 2", None)]
    assert three.examples == ()
    assert parse_spec(text).name == "three"


def test_the_examples_of_a_class_share_a_namespace_within_one_docstring() -> None:
    text = (
        "class Stack:\n"
        '    """A stack.\n\n    >>> s = Stack(2)\n    >>> s.push(1)\n    >>> s.pop()\n    1\n    """\n'
        "    def __init__(self, size: int) -> None: ...\n"
        '    def pop(self):\n        """Take the top.\n\n        >>> Stack(1).pop()\n'
        "        Traceback (most recent call last):\n        IndexError: empty\n"
        '        """\n'
    )
    spec = parse_spec(text)
    assert spec.signature is not None
    assert (spec.signature.kind, spec.signature.parameters) == ("class", (Parameter("size", "int"),))
    assert [example.group for example in spec.examples] == [0, 0, 0, 1]
    assert pairs(spec)[:3] == [("s = Stack(2)", ""), ("s.push(1)", ""), ("s.pop()", "1")]
    assert spec.examples[3].want == "Traceback (most recent call last):\nIndexError: empty"
    assert [s.text for s in spec.sentences] == ["A stack.", "Take the top."]


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: int) -> int",
        "def f(x: int) -> int:",
        "def f(x: int) -> int:\n",
        'def f(x: int) -> int:\n    """Twice x.',
        "@cache\ndef f(x: int) -> int:\n    # Twice x.",
        "def broken(:\n    pass\n\ndef f(x: int) -> int:\n    '''Twice x.'''\n",
    ],
)
def test_a_truncated_or_broken_file_still_gives_its_stub(text: str) -> None:
    spec = parse_spec(text, filename="spec.py")
    assert spec.signature is not None
    assert (spec.name, spec.signature.parameters, spec.signature.returns) == ("f", (Parameter("x", "int"),), "int")
    assert spec.span.end <= len(text)
    if "Twice" in text:
        assert [s.text for s in spec.sentences] in (["Twice x."], ["Twice x"])


def test_escapes_and_line_ends_are_mapped_back_to_the_source() -> None:
    text = (
        "\ufeff# é\r\ndef f(x):\r\n"
        '    """Say \\"x\\" and \\u00e9.\\nSecond one.\r\n\r\n    >>> f(\'a\\\\n\')\r\n    3\r\n    """\r\n'
    )
    spec = parse_spec(text)
    assert [s.text for s in spec.sentences] == ['Say "x" and é.', "Second one."]
    first, second = (text[s.span.start : s.span.end] for s in spec.sentences)
    assert (first, second) == ('Say \\"x\\" and \\u00e9.', "Second one.")
    (example,) = spec.examples
    assert example.source == "f('a\\n')"
    assert text[example.span.start : example.span.end] == ">>> f('a\\\\n')\r\n    3"


@pytest.mark.parametrize("literal", ['r"""Is \\d here."""', '("Is \\\\d"  # c\n     " here.")', "'Is \\\\d' ' here.'"])
def test_raw_and_joined_docstrings_are_read(literal: str) -> None:
    spec = parse_spec(f"def f(x):\n    {literal}\n")
    assert [s.text for s in spec.sentences] == ["Is \\d here."]


def test_an_f_string_is_no_docstring() -> None:
    assert parse_spec('def f(x):\n    f"""Not {x}."""\n').sentences == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("f(2) -> 4", [("f(2)", "4")]),
        ("f(2) => 4", [("f(2)", "4")]),
        ("f(2) ==> 4", [("f(2)", "4")]),
        ("f(2) ➞ 4", [("f(2)", "4")]),
        ("f(2) → [4, 'a']", [("f(2)", "[4, 'a']")]),
        ("f(2)==True", [("f(2)", "True")]),
        ("f(2) = -4.5", [("f(2)", "-4.5")]),
        ("* f(2)  # 4", [("f(2)", "4")]),
        ('f(2)   # returns "4"', [("f(2)", '"4"')]),
        ("print(f(2))  # 4", [("f(2)", "4")]),
        ("For example, f(2) should return 4.", [("f(2)", "4")]),
        ("f(2) returns 4 and f(3) returns 9, because of squares.", [("f(2)", "4"), ("f(3)", "9")]),
        ("f(2) ->5 - 1 = 4", [("f(2)", "5 - 1")]),
        ("round(f(2.5), 1) == 6.2", [("round(f(2.5), 1)", "6.2")]),
        ("f(-1) raises ValueError.", [("f(-1)", "raises ValueError")]),
        ("f([\n      1,\n    ]) == (1,)", [("f([\n      1,\n    ])", "(1,)")]),
        ("For x = [1, 2] the output should be 3", [("f([1, 2])", "3")]),
        ("Input: x = 'a'\n    Output: 'b'\n    Explanation: so.", [("f('a')", "'b'")]),
        ("Input: [4, 2]\n    Output: 1 # why", [("f([4, 2])", "1")]),
    ],
)
def test_a_call_and_its_result_on_one_line_is_an_example(line: str, expected: list[tuple[str, str]]) -> None:
    assert arrows(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "f(n) -> 4",
        "f(aa) => False",
        "f(2) => true",
        "f(2) returns 4 times x",
        "f(2) returns 4 or 5",
        "f(2) = 4 (mod 5)",
        "f(2) does not return 4",
        "f(2) is not 4",
        "never f(2) == 4",
        "Does f(2) return 4?",
        "f(2) == 4 is wrong",
        "1 + f(2) == 5",
        "f(2) + 1 == 5",
        "if f(2) == 4, stop",
        "g(2) == 4",
        "self.f(2) == 4",
        'f(2) == ""4"',
        "f(2) == ...",
        "f(2) returns 4\n    times the input",
        "f(2) == 4 == y",
        "For y = 3 the output should be 4",
        "For x = 3, y = 2 the output should be 4",
        "Input: 1, 2\n    Output: 3",
        "f(3) = 8\n    f(n) = f(n - 1) + 1",
    ],
)
def test_what_could_be_misread_is_left_out(line: str) -> None:
    assert arrows(line) == []


def test_arguments_by_name_are_put_in_the_order_of_the_signature() -> None:
    line = "Input: k = 2, xs = [3]\n    Output: 5"
    assert arrows(line, parameters="xs, k") == [("f([3], 2)", "5")]
    assert arrows(line, parameters="xs, *, k") == [("f([3], k=2)", "5")]
    assert arrows(line, parameters="xs, k, z") == []


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (">>> f(1) # doctest: +SKIP\n    2\n    >>> f(2)\n    3", [("f(2)", "3")]),
        (">>>f(1)\n    2", [("f(1)", "2")]),
        (">>> f(1)\n  2", [("f(1)", "2")]),
        (">>> f(1) == 2", [("assert f(1) == 2", None)]),
        (">>> f(1) [0, 1]", []),
        (">>> f(1\n    2\n    >>> f(2)\n    3", [("f(2)", "3")]),
        (">>> f(1)\n    2\n    The result is even for this.", [("f(1)", "2")]),
        (">>> for i in (1, 2):\n    ...     f(i)\n    1\n    2", [("for i in (1, 2):\n    f(i)", "1\n2")]),
        (">>> f(1)\n\n    >>> f(2)\n    3", [("f(1)", ""), ("f(2)", "3")]),
    ],
)
def test_malformed_sessions_keep_what_can_be_read(session: str, expected: list[tuple[str, str | None]]) -> None:
    assert arrows(session) == expected


def test_a_call_that_shows_nothing_is_no_example_where_the_signature_promises_a_value() -> None:
    assert parse_spec('def f(x) -> int:\n    """>>> f(1)\n    """\n').examples == ()


def test_well_formed_sessions_are_read_as_the_standard_library_reads_them() -> None:
    docstring = (
        "Words.\n\n    >>> x = [1,\n    ...      2]\n    >>> f(x)\n    [3,\n     4]\n\n    More.\n\n"
        "    >>> print(f('a'))  # doctest: +ELLIPSIS\n    a...\n    >>> f(None)\n"
        "    Traceback (most recent call last):\n      ...\n    TypeError: no\n"
    )
    spec = parse_spec(f'def f(x):\n    """{docstring}    """\n')
    expected = [
        (example.source.strip("\n"), example.want.strip("\n"))
        for example in doctest.DocTestParser().get_examples(docstring)
    ]
    assert pairs(spec) == expected


def test_asserts_bring_the_modules_they_use() -> None:
    spec = parse_spec("def f(x): ...\n\nassert math.isclose(f(1), 2.0)\n")
    assert spec.examples[0] == Example(
        "assert", "import math\nassert math.isclose(f(1), 2.0)", None, 0, spec.examples[0].span
    )


def test_an_assert_about_something_else_is_no_example() -> None:
    assert parse_spec("def f(x): ...\n\nassert g(1) == 2\nassert f(y) == 2\n").examples == ()


def test_statements_that_run_the_stub_while_the_file_loads_are_not_carried_along() -> None:
    spec = parse_spec(
        "import os\nN = 3\ndef f(x): ...\nRESULT = f(N)\nprint(f(2))\nif __name__ == '__main__':\n    f(3)\n"
    )
    assert spec.preamble == "import os\nN = 3"


def test_a_stub_that_stays_as_it_was_is_not_read_again_and_found_at_its_new_place() -> None:
    first = 'def first(x: int) -> int:\n    """Take {} away.\n\n    >>> first(2)\n    1\n    """\n\n\n'
    second = (
        'def second(x: int) -> int:\n    """Add one: second(1) should return 2. Say no more.\n\n'
        '    >>> second(2)\n    3\n    """\n'
    )
    parse_specs(first.format("one") + second, filename="spec.py")
    before = blocks._take_apart_short.cache_info()
    text = first.format("exactly one of them") + second
    spec = parse_specs(text, filename="spec.py")[1]
    after = blocks._take_apart_short.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 1)
    shown = [text[example.span.start : example.span.end] for example in spec.examples]
    assert shown == ["second(1) should return 2", ">>> second(2)\n    3"]
    assert [text[told.span.start : told.span.end] for told in spec.sentences][-1] == "Say no more."
