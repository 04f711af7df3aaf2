"""The trusted half of the judge: one request and one answer a line, one confined process per sample and part.

First line of stdin: ``{"layers": [...], "base": folder}``. Every further line is a request,

    {"task": {"inputs": path, "truth": path, "kind", "entry_point", "canonical": path, "atol"},
     "code": text, "parts": ["base", "plus"], "minimum": seconds, "share": float, "factor": float,
     "polynomial_passes": bool, "memory_mib": number, "refereed": bool}

and gets one line: ``{"base": {...} or null, "plus": {...} or null, "own_seconds": ...}`` (plus is judged if base was
not asked for or passes; without parts only the truth is made; an input gets ``share`` of the minimum now), or
``{"problem": text}`` where the judge itself, or the task, is at fault. When stdin closes, everything is ended.

What is forked from this process can read all that it has ever held. So where results are refereed it never holds what
is expected, nor the canonical solution: only the referee and the process that computes the truth do.
"""

import gc
import importlib
import json
import mmap
import os
import pickle
import socket
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
from .integrity import Watch, forget_the_judge
from .limits import Limits
from .referee import Referee
from .task import CLASSES, load_inputs, load_truth, own_memory_mib, owned, room_for

_SETTING_UP = 20.0
_COMPARING = 300.0
"""Seconds that the referee gets, once all is handed in; it limits its processor time itself."""
_FOR_EVER = 1e6
_PART_SECONDS = 60.0
_TRUTH_SECONDS = 900.0
_MIB = 1 << 20
_BULKY = 4 << 20
"""Bytes of a file of expected results after which the referee does not take another task."""


class _Problem(Exception):
    """What keeps a request from being answered; the text is for the user."""


