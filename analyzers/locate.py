"""From a place in a sentence or a signature back to the place in the original text."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from analyzers.lazy import lazy
from analyzers.spec import Sentence, Span, Spec
from analyzers.subject import Subject

_ESCAPE = lazy(
    r"\\(?:(\r?\n)|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}\n]*)\}|([0-7]{1,3})|([\\'\"abfnrtv]))"
)
_BEFORE_HEAD = lazy(r"\s+|<!--(?:(?!-->).)*-->", re.S)
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def sentence_span(spec: Spec, sentence: Sentence, start: int, end: int) -> Span:
    """The place in the original text of ``sentence.text[start:end]``.

    White space of a sentence is folded, and in a docstring escapes are read; the original has the line breaks,
    indentation, comment and quote marks, and backslashes. Where the two cannot be matched it is the whole sentence.
    """
    starts, ends = _places(spec.text, sentence)
    if not 0 <= start < end <= len(starts):
        return sentence.span
    # Where its last character ends and not where the next one starts: a line break may lie between them.
    return Span(starts[start], ends[end - 1])


def parameter_span(subject: Subject, name: str) -> Span:
    """Where a parameter is written: in the header, else in the prose; the spec's first line if neither shows it."""
    spec = subject.spec
    text, signature = spec.text, spec.signature
    if signature is not None and signature.source:
        header = re.compile(rf"\b{re.escape(signature.name)}\b\s*\(").search(text, spec.span.start, spec.span.end)
        if header is None:
            header = re.compile(rf"\b{re.escape(signature.name)}\b\s*\(").search(text)
        if header is not None:
            # Twice the header: comments and line breaks of the original may be longer than what was kept of it.
            limit = header.end() + 2 * len(signature.source) + 200
            place = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)").search(text, header.end(), limit)
            if place is not None:
                return Span(*place.span())
    for sentence in spec.sentences:
        if (mention := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence.text)) is not None:
            return sentence_span(spec, sentence, *mention.span())
    return head_span(spec)


def head_span(spec: Spec) -> Span:
    """The first line of the spec, or what it asks to define where that is shown on the first line.

    Blank lines and comments of Markdown before it are not counted.
    """
    start = spec.span.start
    while (comment := _BEFORE_HEAD.match(spec.text, start, spec.span.end)) is not None:
        start = comment.end()
    if start == spec.span.end:
        start = spec.span.start
    ends = (at for at in (spec.text.find(mark, start, spec.span.end) for mark in "\r\n") if at >= 0)
    line = spec.text[start : min(ends, default=spec.span.end)].rstrip()
    if spec.name is not None and spec.name in line and (place := _whole_word(spec.name).search(line)) is not None:
        return Span(start + place.start(), start + place.end())
    return Span(start, start + len(line))


@lru_cache(maxsize=64)
def _whole_word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}\b")


@lru_cache(maxsize=32)
def _places(text: str, sentence: Sentence) -> tuple[Sequence[int], Sequence[int]]:
    """Where each character of the sentence starts and ends in ``text``; both empty if that is not certain."""
    start, end = sentence.span.start, sentence.span.end
    if text[start:end] == sentence.text:
        return range(start, end), range(start + 1, end + 1)
    # Escapes second: in raw strings, comments, Markdown and prose a backslash is a backslash.
    return _align(text, sentence, escapes=False) or _align(text, sentence, escapes=True) or ((), ())


def _align(text: str, sentence: Sentence, *, escapes: bool) -> tuple[list[int], list[int]] | None:
    at, end = sentence.span.start, sentence.span.end
    starts: list[int] = []
    ends: list[int] = []
    before = " "
    for char in sentence.text:
        starts.append(at)
        if char != " ":
            at = starts[-1] = _skip(text, at, end, char, before == " ", escapes)
            escape = _ESCAPE.match(text, at, end) if escapes else None
            if escape is not None and _decoded(escape) == char:
                at = escape.end()
            elif at < end and (text[at] == char or char == "\ufffd"):
                at += 1
            else:
                return None
        ends.append(at)
        before = char
    return starts, ends


def _skip(text: str, at: int, end: int, char: str, first: bool, escapes: bool) -> int:
    """Where the next character of a sentence stands, past what folding left out before a word."""
    broken = False
    while at < end:
        escape = _ESCAPE.match(text, at, end) if escapes and text[at] == "\\" else None
        if escape is not None and ((decoded := _decoded(escape)) == "" or (first and decoded.isspace())):
            at = escape.end()
        elif first and text[at].isspace():
            broken = broken or text[at] in "\r\n"
            at += 1
        elif first and broken and text[at] in "#>" and text[at] != char:
            at += 1
        else:
            break
    return at


def _decoded(escape: re.Match[str]) -> str:
    newline, byte, short, long, name, octal, letter = escape.groups()
    if newline is not None:
        return ""
    if digits := byte or short or long:
        return chr(min(int(digits, 16), 0x10FFFF))
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return "\ufffd"
    return chr(int(octal, 8)) if octal else _LETTERS.get(letter, letter)
