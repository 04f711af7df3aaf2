"""Whether a literal fits a type annotation. Says no only where that is certain; every unknown name fits."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from analyzers.pysource import parse_expression
from analyzers.subject import UNKNOWN, Raises

_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (int, float),
    "complex": (int, float, complex),
    "str": (str,),
    "bytes": (bytes,),
    "bool": (bool,),
    "None": (type(None),),
    "NoneType": (type(None),),
}
_ONE_KIND: Final[dict[str, tuple[type, ...]]] = {
    "list": (list,),
    "List": (list,),
    "MutableSequence": (list,),
    "set": (set,),
    "Set": (set,),
    "MutableSet": (set,),
    # A frozen set has no literal of its own, so examples write a set.
    "frozenset": (set,),
    "FrozenSet": (set,),
    "AbstractSet": (set,),
    "Sequence": (list, tuple, str, bytes),
    "Iterable": (list, tuple, set, dict, str, bytes),
    "Collection": (list, tuple, set, dict, str, bytes),
    "Container": (list, tuple, set, dict, str, bytes),
}
_PLAIN: Final[dict[str, type]] = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict}
_MAPPINGS: Final = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "Counter"}
)
_MODULES: Final = frozenset({"typing", "t", "tp", "typing_extensions", "te", "collections", "abc", "builtins"})
_WORDS: Final[dict[type, str]] = {
    int: "an int",
    float: "a float",
    complex: "a complex number",
    str: "a string",
    bytes: "bytes",
    bool: "a bool",
    list: "a list",
    tuple: "a tuple",
    set: "a set",
    dict: "a dictionary",
    type(None): "None",
}
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Clash:
    """``value`` does not fit ``wanted``, a piece of the annotation; ``inner`` if it is only an element of the whole."""

    value: Any
    wanted: str
    inner: bool


def find_clash(value: Any, annotation: str, *, bool_is_number: bool) -> Clash | None:
    """The first part of ``value`` that certainly does not fit ``annotation``, or None.

    Args:
        value: A literal, or what a Trial has where there is none (then None is returned).
        annotation: Source text, such as ``list[tuple[int, str]]`` or ``Optional[int]``.
        bool_is_number: Whether True may stand for 1, as Python has it.
    """
    source = annotation.strip()
    if _fits(value, source) or value is UNKNOWN or isinstance(value, Raises) or _is_abridged(value):
        return None
    node = _type(source)
    if node is None:
        return None
    found = _Check(bool_is_number).clash(value, node)
    if found is None:
        return None
    part, wanted = found
    return Clash(part, _segment(source, wanted) or source, inner=part is not value)


def _segment(source: str, node: ast.expr) -> str | None:
    if source.isascii() and "\n" not in source and "\r" not in source:
        # What the standard library does, without looking for lines.
        return source[node.col_offset : node.end_col_offset]
    return ast.get_source_segment(source, node)


def _fits(value: Any, annotation: str) -> bool:
    """Whether that is plain to see: a value of just this type, or a list of such values; False says nothing."""
    kind = type(value)
    if _PLAIN.get(annotation) is kind:
        return True
    if kind is not list or annotation[1:5] != "ist[" or annotation[-1] != "]":
        return False
    return annotation[0] in "lL" and {*map(type, value)} <= {_PLAIN.get(annotation[5:-1])}


# Every example of a spec is held against the same few annotations.
_type = lru_cache(64)(parse_expression)


def describe(value: Any) -> str:
    """``value`` with its kind, such as ``'3' (a string)``."""
    shown = repr(value)
    shown = shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"
    return shown if value is None else f"{shown} ({kind_of(value)})"


def kind_of(value: Any) -> str:
    """What a literal is, with its article: "a string"."""
    return _WORDS.get(type(value), f"a {type(value).__name__}")


def names_in(annotation: str) -> frozenset[str]:
    """Every name that an annotation uses."""
    return frozenset(re.findall(r"[^\W\d]\w*", annotation))


def _is_abridged(value: Any) -> bool:
    """True if an ellipsis stands for something that the author left out: ``[1, 2, ...]``."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item is Ellipsis:
            return True
        if isinstance(item, list | tuple | set):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
    return False


_Found = tuple[Any, ast.expr] | None


