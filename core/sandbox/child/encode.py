"""Values of the confined process as plain JSON, read without asking the values themselves.

A value's own ``__eq__``, ``__class__``, ``__iter__`` or ``__len__`` never decides anything: contents are read with
the methods of the built-in base type, and everything else is described by type name, repr and instance state.

Forms: None, ["b", 0|1], ["i", hex], ["f", hex], ["c", hex, hex], ["s", text], ["y", hex], ["l"|"t"|"e"|"z", [...]]
(list, tuple, set, frozenset), ["d", [[key, value], ...]], ["o", type, repr, state or None], ["..."] (too large).
"""

from typing import Any

MAX_NODES = 5_000
MAX_DEPTH = 60
MAX_TEXT = 100_000

_type, _issubclass, _repr, _len = type, issubclass, repr, len
_sequences: tuple[tuple[type, str], ...] = ((list, "l"), (tuple, "t"), (set, "e"), (frozenset, "z"))
_attribute = object.__getattribute__


class TooLarge(Exception):
    """The value does not fit into a report."""


def type_name(kind: type) -> str:
    """The name of a class as an exact ``str``, whatever its metaclass says."""
    return str.__str__(type.__dict__["__name__"].__get__(kind))


def text_of(value: object) -> str:
    """``repr(value)`` as an exact ``str``; raises what the value's ``__repr__`` raises."""
    return str.__str__(_repr(value))


class _Encoder:
    def __init__(self) -> None:
        self.nodes = 0
        self.text = 0

    def spend(self, characters: int = 0) -> None:
        self.nodes += 1
        self.text += characters
        if self.nodes > MAX_NODES or self.text > MAX_TEXT:
            raise TooLarge

    def encode(self, value: Any, depth: int = 0) -> Any:
        self.spend()
        kind = _type(value)
        if value is None:
            return None
        if depth > MAX_DEPTH:
            raise TooLarge
        if kind is bool:
            return ["b", int(value)]
        if _issubclass(kind, int):
            if int.bit_length(value) > 4 * MAX_TEXT:
                raise TooLarge
            digits = int.__format__(int.__add__(value, 0), "x")
            self.spend(_len(digits))
            return ["i", digits]
        if _issubclass(kind, float):
            return ["f", float.hex(value)]
        if _issubclass(kind, complex):
            return ["c", float.hex(complex.__dict__["real"].__get__(value)), float.hex(_imaginary(value))]
        if _issubclass(kind, str):
            self.spend(str.__len__(value))
            return ["s", str.__str__(value)]
        if _issubclass(kind, (bytes, bytearray)):
            base = bytes if _issubclass(kind, bytes) else bytearray
            self.spend(2 * base.__len__(value))
            return ["y", base.hex(value)]
        for base_type, tag in _sequences:
            if _issubclass(kind, base_type):
                items = base_type.__iter__(value)  # type: ignore[attr-defined]
                return [tag, [self.encode(item, depth + 1) for item in items]]
        if _issubclass(kind, dict):
            pairs = dict.items(value)
            return ["d", [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in pairs]]
        return self.opaque(value, kind, depth)

    def opaque(self, value: object, kind: type, depth: int) -> Any:
        text = text_of(value)
        self.spend(_len(text))
        state = None
        try:
            members = _attribute(value, "__dict__")
        except AttributeError:
            members = None
        if _type(members) is dict and not _issubclass(kind, type):
            state = self.encode(members, depth + 1)
        return ["o", type_name(kind), text, state]


def _imaginary(value: complex) -> float:
    part: float = complex.__dict__["imag"].__get__(value)
    return part


def encode(value: object) -> Any:
    """``value`` in the forms above, ["..."] if it is too large or too deep. Raises what its ``__repr__`` raises."""
    try:
        return _Encoder().encode(value)
    except TooLarge:
        return ["..."]
