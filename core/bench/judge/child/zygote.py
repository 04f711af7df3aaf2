"""The trusted half of the judge: one request and one answer a line, one confined process per sample and part.

First line of stdin: ``{"layers": [...], "base": folder}``. Every further line is a request,

    {"task": {"inputs": path, "truth": path, "kind", "entry_point", "canonical", "atol"},
     "code": text, "parts": ["base", "plus"], "minimum": seconds, "factor": float, "polynomial_passes": bool,
     "memory_mib": number}

and gets one line: ``{"base": {...} or null, "plus": {...} or null, "own_seconds": ...}`` (plus is judged if base was
not asked for or passes; without parts only the truth is made), or ``{"problem": text}`` where the judge itself, or the
task, is at fault. When stdin closes, everything is ended.
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

from . import part, truth
from .integrity import Watch, forget_the_judge
from .task import CLASSES, Packed, load_inputs, load_truth, owned, store_truth

_SETTING_UP = 20.0
_PART_SECONDS = 60.0
_TRUTH_SECONDS = 900.0
_MIB = 1 << 20


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
        self._folders = 0
        self._folder: _Folder | None = None
        shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._progress = memoryview(shared).cast("q")
        self._watch = Watch((part.Part, *CLASSES))
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
        for path in (task["inputs"], task["truth"]):
            if os.path.exists(path) and not owned(path):
                raise _Problem(f"{path} can be written by others, so it is not used; delete the folder it is in.")
        self._inputs = load_inputs(task["inputs"])
        self._truth = load_truth(task["truth"]) if os.path.exists(task["truth"]) else self._make_truth(request)
        self._path = task["inputs"]
        gc.freeze()  # so that no child copies these pages by counting references in them

    def _make_truth(self, request: dict[str, Any]) -> dict[str, Any]:
        task = request["task"]
        job = self._job(request, _TRUTH_SECONDS, file_mib=4096) | {
            "code": task["canonical"],
            "entry_point": task["entry_point"],
            "inputs": self._inputs,
            "only_not_none": task["kind"] == "mbpp" and task["entry_point"] in MBPP_OUTPUT_NOT_NONE_TASKS,
        }
        try:
            done = self._finished(watch.start(truth.run, job), _TRUTH_SECONDS)
            if isinstance(done, watch.Ended):
                raise _Problem(f"its canonical solution does not come to an end: {done.reason}")
            if done["problem"]:
                raise _Problem(f"its canonical solution fails: {done['problem']}")
            return store_truth(os.path.join(job["private"], "truth"), task["truth"])
        finally:
            self._take_back()

    def _judge(self, request: dict[str, Any], name: str) -> dict[str, Any]:
        known = self._truth[name]
        limits = [max(request["minimum"], request["factor"] * seconds) for seconds in known["seconds"]]
        seconds = min(_PART_SECONDS, sum(limits)) + 1.0
        task = request["task"]
        room = max((each.memory for each in known["results"] if type(each) is Packed), default=0)
        job = self._job(request, seconds, file_mib=64, room=room) | {
            "code": request["code"],
            "kind": task["kind"],
            "entry_point": task["entry_point"],
            "inputs": self._inputs[name],
            "expected": known["results"],
            "seconds": limits,
            "atol": task["atol"],
            "polynomial_passes": request["polynomial_passes"],
            "progress": self._progress,
            "watch": self._watch,
        }
        self._progress[0] = 0
        begun = time.monotonic()
        try:
            done = self._finished(watch.start(part.run, job), seconds)
        finally:
            self._take_back()
        common = {"inputs": len(limits), "seconds": round(time.monotonic() - begun, 4)}
        if isinstance(done, watch.Ended):
            return common | {
                "verdict": done.outcome,
                "passed": int(self._progress[0]),
                "failure": {"phase": "ended", "exception": None, "text": done.reason},
                "timed_out": done.outcome == "timeout",
                "flags": [],
                "cpu_seconds": None,
            }
        known_keys = ("verdict", "failure", "timed_out", "flags", "cpu_seconds")
        return common | {"passed": int(self._progress[0])} | {key: done[key] for key in known_keys}

    def _finished(self, runner: watch.Runner, seconds: float) -> watch.Message | watch.Ended:
        ready = watch.wait_for(runner, "ready", time.monotonic() + _SETTING_UP)
        if isinstance(ready, watch.Ended):
            raise _Problem(f"the sandbox does not come up: {ready.reason}")
        if ready["failed"]:
            watch.end(runner)
            reasons = "; ".join(f"{layer}: {reason}" for layer, reason in ready["failed"].items())
            raise _Problem(f"the sandbox could not be set up ({reasons})")
        # The limits count processor time; this is for what sleeps and cannot be woken, and far enough off for a right
        # program that ten others run beside.
        done = watch.wait_for(runner, "done", time.monotonic() + 6 * seconds + 20)
        if not isinstance(done, watch.Ended):
            watch.end(runner)
        return done

    def _job(self, request: dict[str, Any], seconds: float, *, file_mib: int, room: int = 0) -> dict[str, Any]:
        """``room``: bytes of memory that the judge itself may need beside the code."""
        user = rights.a_free_user() if "user" in self._layers else None
        if self._folder is None:
            self._folders += 1
            path = os.path.join(self._base, f"{os.getpid()}-{self._folders}")
            self._folder = _Folder(path, self._layers)
            os.environ.update(HOME=path, TMPDIR=path)
        folder = self._folder
        folder.give_to(user)
        limits = {
            "total_seconds": seconds,
            "memory_mib": request["memory_mib"] + _own_memory_mib() + room // _MIB,
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


def _own_memory_mib() -> int:
    """Address space of this process, which every fork begins with; 0 where it cannot be read."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * mmap.PAGESIZE // _MIB
    except (OSError, ValueError, IndexError):
        return 0


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
        watch.end_all()
