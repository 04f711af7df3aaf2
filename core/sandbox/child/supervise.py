"""The trusted half of the sandbox's process: one runner per group of cases, what it saw as JSON lines on stdout.

The request is one line of JSON on stdin, which then stays open: when it closes, everything is ended at once.
Answers, one a line: {"started": true} before any code is executed, {"case": index, "seen": {...}} (an Observation, of
which no word need be true) or {"case": index, ...fields of a CaseResult}, {"load_error": text}, {"failed": {layer:
reason}} (nothing was run), {"probed": {...}}, and at the end {"end": true}.

What is wanted never gets here: whatever this process holds, the runners that are forked from it can read.
"""

import json
import os
import time
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal

from . import probe, runner, watch
from .confine import supported
from .sweep import remove
from .text import cut, safe

_SETTING_UP = 10.0
"""Seconds for a runner to confine itself, on a very loaded machine."""
_MAX_RESTARTS = 20

Case = dict[str, Any]
Verdict = dict[str, Any]


class _Refused(Exception):
    """The runner could not confine itself as asked; the dictionary says why."""


def _answer(fields: dict[str, Any]) -> None:
    line = (json.dumps(fields) + "\n").encode("ascii")
    while line:
        line = line[os.write(1, line) :]


class Supervisor:
    """Runs all cases of one request."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._request = request
        self._limits: dict[str, float] = request["limits"]
        self._case_seconds = float(self._limits["case_seconds"])
        self._deadline = time.monotonic() + float(self._limits["total_seconds"])
        self._folders = 0
        self._restarts = 0

    def job(self) -> dict[str, Any]:
        """What every runner is told; makes its private folder."""
        self._folders += 1
        private = os.path.join(self._request["base"], str(self._folders))
        os.mkdir(private, 0o700)
        user = None
        if "user" in self._request["layers"]:
            from .rights import a_free_user

            user = a_free_user()
            os.chown(private, user, user)
        layers = self._request["layers"]
        return {"layers": layers, "limits": self._limits, "private": private, "user": user}

    def _left(self, seconds: float) -> float:
        return min(time.monotonic() + seconds, self._deadline)

    def run(self) -> None:
        """Run every group. The first one also tells whether the code can be loaded at all."""
        cases: list[Case] = self._request["cases"]
        order = sorted(cases, key=lambda case: int(case["group"]))
        groups = [list(members) for _, members in groupby(order, key=lambda case: case["group"])] or [[]]
        for number, group in enumerate(groups):
            if self._group(group, first=number == 0):
                rest = [case for later in groups[number + 1 :] for case in later]
                self._all(rest, self._load_verdict)
                return

    def _all(self, cases: list[Case], verdict: Verdict) -> None:
        for case in cases:
            _answer({"case": case["index"], **verdict})

    def _not_run(self, cases: list[Case], why: str) -> None:
        self._all(cases, {"outcome": "not_run", "got": why, "exception": None, "line": None})

    def _group(self, pending: list[Case], *, first: bool) -> bool:
        """Run the cases of one group, in as many runners as it takes. True if the code itself cannot be loaded."""
        done: list[Case] = []
        while True:
            if time.monotonic() >= self._deadline:
                self._not_run(pending, "no time was left")
                return False
            outcome = self._attempt(pending, done, first=first)
            if outcome is None or outcome is True:
                return bool(outcome)
            completed, ended = outcome
            done += pending[:completed]
            bad, pending = pending[completed], pending[completed + 1 :]
            got = safe(ended.reason)
            _answer({"case": bad["index"], "outcome": ended.outcome, "got": got, "exception": None, "line": None})
            if not pending:
                return False
            self._restarts += 1
            if self._restarts > _MAX_RESTARTS:
                self._not_run(pending, "too many cases before it ended the interpreter")
                return False
            first = False

    def _attempt(
        self, pending: list[Case], done: list[Case], *, first: bool
    ) -> tuple[int, watch.Ended] | Literal[True] | None:
        """One runner: (cases that came to their end, how the next one ended the runner), None when all did, or
        True when the code cannot be loaded. All but a case that ended the runner have been answered."""
        if first:
            _answer({"started": True})
        try:
            job = {**self.job(), "code": self._request["code"], "replay": done, "cases": pending}
            current = watch.start(runner.run, job)
        except OSError as error:  # no room, no more processes
            raise _Refused({"process": str(error)}) from error
        ready = watch.wait_for(current, "ready", time.monotonic() + _SETTING_UP)
        if isinstance(ready, watch.Ended):
            raise _Refused({"process": ready.reason})
        if ready["failed"]:
            watch.end(current)
            raise _Refused(ready["failed"])
        loaded = watch.wait_for(current, "loaded", self._left(self._case_seconds))
        problem = self._load_problem(loaded)
        if problem is not None:
            if isinstance(loaded, dict):
                watch.end(current)
            self._all(pending, problem)
            if first:
                self._load_verdict = problem
                _answer({"load_error": problem["got"]})
            return True if first else None
        for message in self._messages(current, "replayed", len(done)):
            if isinstance(message, watch.Ended):
                self._not_run(pending, f"an earlier case of its group, run again, did not end well: {message.reason}")
                return None
        for number, message in enumerate(self._messages(current, "seen", len(pending))):
            if isinstance(message, watch.Ended):
                return number, message
            _answer({"case": pending[number]["index"], "seen": message.get("seen")})
        watch.end(current)
        return None

    def _messages(self, current: watch.Runner, kind: str, count: int) -> Iterator[watch.Message | watch.Ended]:
        for _ in range(count):
            yield watch.wait_for(current, kind, self._left(self._case_seconds))

    def _load_problem(self, loaded: watch.Message | watch.Ended) -> Verdict | None:
        if isinstance(loaded, watch.Ended):
            got = f"the code could not be loaded: {safe(loaded.reason)}"
            return {"outcome": loaded.outcome, "got": got, "exception": None, "line": None}
        if "raised" not in loaded:
            return None
        try:
            name, text = str(loaded["raised"]["names"][0]), str(loaded["raised"]["text"])
            line = loaded["raised"]["line"]
        except (LookupError, TypeError):
            name, text, line = "Exception", "", None
        got = cut(safe(f"{name}: {text}" if text else name))
        return {
            "outcome": "error",
            "got": got,
            "exception": cut(safe(name)),
            "line": line if type(line) is int else None,
        }


def _probe(supervisor: Supervisor) -> None:
    current = watch.start(
        probe.run, {**supervisor.job(), "victims": os.path.join(supervisor._request["base"], "victims")}
    )
    message = watch.wait_for(current, "probed", time.monotonic() + _SETTING_UP)
    if isinstance(message, watch.Ended):
        raise _Refused({"process": message.reason})
    watch.end(current)
    _answer({"probed": message})


def _request() -> dict[str, Any]:
    text = b""
    while not text.endswith(b"\n"):
        piece = os.read(0, 1 << 20)
        if not piece:
            raise watch.Stopped
        text += piece
    request: dict[str, Any] = json.loads(text)
    return request


def main() -> None:
    """Answer the request on stdin. Ends with status 0 even when told to stop early."""
    request: dict[str, Any] = {}
    try:
        request = _request()
        watch.become_parent_of_orphans()
        if request["layers"] is None:
            request["layers"] = supported()
        supervisor = Supervisor(request)
        if request["probe"]:
            _probe(supervisor)
        else:
            supervisor.run()
        _answer({"end": True})
    except (watch.Stopped, BrokenPipeError):
        # Whoever asked may be dead, and then nobody else removes the folder.
        watch.end_all()
        if request:
            remove(request["base"])
    except _Refused as refused:
        _answer({"failed": refused.args[0]})
    finally:
        watch.end_all()
