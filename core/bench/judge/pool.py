"""The judge: a zygote on every core, work in an order that keeps them busy, time-outs tried once more, undisturbed."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from core.bench.datasets.prepared import Dataset, Problem
from core.bench.judge.profiles import DEFAULT_PROFILE, PROFILES, Profile
from core.bench.judge.queue import TaskQueue
from core.bench.judge.verdicts import PartVerdict, Verdict, verdict_of
from core.bench.judge.zygotes import Zygote, ZygoteDied
from core.errors import SecondpassError
from core.sandbox.tier import proven_tier

_SECONDS_PER_INPUT = 1e-5
"""A guess, to order tasks whose reference time is not known yet."""
_FIRST_SHARE = 0.125
"""Of the least time that an input gets, the first try waits for this much. What needs more is tried once more anyway,
with all of it: most code that does not end in half a second never ends, and the first try need not find that out."""


def usable_cores() -> int:
    """Processor cores that this process may use."""
    with contextlib.suppress(AttributeError):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def weight_of(problem: Problem, dataset: Dataset) -> float:
    """About the seconds that judging a right answer to ``problem`` takes."""
    seconds = dataset.reference_seconds(problem)
    return (problem.base + problem.plus) * _SECONDS_PER_INPUT if seconds is None else seconds


@dataclass(slots=True, eq=False)
class _Job:
    problem: Problem
    code: str | None
    verdict: asyncio.Future[Verdict]
    aside: asyncio.Future[None]
    """Done once it has been set aside to be tried once more."""
    deaths: int = 0
    first: Verdict | None = None
    """What was said before it is tried once more."""
    undisturbed: bool = False
    """Whether it is being tried once more now, with nothing beside it that could slow it down."""


class Judge:
    """Judges code for the tasks of one data set by the rules of one profile.

    Use as an asynchronous context manager; leaving it ends every process at once.

    Args:
        dataset: Prepared (``open_dataset``).
        profile: The rules.
        workers: Processes that judge at the same time, by default one for every core.
        layers: Of the sandbox, by default the best that this machine offers.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        profile: Profile = PROFILES[DEFAULT_PROFILE],
        workers: int | None = None,
        layers: Sequence[str] | None = None,
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.workers = workers or usable_cores()
        self._layers = layers
        self._queue: TaskQueue[_Job] = TaskQueue()
        self._again: list[_Job] = []
        self._known: dict[tuple[str, str], _Job] = {}
        self._changed = asyncio.Condition()
        self._running = 0
        self._undisturbed = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._zygotes: list[Zygote] = []

    async def __aenter__(self) -> Self:
        if self._layers is None:
            self._layers = (await asyncio.to_thread(proven_tier)).layers
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(zygote.end() for zygote in self._zygotes))

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the processes that judge now."""
        return tuple(zygote.pid for zygote in self._zygotes if zygote.pid is not None)

    async def judge(self, task_id: str, code: str) -> Verdict:
        """The verdict on ``code`` as it stands (nothing is extracted). The same code is judged once.

        Raises:
            KeyError: The data set has no such task.
            SecondpassError: The judge cannot be started.
        """
        job = await self._job(self.dataset.problems[task_id], code)
        return await asyncio.shield(job.verdict)

    async def first_try(self, task_id: str, code: str) -> Verdict | None:
        """As ``judge``, but None as soon as a time limit has ended the code and it is set aside.

        It is tried once more on a core of its own when one is free; ``judge`` then tells the end. Whoever hands out
        work to several judges gives this one something else meanwhile.
        """
        job = await self._job(self.dataset.problems[task_id], code)
        await asyncio.wait((job.verdict, job.aside), return_when=asyncio.FIRST_COMPLETED)
        return job.verdict.result() if job.verdict.done() else None

    async def prepare(self, task_id: str) -> Verdict:
        """Make the expected results of a task, if they are not there yet; ``problem`` says why that failed."""
        job = await self._job(self.dataset.problems[task_id], None)
        return await asyncio.shield(job.verdict)

    async def _job(self, problem: Problem, code: str | None) -> _Job:
        digest = "" if code is None else hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
        key = (problem.task_id, digest)
        job = self._known.get(key)
        if job is None:
            loop = asyncio.get_running_loop()
            job = self._known[key] = _Job(problem, code, loop.create_future(), loop.create_future())
            await self._put(job)
        return job

    async def _put(self, job: _Job) -> None:
        async with self._changed:
            self._queue.put(job.problem.task_id, job, weight_of(job.problem, self.dataset))
            if len(self._tasks) < self.workers:
                number = len(self._tasks)
                zygote = Zygote(self._layers or ())
                self._zygotes.append(zygote)
                self._tasks.append(asyncio.create_task(self._work(number, zygote), name=f"judge {number}"))
            self._changed.notify()

    async def _work(self, number: int, zygote: Zygote) -> None:
        while True:
            async with self._changed:
                while (job := self._take(number)) is None:
                    await self._changed.wait()
                self._running += 1
            try:
                await self._run(job, zygote)
            except SecondpassError as error:
                if not job.verdict.done():
                    job.verdict.set_exception(error)
            finally:
                async with self._changed:
                    self._running -= 1
                    if job.undisturbed:
                        job.undisturbed = False
                        self._undisturbed -= 1
                    self._changed.notify_all()

    def _take(self, worker: int) -> _Job | None:
        # A time-out that is tried again gets a core of its own: what is limited is processor time, which nothing on
        # another core takes away.
        no_core_left = self._running >= usable_cores()
        if self._undisturbed and no_core_left:
            return None
        if (job := self._queue.take(worker)) is not None:
            return job
        if not self._again or no_core_left:
            return None
        job = self._again.pop(0)
        job.undisturbed = True
        self._undisturbed += 1
        self._queue.held[worker] = job.problem.task_id
        return job

    async def _run(self, job: _Job, zygote: Zygote) -> None:
        try:
            answer = await zygote.ask(self._request(job))
        except ZygoteDied as died:
            job.deaths += 1
            if job.deaths < 2:
                await self._put(job)
                return
            answer = {"problem": f"the judge's process ended twice on it: {died}"}
        if job.code is None:
            verdict = Verdict(base=None, plus=None, problem=answer.get("problem"))
        else:
            verdict = verdict_of(answer, self.profile)
            if job.first is not None and verdict.base is None and verdict.problem is None:
                verdict = replace(verdict, base=job.first.base)
        if verdict.timed_out and job.first is None:
            job.first = verdict
            job.aside.set_result(None)
            self._again.append(job)
            self._again.sort(key=_longest_first)
            return
        if not job.verdict.done():
            job.verdict.set_result(_with_first(verdict, job.first))

    def _request(self, job: _Job) -> dict[str, Any]:
        problem, profile = job.problem, self.profile
        return {
            "task": {
                "inputs": str(self.dataset.inputs_file(problem)),
                "truth": str(self.dataset.truth_file(problem)),
                "kind": self.dataset.kind,
                "entry_point": problem.entry_point,
                "canonical": str(self.dataset.canonical_file(problem)),
                "atol": problem.atol,
            },
            "code": job.code or "",
            "parts": _parts(job),
            "minimum": profile.minimum_seconds,
            "share": _FIRST_SHARE if job.first is None else 1.0,
            "factor": profile.factor,
            "polynomial_passes": profile.polynomial_passes,
            "memory_mib": profile.memory_mib,
            "refereed": profile.refereed,
        }


def _longest_first(job: _Job) -> tuple[float, int]:
    parts = (job.first.base, job.first.plus) if job.first is not None else ()
    return -sum(part.seconds for part in parts if part is not None and part.timed_out), job.problem.number


def _parts(job: _Job) -> list[str]:
    """What is asked for: both parts, and the second time not the one that ended well."""
    if job.code is None:
        return []
    return ["plus"] if job.first is not None and job.first.passes_base else ["base", "plus"]


def _with_first(verdict: Verdict, first: Verdict | None) -> Verdict:
    """``verdict`` with what was said the first time beside the parts that had run out of time."""
    if first is None:
        return verdict

    def beside(part: PartVerdict | None, before: PartVerdict | None) -> PartVerdict | None:
        if part is None or before is None or not before.timed_out:
            return part
        return replace(part, first=before.status)

    return replace(verdict, base=beside(verdict.base, first.base), plus=beside(verdict.plus, first.plus))
