"""The trusted half of the judge: one request and one answer a line, one confined process per sample and part.

First line of stdin: ``{"layers": [...], "base": folder}``. Every further line is a request,

    {"task": {"inputs": path, "truth": path, "kind", "entry_point", "canonical": path, "atol"},
     "code": text, "parts": ["base", "plus"], "minimum": seconds, "factor": float, "polynomial_passes": bool,
     "memory_mib": number, "refereed": bool}

and gets one line: ``{"base": {...} or null, "plus": {...} or null, "own_seconds": ...}`` (plus is judged if base was
not asked for or passes; without parts only the truth is made), or ``{"problem": text}`` where the judge itself, or the
task, is at fault. When stdin closes, everything is ended.

What is forked from this process can read all that it has ever held. So where results are refereed it never holds what
is expected, nor the canonical solution: only the referee and the process that computes the truth do.
"""

import gc
import importlib
import json
import mmap
import os
import pickle
import time
import zlib
from typing import TYPE_CHECKING, Any

from evalplus.eval._special_oracle import MBPP_OUTPUT_NOT_NONE_TASKS

if TYPE_CHECKING:
    from core.sandbox.child import confine, rights, watch
    from core.sandbox.child.sweep import remove
else:
    from _secondpass_sandbox import confine, rights, watch
    from _secondpass_sandbox.sweep import remove

from . import outcome, part, truth
from .integrity import Watch
from .referee import Referee
from .task import load_inputs, load_truth, own_memory_mib, owned, store_truth

_SETTING_UP = 20.0
_COMPARING = 300.0
"""Seconds that the referee gets, once all is handed in; it limits its processor time itself."""
_FOR_EVER = 1e6
_PART_SECONDS = 60.0
_TRUTH_SECONDS = 900.0


class _Problem(Exception):
    """What keeps a request from being answered; the text is for the user."""


