"""Compares results in a process that never runs the code: all that the code can do is to hand in a value.

One referee lives as long as its task. It loads the expected results, which no process that runs code ever holds,
confines itself as the code is confined, and then, for every part, reads results from a pipe and compares them.
"""

import json
import os
import signal
import socket
import zlib
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, NoReturn

from evalplus.eval.utils import TimeoutException

if TYPE_CHECKING:
    from core.sandbox.child import watch
    from core.sandbox.child.confine import confine
    from core.sandbox.child.runner import Report
else:
    from _secondpass_sandbox import watch
    from _secondpass_sandbox.confine import confine
    from _secondpass_sandbox.runner import Report

from . import results
from .rules import Rules, failed, short, told
from .task import Packed, load_truth, loaded, own_memory_mib, room_for, store_truth

_COMPARING = 120.0
"""Processor seconds for the results of one part; those of Mbpp/255, 128 million objects, take some 20."""
_MIB = 1 << 20
_LINE = 4
"""The descriptor that the lines of the codes' processes come through."""


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Load the truth, confine this process, and compare whatever part comes until nothing more does."""
    try:
        packed = job["packed"]
        truth = load_truth(job["truth"]) if packed is None else store_truth(packed, job["truth"])
    except (OSError, UnpicklingError, zlib.error, EOFError, ValueError) as error:
        report.send({"type": "truth", "problem": f"{type(error).__name__}: {error}"[:500]})
        os._exit(0)
    known = {name: {"seconds": part["seconds"], "large": _large(part["results"])} for name, part in truth.items()}
    report.send({"type": "truth", "problem": None, "known": known})
    room = max(room_for(part["results"]) for part in truth.values()) // _MIB
    limits = job["limits"] | {"memory_mib": job["limits"]["memory_mib"] + own_memory_mib() + room}
    refused = confine(job["layers"], limits, job["private"], job["user"], job["prepared"])
    report.send({"type": "ready", "failed": refused})
    signal.signal(signal.SIGPROF, _too_long)
    with socket.socket(fileno=_LINE) as line:
        while True:
            words, lines, _, _ = socket.recv_fds(line, 1 << 12, 1)
            if not words:
                os._exit(0)
            asked = json.loads(words)
            name = asked["part"]
            rules = Rules(job["kind"], job["entry_point"], job["atol"])
            with socket.socket(fileno=lines[0]) as code, code.makefile("rb", buffering=1 << 16) as file:
                answer = _compared(rules, job["inputs"][name], truth[name]["results"], file, code)
            report.send({"type": "compared", "number": asked["number"], **answer})


def _too_long(number: int, frame: Any) -> None:
    raise TimeoutException("Timed out!")


def _large(expected: list[Any]) -> list[int]:
    return [index for index, each in enumerate(expected) if type(each) is Packed]


def _compared(rules: Rules, inputs: list[Any], expected: list[Any], file: Any, line: socket.socket) -> dict[str, Any]:
    """How many results were right before the first that was not, and what was wrong with that one."""
    index, out = 0, None
    phase = "read"
    signal.setitimer(signal.ITIMER_PROF, _COMPARING)
    try:
        for index, wanted in enumerate(expected):
            phase, out = "read", None
            try:
                out = results.receive(file)
                if type(out) is results.Offered:
                    settled = type(wanted) is Packed and rules.settles(wanted, out.digest)
                    line.sendall(results.ENOUGH if settled else results.NOT_ENOUGH)
                    if settled:
                        continue
                    out = results.receive(file)
            except (EOFError, UnpicklingError, ConnectionError):  # at the end, or where it was cut off
                return {**_all_right(index), "expected": told(lambda: short(loaded(wanted)))}  # noqa: B023
            phase = "compare"
            rules.check(inputs[index], out, wanted)
        return _all_right(len(expected))
    except BaseException as error:
        signal.setitimer(signal.ITIMER_PROF, 5.0)
        failure = failed(error, "compare")
        failure["input"] = index
        failure["arguments"] = told(lambda: ", ".join(short(each) for each in inputs[index]))
        failure["expected"] = told(lambda: short(loaded(expected[index])))
        failure["got"] = told(lambda: short(out)) if phase == "compare" else "(cannot be read)"
        return {"right": index, "failure": failure, "decides": _decides(out), "expected": None}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _all_right(count: int) -> dict[str, Any]:
    return {"right": count, "failure": None, "decides": False, "expected": None}


def _decides(out: Any) -> bool:
    if isinstance(out, results.Opaque):
        return out.decides
    return isinstance(out, list | tuple) and any(isinstance(each, results.Opaque) and each.decides for each in out)


class Referee:
    """The zygote's hold on the referee of its task."""

    def __init__(self, job: dict[str, Any]) -> None:
        """Raises OSError where no process can be had."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.runner = watch.start(run, job, extra=theirs.fileno())
        self._line = ours
        self.private: str = job["private"]
        self._number = 0

    def expect(self, part: str, line: int) -> None:
        """Have it compare what comes through ``line``. Raises OSError if it is gone."""
        self._number += 1
        words = json.dumps({"part": part, "number": self._number}).encode("ascii")
        socket.send_fds(self._line, [words], [line])

    def answer(self, deadline: float) -> dict[str, Any] | watch.Ended:
        """What came of it, at the latest at ``deadline`` (``time.monotonic``); the referee is gone if it is Ended."""
        return watch.wait_for(self.runner, "compared", deadline)

    def end(self) -> None:
        """End the process, if it still lives."""
        self._line.close()
        if self.runner in watch.live():
            watch.end(self.runner)
