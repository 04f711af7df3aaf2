"""``secondpass bench verify``: judge samples made elsewhere."""

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.bench.cluster import check_usable
from core.bench.datasets import Dataset, open_dataset
from core.bench.exports.evalplus import as_text, entry
from core.bench.judge import JudgeNode
from core.bench.reports.words import interval
from core.bench.samples import read_samples
from core.bench.statistics import wilson
from core.bench.store import Store, now
from core.bench.verify import Judged, pass_at, verify
from core.errors import ExitCode
from core.saving import check_writable, write_atomically
from tui.cli.bench_judge import judge_for
from tui.cli.bench_progress import Progress
from tui.cli.bench_sandbox import tier_for
from tui.cli.crash import start_logging

_AT = (1, 10, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """The command's arguments and options, as given."""

    samples: Path
    dataset: str
    data: Path | None
    profile: str
    jobs: int | None
    ray: str | None
    form: str
    destination: Path | None
    extract: bool
    no_cache: bool
    quiet: bool
    allow_weak_sandbox: bool


def verify_command(options: VerifyOptions) -> int:
    """Judge and report; returns the exit code.

    Raises:
        SecondpassError: the samples or the data set cannot be used, or nothing confines the code.
    """
    start_logging()
    if options.destination is not None:
        check_writable(options.destination)
    if options.ray is not None:
        check_usable(options.ray)
    # On a cluster every node is asked for its own.
    tier = "" if options.ray is not None else tier_for(allow_weak=options.allow_weak_sandbox)
    dataset = open_dataset(options.dataset, data=options.data)
    samples = read_samples(options.samples, dataset, extract=options.extract)
    nodes: list[JudgeNode] = []
    store = None if options.no_cache else Store()
    try:
        with Progress("samples judged", len(samples), quiet=options.quiet) as progress:

            async def work() -> tuple[Judged, ...]:
                judging = judge_for(
                    dataset,
                    profile=options.profile,
                    jobs=options.jobs,
                    ray=options.ray,
                    allow_weak=options.allow_weak_sandbox,
                    quiet=options.quiet,
                    joined=nodes.append,
                )
                async with judging as judge:
                    return await verify(samples, dataset, judge, store=store, told=lambda judged: progress.step())

            judged = asyncio.run(work())
    finally:
        if store is not None:
            store.close()
    tier = tier or "; ".join(sorted({node.sandbox for node in nodes}))
    if options.destination is not None:
        write_atomically(options.destination, _results(judged, dataset))
    if options.form == "json":
        content = _as_json(judged, dataset, options.profile, tier)
        print(json.dumps(content | ({"nodes": [asdict(node) for node in nodes]} if nodes else {}), indent=1))
    else:
        print(_as_text(judged, dataset, options.profile, tier))
    return ExitCode.OK


def _results(judged: tuple[Judged, ...], dataset: Dataset) -> str:
    tasks: dict[str, list[dict[str, Any]]] = {}
    for each in judged:
        if each.verdict.problem is None:
            sample, verdict = each.sample, each.verdict
            tasks.setdefault(sample.task, []).append(entry(sample.task, sample.code, verdict.base, verdict.plus))
    return as_text(tasks, digest=dataset.digest, finished=now())


def _as_json(judged: tuple[Judged, ...], dataset: Dataset, profile: str, tier: str) -> dict[str, Any]:
    rates = pass_at(judged)
    return {
        "dataset": dataset.name,
        "profile": profile,
        "sandbox": tier,
        "tasks": len({each.sample.task for each in judged}),
        "pass_at_1": None if rates is None else {"base": rates[0], "plus": rates[1]},
        "results": [
            {
                "task_id": each.sample.task,
                "sample": each.sample.number,
                "base": each.verdict.base.status if each.verdict.base else None,
                "plus": each.verdict.plus.status if each.verdict.plus else None,
                "integrity": list(each.verdict.integrity),
                "problem": each.verdict.problem,
            }
            for each in judged
        ],
    }


def _as_text(judged: tuple[Judged, ...], dataset: Dataset, profile: str, tier: str) -> str:
    tasks = {each.sample.task for each in judged}
    all_of_them = len(tasks) == len(dataset.problems)
    part = f"{len(tasks)} tasks" if all_of_them else f"{len(tasks)} of {len(dataset.problems)} tasks"
    lines = [f"{dataset.title}, {part}, {len(judged)} samples; profile {profile}, sandbox {tier}"]
    counted = [each for each in judged if each.verdict.problem is None]
    for k in _AT:
        rates = pass_at(judged, k)
        if rates is None:
            continue
        shown = [f"{100 * rate:.1f}" for rate in rates]
        if k == 1 and len(counted) == len(tasks):
            passed = (
                sum(each.verdict.passes_base for each in counted),
                sum(each.verdict.passes_plus for each in counted),
            )
            shown = [interval(wilson(count, len(counted))) for count in passed]
        lines.append(f"pass@{k}  base {shown[0]}  base and plus {shown[1]}")
    known = sum(each.known for each in judged)
    flagged = sorted({each.sample.task for each in judged if each.verdict.integrity})
    unjudged = [each for each in judged if each.verdict.problem is not None]
    if flagged:
        lines.append(f"Reached for the judge: {', '.join(flagged)}")
    if unjudged:
        lines.append(f"Not judged, and counted nowhere: {len(unjudged)} ({unjudged[0].verdict.problem})")
    if known:
        lines.append(f"{known} of {len(judged)} verdicts were known (--no-cache judges anew).")
    return "\n".join(lines)
