"""The one entry to a run: a spec goes in, a pattern works on it, events come out."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from analyzers.parse import parse_specs
from analyzers.spec import Spec
from core.briefing import with_requests
from core.engines.pair import EnginePair
from core.engines.protocol import EngineStatus, Role
from core.errors import EngineError, SecondpassError, UsageError
from core.event_stamp import stamped
from core.events import (
    Accepted,
    Candidate,
    ChecksFinished,
    EnginePhase,
    Event,
    GuardDecision,
    Notice,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SpecRead,
)
from core.patterns.candidates import Checked
from core.patterns.pipeline import Decide, EditReview, Pipeline
from core.patterns.prompts import prompt_version
from core.patterns.registry import PATTERNS
from core.request import RunRequest
from core.sandbox import Limits, Tier, available_tier
from core.sessions import SessionLog

_log = logging.getLogger(__name__)


def select_spec(request: RunRequest) -> Spec:
    """The spec that ``request`` means.

    Raises:
        UsageError: the text is empty, holds no such stub, or holds several and names none.
    """
    where = request.filename or "the input"
    if not request.spec.strip():
        raise UsageError(f"The spec in {where} is empty; write down what the code should do.")
    specs = parse_specs(request.spec, filename=request.filename)
    if not specs:
        raise UsageError(f"There is no spec in {where}; write a function stub, Markdown or a plain description.")
    names = [spec.name or "(unnamed)" for spec in specs]
    if request.name is not None:
        found = next((spec for spec in specs if spec.name == request.name), None)
        if found is None:
            raise UsageError(f'There is no stub named "{request.name}" in {where}; it holds {", ".join(names)}.')
        return found
    if len(specs) > 1:
        raise UsageError(
            f"{where} holds {len(specs)} specs ({', '.join(names)}); name one of them, as in {where}::{names[0]}."
        )
    return specs[0]


def stub_at(text: str, line: int, *, filename: str | None = None) -> str | None:
    """The name of the stub on ``line`` (1-based), or above it, where ``text`` holds several specs; else None."""
    specs = parse_specs(text, filename=filename)
    if len(specs) < 2:
        return None
    above = [spec for spec in specs if spec.line_of(spec.span) <= line]
    return (above or specs)[-1 if above else 0].name


def sandbox_tier(*, allow_weak: bool) -> Tier:
    """What generated code is confined by here.

    Raises:
        UsageError: it is confined by resource limits only and nobody consented to that.
    """
    tier = available_tier()
    if not (tier.network_blocked and tier.writes_confined) and not allow_weak:
        raise UsageError(
            f"This machine cannot confine generated code ({' '.join(tier.notes)}); "
            "pass --allow-weak-sandbox if you accept that (see docs/sandbox.md)."
        )
    return tier


class Run:
    """One run of a pattern. Iterate ``events()`` once; ``stop()`` may be called at any time.

    Args:
        request: What to run.
        pair: The engines; they stay open when the run ends.
        decide: Asks the person where one has a say; None takes the defaults.
        edit_review: Asks the person which findings go to the coder, before every fix; None does not ask.
        log: Where the events are kept; None keeps nothing.
        limits: For sandboxed programs.

    Raises:
        UsageError: the request cannot be run (see ``select_spec``), or only a weak sandbox is available.
    """

    def __init__(
        self,
        request: RunRequest,
        pair: EnginePair,
        *,
        decide: Decide | None = None,
        edit_review: EditReview | None = None,
        log: SessionLog | None = None,
        limits: Limits | None = None,
    ) -> None:
        if request.pattern not in PATTERNS:
            raise UsageError(f'There is no pattern "{request.pattern}"; there are {", ".join(PATTERNS)}.')
        self.request = request
        spec = select_spec(request)
        follow_up = request.follow_up
        self.spec = spec if follow_up is None else with_requests(spec, follow_up.requests)
        self._pair = pair
        self._log = log
        self._tier = sandbox_tier(allow_weak=request.allow_weak_sandbox)
        pattern = PATTERNS[request.pattern]
        self._pattern = pattern
        self._rounds = pattern.rounds if request.rounds is None else request.rounds
        self._pipeline = Pipeline(
            spec=self.spec,
            pair=pair,
            pattern=pattern.name,
            guard=request.guard,
            rounds=self._rounds,
            emit=self._emit,
            decide=decide,
            edit_review=edit_review,
            limits=limits,
            written=spec.text,
            follow_up=follow_up,
            files=request.files,
        )
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._begun = time.monotonic()
        self._count = 0
        self._best = _Best()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Start the run and yield its events; the last one is RunFinished, RunStopped or RunFailed.

        Closing the iterator early stops the run.
        """
        self._begun = time.monotonic()
        self._task = asyncio.create_task(self._drive(), name="secondpass run")
        try:
            while (event := await self._queue.get()) is not None:
                yield event
        finally:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def stop(self) -> None:
        """Stop the run: returns at once, the stream ends with RunStopped and everything that had arrived."""
        if self._task is not None:
            self._task.cancel()

    def _emit(self, event: Event) -> None:
        event = stamped(event, n=self._count, at=time.monotonic() - self._begun)
        self._count += 1
        self._best.see(event)
        if self._log is not None:
            healthy = self._log.problem is None
            self._log.write(event)
            self._queue.put_nowait(event)
            if healthy and self._log.problem is not None:
                self._emit(Notice(text=self._log.problem))
            return
        self._queue.put_nowait(event)

    async def _drive(self) -> None:
        watches = [self._watch("coder"), self._watch("reviewer")]
        try:
            self._emit(self._started())
            self._emit(self._spec_read())
            checked = await self._pattern.run(self._pipeline)
            self._emit(self._finished(checked))
        except asyncio.CancelledError:
            # Stopped by the user: that is an ending of its own, and the stream still has to say so.
            self._emit(RunStopped(candidate=self._best.label, code=self._best.code, seconds=self._seconds()))
        except SecondpassError as error:
            self._emit(self._failed(str(error), int(error.exit_code)))
        except Exception as error:
            _log.exception("a run failed")
            self._emit(
                self._failed(
                    f"secondpass itself failed ({type(error).__name__}: {error}); the details are in its log file, "
                    "please report them.",
                    int(EngineError.exit_code),
                )
            )
        finally:
            for end in watches:
                end()
            self._queue.put_nowait(None)

    def _watch(self, role: Role) -> Callable[[], None]:
        engine = self._pair.engine(role)

        def listener(status: EngineStatus) -> None:
            self._emit(EnginePhase(role=role, phase=status.phase, detail=status.detail, progress=status.progress))

        return engine.watch(listener)

    def _started(self) -> RunStarted:
        follow_up = self.request.follow_up
        return RunStarted(
            run_id=self._log.id if self._log else "",
            started=datetime.now().astimezone().isoformat(timespec="seconds"),
            program=f"secondpass {program_version()}",
            spec=self.request.spec,
            filename=self.request.filename,
            pattern=self._pattern.name,
            pair=self._pair.name,
            scripted=self._pair.scripted,
            coder=self._pair.coder.model,
            reviewer=self._pair.reviewer.model,
            guard=self.request.guard,
            rounds=self._rounds,
            prompt_version=prompt_version(),
            sandbox=self._tier.name,
            usd_per_hour=self._pair.usd_per_hour,
            quantisation=self._pair.key.quantisation if self._pair.key else "",
            turn=1 if follow_up is None else follow_up.turn,
            requests=() if follow_up is None else follow_up.requests,
            base="" if follow_up is None else follow_up.base,
            files=self.request.files,
        )

    def _spec_read(self) -> SpecRead:
        signature = self.spec.signature
        return SpecRead(
            name=self.spec.name,
            signature=(signature.source or None) if signature else None,
            checkable=len(self.spec.examples),
        )

    def _finished(self, checked: Checked) -> RunFinished:
        accepted: Accepted = "none"
        if checked.code is not None:
            accepted = "draft" if "draft" in checked.label else "fix"
        passed = len(checked.passed)
        totals = self._pipeline.totals
        seconds = self._seconds()
        return RunFinished(
            accepted=accepted,
            candidate=checked.label if checked.code is not None else None,
            code=checked.code,
            passed=passed,
            failed=len(self.spec.examples) - passed,
            prompt_tokens=totals.prompt,
            completion_tokens=totals.completion,
            tokens_estimated=totals.estimated,
            seconds=seconds,
            usd=round(seconds / 3600 * self._pair.usd_per_hour, 6),
        )

    def _failed(self, message: str, exit_code: int) -> RunFailed:
        return RunFailed(
            message=message,
            exit_code=exit_code,
            candidate=self._best.label,
            code=self._best.code,
            seconds=self._seconds(),
        )

    def _seconds(self) -> float:
        return round(time.monotonic() - self._begun, 3)


class _Best:
    """The code that would stand if the run ended now, followed from the events."""

    def __init__(self) -> None:
        self.label: str | None = None
        self.code: str | None = None
        self._codes: dict[str, str | None] = {}

    def see(self, event: Event) -> None:
        match event:
            case Candidate():
                self._codes[event.candidate] = event.code
            case ChecksFinished() if self.label is None:
                self._take(event.candidate)
            case GuardDecision(accepted=True):
                self._take(event.candidate)

    def _take(self, label: str) -> None:
        self.label, self.code = label, self._codes.get(label)


def program_version() -> str:
    """The installed version of secondpass, or "0+unknown" from a bare checkout."""
    try:
        return version("secondpass")
    except PackageNotFoundError:
        return "0+unknown"
