"""Judge samples made elsewhere."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.bench.datasets import Dataset
from core.bench.judge import Judging, Verdict
from core.bench.samples import Sample
from core.bench.statistics import pass_at_k
from core.bench.store import Store
from core.errors import SecondpassError, first_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample with its verdict; ``known`` says that it was judged before."""

    sample: Sample
    verdict: Verdict
    known: bool


async def verify(
    samples: Sequence[Sample],
    dataset: Dataset,
    judge: Judging,
    *,
    store: Store | None = None,
    told: Callable[[Judged], None] = lambda judged: None,
) -> tuple[Judged, ...]:
    """Judge all samples; verdicts that ``store`` holds are taken from it, new ones are kept there at once.

    Args:
        samples: Of tasks of ``dataset``.
        dataset: The problems.
        judge: Of the same data set.
        store: None judges everything anew and keeps nothing.
        told: Called for every sample as it is judged.

    Raises:
        SecondpassError: The judge cannot be started or was lost, or the store cannot be written.
    """

    async def one(sample: Sample) -> Judged:
        profile = judge.profile.name
        known = store.verdict(dataset.digest, sample.task, sample.code, profile) if store is not None else None
        if known is None:
            verdict = await judge.judge(sample.task, sample.code)
            if store is not None:
                store.add_verdict(dataset.digest, sample.task, sample.code, profile, verdict)
        else:
            verdict = known
        judged = Judged(sample, verdict, known is not None)
        told(judged)
        return judged

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(sample)) for sample in samples]
    except* SecondpassError as errors:
        raise first_of(errors) from None
    return tuple(task.result() for task in tasks)


def pass_at(judged: Sequence[Judged], k: int = 1) -> tuple[float, float] | None:
    """pass@k of base, and of base and plus, over the tasks that there are samples of; None with fewer samples.

    Samples that the judge failed on count nowhere.
    """
    tasks: defaultdict[str, list[Verdict]] = defaultdict(list)
    for each in judged:
        if each.verdict.problem is None:
            tasks[each.sample.task].append(each.verdict)
    if not tasks or min(map(len, tasks.values())) < k:
        return None
    base = sum(pass_at_k(len(own), sum(verdict.passes_base for verdict in own), k) for own in tasks.values())
    plus = sum(pass_at_k(len(own), sum(verdict.passes_plus for verdict in own), k) for own in tasks.values())
    return base / len(tasks), plus / len(tasks)
