"""Why a sample failed, in one of a few words."""

from core.bench.judge.verdicts import Failure, PartVerdict
from core.bench.store import Result

_PHASES = {
    "syntax": "syntax error",
    "name": "function missing or renamed",
    "compare": "wrong answer",
    "ended": "ended the process",
    "integrity": "reached for the judge",
    "profile": "failed by the profile's rules",
}


def failure_of(result: Result) -> str | None:
    """What went wrong with the final code of ``result``; None if it passes or is not judged.

    ``wrong answer``, ``raises NAME``, ``fails to load (NAME)``, ``time-out``, ``no code``, ``truncated``, ``syntax
    error``, ``function missing or renamed``, ``ended the process``, ``reached for the judge``.
    """
    if result.passes:
        return None
    if result.final is None:
        return "truncated" if result.summary.truncated else "no code"
    part = failing_part(result)
    if part is None:
        return None
    if part.timed_out:
        return "time-out"
    return _named(part.failure) if part.failure is not None else str(part.status)


def failing_part(result: Result) -> PartVerdict | None:
    """The part of the verdict on the final code that did not pass."""
    verdict = result.final_verdict
    if verdict is None:
        return None
    return next((part for part in (verdict.base, verdict.plus) if part is not None and part.status != "pass"), None)


def _named(failure: Failure) -> str:
    # The name is the code's own: only what could be a class's name is repeated.
    exception = (failure.exception or "").rpartition(".")[2]
    exception = exception if exception.isidentifier() and len(exception) <= 60 else "an exception"
    if failure.phase == "call":
        return f"raises {exception}"
    if failure.phase == "load":
        return f"fails to load ({exception})"
    return _PHASES.get(failure.phase, failure.phase)
