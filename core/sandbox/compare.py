"""What counts as the wanted result. Runs outside the sandbox, on data only: no method of the code's values is called.

Rules: containers and numbers by content, also of subclasses of the built-in types; ``True`` is not ``1``; an int
equals a float as in Python; floats are equal within a relative 1e-9 (nan equals nan); other objects are equal if
their class names are and either their reprs (without addresses) or their instance attributes.
"""

import ast
import fractions
import math
import re
from typing import Any

_MAX_LITERAL = 20_000
_FEW = 300
"""Sets that hold floats or objects are matched pair by pair up to this size."""


class Opaque:
    """An object of a class that is not built in: the class's name, its repr, its attributes (decoded) if it has any."""

    __slots__ = ("kind", "state", "text")

    def __init__(self, kind: str, text: str, state: Any) -> None:
        self.kind, self.text, self.state = kind, text, state


class Items:
    """A set (values None) or a dictionary, without order and without hashing."""

    __slots__ = ("is_set", "pairs")

    def __init__(self, pairs: list[tuple[Any, Any]], *, is_set: bool) -> None:
        self.pairs, self.is_set = pairs, is_set


class Unreadable(ValueError):
    """A value that cannot be compared: too large to report, or not a well-formed report."""


def decode(form: Any) -> Any:
    """The value that ``encode`` described, with ``Items`` for sets and dictionaries. Raises Unreadable."""
    try:
        return _decode(form, 0)
    except (ValueError, TypeError, OverflowError) as error:
        raise Unreadable("a malformed value") from error


def _decode(form: Any, depth: int) -> Any:
    if form is None:
        return None
    if depth > 80 or type(form) is not list or not form:
        raise Unreadable
    match form:
        case ["b", int(flag)]:
            return bool(flag)
        case ["i", str(digits)]:
            return int(digits, 16)
        case ["f", str(number)]:
            return float.fromhex(number)
        case ["c", str(real), str(imaginary)]:
            return complex(float.fromhex(real), float.fromhex(imaginary))
        case ["s", str(text)]:
            return text
        case ["y", str(octets)]:
            return bytes.fromhex(octets)
        case ["l", list(items)]:
            return [_decode(item, depth + 1) for item in items]
        case ["t", list(items)]:
            return tuple(_decode(item, depth + 1) for item in items)
        case ["e" | "z", list(items)]:
            return Items([(_decode(item, depth + 1), None) for item in items], is_set=True)
        case ["d", list(pairs)]:
            return Items([(_decode(key, depth + 1), _decode(item, depth + 1)) for key, item in pairs], is_set=False)
        case ["o", str(kind), str(text), state]:
            return Opaque(kind, text, _decode(state, depth + 1))
    raise Unreadable


_DIGITS = r"-?\d*\.?\d*(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(rf"(?:Fraction|Decimal|(?:np\.)?(?:u?int|float)\d+)\('?({_DIGITS})(?:, (\d+))?'?\)|({_DIGITS})")
_NUMBERS = re.compile(r"Fraction|Decimal|u?int\d+|float\d+")


def as_number(value: Any) -> Any:
    """``value``, or the number it is the repr of: a Fraction, a Decimal, a number of numpy's."""
    if not isinstance(value, Opaque) or len(value.text) > 100 or not _NUMBERS.fullmatch(value.kind):
        return value
    found = _NUMBER.fullmatch(value.text)
    if found is None:
        return value
    try:
        number = fractions.Fraction(found[1] or found[3]) / int(found[2] or 1)
        return int(number) if number.denominator == 1 else float(number)
    except (ValueError, ArithmeticError):
        return value


def literal(text: str) -> tuple[Any] | None:
    """The value of a Python literal in a tuple of one, or None if ``text`` is not one."""
    if len(text) > _MAX_LITERAL:
        return None
    try:
        return (_plain(ast.literal_eval(text.strip())),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return Items([(_plain(item), None) for item in value], is_set=True)
    if isinstance(value, dict):
        return Items([(_plain(key), _plain(item)) for key, item in value.items()], is_set=False)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value


def same(got: Any, want: Any) -> bool:
    """Whether two decoded values are equal by the rules above."""
    if isinstance(got, bool) or isinstance(want, bool):
        return got is want
    if isinstance(got, int | float | complex) and isinstance(want, int | float | complex):
        return _same_number(got, want)
    if isinstance(got, Items) and isinstance(want, Items):
        return got.is_set == want.is_set and len(got.pairs) == len(want.pairs) and _same_items(got, want)
    if type(got) is not type(want):
        return False
    if isinstance(got, list | tuple):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(got, Opaque):
        if got.kind != want.kind:
            return False
        by_text = got.text == want.text and " at 0x" not in got.text
        return by_text or (got.state is not None and same(got.state, want.state))
    return bool(got == want)


def _same_number(got: complex, want: complex) -> bool:
    if isinstance(got, complex) or isinstance(want, complex):
        left, right = complex(got), complex(want)
        return _same_number(left.real, right.real) and _same_number(left.imag, right.imag)
    if got == want:
        return True
    if isinstance(got, int) and isinstance(want, int):
        return False
    try:
        return (math.isnan(got) and math.isnan(want)) or math.isclose(got, want, rel_tol=1e-9)
    except OverflowError:
        return False


def _key(value: Any) -> tuple[str, Any] | None:
    """Something hashable that equal values share, None where equality is not exact."""
    if value is None or isinstance(value, bool | str | bytes):
        return type(value).__name__, value
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "number", hex(int(value))
    if isinstance(value, tuple):
        parts = tuple(_key(item) for item in value)
        return None if None in parts else ("tuple", parts)
    return None


def _same_items(got: Items, want: Items) -> bool:
    exact = {key: item for name, item in want.pairs if (key := _key(name)) is not None}
    inexact = [(name, item) for name, item in want.pairs if _key(name) is None]
    others = []
    for name, item in got.pairs:
        key = _key(name)
        if key is None:
            others.append((name, item))
        elif key in exact and same(item, exact[key]):
            del exact[key]
        else:
            others.append((name, item))
    remaining = inexact + [
        (name, item) for name, item in want.pairs if (key := _key(name)) is not None and key in exact
    ]
    if len(others) != len(remaining):
        return False
    if len(others) > _FEW:
        return False
    for name, item in others:
        for index, (other_name, other_item) in enumerate(remaining):
            if same(name, other_name) and same(item, other_item):
                del remaining[index]
                break
        else:
            return False
    return True
