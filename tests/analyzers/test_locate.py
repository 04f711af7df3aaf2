"""A match in a folded sentence leads back to exactly that place in the text as it was written."""

import re

import pytest

from analyzers.locate import head_span, parameter_span, sentence_span
from analyzers.parse import parse_spec
from analyzers.subject import Subject


def located(text: str, wanted: str) -> list[str]:
    spec = parse_spec(text)
    found = []
    for sentence in spec.sentences:
        for match in re.finditer(re.escape(wanted), sentence.text):
            span = sentence_span(spec, sentence, *match.span())
            found.append(text[span.start : span.end])
    return found


STUB = 'def f(a, b):\n    """{}"""\n'


@pytest.mark.parametrize(
    ("text", "wanted", "original"),
    [
        (STUB.format("Return the sum."), "sum", "sum"),
        (STUB.format("Return the\n    sum of a and b."), "sum of", "sum of"),
        (STUB.format("Return the\n    sum of a and b."), "the sum", "the\n    sum"),
        (STUB.format("Return   the \t sum."), "the sum", "the \t sum"),
        (STUB.format("Return the\r\n    sum of\r\n    a.").replace("\n", "\r\n"), "of", "of"),
        (STUB.format("Return the\r    sum of a."), "sum", "sum"),
        (STUB.format("Split at \\n and\n    then sum."), "sum", "sum"),
        (STUB.format("Split at a tab\\tand then sum."), "tab and", "tab\\tand"),
        (STUB.format("Escape a \\\\ and sum."), "\\", "\\\\"),
        (STUB.format("Escape a \\\\ and sum."), "sum", "sum"),
        (STUB.format("Caf\\u00e9 as \\x41 and sum."), "Café as A", "Caf\\u00e9 as \\x41"),
        (STUB.format("One \\\n    line to sum."), "sum", "sum"),
        ('def f(a, b):\n    r"""Split at \\n and sum."""\n', "\\n and", "\\n and"),
        ('def f(a, b):\n    """The \U0001f600 of   a\n    sum."""\n', "\U0001f600 of a", "\U0001f600 of   a"),
        ("def f(a, b):\n    # Return the\n    # sum of a.\n    pass\n", "sum of", "sum of"),
        ("def f(a, b):\n    # Return the\n    # sum of a.\n    pass\n", "the sum", "the\n    # sum"),
        ("# Task\n\n> Return the\n> sum of `a`.\n\n`f(a, b)`\n", "sum of", "sum of"),
        ("# Task\n\n- Return the\n  sum of `a`.\n\n`f(a, b)`\n", "sum", "sum"),
        ("Write a function f(a, b) that returns the\nsum of both.", "the sum", "the\nsum"),
        ("\ufeffWrite a function f(a, b) that returns the\r\nsum\0 of both.", "sum\ufffd of", "sum\0 of"),
    ],
)
def test_the_span_covers_what_was_written(text: str, wanted: str, original: str) -> None:
    assert located(text, wanted) == [original]


def test_what_cannot_be_matched_is_the_whole_sentence() -> None:
    text = STUB.format("Return the sum.")
    spec = parse_spec(text)
    (sentence,) = spec.sentences
    assert sentence_span(spec, sentence, 5, 500) == sentence.span
    assert sentence_span(spec, sentence, 5, 5) == sentence.span


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        (STUB.format("Add a to b."), "b", "def f(a, b):"),
        ("def f(\n    a,  # first\n    b: int = 3,\n):\n    '''Add.'''\n", "b", "    b: int = 3,"),
        ("import ab\n\ndef f(ab, b):\n    '''Add.'''\n", "b", "def f(ab, b):"),
        ("Write `f(a, b)` that adds.", "b", "Write `f(a, b)` that adds."),
    ],
)
def test_a_parameter_is_found_in_its_header(text: str, name: str, line: str) -> None:
    span = parameter_span(Subject(parse_spec(text)), name)
    assert text[span.start : span.end] == name
    start = text.rfind("\n", 0, span.start) + 1
    assert text[start:].split("\n")[0] == line
    assert not text[span.start - 1].isalnum()


def test_an_unknown_parameter_falls_back_to_the_name_that_is_asked_for() -> None:
    text = STUB.format("Add.")
    subject = Subject(parse_spec(text))
    span = parameter_span(subject, "zz")
    assert text[span.start : span.end] == "f"
    assert span == head_span(subject.spec)


def test_long_sentences_are_located_in_linear_time() -> None:
    words = 40_000
    text = STUB.format("Return\n" + "the  sum\n" * words)
    spec = parse_spec(text)
    sentence = spec.sentences[0]
    last = 0
    for match in list(re.finditer("sum", sentence.text))[::400]:
        span = sentence_span(spec, sentence, *match.span())
        assert text[span.start : span.end] == "sum"
        assert span.start > last
        last = span.start
