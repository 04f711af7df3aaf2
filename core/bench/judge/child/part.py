"""One part (base or plus) of one sample: the confined process executes the code and compares, by EvalPlus's rules.

The rules are those of ``evalplus.eval.unsafe_execute`` (evalplus 0.3.1), its oracles and its guard among them; the one
difference is what a limit counts: processor time, which a loaded machine does not change, and wall-clock time only as
a backstop.
"""

import gc
import os
import reprlib
import signal
import sys
import time
import types
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from evalplus.eval import is_floats
from evalplus.eval._special_oracle import (
    MBPP_OUTPUT_NOT_NONE_TASKS,
    MBPP_OUTPUT_SET_EQ_TASKS,
    _digit_distance_nums,
    _poly,
    _surface_Area,
)
from evalplus.eval.utils import TimeoutException, WriteOnlyStringIO, reliability_guard

if TYPE_CHECKING:
    from core.sandbox.child.confine import confine
    from core.sandbox.child.runner import Report
else:
    from _secondpass_sandbox.confine import confine
    from _secondpass_sandbox.runner import Report

from .integrity import CODE, Watch
from .task import Packed

_TEXT = 600
_WALL_FACTOR, _WALL_EXTRA = 3.0, 2.0
"""Every so many seconds (the factor is of the limit) an input is looked at that has not come to its end,"""
_WAITING = 0.02
"""and if it has used less than this share of that time, it does not work, it waits. Ending it by the clock alone would
fail a right program where ten others run beside it."""
_COMPARING = 60.0
"""The same for comparing a result, which EvalPlus does not count: Mbpp/255 compares 128 million objects."""

_exit, _clock, _type = os._exit, time.process_time, type
_set_timer, _set_handler = signal.setitimer, signal.signal
_PROF, _REAL = signal.ITIMER_PROF, signal.ITIMER_REAL


def _make_handler() -> Any:
    """A handler whose globals hold nothing of the judge: the code can get hold of it."""

    def handler(number: int, frame: Any) -> None:
        raise TimeoutException("Timed out!")

    return types.FunctionType(handler.__code__, {"TimeoutException": TimeoutException, "__builtins__": {}})


def _alarm(number: int, frame: Any) -> None:
    """The handler of the clock: ends what waits. Its globals are those that ``_make_alarm`` gives it."""
    now = clock()  # type: ignore[name-defined]  # noqa: F821
    if now - since[0] < since[1]:  # type: ignore[name-defined]  # noqa: F821
        raise TimeoutException("Timed out!")
    since[0] = now  # type: ignore[name-defined]  # noqa: F821


def _make_alarm(since: list[float]) -> Any:
    """``since``: the processor time at the last look, and how much more of it is work. Code that gets hold of it gains
    nothing but time, until its process is ended from outside."""
    names = {"TimeoutException": TimeoutException, "clock": _clock, "since": since, "__builtins__": {}}
    return types.FunctionType(_alarm.__code__, names)


class _Failure(Exception):
    """The comparison failed."""


