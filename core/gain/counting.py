"""Outcomes of review in the session logs: what the visible examples say, and what a judge with hidden tests says.

The visible examples alone never make an outcome that the predictor is fitted to. A draft that passes them may be wrong
all the same, and under a guard no fix that loses one is accepted: breaks would be 0 by construction, and wrong drafts
too rare. They are tallied and shown as what they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyzers.complexity import count_branches
from analyzers.gain.outcomes import Outcome
from core.errors import SecondpassError
from core.events import (
    Candidate,
    ChecksFinished,
    Event,
    GuardDecision,
    ReviewVerdict,
    RunFinished,
    RunStarted,
    SpecRead,
)
from core.gain.key import UNKNOWN, PairKey
from core.gain.reading import read_scores
from core.request import Guard
from core.sessions import list_sessions, read_session

REVIEWING = ("review-then-fix", "auto")
"""Patterns whose draft and final differ by review and fix alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """How many visible examples a program passed and failed; code that could not be loaded fails all."""

    passed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRun:
    """A run whose draft was reviewed, from its event log. Code is None where an answer held none."""

    key: PairKey
    guard: Guard
    spec: str
    filename: str | None
    name: str | None
    checkable: int
    draft: str | None
    final: str | None
    draft_examples: Examples
    final_examples: Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The reviewed runs of all sessions; ``problems``: one sentence for each log that could not be read."""

    runs: tuple[ReviewedRun, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the visible examples of ``runs`` reviewed runs say.

    ``failing`` drafts failed at least one; ``mended`` of those ended passing all; ``spoilt`` passed all and ended
    failing one. A lower bound of wrong drafts, and no rate of breaks (see the module).
    """

    runs: int
    without_examples: int
    failing: int
    mended: int
    spoilt: int

    def __str__(self) -> str:
        if self.runs == self.without_examples:
            return f"{self.runs} reviewed runs, none of whose specs has an example that can be run"
        judged = self.runs - self.without_examples
        return (
            f"by visible examples only, of {judged} reviewed drafts {self.failing} failed one; review mended "
            f"{self.mended} of them and spoilt {self.spoilt} of the others"
        )


Judge = Callable[[ReviewedRun, str], bool | None]
"""Whether a program is right by tests that were hidden from models and guard; None where there are none for it."""


def reviewed_run(events: Iterable[Event]) -> ReviewedRun | None:
    """The reviewed run that ``events`` tell of.

    None for a run that did not finish, was scripted, followed another pattern, or in which nothing was reviewed.
    """
    started: RunStarted | None = None
    read: SpecRead | None = None
    ended: RunFinished | None = None
    codes: dict[str, str | None] = {}
    checks: dict[str, Examples] = {}
    reviewed = False
    for event in events:
        match event:
            case RunStarted():
                started = event
            case SpecRead():
                read = event
            case Candidate():
                codes[event.candidate] = event.code
            case ChecksFinished():
                checks[event.candidate] = Examples(passed=event.passed, failed=event.failed)
            case ReviewVerdict() | GuardDecision():
                reviewed = True
            case RunFinished():
                ended = event
    if started is None or read is None or ended is None or not reviewed:
        return None
    if started.scripted or started.pattern not in REVIEWING or "draft" not in codes:
        return None
    return ReviewedRun(
        key=PairKey(
            coder=started.coder,
            reviewer=started.reviewer,
            quantisation=started.quantisation or UNKNOWN,
            prompt_version=started.prompt_version,
        ),
        guard=started.guard,
        spec=started.spec,
        filename=started.filename,
        name=read.name,
        checkable=read.checkable,
        draft=codes["draft"],
        final=ended.code,
        draft_examples=checks.get("draft", Examples(passed=0, failed=read.checkable)),
        final_examples=Examples(passed=ended.passed, failed=ended.failed),
    )


def count_sessions() -> Counted:
    """The reviewed runs of all sessions on this machine, the newest first."""
    runs, problems = [], []
    for session in list_sessions():
        if session.scripted or session.pattern not in REVIEWING:
            continue
        try:
            run = reviewed_run(read_session(session.path))
        except SecondpassError as error:
            problems.append(str(error))
            continue
        except OSError as error:
            problems.append(f"The session {session.path} cannot be read ({error.strerror}); check its permissions.")
            continue
        if run is not None:
            runs.append(run)
    return Counted(runs=tuple(runs), problems=tuple(problems))


def tally(runs: Iterable[ReviewedRun]) -> Tally:
    """What the visible examples of ``runs`` say."""
    every = tuple(runs)
    judged = [run for run in every if run.checkable]
    failing = [run for run in judged if run.draft_examples.failed]
    return Tally(
        runs=len(every),
        without_examples=len(every) - len(judged),
        failing=len(failing),
        mended=sum(not run.final_examples.failed for run in failing),
        spoilt=sum(bool(run.final_examples.failed) for run in judged if not run.draft_examples.failed),
    )


def judged_outcome(run: ReviewedRun, judge: Judge, *, benchmark: str = "sessions") -> Outcome | None:
    """The outcome of ``run`` by hidden tests, for ``core.gain.refit``; None where ``judge`` has none for it.

    No code is wrong code. A spec that contradicts itself has no right answer, so it has no outcome.
    """
    verdicts = [False if code is None else judge(run, code) for code in (run.draft, run.final)]
    draft_right, final_right = verdicts
    report = read_scores(run.spec, filename=run.filename, name=run.name)
    if draft_right is None or final_right is None or report.soundness == "contradictory":
        return None
    signature = report.spec.signature
    return Outcome(
        richness=report.richness.score,
        draft_right=draft_right,
        final_right=final_right,
        has_signature=bool(signature and signature.source),
        length=len(run.spec),
        benchmark=benchmark,
        branches=None if run.draft is None else count_branches(run.draft, run.name),
    )
