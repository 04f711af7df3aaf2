"""Compares results in a process that never runs the code: all that the code can do is to hand in a value.

It confines itself as the code is confined. Then it is given the files of a task, with the expected results, which no
process that runs code ever holds, and for every part of it a line from which it reads results; and so task after task.
"""

import gc
import json
import os
import signal
import socket
import time
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
from .task import Packed, load_inputs, load_truth, loaded, own_memory_mib

_COMPARING = 120.0
"""Processor seconds for the results of one part; those of Mbpp/255, 128 million objects, take some 20."""
_LEARNING = 300.0
_ROOM_MIB = 8 << 10
"""Address space for expected results that are unpacked."""
_LINE = 4
"""The descriptor that the lines of the codes' processes come through."""


class _Case:
    """A task: what is expected of it and how it is compared."""

    def __init__(self, asked: dict[str, Any], truth: int, inputs: int) -> None:
        """Takes two descriptors over. Raises what ``load_truth`` raises."""
        self._rules = asked["kind"], asked["entry_point"], asked["atol"]
        self._file = inputs
        self._inputs: dict[str, list[Any]] | None = None
        self.truth = load_truth(truth)

    def known(self) -> dict[str, Any]:
        """What everybody may know: reference times, and which results are large."""
        return {
            name: {
                "seconds": part["seconds"],
                "large": [index for index, each in enumerate(part["results"]) if type(each) is Packed],
            }
            for name, part in self.truth.items()
        }

    def rules(self) -> Rules:
        """Of comparison, for one part."""
        return Rules(*self._rules)

    def arguments(self, part: str, index: int) -> Any:
        """Of one call; they are rarely asked for, so they are not loaded before."""
        if self._inputs is None:
            self._inputs = load_inputs(self._file)
        return self._inputs[part][index]

    def close(self) -> None:
        """Let go of the file of the inputs."""
        if self._inputs is None:
            os.close(self._file)


def run(job: dict[str, Any], report: Report) -> NoReturn:
    """Confine this process, and learn tasks and compare parts of them until nothing more comes."""
    limits = job["limits"] | {"memory_mib": job["limits"]["memory_mib"] + own_memory_mib() + _ROOM_MIB}
    refused = confine(job["layers"], limits, job["private"], job["user"], job["prepared"])
    report.send({"type": "ready", "failed": refused})
    signal.signal(signal.SIGPROF, _too_long)
    case: _Case | None = None
    with socket.socket(fileno=_LINE) as line:
        while True:
            words, given, _, _ = socket.recv_fds(line, 1 << 12, 2)
            if not words:
                os._exit(0)
            asked = json.loads(words)
            if "part" not in asked:
                if case is not None:
                    case.close()
                case = None  # first, as two tasks at a time could be twice the memory
                try:
                    case = _Case(asked, *given)
                    answer: dict[str, Any] = {"type": "learned", "problem": None, "known": case.known()}
                except (OSError, UnpicklingError, zlib.error, EOFError, ValueError) as error:
                    answer = {"type": "learned", "problem": f"{type(error).__name__}: {error}"[:500]}
                gc.freeze()
            else:
                assert case is not None
                with socket.socket(fileno=given[0]) as code, code.makefile("rb", buffering=1 << 16) as file:
                    answer = {"type": "compared", **_compared(case, asked["part"], file, code)}
                if answer["failure"] is not None:
                    gc.collect()  # the trace of an error may hold on to results
            report.send({**answer, "number": asked["number"]})


def _too_long(number: int, frame: Any) -> None:
    raise TimeoutException("Timed out!")


def _compared(case: _Case, part: str, file: Any, line: socket.socket) -> dict[str, Any]:
    """How many results were right before the first that was not, and what was wrong with that one."""
    rules, expected = case.rules(), case.truth[part]["results"]
    takes_arguments = rules.take_arguments
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
            rules.check(case.arguments(part, index) if takes_arguments else None, out, wanted)
        return _all_right(len(expected))
    except BaseException as error:
        signal.setitimer(signal.ITIMER_PROF, 5.0)
        failure = failed(error, "compare")
        failure["input"] = index
        failure["arguments"] = told(lambda: ", ".join(short(each) for each in case.arguments(part, index)))
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

    def learn(self, task: dict[str, Any]) -> dict[str, Any] | watch.Ended:
        """Give it a task; ``known`` of it, or the ``problem``. Raises OSError if a file, or the referee, is gone."""
        with open(task["truth"], "rb") as truth, open(task["inputs"], "rb") as inputs:
            words = {name: task[name] for name in ("kind", "entry_point", "atol")}
            self._send(words, [truth.fileno(), inputs.fileno()])
        return watch.wait_for(self.runner, "learned", time.monotonic() + _LEARNING)

    def expect(self, part: str, line: int) -> None:
        """Have it compare what comes through ``line``. Raises OSError if it is gone."""
        self._send({"part": part}, [line])

    def _send(self, words: dict[str, Any], descriptors: list[int]) -> None:
        self._number += 1
        socket.send_fds(self._line, [json.dumps(words | {"number": self._number}).encode("ascii")], descriptors)

    def answer(self, deadline: float) -> dict[str, Any] | watch.Ended:
        """What came of it, at the latest at ``deadline`` (``time.monotonic``); the referee is gone if it is Ended."""
        return watch.wait_for(self.runner, "compared", deadline)

    def end(self) -> None:
        """End the process, if it still lives."""
        self._line.close()
        if self.runner in watch.live():
            watch.end(self.runner)
