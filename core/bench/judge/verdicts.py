"""What the judge says of one sample."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from core.bench.judge.profiles import Profile

Status = Literal["pass", "fail", "timeout", "crash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a part did not pass.

    ``phase``: syntax (does not parse), load (raised while it was executed), name (does not define the entry point),
    call (raised), compare (wrong result, or it cannot be compared), ended (the process did not come to its end),
    integrity (flags), profile (the rules fail every answer). ``input`` is the index of the input within the part.
    The texts are the code's own: shown, never trusted.
    """

    phase: str
    exception: str | None = None
    text: str = ""
    input: int | None = None
    arguments: str | None = None
    expected: str | None = None
    got: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartVerdict:
    """Base or plus: ``passed`` of ``inputs`` were right before it ended.

    ``timed_out``: a time limit ended it, which EvalPlus calls "fail" for one input and "timeout" for the part;
    ``first`` is then what was said the first time, before it was run once more, alone. ``cpu_seconds`` is the code's
    own processor time, None if it did not live to report it.
    """

    status: Status
    passed: int
    inputs: int
    failure: Failure | None
    timed_out: bool
    flags: tuple[str, ...]
    cpu_seconds: float | None
    seconds: float
    first: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on one sample. ``plus`` is None where base did not pass, as plus cannot count then.

    ``problem`` says why the judge could not judge it (both parts are None then); that is never a failure of the
    sample.
    """

    base: PartVerdict | None
    plus: PartVerdict | None
    problem: str | None = None

    @property
    def integrity(self) -> tuple[str, ...]:
        """The flags of both parts."""
        return tuple(sorted({flag for part in (self.base, self.plus) if part for flag in part.flags}))

    @property
    def passes_base(self) -> bool:
        """Whether base passed."""
        return self.base is not None and self.base.status == "pass"

    @property
    def passes_plus(self) -> bool:
        """Whether base and plus passed, which is what pass@k of the extended sets counts."""
        return self.passes_base and self.plus is not None and self.plus.status == "pass"

    @property
    def timed_out(self) -> bool:
        """Whether a time limit decided a part."""
        return any(part is not None and part.timed_out for part in (self.base, self.plus))

    def to_json(self) -> dict[str, Any]:
        """Plain data that ``verdict_from_json`` reads."""
        return asdict(self)


class Judging(Protocol):
    """What judges: this machine (``Judge``) or a cluster (``core.bench.cluster.RayJudge``)."""

    profile: Profile

    @property
    def workers(self) -> int:
        """Processes that may work on this machine at the same time."""

    async def judge(self, task_id: str, code: str) -> Verdict:
        """The verdict on ``code``, a program for this task. Raises SecondpassError."""


def verdict_from_json(content: Mapping[str, Any]) -> Verdict:
    """What ``Verdict.to_json`` gave. Raises KeyError, TypeError."""
    return Verdict(base=_part(content["base"]), plus=_part(content["plus"]), problem=content["problem"])


def _part(content: Mapping[str, Any] | None) -> PartVerdict | None:
    if content is None:
        return None
    failure = content["failure"]
    own = {"failure": None if failure is None else Failure(**failure), "flags": tuple(content["flags"])}
    return PartVerdict(**{**content, **own})


def verdict_of(answer: Mapping[str, Any], profile: Profile) -> Verdict:
    """The verdict by the rules of ``profile`` on what a zygote answered."""
    if "problem" in answer:
        return Verdict(base=None, plus=None, problem=answer["problem"])
    base, plus = (None if answer[part] is None else _by_the_rules(answer[part], profile) for part in ("base", "plus"))
    # What reached for the judge in base has not passed it by these rules.
    return Verdict(base=base, plus=plus if base is None or base.status == "pass" else None)


def _by_the_rules(seen: Mapping[str, Any], profile: Profile) -> PartVerdict:
    status: Status = seen["verdict"]
    failure = None if seen["failure"] is None else Failure(**seen["failure"])
    if status == "crash" and not profile.names_crashes:
        status = "timeout"  # EvalPlus: "unknown end"
    if status == "pass" and seen["flags"] and profile.flags_fail:
        status = "fail"
        failure = Failure(phase="integrity", text=f"it reached for the judge ({', '.join(seen['flags'])})")
    return PartVerdict(
        status=status,
        passed=seen["passed"],
        inputs=seen["inputs"],
        failure=failure,
        timed_out=seen["timed_out"],
        flags=tuple(seen["flags"]),
        cpu_seconds=seen["cpu_seconds"],
        seconds=seen["seconds"],
    )