class _Check:
    def __init__(self, bool_is_number: bool) -> None:
        self._bool_is_number = bool_is_number

    def clash(self, value: Any, node: ast.expr) -> _Found:
        """The part that clashes, and what it should be; None if it fits or if that cannot be told."""
        match node:
            case ast.Constant(value=None):
                return None if value is None else (value, node)
            case ast.Constant(value=str() as quoted):
                inner = parse_expression(quoted)
                found = self.clash(value, inner) if inner is not None else None
                return (found[0], node) if found else None
            case ast.BinOp(op=ast.BitOr()):
                return self._one_of(value, node, _alternatives(node))
            case ast.Subscript(value=base, slice=inner):
                name = _name(base)
                return self._subscript(value, node, name, inner) if name else None
        name = _name(node)
        types = _types(name) if name else None
        return None if types is None or self._is(value, types) else (value, node)

    def _is(self, value: Any, types: tuple[type, ...]) -> bool:
        if type(value) is bool:
            return bool in types or (self._bool_is_number and int in types)
        return type(value) in types

    def _one_of(self, value: Any, whole: ast.expr, nodes: Iterable[ast.expr]) -> _Found:
        return (value, whole) if all(self.clash(value, node) for node in nodes) else None

    def _subscript(self, value: Any, node: ast.expr, name: str, inner: ast.expr) -> _Found:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "Optional":
            return None if value is None else self._one_of(value, node, [inner])
        if name == "Union":
            return self._one_of(value, node, parts)
        if name in ("Annotated", "Final", "ClassVar"):
            return self.clash(value, parts[0]) if parts else None
        if name == "Literal":
            return self._literal(value, node, parts)
        types = _types(name)
        if types is None:
            return None
        if not self._is(value, types):
            return value, node
        if name in ("tuple", "Tuple"):
            return self._tuple(value, node, parts)
        if name == "Counter":
            return self._first((key, parts[0]) for key in value)
        if name in _MAPPINGS:
            if len(parts) != 2:
                return None
            keys, values = parts
            return self._first((key, keys) for key in value) or self._first((item, values) for item in value.values())
        if name in _ONE_KIND and len(parts) == 1:
            if isinstance(value, str | bytes):
                # Its items are strings of one character: named as a whole, since nobody wrote the items.
                return (value, node) if self._first((item, parts[0]) for item in value[:1]) else None
            return self._first((item, parts[0]) for item in value)
        return None

    def _first(self, pairs: Iterator[tuple[Any, ast.expr]]) -> _Found:
        return next((found for item, node in pairs if (found := self.clash(item, node))), None)

    def _tuple(self, value: tuple[Any, ...], node: ast.expr, parts: list[ast.expr]) -> _Found:
        if any(isinstance(part, ast.Starred) for part in parts):
            return None
        repeated = len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is Ellipsis
        if repeated or len(parts) == 1:
            # tuple[int] is one int; but it is so often written for any number of them that a count proves nothing.
            return self._first((item, parts[0]) for item in value)
        if len(value) != len(parts):
            return value, node
        return self._first(zip(value, parts, strict=True))

    def _literal(self, value: Any, node: ast.expr, parts: list[ast.expr]) -> _Found:
        allowed = []
        for part in parts:
            try:
                allowed.append(ast.literal_eval(part))
            except (ValueError, TypeError):
                return None  # an enum's member, or a nested alias
        return None if any(type(item) is type(value) and item == value for item in allowed) else (value, node)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """``A | B | C`` taken apart, without recursion: the chain may be long."""
    found: list[ast.expr] = []
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.BinOp) and isinstance(item.op, ast.BitOr):
            waiting += [item.left, item.right]
        else:
            found.append(item)
    return found


def _name(node: ast.expr) -> str | None:
    """The last part of ``List``, ``typing.List``, ``collections.abc.Sequence``; None for names of other modules."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=module) | ast.Attribute(attr=module), attr=name) if module in _MODULES:
            return name
    return None


def _types(name: str) -> tuple[type, ...] | None:
    """The types of the literals that a bare type name admits, None for a name that is not known."""
    if name in ("tuple", "Tuple"):
        return (tuple,)
    return _SCALARS.get(name) or _ONE_KIND.get(name) or ((dict,) if name in _MAPPINGS else None)
