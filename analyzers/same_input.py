"""Examples that give the same arguments, however they are laid out, and outcomes that cannot both be true."""

import ast
import builtins
import math
from collections.abc import Sequence
from typing import Any

from analyzers.binding import Bound
from analyzers.spec import Parameter
from analyzers.subject import UNKNOWN, Raises, Trial


def input_of(trial: Trial, name: str, parameters: Sequence[Parameter], bound: Bound | None) -> str | None:
    """A key that two trials share exactly if they give every parameter the same literal; None if that is not known.

    Keywords and defaults are resolved where ``parameters`` are known; ``bound`` is how the call meets them. ``1``,
    ``1.0`` and ``True`` are three inputs, and dictionaries that list their keys in another order are two: a function
    can tell them apart.
    """
    if not trial.literal or "**" in trial.call or not trial.inputs:
        return None
    # Where nothing names the function, every name is its own.
    prefix = name or trial.call.partition("(")[0].strip()
    if bound is None:
        words = sorted((word, _canonical(value)) for word, value in trial.keywords)
        return f"{prefix}{[_canonical(value) for value in trial.arguments]}{words}"
    if bound.problem:
        return None
    given = {label: _canonical(value) for _, label, value in bound.given}
    for parameter in parameters:
        if parameter.default is not None and parameter.name not in given:
            given[parameter.name] = _default(parameter.default)
    return f"{prefix}{sorted(given.items())}"


def _default(source: str) -> str:
    try:
        return _canonical(ast.literal_eval(source))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return f"default {source}"


def _canonical(value: Any) -> str:
    """``repr``, with the items of sets in one order."""
    shown = repr(value)
    if "{" not in shown:
        return shown
    match value:
        case list():
            return f"[{', '.join(map(_canonical, value))}]"
        case tuple():
            return f"({', '.join(map(_canonical, value))},)"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_canonical, value)))}}}"
        case dict():
            return f"{{{', '.join(f'{_canonical(key)}: {_canonical(item)}' for key, item in value.items())}}}"
    return repr(value)


def excludes(one: Any, other: Any) -> bool:
    """Whether no result can be both outcomes. False where one is not a literal."""
    if one is UNKNOWN or other is UNKNOWN:
        return False
    if isinstance(one, Raises) or isinstance(other, Raises):
        if isinstance(one, Raises) and isinstance(other, Raises):
            return not _related(one.name, other.name)
        return True
    return not _may_be_same(one, other)


def _related(one: str, other: str) -> bool:
    """True if one exception may be the other; an exception of the user's own may be anything."""
    a, b = (getattr(builtins, name.rpartition(".")[2], None) for name in (one, other))
    if not (isinstance(a, type) and isinstance(b, type)):
        return True
    return issubclass(a, b) or issubclass(b, a)


def _may_be_same(one: Any, other: Any) -> bool:
    if one is Ellipsis or other is Ellipsis:
        return True
    if isinstance(one, float) and isinstance(other, float):
        return _rounds_to(one, other) or _rounds_to(other, one)
    if isinstance(one, list | tuple) and type(one) is type(other):
        if any(item is Ellipsis for item in (*one, *other)):
            return True
        return len(one) == len(other) and all(map(_may_be_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_may_be_same(item, other[key]) for key, item in one.items())
    return bool(one == other)


def _rounds_to(fine: float, coarse: float) -> bool:
    """True if ``coarse`` is ``fine`` with fewer decimals: 1.41 and 1.4142 state one result."""
    if fine == coarse or (math.isnan(fine) and math.isnan(coarse)) or math.isclose(fine, coarse, rel_tol=1e-9):
        return True
    shown = repr(coarse)
    decimals = shown.partition(".")[2]
    return "e" not in shown and bool(decimals) and decimals != "0" and round(fine, len(decimals)) == coarse
