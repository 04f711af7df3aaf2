"""Working off a run: every pending sample through its pattern, then to the judge."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from analyzers.parse import parse_specs
from analyzers.richness import richness
from analyzers.subject import Subject
from core.bench.datasets import Dataset
from core.bench.generation.gate import Gate
from core.bench.generation.progress import Progress, SampleFailed, SampleFinished, SampleStage, SampleStarted
from core.bench.generation.recorded import ROLES, Answers
from core.bench.judge import Judging, Verdict
from core.bench.store import Result, SampleKey, StageUse, Store, StoredRun, Summary, now
from core.engines.pair import EnginePair
from core.errors import EngineError, SecondpassError, first_of
from core.event_log import encode
from core.events import (
    Candidate,
    Event,
    Finding,
    ReasoningText,
    ReviewVerdict,
    RunFailed,
    RunFinished,
    StageFinished,
    TokenText,
)
from core.request import RunRequest
from core.run import Run

_ATTEMPTS = 3
_GIVES_UP = 8
"""Failures in a row after which a run ends."""
_PAUSE = 2.0
"""Seconds before a sample whose engine failed is tried again, doubled each time."""


@dataclass(slots=True)
class _Seen:
    """What a sample's events told."""

    events: list[str] = field(default_factory=list)
    codes: dict[str, str | None] = field(default_factory=dict)
    problem: str | None = None
    verdict: str | None = None
    findings: dict[str, str] = field(default_factory=dict)
    stages: list[StageUse] = field(default_factory=list)
    rounds: int = 0
    end: Event | None = None

    def see(self, event: Event) -> None:
        match event:
            case TokenText() | ReasoningText():
                return  # the finished stage holds the whole text, and the answer the reasoning
            case Candidate():
                self.codes[event.candidate] = event.code
                self.problem = event.problem
            case ReviewVerdict():
                self.verdict = event.verdict
                self.rounds = max(self.rounds, event.round)
            case Finding():
                self.findings[event.id] = event.status
            case StageFinished():
                self.stages.append(
                    StageUse(
                        stage=event.stage,
                        role=event.role,
                        prompt_tokens=event.prompt_tokens,
                        completion_tokens=event.completion_tokens,
                        seconds=event.seconds,
                        ttft=event.ttft,
                        finish_reason=event.finish_reason,
                    )
                )
            case RunFinished() | RunFailed():
                self.end = event
        self.events.append(encode(event))

    @property
    def draft(self) -> str | None:
        """The first code of the run."""
        return next(iter(self.codes.values()), None)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the samples that are generated share."""

    gate: Gate
    answers: Answers
    judging: asyncio.TaskGroup


async def generate(
    store: Store,
    run: StoredRun,
    dataset: Dataset,
    pair: EnginePair,
    judge: Judging,
    *,
    told: Callable[[Progress], None],
    batch: int | None = None,
    most: int | None = None,
    allow_weak_sandbox: bool = False,
    again: str = "",
) -> None:
    """Finish what is pending of ``run``. Returns when every sample is finished or has failed for good; cancelling
    ends everything at once and loses at most what the models were just saying.

    ``batch`` is how many requests a model works on at a time; None: as planned for its GPU, or as its endpoint takes.
    ``most``: only the first so many of the pending samples, None for all. ``again`` is the command that goes on with
    the run, for messages; "" for ``bench run``'s.

    Raises:
        SecondpassError: Nothing can be run: no engine starts, no sandbox, a full disk.
    """
    again = again or f"secondpass bench run --resume {run.id}"
    worker = _Worker(store, run, dataset, pair, judge, told, batch, allow_weak_sandbox, again)
    await worker.work(most)


class _Worker:
    def __init__(
        self,
        store: Store,
        run: StoredRun,
        dataset: Dataset,
        pair: EnginePair,
        judge: Judging,
        told: Callable[[Progress], None],
        batch: int | None,
        allow_weak_sandbox: bool,
        again: str,
    ) -> None:
        self._again = again
        self._store = store
        self._run = run
        self._dataset = dataset
        self._judge = judge
        self._told = told
        self._allow_weak_sandbox = allow_weak_sandbox
        self._pair = pair
        self._batch = batch
        self._failures = 0
        self._richness: dict[str, float | None] = {}
        self._started = now()
        self._begun = time.monotonic()

    async def work(self, most: int | None) -> None:
        """See ``generate``."""
        unjudged = [result for result in self._store.results(self._run) if not result.judged]
        pending = self._store.pending(self._run.id)[:most]
        try:
            if pending:
                await self._pair.place()
            async with asyncio.TaskGroup() as group:
                for result in unjudged:
                    group.create_task(self._finish(result))
                self._begin(group, pending)
        except* SecondpassError as errors:
            raise first_of(errors) from None
        finally:
            self._note_seconds()

    def _note_seconds(self) -> None:
        self._store.add_seconds(self._run.id, self._started, time.monotonic() - self._begun)

    def _begin(self, group: asyncio.TaskGroup, pending: list[SampleKey]) -> None:
        """Set every pending sample going, once it is known how many requests each model takes."""
        pair = self._pair
        # One engine alive at a time has nothing to gain from a pipeline, and would be loaded for every request.
        phases = pair.swaps or self._run.config.schedule == "phases"
        batch = {role: self._batch or pair.concurrency(role) for role in ROLES}
        gate = Gate(batch=batch, phases=phases, busy=max(2, self._judge.workers) * 2)
        work = _Work(gate, Answers(self._store, self._run.id, pair, gate, self._run.config.tasks), group)
        together: dict[tuple[str, int], list[SampleKey]] = {}
        for key in pending:
            together.setdefault((key.task, key.sample), []).append(key)
        # Phases need every sample at the gate; in a pipeline few of them are on their way at a time.
        window = asyncio.Semaphore(max(1, len(together)) if phases else 2 * sum(batch.values()))
        for keys in together.values():
            group.create_task(self._samples(keys, work, window))

    async def _samples(self, keys: list[SampleKey], work: "_Work", window: asyncio.Semaphore) -> None:
        """What all patterns make of one task: they share answers, so they are on their way together."""
        async with window, asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(self._sample(key, work))

    async def _sample(self, key: SampleKey, work: "_Work") -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            self._told(SampleStarted(key=key))
            async with work.gate.sample():
                seen = await self._through_the_pattern(key, work.answers)
            end = seen.end
            if isinstance(end, RunFinished):
                self._failures = 0
                # The judge may be behind; the models do not wait for it.
                judging = self._finish(self._kept(key, seen, end))
                try:
                    work.judging.create_task(judging)
                except RuntimeError:
                    # The group takes nothing new once the run is being stopped. The answer is kept; --resume judges it.
                    judging.close()
                return
            error = end.message if isinstance(end, RunFailed) else "the run did not come to its end"
            self._store.add_attempt(self._run.id, key, error)
            self._note_failure(error)
            again = attempt < _ATTEMPTS
            self._told(SampleFailed(key=key, error=error, again=again))
            if again:
                await asyncio.sleep(_PAUSE * 2 ** (attempt - 1))

    async def _through_the_pattern(self, key: SampleKey, answers: Answers) -> _Seen:
        config = self._run.config
        problem = self._dataset.problems[key.task]
        filename = f"{problem.entry_point}.{'py' if config.kind == 'humaneval' else 'txt'}"
        request = RunRequest(
            spec=spec_text(problem.prompt, config.kind),
            filename=filename,
            pattern=key.pattern,
            guard=config.guard,  # type: ignore[arg-type]
            rounds=config.rounds,
            allow_weak_sandbox=self._allow_weak_sandbox,
            name=problem.entry_point if config.kind == "humaneval" else None,
        )
        seen = _Seen()
        async with contextlib.aclosing(Run(request, answers.pair_for(key, self._told)).events()) as events:
            async for event in events:
                seen.see(event)
        return seen

    def _note_failure(self, error: str) -> None:
        """Raises EngineError once so many samples have failed in a row that the engine must be at fault."""
        self._failures += 1
        if self._failures >= _GIVES_UP:
            raise EngineError(
                f"{self._failures} samples in a row could not be generated, the last one because: {error} "
                f"What is finished is kept; `{self._again}` goes on."
            )

    def _kept(self, key: SampleKey, seen: _Seen, end: RunFinished) -> Result:
        result = Result(
            key=key,
            draft=seen.draft,
            final=end.code,
            finished=now(),
            summary=Summary(
                accepted=end.accepted,
                checks_passed=end.passed,
                checks_failed=end.failed,
                richness=self._richness_of(key.task),
                rounds=seen.rounds,
                verdict=seen.verdict,
                findings=dict(Counter(seen.findings.values())),
                problem=None if end.code is not None else seen.problem,
                truncated=any(use.finish_reason == "length" for use in seen.stages),
                stages=tuple(seen.stages),
            ),
        )
        self._store.add_result(self._run.id, result, seen.events)
        self._note_seconds()
        return result

    def _richness_of(self, task: str) -> float | None:
        if task not in self._richness:
            kind = self._run.config.kind
            problem = self._dataset.problems[task]
            specs = parse_specs(spec_text(problem.prompt, kind), filename="x.py" if kind == "humaneval" else "x.txt")
            asked = [spec for spec in specs if spec.name == problem.entry_point] or list(specs)
            self._richness[task] = richness(Subject(asked[0])).score if asked else None
        return self._richness[task]

    async def _finish(self, result: Result) -> None:
        """Judge the codes of a result and tell that it is finished."""
        key = result.key
        self._told(SampleStage(key=key, stage="", phase="judging"))
        draft, final = await asyncio.gather(
            self._verdict(key.task, result.draft), self._verdict(key.task, result.final)
        )
        self._told(SampleFinished(key=key, result=replace(result, draft_verdict=draft, final_verdict=final)))

    async def _verdict(self, task: str, code: str | None) -> Verdict | None:
        if code is None:
            return None
        config = self._run.config
        verdict = self._store.verdict(config.dataset_digest, task, code, config.profile)
        if verdict is None:
            verdict = await self._judge.judge(task, code)
            self._store.add_verdict(config.dataset_digest, task, code, config.profile, verdict)
        return verdict


def spec_text(prompt: str, kind: str) -> str:
    """The prompt of a task as the spec that a pattern gets: MBPP's stands in a docstring of its own."""
    if kind != "mbpp":
        return prompt
    return prompt.strip().removeprefix('"""').removesuffix('"""').strip() + "\n"
