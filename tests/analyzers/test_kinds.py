"""What kinds of values go in and out: from annotations, else from examples, else from the prose."""

import pytest

from analyzers.about import about, shows_below_one, shows_duplicates, shows_empty, span_of, texts_in
from analyzers.kinds import Value, common_kind, inputs, result
from analyzers.parse import parse_spec
from analyzers.subject import Subject


def read(text: str) -> Subject:
    return Subject(parse_spec(text, filename="spec.py" if text.startswith("def ") else "spec.txt"))


def typed(annotation: str) -> Value:
    """The only parameter of a stub that is annotated so."""
    (value,) = inputs(read(f'def f(x: {annotation}) -> int:\n    """Look at x."""\n'))
    return value


@pytest.mark.parametrize(
    ("annotation", "kind", "element", "mutable"),
    [
        ("int", "integer", "unknown", False),
        ("float", "float", "unknown", False),
        ("int | float", "number", "unknown", False),
        ("Optional[int]", "integer", "unknown", False),
        ("str | None", "text", "unknown", False),
        ("str | int", "unknown", "unknown", False),
        ("list[int]", "sequence", "integer", True),
        ("List[str]", "sequence", "text", True),
        ("list[list[int]]", "sequence", "sequence", True),
        ("tuple[int, ...]", "sequence", "integer", False),
        ("tuple[int, str]", "sequence", "unknown", False),
        ("Sequence[float]", "sequence", "float", False),
        ("typing.Dict[str, int]", "mapping", "unknown", True),
        ("set[str]", "set", "text", True),
        ("frozenset[str]", "set", "text", False),
        ("bool", "bool", "unknown", False),
        ("'list[int]'", "sequence", "integer", True),
        ("Annotated[int, 'positive']", "integer", "unknown", False),
        ("Matrix", "unknown", "unknown", False),
    ],
)
def test_an_annotation_tells_the_kind(annotation: str, kind: str, element: str, mutable: bool) -> None:
    value = typed(annotation)
    assert (value.kind, value.element, value.mutable) == (kind, element, mutable)


def test_an_annotation_nested_without_end_is_unknown_and_no_crash() -> None:
    assert typed("list[" * 60 + "int" + "]" * 60).kind in ("sequence", "unknown")
    assert typed(" | ".join(["int"] * 60)).kind in ("integer", "unknown")


def test_an_untyped_parameter_takes_its_kind_from_the_examples() -> None:
    value, count = inputs(
        read('def f(x, n):\n    """Look.\n\n    >>> f([1, 2], 3)\n    2\n    >>> f([], n=1)\n    0\n    """\n')
    )
    assert (value.kind, value.element, value.mutable) == ("sequence", "integer", True)
    assert value.samples == ([1, 2], [])
    assert (count.kind, count.samples) == ("integer", (3, 1))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Given a list of integers xs, return their sum.", "sequence"),
        ("xs is a dictionary of prices.", "mapping"),
        ("xs: string with commas", "text"),
        ("Return the square of the integer xs.", "integer"),
        ("Return xs.", "unknown"),
    ],
)
def test_an_untyped_parameter_without_examples_takes_it_from_the_prose(sentence: str, kind: str) -> None:
    (value,) = inputs(read(f'def f(xs):\n    """{sentence}"""\n'))
    assert value.kind == kind


def test_without_a_signature_the_examples_tell_what_goes_in() -> None:
    first, second = inputs(read("Find the k largest numbers of a list.\nassert top([1, 5, 3], 2) == [5, 3]\n"))
    assert (first.name, first.kind, first.label) == (None, "sequence", "the list")
    assert (second.kind, second.samples) == ("integer", (2,))


def test_two_inputs_of_a_kind_are_told_apart_by_their_place() -> None:
    labels = [value.label for value in inputs(read("Compare two numbers.\nassert f(1, 2) == True\n"))]
    assert labels == ["the first argument", "the second argument"]


def test_a_string_and_not_its_character_is_what_goes_in() -> None:
    (value,) = inputs(read("Find the first repeated character in a given string.\nassert first('abca') == 'a'\n"))
    assert value.label == "the string"


def test_none_among_the_examples_does_not_hide_the_kind() -> None:
    assert common_kind([None, 1, 2]) == "integer"
    assert common_kind([1, 2.5]) == "float"
    assert common_kind([1, "a"]) == "unknown"
    assert common_kind([True, True]) == "bool"


def test_the_result_comes_from_annotation_examples_or_prose() -> None:
    assert result(read('def f(x) -> float:\n    """Look."""\n')).kind == "float"
    assert result(read("Look.\nassert f(1) == 'a'\n")).kind == "text"
    assert result(read('def f(x):\n    """Return True if x is odd."""\n')).kind == "bool"
    assert result(read('def f(x):\n    """Return the number of digits of x."""\n')).kind == "integer"
    assert result(read('def f(x):\n    """Look at x."""\n')).kind == "unknown"


def test_what_examples_show_of_an_input() -> None:
    text = 'def f(xs, n):\n    """Look.\n\n    >>> f([1, 1], 0)\n    2\n    >>> f([], 3)\n    0\n    """\n'
    xs, n = inputs(read(text))
    assert shows_empty(xs)
    assert shows_duplicates(xs)
    assert shows_below_one(n)
    assert not shows_empty(n)
    assert not shows_duplicates(n)


def test_texts_in_lists_count_as_shown_texts() -> None:
    words, text = inputs(read('def f(words, s):\n    """Look.\n\n    >>> f(["a", "B"], "c")\n    1\n    """\n'))
    assert list(texts_in(words)) == ["a", "B"]
    assert list(texts_in(text)) == ["c"]


def test_the_article_is_not_the_parameter_of_that_name() -> None:
    subject = read('def f(a: int, b: str) -> int:\n    """Look at a line of b. The value of a is returned."""\n')
    sentences = [phrase.low for phrase in about(subject, inputs(subject)[0])]
    assert sentences == ["the value of a is returned."]


def test_a_finding_points_at_the_name_in_the_header() -> None:
    subject = read('def f(first: int, n: int) -> int:\n    """Return n."""\n')
    span = span_of(subject, inputs(subject)[1])
    assert subject.spec.text[span.start : span.end] == "n"
    assert span.start > subject.spec.text.index("first")
