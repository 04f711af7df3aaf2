"""Planning a run: what is asked for, checked, as a stored configuration."""

import difflib
import platform
from collections.abc import Sequence

from core.bench.datasets import Dataset
from core.bench.datasets.known import is_short_for
from core.bench.judge.profiles import PROFILES
from core.bench.store import RunConfig, Schedule
from core.choices import PATTERN_NAMES
from core.engines.pair import EnginePair
from core.errors import UsageError
from core.patterns.prompts import prompt_version
from core.run import program_version
from core.sandbox import available_tier


def plan_run(
    dataset: Dataset,
    pair: EnginePair,
    *,
    patterns: Sequence[str],
    guard: str,
    profile: str,
    rounds: int | None = None,
    samples: int = 1,
    ids: Sequence[str] = (),
    limit: int | None = None,
    schedule: Schedule = "auto",
    label: str = "",
) -> RunConfig:
    """The configuration of a run.

    Args:
        dataset: What to solve and to judge with.
        pair: Who solves it.
        patterns: At least one; each once.
        guard: For patterns that review.
        profile: The judge's rules.
        rounds: None for each pattern's own.
        samples: For each task and pattern.
        ids: Only these tasks: whole ids, what stands behind their first slash, or a paired problem for its three.
        limit: Only the first so many of them.
        schedule: See ``gate``.
        label: What the user calls the run.

    Raises:
        UsageError: There is no such pattern, profile or task.
    """
    if profile not in PROFILES:
        raise UsageError(f"There is no profile {profile!r}; there are {', '.join(PROFILES)}.")
    for pattern in patterns:
        if pattern not in PATTERN_NAMES:
            raise UsageError(f"There is no pattern {pattern!r}; there are {', '.join(PATTERN_NAMES)}.")
    tasks = _tasks(dataset, ids)
    tasks = tasks if limit is None else tasks[:limit]
    sampling = pair.sampling("coder")
    return RunConfig(
        dataset=dataset.name,
        dataset_title=dataset.title,
        dataset_digest=dataset.digest,
        dataset_source=str(dataset.source.absolute()),
        kind=dataset.kind,
        profile=profile,
        patterns=tuple(dict.fromkeys(patterns)),
        pair=pair.name,
        coder=pair.coder.model,
        reviewer=pair.reviewer.model,
        scripted=pair.scripted,
        guard=guard,
        rounds=rounds,
        samples=samples,
        tasks=tuple(tasks),
        temperature=sampling.temperature,
        seed=sampling.seed,
        prompt_version=prompt_version(),
        sandbox=available_tier().name,
        python=platform.python_version(),
        program=f"secondpass {program_version()}",
        usd_per_hour=pair.usd_per_hour,
        schedule=schedule,
        label=label,
        quantisation=pair.key.quantisation if pair.key is not None else "",
    )


def _tasks(dataset: Dataset, ids: Sequence[str]) -> list[str]:
    if not ids:
        return list(dataset.problems)
    chosen: dict[str, None] = {}
    for each in ids:
        found = [task for task in dataset.problems if each == task or is_short_for(each, task)]
        if not found:
            near = difflib.get_close_matches(each, list(dataset.problems), n=1)
            advice = f"did you mean {near[0]}?" if near else f"its first task is {next(iter(dataset.problems))}."
            raise UsageError(f"{dataset.title} has no task {each!r}; {advice}")
        chosen |= dict.fromkeys(found)
    return [task for task in dataset.problems if task in chosen]
