"""What a draft made of an input, in a form that can be compared between drafts."""

import ast
import math
from dataclasses import dataclass
from typing import Any

from analyzers.pysource import parse_expression
from core.sandbox import CaseResult

_CUT = 2_000
"""Characters at which the sandbox cuts what came out; a cut result proves nothing."""
_LONGEST_SHOWN = 80
_SLIPS = frozenset(
    "NameError UnboundLocalError AttributeError TypeError ImportError ModuleNotFoundError SyntaxError IndentationError "
    "RecursionError MemoryError NotImplementedError AssertionError SystemExit KeyboardInterrupt".split()
)
"""Exceptions that show a defect of the draft rather than how it reads the spec."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A result: a literal in a tuple of one where it is one, else its text; or the name of what was raised."""

    shown: str
    literal: tuple[Any] | None = None
    raised: str | None = None

    def __str__(self) -> str:
        text = self.shown if len(self.shown) <= _LONGEST_SHOWN else self.shown[: _LONGEST_SHOWN - 1] + "…"
        return f"raise {self.raised}" if self.raised else text


def reading(result: CaseResult) -> Reading | None:
    """What ``result`` says of the draft's reading of the spec; None where it says nothing (a crash, a time-out)."""
    if result.outcome in ("timeout", "crash", "not_run"):
        return None
    if result.exception is not None:
        return None if result.exception in _SLIPS else Reading(result.got, raised=result.exception)
    # An object without a repr of its own shows its address, which differs from run to run.
    if len(result.got) >= _CUT or " at 0x" in result.got:
        return None
    return Reading(result.got, literal=_literal(result.got))


def agree(one: Reading, other: Reading) -> bool:
    """Whether two readings are one: the same exception, or the same value, floats compared to six digits."""
    if one.raised or other.raised:
        return one.raised == other.raised
    if one.literal is not None and other.literal is not None:
        return _same(one.literal[0], other.literal[0])
    return one.shown.split() == other.shown.split()


def _literal(text: str) -> tuple[Any] | None:
    tree = parse_expression(text)
    if tree is None:
        return None
    try:
        return (ast.literal_eval(tree),)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        if isinstance(one, int) and isinstance(other, int):
            return one == other
        try:
            # How a draft adds up decides about the last digits; no reading of a spec does.
            return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
        except OverflowError:
            return False
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    return bool(one == other)