class _Folder:
    """A private folder for one child at a time, with what is prepared for confining it there.

    Whoever leaves no trace in it leaves it to the next one: making it, and the rules that name it, costs as much as
    running a short program.
    """

    def __init__(self, path: str, layers: list[str]) -> None:
        os.mkdir(path, 0o700)
        self.path = path
        self.prepared = confine.Prepared(layers, path)
        self._before: tuple[int, ...] = ()

    def _state(self) -> tuple[int, ...]:
        seen = os.stat(self.path, follow_symlinks=False)
        times = (seen.st_mtime_ns, seen.st_ctime_ns)
        return (seen.st_ino, seen.st_dev, seen.st_mode, seen.st_uid, seen.st_gid, seen.st_nlink, *times)

    def give_to(self, user: int | None) -> None:
        """Make ``user`` its owner."""
        if user is not None:
            os.chown(self.path, user, user)
        self._before = self._state()

    def is_untouched(self) -> bool:
        """Whether nothing was changed in it, or about it, since it was given to its owner."""
        try:
            return self._state() == self._before and not os.listdir(self.path)
        except OSError:
            return False

    def remove(self) -> None:
        """Delete it with all that is in it."""
        self.prepared.close()
        remove(self.path)


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
        self._referee_folder: _Folder | None = None
        self._bulky = False
        self._folders = 0
        self._folder: _Folder | None = None
        shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._progress = memoryview(shared).cast("q")
        self._watch = Watch((part.Part, Limits, *CLASSES))
        if "user" in self._layers:
            rights.empty_bounding_set()  # once, instead of in every fork

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
        if self._bulky:  # what such a task took is not always given back
            self.dismiss()
        self._bulky = False
        for path in (task["inputs"], task["truth"]):
            if os.path.exists(path) and not owned(path):
                raise _Problem(f"{path} can be written by others, so it is not used; delete the folder it is in.")
        self._inputs = load_inputs(task["inputs"])
        if not os.path.exists(task["truth"]):
            self._make_truth(request)
        if request["refereed"]:
            self._inform(request)
        else:
            self._truth = load_truth(task["truth"])
        self._path = task["inputs"]
        self._bulky = os.path.getsize(task["truth"]) > _BULKY
        gc.freeze()  # so that no child copies these pages by counting references in them

    def _make_truth(self, request: dict[str, Any]) -> None:
        """Have the results computed by a confined process, and kept by another."""
        task = request["task"]
        folder = self._new_folder()
        try:
            job = self._job(request, folder, _TRUTH_SECONDS, file_mib=4096) | {
                "canonical": task["canonical"],
                "entry_point": task["entry_point"],
                "inputs": self._inputs,
                "only_not_none": task["kind"] == "mbpp" and task["entry_point"] in MBPP_OUTPUT_NOT_NONE_TASKS,
                "truth": task["truth"],
            }
            done = self._finished(watch.start(truth.run, job), _TRUTH_SECONDS)
            if isinstance(done, watch.Ended):
                raise _Problem(f"its canonical solution does not come to an end: {done.reason}")
            if done["problem"]:
                raise _Problem(f"its canonical solution fails: {done['problem']}")
            kept = self._finished(watch.start(truth.keep, job), _TRUTH_SECONDS)
            if isinstance(kept, watch.Ended) or kept["problem"]:
                reason = kept.reason if isinstance(kept, watch.Ended) else kept["problem"]
                raise _Problem(f"its files cannot be used ({reason})")
        finally:
            folder.remove()

    def _inform(self, request: dict[str, Any]) -> None:
        """Have a referee learn the task, and learn the reference times from it."""
        if self._referee is None:
            if self._referee_folder is None:
                self._referee_folder = self._new_folder()
            job = self._job(request, self._referee_folder, _FOR_EVER, file_mib=1)
            job["limits"]["memory_mib"] = request["memory_mib"]
            self._referee = Referee(job)
            self._ready(self._referee.runner)
        told = self._referee.learn(request["task"])
        if isinstance(told, watch.Ended) or told["problem"]:
            self.dismiss()
            reason = told.reason if isinstance(told, watch.Ended) else told["problem"]
            raise _Problem(f"its files cannot be used ({reason})")
        self._truth = told["known"]

    def dismiss(self) -> None:
        """End the referee."""
        referee, self._referee = self._referee, None
        if referee is not None:
            referee.end()
        folder = self._referee_folder
        if folder is not None and not folder.is_untouched():
            self._referee_folder = None
            folder.remove()

    def _judge(self, request: dict[str, Any], name: str) -> dict[str, Any]:
        if request["refereed"] and self._referee is None:  # it did not survive the part before
            self._inform(request)
        known = self._truth[name]
        least, factor = request["minimum"], request["factor"]
        seconds = min(_PART_SECONDS, sum(max(least, factor * each) for each in known["seconds"])) + 1.0
        limits = [max(least * request["share"], factor * each) for each in known["seconds"]]
        task = request["task"]
        room = room_for(known.get("results", ()))
        if self._folder is None:
            self._folder = self._new_folder()
        job = self._job(request, self._folder, seconds, file_mib=64, room=room) | {
            "code": request["code"],
            "kind": task["kind"],
            "entry_point": task["entry_point"],
            "inputs": self._inputs[name],
            "expected": known.get("results"),
            "large": frozenset(known.get("large", ())),
            "seconds": limits,
            "exact": request["share"] >= 1.0,
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
                done, compared = self._refereed(job, name, seconds)
            else:
                done = self._finished(watch.start(part.run, job), seconds)
        finally:
            self._take_back()
        common = {"inputs": len(limits), "seconds": round(time.monotonic() - begun, 4)}
        if not request["refereed"]:
            return common | outcome.by_itself(done, int(self._progress[0]))
        return common | outcome.by_the_referee(done, compared, len(limits))

    def _refereed(
        self, job: dict[str, Any], name: str, seconds: float
    ) -> tuple[watch.Message | watch.Ended, watch.Message | watch.Ended]:
        """What the code's process said of one part, and what the referee did."""
        assert self._referee is not None
        theirs, ours = socket.socketpair()
        with theirs, ours:
            self._referee.expect(name, theirs.fileno())
            runner = watch.start(part.run, job, extra=ours.fileno())
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

    def _new_folder(self) -> _Folder:
        self._folders += 1
        return _Folder(os.path.join(self._base, f"{os.getpid()}-{self._folders}"), self._layers)

    def _job(
        self, request: dict[str, Any], folder: _Folder, seconds: float, *, file_mib: int, room: int = 0
    ) -> dict[str, Any]:
        """``room``: bytes of memory that the judge itself may need beside the code."""
        user = rights.a_free_user() if "user" in self._layers else None
        if os.environ.get("HOME") != folder.path:
            os.environ.update(HOME=folder.path, TMPDIR=folder.path)
        folder.give_to(user)
        limits = {
            "total_seconds": seconds,
            "memory_mib": request["memory_mib"] + own_memory_mib() + room // _MIB,
            "output_kib": 65_536,
            "file_mib": file_mib,
            "open_files": 64,
        }
        own = {"private": folder.path, "user": user, "prepared": folder.prepared}
        return {"layers": self._layers, "limits": limits, **own}

    def _take_back(self) -> None:
        folder = self._folder
        # Where programs can start others, one that is left behind could still write into it.
        if folder is not None and not ("seccomp" in self._layers and folder.is_untouched()):
            self._folder = None
            folder.remove()


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
    forget_the_judge()
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
