"""The one event stream: what a run of a pattern yields, a log stores and a screen shows.

Events are frozen. ``n`` counts them from 0 within a run and ``at`` is seconds since the run began; both
are set when an event is emitted. The JSON form of an event is its fields (docs/events.schema.json), one
object a line in a session log and in ``secondpass run --output jsonl``. Fields may be added, never renamed.
"""

from dataclasses import dataclass
from typing import Literal

from core.engines.protocol import Phase, Role, Stage
from core.event_stamp import Stamp as Stamp
from core.person_events import CodeChosen as CodeChosen
from core.person_events import CodeSaved as CodeSaved
from core.person_events import HunkChoice as HunkChoice
from core.person_events import Rewound as Rewound
from core.person_events import SaveUndone as SaveUndone
from core.person_events import SessionRenamed as SessionRenamed

SCHEMA_VERSION = 1

Outcome = Literal["pass", "fail", "error", "timeout", "crash", "not_run"]
FindingStatus = Literal["checking", "proven", "supported", "disputed", "unconfirmed", "advisory", "requested"]
Accepted = Literal["draft", "fix", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFile:
    """A file that the models are shown beside the spec."""

    name: str
    """Its path as the person wrote it."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Stamp):
    """A run begins. A session holds one run for each turn: the first makes the code, the others follow up on it."""

    type: Literal["run_started"] = "run_started"
    schema_version: int = SCHEMA_VERSION
    run_id: str
    started: str
    """Wall-clock time, ISO 8601 with offset."""
    program: str
    """Name and version of the program that wrote this log."""
    spec: str
    filename: str | None
    pattern: str
    pair: str
    scripted: bool
    coder: str
    reviewer: str
    guard: Literal["proven", "strict", "off"]
    rounds: int
    prompt_version: str
    sandbox: str
    """Name of the sandbox tier that examples run in."""
    usd_per_hour: float
    quantisation: str = ""
    """The coder's and the reviewer's, such as "q4f16_1+q4f16_1"; "" in logs of older versions."""
    turn: int = 1
    """Counts the runs of a session; a turn that was rewound is counted again."""
    requests: tuple[str, ...] = ()
    """What was asked for after the first turn, oldest first; the last one is this turn's."""
    base: str = ""
    """The code that this turn changes; "" in a first turn."""
    files: tuple[ContextFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRead(Stamp):
    """What the parser found in the spec. ``checkable`` is the number of visible examples that can be run."""

    type: Literal["spec_read"] = "spec_read"
    name: str | None
    signature: str | None
    checkable: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePhase(Stamp):
    """A role's engine changed its state."""

    type: Literal["engine_phase"] = "engine_phase"
    role: Role
    phase: Phase
    detail: str = ""
    progress: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted(Stamp):
    """A model begins to answer. ``candidate`` names the code that the answer is about or will become."""

    type: Literal["stage_started"] = "stage_started"
    stage: Stage
    role: Role
    round: int
    model: str
    candidate: str
    prompt_tokens: int
    """Estimate of the prompt's tokens (about), for the context meter until usage arrives."""
    context: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenText(Stamp):
    """A piece of the answer of the stage that is running for ``role``."""

    type: Literal["token"] = "token"
    stage: Stage
    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningText(Stamp):
    type: Literal["reasoning"] = "reasoning"
    stage: Stage
    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished(Stamp):
    """A model's answer is complete, or was stopped (``stopped``; ``text`` then holds what had arrived)."""

    type: Literal["stage_finished"] = "stage_finished"
    stage: Stage
    role: Role
    round: int
    candidate: str
    text: str
    prompt_tokens: int | None
    completion_tokens: int | None
    tokens_estimated: bool
    ttft: float | None
    seconds: float
    finish_reason: Literal["stop", "length", "stopped", "failed", "other"]
    warning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Stamp):
    """Code taken from an answer. ``code`` is None when the answer held none; ``problem`` then says so."""

    type: Literal["candidate"] = "candidate"
    candidate: str
    """"draft", "fix 1", "retry 1" ...: unique within a run."""
    role: Role
    code: str | None
    problem: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewVerdict(Stamp):
    """What the reviewer decided about ``candidate``."""

    type: Literal["verdict"] = "verdict"
    candidate: str
    role: Role
    round: int
    verdict: Literal["no defect", "defects", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Stamp):
    """A defect the reviewer claims. Emitted again, with the same ``id``, when its status is known.

    ``call`` is the concrete input as a Python expression and ``expected`` the claimed result (a Python
    expression, or "raises ValueError"). ``reason`` says in words why the status is what it is.
    """

    type: Literal["finding"] = "finding"
    id: str
    candidate: str
    round: int
    title: str
    citation: str
    call: str
    expected: str
    status: FindingStatus
    reason: str = ""
    got: str = ""
    line: int | None = None
    """1-based line of the candidate that raised, where known."""
    origin: Literal["reviewer", "coder", "check", "person"] = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOffered(Stamp):
    """The run waits for a person to say which findings go to the coder."""

    type: Literal["review_offered"] = "review_offered"
    candidate: str
    round: int
    findings: tuple[str, ...]
    """Their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFinding:
    """A finding as the person sends it; ``id`` None for one that they wrote."""

    id: str | None
    title: str
    call: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSent(Stamp):
    """Which findings the person sent to the coder; those that they wrote or rewrote are in the stream before it."""

    type: Literal["review_sent"] = "review_sent"
    candidate: str
    round: int
    sent: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Stamp):
    """One visible example, run on one candidate."""

    type: Literal["check"] = "check"
    candidate: str
    example: int
    source: str
    want: str | None
    outcome: Outcome
    got: str = ""
    line: int | None = None
    """1-based line of the example in the spec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksFinished(Stamp):
    type: Literal["checks"] = "checks"
    candidate: str
    passed: int
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardDecision(Stamp):
    """Whether a fix replaces the code it was made from, and why."""

    type: Literal["guard"] = "guard"
    candidate: str
    base: str
    accepted: bool
    reason: str
    lines_added: int
    lines_removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested(Stamp):
    """The run waits for a person: ``question`` can be answered with one of ``choices``."""

    type: Literal["approval_requested"] = "approval_requested"
    id: str
    question: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Stamp):
    """What the person (or, headless, the default) answered."""

    type: Literal["decision"] = "decision"
    id: str
    choice: str
    by: Literal["person", "default"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Stamp):
    """One sentence that the user should see; nothing went wrong."""

    type: Literal["notice"] = "notice"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Stamp):
    """The end of a run. ``code`` is the code that stands, None if there is none."""

    type: Literal["run_finished"] = "run_finished"
    accepted: Accepted
    candidate: str | None
    code: str | None
    passed: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    tokens_estimated: bool
    seconds: float
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopped(Stamp):
    """The user stopped the run; ``code`` is the best code so far, if any."""

    type: Literal["run_stopped"] = "run_stopped"
    candidate: str | None
    code: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed(Stamp):
    """An engine or the sandbox failed; ``code`` is the best code so far, if any."""

    type: Literal["run_failed"] = "run_failed"
    message: str
    exit_code: int
    candidate: str | None = None
    code: str | None = None
    seconds: float = 0.0


Event = (
    RunStarted
    | SpecRead
    | EnginePhase
    | StageStarted
    | TokenText
    | ReasoningText
    | StageFinished
    | Candidate
    | ReviewVerdict
    | Finding
    | ReviewOffered
    | ReviewSent
    | CheckResult
    | ChecksFinished
    | GuardDecision
    | ApprovalRequested
    | Decision
    | Notice
    | RunFinished
    | RunStopped
    | RunFailed
    | CodeSaved
    | SaveUndone
    | CodeChosen
    | Rewound
    | SessionRenamed
)
