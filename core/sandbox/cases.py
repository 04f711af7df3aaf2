"""What is asked of the sandbox, and what comes back."""

from dataclasses import dataclass
from typing import Literal

from core.events import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one sandboxed program may use. Wall-clock limits are enforced from outside."""

    case_seconds: float = 5.0
    """Wall-clock time of one case."""
    total_seconds: float = 30.0
    """Wall-clock time of all cases of one call together."""
    memory_mib: int = 512
    output_kib: int = 256
    """What the program may print before it is killed."""
    file_mib: int = 8
    """Largest file it may write, and about what its private folder may hold."""
    open_files: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to run in the namespace of the code under check.

    ``doctest``: run ``source``, compare what it shows with ``want`` (doctest's rules, and equal literals).
    ``assert``: run ``source``; an AssertionError is a fail, any other exception an error.
    ``value``: evaluate ``source``; compare with ``want``, a Python expression or "raises NAME".
    ``observe``: evaluate ``source`` and report what comes out; it always passes unless it raises.
    Cases with the same ``group`` share a namespace, in order; groups do not see each other's changes.
    """

    kind: Literal["doctest", "assert", "value", "observe"]
    source: str
    want: str | None = None
    group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """``got`` is the repr of the value, the output, or "TypeError: ..."; cut to 2,000 characters.

    ``exception`` is the type's name if the case raised, ``line`` the 1-based line of the *code* it raised in.
    """

    outcome: Outcome
    got: str = ""
    exception: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Results in the order of the cases. ``load_error`` is set when the code itself could not be executed
    ("SyntaxError: ...", a crash or time-out at import); every result is then ``error``, ``timeout`` or ``crash``."""

    results: tuple[CaseResult, ...]
    load_error: str | None
    seconds: float
