"""One part (base or plus) of one sample: the confined process executes the code on every input.

What comes out is handed to the referee, which compares it out of the code's reach; under EvalPlus's own profiles it is
compared here, as EvalPlus does. Its guard is used, too; the one difference is what a limit counts: processor time,
which a loaded machine does not change, and wall-clock time only as a backstop.
"""

import contextlib
import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from evalplus.eval._special_oracle import MBPP_OUTPUT_SET_EQ_TASKS
from evalplus.eval.utils import TimeoutException, WriteOnlyStringIO, reliability_guard

if TYPE_CHECKING:
    from core.sandbox.child.confine import confine
    from core.sandbox.child.runner import Report
else:
    from _secondpass_sandbox.confine import confine
    from _secondpass_sandbox.runner import Report

from .integrity import CODE, Watch
from .limits import Limits
from .results import Sender
from .rules import Rules, failed, short, told
from .task import Packed, loaded

_REFEREE = 4
"""The descriptor that results are handed in through."""
_TOGETHER = 0.01
"""Seconds for which results are kept before they are handed in."""
_SIZED = frozenset((list, tuple, set, frozenset, dict, str, bytes, type(None), int, float, bool))

_exit, _clock, _now = os._exit, time.process_time, time.monotonic
_set_timer, _PROF, _REAL = signal.setitimer, signal.ITIMER_PROF, signal.ITIMER_REAL


class Part:
    """The inputs of one part, the code, and what came of it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.kind: str = job["kind"]
        self.entry_point: str = job["entry_point"]
        self.inputs: list[Any] = job["inputs"]
        self.expected: list[Any] | None = job["expected"]
        """None where the referee compares."""
        self.large: frozenset[int] = job["large"]
        """Which of the expected results are so large that a digest of one that is right saves time."""
        self.seconds: list[float] = job["seconds"]
        self.rules = Rules(job["kind"], job["entry_point"], job["atol"])
        self.polynomial_passes: bool = job["polynomial_passes"]
        self.progress = job["progress"]
        self.watch: Watch = job["watch"]
        self.limits = Limits(exact=job["exact"])
        self._flush: Callable[[], None] | None = None
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
            limits = self.limits
            limits.arm()
            start, stop = limits.start, limits.stop
            hand_in = None if self.expected is not None else self._line()
            for index, arguments in enumerate(self.inputs):
                self.at = index
                phase, out = "call", None
                sys.stdout = sys.stderr = sys.stdin = sink
                start(self.seconds[index])
                try:
                    out = solve(*arguments)
                finally:
                    stop()
                    sys.stdout, sys.stderr, sys.stdin = streams
                phase = "compare"
                if hand_in is not None:
                    hand_in(out, index)
                else:
                    self._compare(arguments, out, index)
                if sink.tell() > 1 << 20:
                    sink.seek(0)
                    sink.truncate()
            limits.wait()
            if self._flush is not None:
                self._flush()
        except BaseException as error:
            if self._flush is not None and phase == "compare" and isinstance(error, ConnectionError):
                return "fail"  # a result was wrong, and the referee has said so
            self._note(error, phase, out)
            if self._flush is not None:
                with contextlib.suppress(OSError):
                    self._flush()
            return "fail"
        if self.kind == "humaneval" and self.entry_point == "find_zero" and not self.polynomial_passes and self.inputs:
            # evalplus 0.3.1 does not count what its own oracle accepts.
            self.failure = {"phase": "profile", "exception": None, "text": "evalplus 0.3.1 fails every answer"}
            return "fail"
        return "pass"

    def _compare(self, arguments: Any, out: Any, index: int) -> None:
        assert self.expected is not None
        if type(self.expected[index]) is Packed:
            self.limits.end()  # comparing takes its time
        if not self.rules.check(arguments, out, self.expected[index]):
            self.watch.look_at(out)
        self.progress[0] = index + 1

    def _line(self) -> Callable[[Any, int], None]:
        """What hands a result to the referee: at once where the next may take long, else some together."""
        sender = Sender(_REFEREE)
        send, send_large, flush = sender.send, sender.send_large, sender.flush
        large, limits = self.large, self.limits
        self._flush = flush
        as_set = self.kind == "mbpp" and self.entry_point in MBPP_OUTPUT_SET_EQ_TASKS
        handed = [_now()]

        def hand_in(out: Any, index: int) -> None:
            if as_set and type(out) not in _SIZED:
                out = list(out)  # there the rules take whatever can be iterated
            if index in large or not limits.runs:
                limits.wait()  # the referee may take its time
            (send_large if index in large else send)(out)
            now = _now()
            if now - handed[0] > _TOGETHER:
                limits.wait()
                flush()
                handed[0] = now

        return hand_in

    def _note(self, error: BaseException, phase: str, out: Any) -> None:
        """Keep what a person needs to understand the failure; the texts are the code's, and no judge of it."""
        self.limits.wait()
        _set_timer(_PROF, 1.0)
        self.timed_out = isinstance(error, TimeoutException)
        failure = failed(error, phase)
        self.failure = failure
        if isinstance(error, SyntaxError):
            failure["phase"] = "syntax" if phase == "load" and error.filename == CODE else phase
        if phase in ("call", "compare"):
            failure["input"] = self.at
            failure["arguments"] = told(lambda: ", ".join(short(each) for each in self.inputs[self.at]))
            if self.expected is not None:
                expected = self.expected[self.at]
                failure["expected"] = told(lambda: short(loaded(expected)))
            if phase == "compare":
                failure["got"] = told(lambda: short(out))
        _set_timer(_PROF, 0)


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
    handlers = part.limits.handlers.items() if set_them else ()
    flags = flags_of([(handler, signal.getsignal(number)) for number, handler in handlers])
    report.send(
        {
            "type": "done",
            "verdict": verdict,
            "failure": part.failure,
            "timed_out": part.timed_out,
            "again": part.limits.to_be_tried_again,
            "flags": flags,
            "cpu_seconds": round(part.used + part.limits.used, 6),
        }
    )
    _exit(0)
