"""What the store keeps, as frozen data."""

from dataclasses import dataclass, field
from typing import Literal

from core.bench.judge.nodes import JudgeNode
from core.bench.judge.verdicts import Verdict
from core.events import Accepted

Schedule = Literal["auto", "phases", "pipeline"]
"""Auto: a pipeline where both models are loaded, phases where they take turns. Answers do not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that a result depends on. Two runs are comparable if they share ``dataset_digest`` and ``profile``."""

    dataset: str
    dataset_title: str
    dataset_digest: str
    dataset_source: str
    kind: str
    profile: str
    patterns: tuple[str, ...]
    pair: str
    coder: str
    reviewer: str
    scripted: bool
    guard: str
    rounds: int | None
    """None: each pattern's own."""
    samples: int
    tasks: tuple[str, ...]
    temperature: float
    seed: int | None
    prompt_version: str
    sandbox: str
    python: str
    program: str
    usd_per_hour: float
    schedule: Schedule = "phases"
    label: str = ""
    """What the user calls the run."""
    quantisation: str = ""
    """The coder's and the reviewer's, as ``core.gain.key`` writes them; "" where it was not kept."""


@dataclass(frozen=True, slots=True, order=True)
class SampleKey:
    """One sample of a run."""

    pattern: str
    task: str
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageUse:
    """What one answer took. Times in seconds."""

    stage: str
    role: str
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float
    ttft: float | None
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of a sample, before it is judged. ``findings`` counts them by status; ``problem`` says why there is
    no code ("no code found", ...)."""

    accepted: Accepted
    checks_passed: int
    checks_failed: int
    richness: float | None
    rounds: int
    verdict: str | None
    """The reviewer's last word: no defect, defects, unclear; None without a review."""
    findings: dict[str, int] = field(default_factory=dict)
    problem: str | None = None
    truncated: bool = False
    stages: tuple[StageUse, ...] = ()

    @property
    def tokens(self) -> int:
        """Completion tokens of all stages."""
        return sum(use.completion_tokens or 0 for use in self.stages)

    @property
    def seconds(self) -> float:
        """Time that the models worked."""
        return sum(use.seconds for use in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished sample with its codes; verdicts are None while they are not judged."""

    key: SampleKey
    draft: str | None
    final: str | None
    summary: Summary
    finished: str
    draft_verdict: Verdict | None = None
    final_verdict: Verdict | None = None

    @property
    def judged(self) -> bool:
        """Whether nothing is left to do for it."""
        return (self.draft is None or self.draft_verdict is not None) and (
            self.final is None or self.final_verdict is not None
        )

    @property
    def passes(self) -> bool:
        """Whether the final code passes base and plus."""
        return self.final_verdict is not None and self.final_verdict.passes_plus

    @property
    def draft_passes(self) -> bool:
        """The same of the draft."""
        return self.draft_verdict is not None and self.draft_verdict.passes_plus


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """One answer of a model. ``completed`` is the JSON form of ``Completed``."""

    role: str
    stage: str
    request: str
    text: str
    reasoning: str
    completed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run as the list shows it."""

    id: str
    created: str
    config: RunConfig
    planned: int
    finished: int
    failed_attempts: int
    seconds: float
    """Time that it was worked on."""
    nodes: tuple[JudgeNode, ...] = ()
    """Of clusters that have judged for it; without any, the machine that generated has judged."""

    @property
    def complete(self) -> bool:
        """Whether every planned sample is finished (its verdicts may still be missing)."""
        return self.finished >= self.planned