class Zygote:
    """Holds the data of the task that was asked for last."""

    def __init__(self, greeting: dict[str, Any]) -> None:
        self._layers: list[str] = greeting["layers"]
        self._base: str = greeting["base"]
        self._path = ""
        self._inputs: dict[str, list[Any]] = {}
        self._truth: dict[str, Any] = {}
        """Of each part the reference times and, where results are not refereed, the results."""
        self._referee: Referee | None = None
        self._folders = 0
        shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._progress = memoryview(shared).cast("q")
        self._watch = Watch()
        confine.interpreter_paths()  # kept for every fork

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises _Problem; OSError, pickle.UnpicklingError or zlib.error where the task's files are damaged."""
        began = time.process_time()
        self._load(request)
        base = plus = None
        if "base" in request["parts"]:
            base = self._judge(request, "base")
        if "plus" in request["parts"] and (base is None or base["verdict"] == "pass"):
            plus = self._judge(request, "plus")
        return {"base": base, "plus": plus, "own_seconds": round(time.process_time() - began, 4)}

    def _load(self, request: dict[str, Any]) -> None:
        task = request["task"]
        if task["inputs"] == self._path:
            return
        # Two tasks at a time could be two times 800 MB.
        self._path, self._inputs, self._truth = "", {}, {}
        self.dismiss()
        for path in (task["inputs"], task["truth"]):
            if os.path.exists(path) and not owned(path):
                raise _Problem(f"{path} can be written by others, so it is not used; delete the folder it is in.")
        self._inputs = load_inputs(task["inputs"])
        packed = None if os.path.exists(task["truth"]) else self._make_truth(request)
        try:
            if request["refereed"]:
                self._appoint(request, packed)
            else:
                self._truth = load_truth(task["truth"]) if packed is None else store_truth(packed, task["truth"])
        finally:
            if packed is not None:
                remove(os.path.dirname(packed))
        self._path = task["inputs"]
        gc.freeze()  # so that no child copies these pages by counting references in them

    def _make_truth(self, request: dict[str, Any]) -> str:
        """Where a confined process has left the results, in a folder that is the caller's to remove."""
        task = request["task"]
        job = self._job(request, _TRUTH_SECONDS, file_mib=4096) | {
            "canonical": task["canonical"],
            "entry_point": task["entry_point"],
            "inputs": self._inputs,
            "only_not_none": task["kind"] == "mbpp" and task["entry_point"] in MBPP_OUTPUT_NOT_NONE_TASKS,
        }
        made = False
        try:
            done = self._finished(watch.start(truth.run, job), _TRUTH_SECONDS)
            if isinstance(done, watch.Ended):
                raise _Problem(f"its canonical solution does not come to an end: {done.reason}")
            if done["problem"]:
                raise _Problem(f"its canonical solution fails: {done['problem']}")
            made = True
            return os.path.join(job["private"], "truth")
        finally:
            if not made:
                remove(job["private"])

    def _appoint(self, request: dict[str, Any], packed: str | None) -> None:
        """Start the referee of the task, and learn the reference times from it."""
        task = request["task"]
        job = self._job(request, _FOR_EVER, file_mib=1) | {
            "packed": packed,
            "truth": task["truth"],
            "inputs": self._inputs,
            "kind": task["kind"],
            "entry_point": task["entry_point"],
            "atol": task["atol"],
        }
        job["limits"]["memory_mib"] = request["memory_mib"]
        self._referee = Referee(job)
        told = watch.wait_for(self._referee.runner, "truth", time.monotonic() + _TRUTH_SECONDS)
        if isinstance(told, watch.Ended) or told["problem"]:
            self.dismiss()
            reason = told.reason if isinstance(told, watch.Ended) else told["problem"]
            raise _Problem(f"its files cannot be used ({reason})")
        self._ready(self._referee.runner)
        self._truth = {name: {"seconds": seconds} for name, seconds in told["seconds"].items()}

    def dismiss(self) -> None:
        """End the referee."""
        referee, self._referee = self._referee, None
        if referee is not None:
            referee.end()
            remove(referee.private)

    def _judge(self, request: dict[str, Any], name: str) -> dict[str, Any]:
        known = self._truth[name]
        limits = [max(request["minimum"], request["factor"] * seconds) for seconds in known["seconds"]]
        seconds = min(_PART_SECONDS, sum(limits)) + 1.0
        task = request["task"]
        job = self._job(request, seconds, file_mib=64) | {
            "code": request["code"],
            "kind": task["kind"],
            "entry_point": task["entry_point"],
            "inputs": self._inputs[name],
            "expected": known.get("results"),
            "seconds": limits,
            "atol": task["atol"],
            "polynomial_passes": request["polynomial_passes"],
            "progress": self._progress,
            "watch": self._watch,
        }
        self._progress[0] = 0
        begun = time.monotonic()
        compared: watch.Message | watch.Ended | None = None
        try:
            if request["refereed"]:
                done, compared = self._refereed(request, job, name, seconds)
            else:
                done = self._finished(watch.start(part.run, job), seconds)
        finally:
            remove(job["private"])
        common = {"inputs": len(limits), "seconds": round(time.monotonic() - begun, 4)}
        if not request["refereed"]:
            return common | outcome.by_itself(done, int(self._progress[0]))
        return common | outcome.by_the_referee(done, compared, len(limits))

    def _refereed(
        self, request: dict[str, Any], job: dict[str, Any], name: str, seconds: float
    ) -> tuple[watch.Message | watch.Ended, watch.Message | watch.Ended]:
        """What the code's process said of one part, and what the referee did."""
        if self._referee is None:  # it did not survive the part before
            self._appoint(request, None)
        assert self._referee is not None
        results, line = os.pipe()
        try:
            self._referee.expect(name, results)
            runner = watch.start(part.run, job, extra=line)
        finally:
            os.close(results)
            os.close(line)
        done = self._finished(runner, seconds)
        compared = self._referee.answer(time.monotonic() + _COMPARING)
        if isinstance(compared, watch.Ended):
            self.dismiss()
        return done, compared

    def _ready(self, runner: watch.Runner) -> None:
        """Wait until a process has confined itself. Raises _Problem."""
        ready = watch.wait_for(runner, "ready", time.monotonic() + _SETTING_UP)
        if isinstance(ready, watch.Ended):
            raise _Problem(f"the sandbox does not come up: {ready.reason}")
        if ready["failed"]:
            watch.end(runner)
            reasons = "; ".join(f"{layer}: {reason}" for layer, reason in ready["failed"].items())
            raise _Problem(f"the sandbox could not be set up ({reasons})")

    def _finished(self, runner: watch.Runner, seconds: float) -> watch.Message | watch.Ended:
        self._ready(runner)
        # The limits count processor time; this is for what sleeps and cannot be woken, and far enough off for a right
        # program that ten others run beside.
        done = watch.wait_for(runner, "done", time.monotonic() + 6 * seconds + 20)
        if not isinstance(done, watch.Ended):
            watch.end(runner)
        return done

    def _job(self, request: dict[str, Any], seconds: float, *, file_mib: int) -> dict[str, Any]:
        self._folders += 1
        private = os.path.join(self._base, f"{os.getpid()}-{self._folders}")
        os.mkdir(private, 0o700)
        user = None
        if "user" in self._layers:
            user = rights.a_free_user()
            os.chown(private, user, user)
        limits = {
            "total_seconds": seconds,
            "memory_mib": request["memory_mib"] + own_memory_mib(),
            "output_kib": 65_536,
            "file_mib": file_mib,
            "open_files": 64,
        }
        return {"layers": self._layers, "limits": limits, "private": private, "user": user}


def _lines() -> Any:
    unread = b""
    while True:
        line, newline, rest = unread.partition(b"\n")
        if newline:
            unread = rest
            yield json.loads(line)
            continue
        piece = os.read(0, 1 << 20)
        if not piece:
            return
        unread += piece


def _say(answer: dict[str, Any]) -> None:
    line = (json.dumps(answer) + "\n").encode("ascii")
    while line:
        line = line[os.write(1, line) :]


def main() -> None:
    """Answer until stdin closes."""
    watch.become_parent_of_orphans()
    gc.disable()  # nothing here makes cycles; every look for them would cost as much as a fork
    # What many programs import is there before the first of them runs, and is paid for once.
    for name in confine._COMMON:
        importlib.import_module(name)
    requests = _lines()
    greeting = next(requests, None)
    if greeting is None:
        return
    zygote = Zygote(greeting)
    try:
        for request in requests:
            try:
                answer = zygote.answer(request)
            except _Problem as problem:
                answer = {"problem": str(problem)}
            except (OSError, pickle.UnpicklingError, zlib.error, EOFError, ValueError) as error:
                answer = {"problem": f"its files cannot be used ({type(error).__name__}: {error})"}
            _say(answer)
    except (watch.Stopped, BrokenPipeError):
        return
    finally:
        zygote.dismiss()
        watch.end_all()
