"""What counts as right: EvalPlus's rules of comparison, and the words for what went wrong.

The rules are those of ``evalplus.eval.unsafe_execute`` (evalplus 0.3.1) and its special oracles.
"""

import reprlib
from typing import Any

import numpy as np
from evalplus.eval import is_floats
from evalplus.eval._special_oracle import (
    MBPP_OUTPUT_NOT_NONE_TASKS,
    MBPP_OUTPUT_SET_EQ_TASKS,
    _digit_distance_nums,
    _poly,
    _surface_Area,
)

from .task import Packed, digest_of, loaded

_TEXT = 600


class Wrong(Exception):
    """The comparison failed."""


class Rules:
    """The rules for one task. ``atol`` stays changed once it was, as in EvalPlus: one object for one part."""

    def __init__(self, kind: str, entry_point: str, atol: float) -> None:
        self.kind, self.entry_point, self.atol = kind, entry_point, atol

    @property
    def take_arguments(self) -> bool:
        """Whether a comparison needs the arguments of the call."""
        return self.entry_point in ("surface_Area", "digit_distance_nums", "find_zero")

    def check(self, arguments: Any, out: Any, expected: Any) -> bool:
        """Raise Wrong unless ``out`` is right, or whatever the comparison raises. The order of steps is EvalPlus's.

        Gives whether a digest said so: then ``out`` is made of exact built-in types.
        """
        entry_point = self.entry_point
        if type(expected) is Packed and self.settles(expected, digest_of(out)):
            return True
        exp = loaded(expected)
        exact = out == exp
        if self.kind == "mbpp":
            if entry_point == "are_equivalent":
                exact = exact or True
            elif entry_point == "sum_div":
                exact = exact or out == 0
            elif entry_point == "surface_Area":
                exact = exact or abs(out - _surface_Area(*arguments)) <= self.atol
            elif entry_point == "digit_distance_nums":
                exact = exact or out == _digit_distance_nums(*arguments)
            elif entry_point in MBPP_OUTPUT_SET_EQ_TASKS:
                exact = set(out) == set(exp)
            elif entry_point in MBPP_OUTPUT_NOT_NONE_TASKS:
                exact = out == exp if isinstance(out, bool) else exp == (out is not None)
        if self.kind == "humaneval" and entry_point == "find_zero":
            if not abs(_poly(*arguments, out)) <= self.atol:
                raise Wrong
            return False
        if self.atol == 0 and is_floats(exp):
            self.atol = 1e-6
        if not exact and self.atol != 0:
            same = type(out) == type(exp)  # noqa: E721 (EvalPlus's wording)
            if same and isinstance(exp, list | tuple):
                same = len(out) == len(exp)
            if not same or not np.allclose(out, exp, rtol=1e-07, atol=self.atol):
                raise Wrong
        elif not exact:
            raise Wrong
        return False

    def settles(self, expected: Packed, digest: bytes | None) -> bool:
        """Whether the digest of a result says that it is right. It goes as ``check`` goes."""
        # Sets of the elements are made for some tasks, which fails for some elements.
        if (self.kind == "mbpp" and self.entry_point in MBPP_OUTPUT_SET_EQ_TASKS) or not expected.has(digest):
            return False
        if self.atol == 0 and expected.floats:
            self.atol = 1e-6
        return True


_short_repr = reprlib.Repr()
_short_repr.maxlist = _short_repr.maxtuple = _short_repr.maxset = _short_repr.maxdict = 30
_short_repr.maxstring = _short_repr.maxother = 200
_short_repr.maxlong = 80


def short(value: Any) -> str:
    """A repr of bounded length."""
    return _short_repr.repr(value)


def told(text: Any) -> str:
    """What ``text()`` gives, cut; the code may have a hand in it, so whatever goes wrong with it is said instead."""
    try:
        return str.__str__(text())[:_TEXT].encode("utf-8", "backslashreplace").decode()
    except BaseException as error:
        return f"(cannot be shown: {type(error).__name__})"


def failed(error: BaseException, phase: str) -> dict[str, Any]:
    """A failure in the fields of ``verdicts.Failure``, without those of the input."""
    wrong = phase == "compare" and isinstance(error, Wrong)
    return {
        "phase": phase,
        "exception": None if wrong else type(error).__name__,
        "text": "" if wrong else told(lambda: str(error)),
    }