class Part:
    """The inputs of one part, the code, and what came of it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.kind: str = job["kind"]
        self.entry_point: str = job["entry_point"]
        self.inputs: list[Any] = job["inputs"]
        self.expected: list[Any] = job["expected"]
        self.seconds: list[float] = job["seconds"]
        self.atol: float = job["atol"]
        self.polynomial_passes: bool = job["polynomial_passes"]
        self.progress = job["progress"]
        self.watch: Watch = job["watch"]
        self.since = [0.0, 0.0]
        self.handlers = {signal.SIGPROF: _make_handler(), signal.SIGALRM: _make_alarm(self.since)}
        self.used = 0.0
        self.failure: dict[str, Any] | None = None
        self.timed_out = False
        self.at = 0

    def run(self, code: str) -> str:
        """The verdict: pass or fail."""
        sink = WriteOnlyStringIO()
        phase, out = "load", None
        begun = _clock()
        try:
            names: dict[str, Any] = {}
            streams = sys.stdout, sys.stderr, sys.stdin
            try:
                sys.stdout = sys.stderr = sys.stdin = sink
                exec(compile(code, CODE, "exec", dont_inherit=True), names)
                phase = "name"
                solve = names[self.entry_point]
            finally:
                sys.stdout, sys.stderr, sys.stdin = streams
                self.used += _clock() - begun
            for number, handler in self.handlers.items():
                _set_handler(number, handler)
            since = self.since
            for index, arguments in enumerate(self.inputs):
                self.at = index
                phase, out = "call", None
                sys.stdout = sys.stderr = sys.stdin = sink
                limit = self.seconds[index]
                begun = _clock()
                wall = limit * _WALL_FACTOR + _WALL_EXTRA
                since[0], since[1] = begun, wall * _WAITING
                _set_timer(_REAL, wall, wall)
                _set_timer(_PROF, limit)
                try:
                    out = solve(*arguments)
                finally:
                    _set_timer(_PROF, 0)
                    _set_timer(_REAL, _COMPARING, _COMPARING)
                    sys.stdout, sys.stderr, sys.stdin = streams
                    self.used += _clock() - begun
                phase = "compare"
                expected = self.expected[index]
                if _type(expected) is Packed and self._is_certainly(expected, out):
                    if self.atol == 0 and expected.floats:
                        self.atol = 1e-6
                else:
                    self._compare(arguments, out, self._expected_at(index))
                    self.watch.look_at(out)
                self.progress[0] = index + 1
                if sink.tell() > 1 << 20:
                    sink.seek(0)
                    sink.truncate()
        except BaseException as error:
            self._note(error, phase, out)
            return "fail"
        if self.kind == "humaneval" and self.entry_point == "find_zero" and not self.polynomial_passes and self.inputs:
            # evalplus 0.3.1 does not count what its own oracle accepts.
            self.failure = {"phase": "profile", "exception": None, "text": "evalplus 0.3.1 fails every answer"}
            return "fail"
        return "pass"

    def _is_certainly(self, expected: Packed, out: Any) -> bool:
        # Sets of the elements are made for some tasks, which fails for some elements.
        compares_sets = self.kind == "mbpp" and self.entry_point in MBPP_OUTPUT_SET_EQ_TASKS
        return not compares_sets and expected.is_certainly(out)

    def _expected_at(self, index: int) -> Any:
        expected = self.expected[index]
        return expected.load() if _type(expected) is Packed else expected

    def _compare(self, arguments: Any, out: Any, exp: Any) -> None:
        """Raise unless ``out`` is right. The order of the steps is EvalPlus's; ``atol`` stays changed, as there."""
        entry_point = self.entry_point
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
                raise _Failure
            return
        if self.atol == 0 and is_floats(exp):
            self.atol = 1e-6
        if not exact and self.atol != 0:
            same = type(out) == type(exp)  # noqa: E721 (EvalPlus's wording)
            if same and isinstance(exp, list | tuple):
                same = len(out) == len(exp)
            if not same or not np.allclose(out, exp, rtol=1e-07, atol=self.atol):
                raise _Failure
        elif not exact:
            raise _Failure

    def _note(self, error: BaseException, phase: str, out: Any) -> None:
        """Keep what a person needs to understand the failure; the texts are the code's, and no judge of it."""
        _set_timer(_REAL, 0)
        _set_timer(_PROF, 1.0)
        self.timed_out = isinstance(error, TimeoutException)
        wrong = phase == "compare" and isinstance(error, _Failure)
        failure: dict[str, Any] = {"phase": phase, "exception": None if wrong else type(error).__name__, "text": ""}
        self.failure = failure
        if not wrong:
            failure["text"] = _told(lambda: str(error))
        if isinstance(error, SyntaxError):
            failure["phase"] = "syntax" if phase == "load" and error.filename == CODE else phase
        if phase in ("call", "compare"):
            failure["input"] = self.at
            failure["arguments"] = _told(lambda: ", ".join(_short(each) for each in self.inputs[self.at]))
            failure["expected"] = _told(lambda: _short(self._expected_at(self.at)))
            if phase == "compare":
                failure["got"] = _told(lambda: _short(out))
        _set_timer(_PROF, 0)


_short_repr = reprlib.Repr()
_short_repr.maxlist = _short_repr.maxtuple = _short_repr.maxset = _short_repr.maxdict = 30
_short_repr.maxstring = _short_repr.maxother = 200
_short_repr.maxlong = 80


def _short(value: Any) -> str:
    return _short_repr.repr(value)


def _told(text: Any) -> str:
    """A text that the code may have a hand in, cut; whatever goes wrong with it is said instead."""
    try:
        return str.__str__(text())[:_TEXT].encode("utf-8", "backslashreplace").decode()
    except BaseException as error:
        return f"(cannot be shown: {type(error).__name__})"


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Confine this process, judge ``job["code"]``, say what came of it and end the process."""
    failed = confine(job["layers"], job["limits"], job["private"], job["user"], job["prepared"])
    report.send({"type": "ready", "failed": failed})
    part = Part(job)
    reliability_guard()
    gc.freeze()  # so that the collector does not name the judge's objects
    part.watch.arm()
    gc.enable()
    flags_of = part.watch.end
    verdict = part.run(job["code"])
    _set_timer(_PROF, 0)
    _set_timer(_REAL, 0)
    # Only what ran at least one input has set the handlers.
    set_them = verdict == "pass" and bool(part.inputs)
    handlers = part.handlers.items() if set_them else ()
    flags = flags_of([(handler, signal.getsignal(number)) for number, handler in handlers])
    report.send(
        {
            "type": "done",
            "verdict": verdict,
            "failure": part.failure,
            "timed_out": part.timed_out,
            "flags": flags,
            "cpu_seconds": round(part.used, 6),
        }
    )
    _exit(0)
