"""The outcome of one part from what was reported. What the code's process says of itself can be anything."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.sandbox.child import watch
else:
    from _secondpass_sandbox import watch

_PHASES = frozenset(("syntax", "load", "name", "call", "compare", "profile"))
_FLAGS = frozenset(("frames", "patched", "equality", "signals"))
_TEXTS = ("exception", "text", "arguments", "expected", "got")
_LONGEST = 1_000

Outcome = dict[str, Any]
"""verdict, passed, failure, timed_out, flags, cpu_seconds: as ``verdicts.PartVerdict`` has them."""


def by_itself(done: watch.Message | watch.Ended, passed: int) -> Outcome:
    """Where the code's process compares: its own word."""
    if isinstance(done, watch.Ended):
        return _ended(done, passed)
    return {
        "verdict": "pass" if done.get("verdict") == "pass" else "fail",
        "passed": passed,
        "failure": _failure(done.get("failure")),
        "timed_out": _timed_out(done),
        **_remarks(done),
    }


def by_the_referee(
    done: watch.Message | watch.Ended, compared: watch.Message | watch.Ended | None, inputs: int
) -> Outcome:
    """Where the referee compares: it alone says how many results were right; that the code's process fails is
    believed, that it passes is not."""
    remarks = {"flags": [], "cpu_seconds": None} if isinstance(done, watch.Ended) else _remarks(done)
    if compared is None or isinstance(compared, watch.Ended):
        reason = "nothing was compared" if compared is None else compared.reason
        return {**_ended(watch.Ended("crash", f"what it returned could not be compared: {reason}"), 0), **remarks}
    passed, wrong = int(compared["right"]), compared["failure"]
    if wrong is not None:
        if compared["decides"]:
            remarks["flags"] = sorted({*remarks["flags"], "equality"})
        again = not isinstance(done, watch.Ended) and done.get("again") is True
        return {"verdict": "fail", "passed": passed, "failure": wrong, "timed_out": again, **remarks}
    if isinstance(done, watch.Ended):
        return _ended(done, passed)
    if done.get("verdict") == "pass":
        if passed == inputs:
            return {"verdict": "pass", "passed": passed, "failure": None, "timed_out": False, **remarks}
        disturbed = watch.Ended("crash", "it disturbed the report on itself")
        return {**_ended(disturbed, passed), **remarks}
    failure = _failure(done.get("failure"))
    if failure is not None and failure["input"] == passed:
        failure["expected"] = compared["expected"]
    return {
        "verdict": "fail",
        "passed": passed,
        "failure": failure,
        "timed_out": _timed_out(done),
        **remarks,
    }


def _timed_out(done: watch.Message) -> bool:
    """Whether a limit decided, or a short one may have: ``done`` is of a part that failed."""
    return done.get("verdict") != "pass" and (done.get("timed_out") is True or done.get("again") is True)


def _ended(end: watch.Ended, passed: int) -> Outcome:
    return {
        "verdict": end.outcome,
        "passed": passed,
        "failure": {"phase": "ended", "exception": None, "text": end.reason},
        "timed_out": end.outcome == "timeout",
        "flags": [],
        "cpu_seconds": None,
    }


def _failure(told: Any) -> Outcome | None:
    if not isinstance(told, dict):
        return None
    phase, at = told.get("phase"), told.get("input")
    texts = {name: text[:_LONGEST] if isinstance(text := told.get(name), str) else None for name in _TEXTS}
    return {
        **texts,
        "phase": phase if phase in _PHASES else "call",
        "text": texts["text"] or "",
        "input": at if type(at) is int and 0 <= at < 1 << 31 else None,
    }


def _remarks(done: watch.Message) -> Outcome:
    flags, used = done.get("flags"), done.get("cpu_seconds")
    return {
        "flags": sorted({flag for flag in flags if flag in _FLAGS}) if isinstance(flags, list) else [],
        "cpu_seconds": used if isinstance(used, float) and math.isfinite(used) and used >= 0 else None,
    }
