"""Results on their way from the code to the referee: plain data, packed without asking the values themselves.

Exact built-in types are pickled as they are. Everything else becomes ``slice(tag, payload)``, which the reader turns
into what stands for it: a few types of the standard library and numpy by their contents, subclasses of built-in types
that compare by content as a subclass of the same type, and any other object as ``Opaque``, equal to nothing. The
reader's unpickler knows no name but ``slice``, so no pickle can make it call anything.
"""

import collections
import datetime
import decimal
import fractions
import io
import os
import pickle
import re
import types
from typing import Any

import numpy as np

from .integrity import _compares_by_content
from .task import digest_of

ENOUGH, NOT_ENOUGH = b"1", b"0"
"""What the referee answers to an offer."""

_type, _issubclass, _slice = type, issubclass, slice
_digest_of, _read = digest_of, os.read
_NUMBERS = "biufc"
_numpy_types = frozenset(np.dtype(code).type for code in "?bhilqBHILQefdgFDG")
_dates = (datetime.datetime, datetime.date, datetime.time)


class Opaque:
    """An object of a class that is no plain data; ``decides``: its own code says what it equals."""

    def __init__(self, decides: bool) -> None:
        self.decides = decides

    def __repr__(self) -> str:
        return "<an object that decides itself what it equals>" if self.decides else "<an object>"


class Offered:
    """The digest of a large result, which follows only if that is not enough."""

    def __init__(self, digest: bytes) -> None:
        self.digest = digest


class _List(list[Any]):
    pass


class _Tuple(tuple[Any, ...]):
    pass


class _Set(set[Any]):
    pass


class _FrozenSet(frozenset[Any]):
    pass


class _Dict(dict[Any, Any]):
    pass


class _Str(str):
    pass


class _Bytes(bytes):
    pass


class _Int(int):
    pass


class _Float(float):
    pass


_BASES: dict[str, tuple[type, type]] = {
    "list": (list, _List),
    "tuple": (tuple, _Tuple),
    "set": (set, _Set),
    "frozenset": (frozenset, _FrozenSet),
    "dict": (dict, _Dict),
    "str": (str, _Str),
    "bytes": (bytes, _Bytes),
    "float": (float, _Float),
    "int": (int, _Int),
}


def _contents(value: Any, base: type) -> Any:
    """What ``value`` holds as an exact object of its built-in base."""
    if base is dict:
        return dict(dict.items(value))
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.__getitem__(value, _slice(None))
    if base is int:
        return int.__add__(value, 0)
    if base is float:
        return float.__pos__(value)
    return base(base.__iter__(value))  # type: ignore[attr-defined]


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if value is _slice:
            return NotImplemented
        return _slice, _form(value)


def _form(value: Any) -> tuple[str, Any]:
    kind = _type(value)
    if kind is Offered:
        return "offered", value.digest
    if kind is complex:
        return "complex", (value.real, value.imag)
    if kind is range:
        return "range", (value.start, value.stop, value.step)
    if kind is _slice:
        return "slice", (value.start, value.stop, value.step)
    if kind is collections.Counter or kind is collections.OrderedDict or kind is collections.defaultdict:
        return kind.__name__, list(dict.items(value))
    if kind is collections.deque:
        return "deque", list(collections.deque.__iter__(value))
    if kind is fractions.Fraction:
        return "Fraction", (value.numerator, value.denominator)
    if kind is decimal.Decimal:
        return "Decimal", decimal.Decimal.__str__(value)
    if kind is datetime.timedelta:
        return "timedelta", (value.days, value.seconds, value.microseconds)
    if kind in _dates and getattr(value, "tzinfo", None) is None:
        return kind.__name__, kind.isoformat(value)
    if kind in _numpy_types:
        return "number", (value.dtype.str, value.tobytes())
    if kind is np.ndarray and value.dtype.kind in _NUMBERS:
        return "array", (value.dtype.str, value.shape, value.tobytes())
    by_content = _compares_by_content(kind)
    if by_content:
        for name, (base, _) in _BASES.items():
            if _issubclass(kind, base):
                return name, _contents(value, base)
    return "opaque", not by_content and _type(value) not in (types.FunctionType, type)


class Sender:
    """The code's end of the line to the referee."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._file = io.BufferedWriter(io.FileIO(descriptor, "wb"), 1 << 16)
        self._pickler = _Pickler(self._file, 5)
        self.flush = self._file.flush

    def send(self, value: Any) -> None:
        """Hand in a result. Raises BrokenPipeError when no more are wanted, or what pickle raises."""
        self._pickler.dump(value)
        self._pickler.clear_memo()

    def send_large(self, value: Any) -> None:
        """The same for a result whose digest may be enough: it would take long to pack and to unpack."""
        digest = _digest_of(value)
        if digest is not None:
            self.send(Offered(digest))
            self.flush()
            if _read(self._descriptor, 1) == ENOUGH:
                return
        self.send(value)


def _made(tag: str, payload: Any) -> Any:
    """The value that ``_form`` described."""
    if tag in _BASES:
        return _BASES[tag][1](payload)
    match tag:
        case "opaque":
            return Opaque(bool(payload))
        case "offered":
            return Offered(bytes(payload))
        case "complex":
            return complex(*payload)
        case "range":
            return range(*payload)
        case "slice":
            return slice(*payload)
        case "Counter":
            return collections.Counter(dict(payload))
        case "OrderedDict":
            return collections.OrderedDict(payload)
        case "defaultdict":
            return collections.defaultdict(None, payload)
        case "deque":
            return collections.deque(payload)
        case "Fraction":
            return fractions.Fraction(*payload)
        case "Decimal":
            return decimal.Decimal(payload)
        case "timedelta":
            return datetime.timedelta(*payload)
        case "datetime" | "date" | "time":
            return getattr(datetime, tag).fromisoformat(payload)
        case "number":
            return np.frombuffer(payload[1], _dtype(payload[0]))[0]
        case "array":
            return np.frombuffer(payload[2], _dtype(payload[0])).reshape(payload[1])
    raise pickle.UnpicklingError("not a form of a result")


def _dtype(text: str) -> Any:
    # Not what numpy makes of any text: it evaluates some.
    if not re.fullmatch(r"[<>=|][biufc]\d{1,2}", text):
        raise pickle.UnpicklingError("not a type of number")
    return np.dtype(text)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "slice"):
            return _made
        raise pickle.UnpicklingError(f"{module}.{name} in a result")


def receive(file: Any) -> Any:
    """The next result. Raises EOFError or UnpicklingError at the end, and anything at all for a hostile one."""
    return _Unpickler(file).load()
