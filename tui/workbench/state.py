"""The Workbench's state: a pure fold over the event stream.

``apply`` takes a state and an event and gives the next state. Nothing else feeds the panes, so a session log that is
replayed shows the same screen as the run that wrote it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from core.engines.protocol import EngineStatus, Phase, Role, Stage
from core.errors import ExitCode
from core.events import (
    ApprovalRequested,
    Candidate,
    CheckResult,
    ChecksFinished,
    CodeChosen,
    CodeSaved,
    Decision,
    EnginePhase,
    Event,
    Finding,
    GuardDecision,
    Notice,
    ReasoningText,
    ReviewOffered,
    ReviewSent,
    ReviewVerdict,
    Rewound,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SaveUndone,
    SessionRenamed,
    SpecRead,
    StageFinished,
    StageStarted,
    TokenText,
)

Ending = RunFinished | RunStopped | RunFailed
Step = Stage | Literal["check"]

NOT_STARTED = EngineStatus(Phase.STOPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a model: while it streams ``finished`` is None. Times are seconds since the run began."""

    stage: Stage
    role: Role
    round: int
    model: str
    candidate: str
    prompt_tokens: int
    context: int
    started: float
    first: float | None = None
    text: str = ""
    reasoning: str = ""
    finished: StageFinished | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """All that the Workbench shows of a turn. ``at`` is the time of the last event, in seconds since its run began.

    ``earlier`` are the turns before this one, as they ended, oldest first.
    """

    run: RunStarted | None = None
    spec: SpecRead | None = None
    coder: EngineStatus = NOT_STARTED
    reviewer: EngineStatus = NOT_STARTED
    answers: tuple[Answer, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    verdicts: tuple[ReviewVerdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    totals: tuple[ChecksFinished, ...] = ()
    guards: tuple[GuardDecision, ...] = ()
    approval: ApprovalRequested | None = None
    offered: ReviewOffered | None = None
    sent: tuple[ReviewSent, ...] = ()
    notices: tuple[str, ...] = ()
    ending: Ending | None = None
    saved: tuple[CodeSaved, ...] = ()
    undone: SaveUndone | None = None
    put_together: CodeChosen | None = None
    earlier: tuple["Workbench", ...] = ()
    step: Step | None = None
    steps_done: tuple[Step, ...] = field(default=())
    at: float = 0.0
    n: int = -1
    """Number of the last event."""

    @property
    def running(self) -> bool:
        """Whether a run has begun and not ended."""
        return self.run is not None and self.ending is None

    @property
    def code(self) -> str | None:
        """The code that stands at the end of the run (after a stop or failure: the best so far).

        What the person put together of it comes first; a further turn that came to nothing leaves the code before it.
        """
        if self.put_together is not None:
            return self.put_together.code
        if self.ending is None:
            return None
        return self.ending.code or (self.run.base if self.run else "") or None

    @property
    def base_stands(self) -> bool:
        """Whether this turn came to no code, so that the code before it stands."""
        ended_without = self.ending is not None and self.ending.code is None and self.put_together is None
        return ended_without and self.run is not None and bool(self.run.base)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The requests of a turn that came to no code, which can be asked again."""
        return self.run.requests[len(self.answered) :] if self.run is not None else ()

    @property
    def standing(self) -> str:
        """What the code that stands is called: a candidate of the run, or the person's own choice of it."""
        if self.put_together is not None:
            return self.put_together.label or "your choice"
        return (self.ending.candidate if self.ending else None) or "code"

    @property
    def answered(self) -> tuple[str, ...]:
        """The requests that the code answers: one whose turn came to no code is not among them."""
        if self.run is None:
            return ()
        failed = self.ending is not None and self.ending.code is None and self.put_together is None
        return self.run.requests[:-1] if failed else self.run.requests

    @property
    def turn(self) -> int:
        """Which turn of the session this is, 0 before the first."""
        return self.run.turn if self.run else 0

    def engine(self, role: Role) -> EngineStatus:
        """Where the engine of ``role`` stands."""
        return self.coder if role == "coder" else self.reviewer

    def code_of(self, candidate: str | None) -> str | None:
        """The code of a candidate by its name."""
        return next((each.code for each in reversed(self.candidates) if each.candidate == candidate), None)

    def answers_of(self, *stages: Stage) -> tuple[Answer, ...]:
        """The answers of these stages, oldest first."""
        return tuple(answer for answer in self.answers if answer.stage in stages)

    def checks_of(self, candidate: str) -> tuple[CheckResult, ...]:
        """The check results of a candidate."""
        return tuple(check for check in self.checks if check.candidate == candidate)


def apply(state: Workbench, event: Event) -> Workbench:
    """The state after ``event``. A new run begins with a clean state but for the engines and the turns before it."""
    if isinstance(event, RunStarted):
        earlier = turns(state)[: event.turn - 1]
        return Workbench(run=event, coder=state.coder, reviewer=state.reviewer, at=event.at, n=event.n, earlier=earlier)
    if isinstance(event, Rewound):
        return after_turn(state, event.turn)
    return replace(_applied(state, event), at=max(state.at, event.at), n=event.n)


def joined(events: Iterable[Event]) -> Iterator[Event]:
    """``events`` with what follows the first piece of an answer as one piece: the state at the end is the same.

    For a replay, which shows nothing in between; nine of ten events are pieces.
    """
    for _, run in groupby(events, key=_answer_of):
        first, *rest = run
        yield first
        pieces = [each for each in rest if isinstance(each, TokenText | ReasoningText)]
        if pieces:
            yield replace(pieces[-1], text="".join(each.text for each in pieces))


def _answer_of(event: Event) -> object:
    """What a piece is one of; any other event is like none."""
    return (type(event), event.stage, event.role) if isinstance(event, TokenText | ReasoningText) else object()


def _applied(state: Workbench, event: Event) -> Workbench:
    match event:
        case TokenText() | ReasoningText():
            return _grown(state, event)
        case StageStarted():
            answer = Answer(
                stage=event.stage,
                role=event.role,
                round=event.round,
                model=event.model,
                candidate=event.candidate,
                prompt_tokens=event.prompt_tokens,
                context=event.context,
                started=event.at,
            )
            return replace(_stepped(state, event.stage), answers=(*state.answers, answer))
        case StageFinished():
            return _finished(state, event)
        case SpecRead():
            return replace(state, spec=event, notices=(*state.notices, *event.notices))
        case EnginePhase():
            return with_engine(state, event.role, EngineStatus(event.phase, event.detail, event.progress))
        case Candidate():
            # Its examples are run next, which may take seconds before the first of them is told.
            stepped = state if event.code is None else _stepped(state, "check")
            return replace(stepped, candidates=(*state.candidates, event))
        case ReviewVerdict():
            return replace(state, verdicts=(*state.verdicts, event))
        case Finding():
            return _found(state, event)
        case CheckResult():
            return replace(_stepped(state, "check"), checks=(*state.checks, event))
        case ChecksFinished():
            return replace(_stepped(state, "check"), totals=(*state.totals, event))
        case GuardDecision():
            return replace(state, guards=(*state.guards, event))
        case ApprovalRequested():
            return replace(state, approval=event)
        case Decision():
            return replace(state, approval=None)
        case ReviewOffered():
            return replace(state, offered=event)
        case ReviewSent():
            return replace(state, offered=None, sent=(*state.sent, event))
        case Notice():
            return replace(state, notices=(*state.notices, event.text))
        case RunFinished():
            return replace(_stepped(state, None), ending=event, approval=None, offered=None)
        case RunStopped() | RunFailed():
            # The step that was going on was not done.
            return replace(state, step=None, ending=event, approval=None, offered=None)
        case CodeSaved():
            return replace(state, saved=(*state.saved, event))
        case SaveUndone():
            return replace(_unsaved(state, event.path), undone=event)
        case CodeChosen():
            return replace(state, put_together=event)
        case SessionRenamed():
            return state
        case RunStarted() | Rewound():
            raise AssertionError("apply() begins a new state for these")


def _unsaved(state: Workbench, path: str) -> Workbench:
    """``state`` without the last save into ``path``, in whichever turn that was."""
    for index in range(len(state.saved) - 1, -1, -1):
        if state.saved[index].path == path:
            return replace(state, saved=(*state.saved[:index], *state.saved[index + 1 :]))
    if not state.earlier:
        return state
    last = _unsaved(replace(state.earlier[-1], earlier=state.earlier[:-1]), path)
    return replace(state, earlier=(*last.earlier, replace(last, earlier=())))


def turns(state: Workbench) -> tuple[Workbench, ...]:
    """All turns of the session up to ``state``, oldest first, each without those before it."""
    return (*state.earlier, replace(state, earlier=())) if state.run is not None else ()


def after_turn(state: Workbench, turn: int) -> Workbench:
    """``state`` as it was after ``turn``, 0 for before the first; engines stay as they are."""
    kept = turns(state)[:turn]
    last = kept[-1] if kept else Workbench()
    return replace(last, earlier=kept[:-1], coder=state.coder, reviewer=state.reviewer)


def cut_off(state: Workbench) -> Workbench:
    """``state`` with an ending, for a log that ends before its run did; the best code so far stands.

    The answers that were being written have ended, too.
    """
    accepted = [guard.candidate for guard in state.guards if guard.accepted]
    best = accepted[-1] if accepted else state.totals[0].candidate if state.totals else None
    ending = RunFailed(
        message="This session ends before its run did: the program was killed or the machine went down.",
        exit_code=int(ExitCode.ENGINE),
        candidate=best,
        code=state.code_of(best),
        seconds=state.at,
    )
    answers = tuple(each if each.finished is not None else _cut_off(each, state.at) for each in state.answers)
    return replace(state, step=None, answers=answers, ending=ending, approval=None, offered=None)


def _cut_off(answer: Answer, at: float) -> Answer:
    finished = StageFinished(
        stage=answer.stage,
        role=answer.role,
        round=answer.round,
        candidate=answer.candidate,
        text=answer.text,
        prompt_tokens=None,
        completion_tokens=None,
        tokens_estimated=True,
        ttft=None if answer.first is None else answer.first - answer.started,
        seconds=at - answer.started,
        finish_reason="stopped",
    )
    return replace(answer, finished=finished)


def with_engine(state: Workbench, role: Role, status: EngineStatus) -> Workbench:
    """``state`` with the engine of ``role`` at ``status``."""
    return replace(state, coder=status) if role == "coder" else replace(state, reviewer=status)


def _stepped(state: Workbench, step: Step | None) -> Workbench:
    if step == state.step or state.ending is not None:
        return state
    done = state.steps_done
    if state.step is not None and state.step not in done:
        done = (*done, state.step)
    return replace(state, step=step, steps_done=done)


def _open_answer(state: Workbench, stage: Stage, role: Role) -> int | None:
    """Where the unfinished answer of this stage and role stands; the newest one if there are several."""
    for index in range(len(state.answers) - 1, -1, -1):
        answer = state.answers[index]
        if (answer.stage, answer.role) == (stage, role) and answer.finished is None:
            return index
    return None


def _put(state: Workbench, index: int, answer: Answer) -> Workbench:
    return replace(state, answers=(*state.answers[:index], answer, *state.answers[index + 1 :]))


def _grown(state: Workbench, event: TokenText | ReasoningText) -> Workbench:
    index = _open_answer(state, event.stage, event.role)
    if index is None:
        return state
    answer = state.answers[index]
    first = event.at if answer.first is None else answer.first
    if isinstance(event, TokenText):
        return _put(state, index, replace(answer, text=answer.text + event.text, first=first))
    return _put(state, index, replace(answer, reasoning=answer.reasoning + event.text, first=first))


def _finished(state: Workbench, event: StageFinished) -> Workbench:
    index = _open_answer(state, event.stage, event.role)
    if index is None:
        return state
    # What was streamed stays on the screen; the whole text is taken where a log left the pieces out.
    answer = state.answers[index]
    return _put(state, index, replace(answer, text=event.text or answer.text, finished=event))


def _found(state: Workbench, event: Finding) -> Workbench:
    for index, known in enumerate(state.findings):
        if known.id == event.id:
            return replace(state, findings=(*state.findings[:index], event, *state.findings[index + 1 :]))
    return replace(state, findings=(*state.findings, event))
