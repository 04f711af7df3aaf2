"""What a run tells while it goes on."""

from dataclasses import dataclass
from typing import Literal

from core.bench.store import Result, SampleKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStarted:
    """A sample begins."""

    type: Literal["started"] = "started"
    key: SampleKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStage:
    """A model begins to answer (``phase`` "asking"), has answered ("answered"; ``reused`` from the store), or the
    codes are with the judge ("judging"; ``stage`` is "")."""

    type: Literal["stage"] = "stage"
    key: SampleKey
    stage: str
    phase: Literal["asking", "answered", "judging"]
    reused: bool = False
    tokens: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFinished:
    """A sample is finished, judged and committed."""

    type: Literal["finished"] = "finished"
    key: SampleKey
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFailed:
    """A sample could not be finished for no fault of its own; ``again`` says whether it is tried once more now."""

    type: Literal["failed"] = "failed"
    key: SampleKey
    error: str
    again: bool


Progress = SampleStarted | SampleStage | SampleFinished | SampleFailed
