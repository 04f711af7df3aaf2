"""Values and calls in their plainest form, read without a syntax tree: most of what examples hold."""

import json
import re
from keyword import iskeyword
from typing import Any, Final

from analyzers.lazy import lazy

_LONGEST = 300
"""Characters, so that no number overflows."""
_DEEPEST = 20
_ODD = lazy(r"[^\x20-\x7e\n\t]|[\\{]|-0|\d[eE]")
"""What Python and JSON read, or write, in different ways: escapes, keys that are equal, minus zero, exponents."""
_LETTER = lazy(r"[A-Za-z]")
_TEXT = lazy(r"\"[^\"]*\"")
_CALL = lazy(r"([A-Za-z_]\w*)\((.*)\)\Z", re.S | re.A)
_DECODER = json.JSONDecoder()
NOT_PLAIN: Final = object()


def plain_value(source: str) -> Any:
    """The value of a literal of numbers, texts and lists; ``NOT_PLAIN`` for anything else, be it Python or not.

    Such literals are the same in Python and in JSON, whose decoder takes a tenth of the time that a syntax tree does.
    ``repr`` of the value is what ``ast.unparse`` makes of the literal.
    """
    if source[:1].isalpha() or len(source) > _LONGEST or _ODD.search(source) or source.count("[") > _DEEPEST:
        return NOT_PLAIN
    source = source.strip()
    if "'" in source:
        if '"' in source:
            return NOT_PLAIN
        source = source.replace("'", '"')
    # Words that stand alone: what JSON knows of them Python does not.
    if _LETTER.search(_TEXT.sub("", source) if '"' in source else source):
        return NOT_PLAIN
    try:
        value, end = _DECODER.raw_decode(source)
    except ValueError:
        return NOT_PLAIN
    return value if end == len(source) else NOT_PLAIN


def plain_call(source: str) -> tuple[str, tuple[Any, ...]] | None:
    """The name and the arguments if ``source`` is the call of a name with plain values by position, else None."""
    match = _CALL.match(source)
    if match is None or iskeyword(match[1]):
        return None
    values = plain_value(f"[{match[2]}]")
    return None if values is NOT_PLAIN else (match[1], tuple(values))


def plain_assert(source: str) -> tuple[str, tuple[Any, ...], Any] | None:
    """The name, the arguments and the result of ``assert name(values) == value``; None for anything else."""
    if not source.startswith("assert "):
        return None
    call, equals, value = source[len("assert ") :].partition(" == ")
    called = plain_call(call) if equals and not value[:1].isspace() else None
    if called is None:
        return None
    result = plain_value(value)
    return None if result is NOT_PLAIN else (*called, result)
