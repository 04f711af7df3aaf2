"""Values and calls in their plainest form, read without a syntax tree: most of what examples hold."""

import json
import re
from functools import lru_cache
from keyword import iskeyword
from typing import Any, Final

from analyzers.lazy import lazy

_LONGEST = 300
"""Characters, so that no number overflows."""
_DEEPEST = 20
_ODD = lazy(r"[^\x20-\x7e\n\t]|[\\{]|-0|\d[eE]")
"""What ``repr`` may write in another way, or JSON read in another: escapes, braces, minus zero, exponents."""
_PYTHON = lazy(r"[A-Za-z(]")
_TEXT = lazy(r"\"[^\"]*\"")
_TOKEN = lazy(
    r"[ \n\t]*(?:(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)(?![\w.])|(\"[^\"\n\t]*\"|'[^'\n\t]*')|(True|False|None)\b|"
    r"([\[\](),]))"
)
_CALL = lazy(r"([A-Za-z_]\w*)\((.*)\)\Z", re.S | re.A)
_DECODER = json.JSONDecoder()
_WORDS = {"True": True, "False": False, "None": None}
NOT_PLAIN: Final = object()


def plain_value(source: str) -> Any:
    """The value of a literal of numbers, texts, lists and tuples; ``NOT_PLAIN`` for anything else, Python or not.

    ``repr`` of the value is what ``ast.unparse`` makes of the literal. Where it is JSON as well, the decoder of JSON
    reads it in a tenth of the time that a syntax tree takes.
    """
    if source in _WORDS:
        return _WORDS[source]
    if source.isdecimal() and source.isascii() and len(source) <= _LONGEST:
        return int(source) if source[0] != "0" or source == "0" else NOT_PLAIN
    if source[:1].isalpha() or len(source) > _LONGEST or _ODD.search(source):
        return NOT_PLAIN
    source = source.strip()
    if source.count("[") + source.count("(") > _DEEPEST:
        return NOT_PLAIN
    json_like = source
    if "'" in source:
        if '"' in source:
            return _read(source)
        json_like = source.replace("'", '"')
    if _PYTHON.search(_TEXT.sub("", json_like) if '"' in json_like else source):
        return _read(source)
    try:
        value, end = _DECODER.raw_decode(json_like)
    except ValueError:
        return NOT_PLAIN
    return value if end == len(source) else NOT_PLAIN


def _read(source: str) -> Any:
    """The same, token by token."""
    outer: list[tuple[str, list[Any], bool]] = []
    bracket, items, comma = "", [], False
    due = True
    at = 0
    while at < len(source):
        token = _TOKEN.match(source, at)
        if token is None:
            return NOT_PLAIN
        at = token.end()
        number, text, word, sign = token.groups()
        if sign is None:
            if not due:
                return NOT_PLAIN
            due = False
            items.append(_number(number) if number else text[1:-1] if text else _WORDS[word])
        elif sign in "[(":
            if not due:
                return NOT_PLAIN
            outer.append((bracket, items, comma))
            bracket, items, comma = sign, [], False
        elif sign == ",":
            if due or not bracket:
                return NOT_PLAIN
            due = comma = True
        else:
            if bracket + sign not in ("[]", "()") or (due and items and not comma) or (due and comma and not items):
                return NOT_PLAIN
            value: Any = items if sign == "]" else tuple(items) if comma or not items else items[0]
            bracket, items, comma = outer.pop()
            items.append(value)
            due = False
    return items[0] if len(items) == 1 and not outer else NOT_PLAIN


def _number(source: str) -> int | float:
    return float(source) if "." in source else int(source)


def plain_call(source: str) -> tuple[str, tuple[Any, ...]] | None:
    """The name and the arguments if ``source`` is the call of a name with plain values by position, else None."""
    return _plain_call(source) if len(source) <= 2 * _LONGEST else None


# A call is asked whether it can be run, and what it is given.
@lru_cache(1024)
def _plain_call(source: str) -> tuple[str, tuple[Any, ...]] | None:
    match = _CALL.match(source)
    if match is None or iskeyword(match[1]):
        return None
    values = plain_value(f"[{match[2]}]")
    return None if values is NOT_PLAIN else (match[1], tuple(values))


def plain_assert(source: str) -> tuple[str, tuple[Any, ...], Any] | None:
    """The name, the arguments and the result of ``assert name(values) == value``; None for anything else."""
    return _plain_assert(source) if source.startswith("assert ") and len(source) <= 2 * _LONGEST else None


# An assert is asked what it calls, whether it can be run, and what it shows.
@lru_cache(1024)
def _plain_assert(source: str) -> tuple[str, tuple[Any, ...], Any] | None:
    call, equals, value = source.removeprefix("assert ").partition("==")
    called = plain_call(call.strip(" ")) if equals else None
    if called is None or value.lstrip(" ")[:1].isspace():
        return None
    result = plain_value(value)
    return None if result is NOT_PLAIN else (*called, result)
