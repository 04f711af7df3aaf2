"""``secondpass bench run``: generate, judge, and say what came of it."""

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.bench.cluster import check_usable
from core.bench.datasets import Dataset, open_dataset
from core.bench.generation import Progress as Told
from core.bench.generation import generate, plan_run
from core.bench.reports import read_run
from core.bench.store import RunConfig, Store, StoredRun
from core.bench.store.lock import writing
from core.config import ResolvedPair
from core.config.endpoint_list import served_from
from core.engines.availability import why_unavailable
from core.engines.pair import EnginePair, open_pair
from core.errors import EngineError, ExitCode, UnknownSpecError, UsageError
from core.examples import find_example
from tui.cli.bench_judge import judge_for
from tui.cli.bench_lines import finished_line, run_line, told_line
from tui.cli.bench_progress import Progress, span
from tui.cli.bench_sandbox import tier_for
from tui.cli.bench_text import report_lines
from tui.cli.configured import configured
from tui.cli.crash import start_logging
from tui.visible import visible

_DEFAULT_PATTERNS = ("coder-only", "review-then-fix")
_REQUESTS = {
    "coder-only": "1 draft",
    "reviewer-only": "1 draft of the reviewer",
    "plan-then-code": "1 plan and 1 draft",
    "review-then-fix": "1 draft, 1 to 2 reviews, opinions on what is claimed, up to 2 fixes",
    "review-then-fix-retry": "as review-then-fix, and up to 3 retries",
    "adversarial": "1 draft and 1 review of each model, and fixes",
    "auto": "1 draft, and a review where it is predicted to pay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """The command's options, as given; None where one was not."""

    dataset: str | None
    patterns: tuple[str, ...]
    pair: str | None
    endpoints: Path | None
    guard: str | None
    rounds: int | None
    samples: int | None
    limit: int | None
    ids: str | None
    data: Path | None
    profile: str | None
    schedule: Any
    batch: int | None
    jobs: int | None
    ray: str | None
    label: str | None
    resume: str | None
    output: str
    dry_run: bool
    quiet: bool
    models: Path | None
    allow_weak_sandbox: bool


def bench_run_command(options: BenchOptions) -> int:
    """Plan or go on with a run, work it off, and report; returns the exit code.

    Raises:
        SecondpassError: something must be corrected before an engine is asked, or the engine failed.
    """
    start_logging()
    tier_for(allow_weak=options.allow_weak_sandbox)
    if options.ray is not None:
        check_usable(options.ray)
    configuration = configured(options.models)
    with Store() as store:
        known = _resumed(store, options) if options.resume is not None else None
        resolved = configuration.pair(options.pair or (known.config.pair if known else None))
        if options.endpoints is not None:
            resolved = served_from(resolved, options.endpoints)
        dataset = _dataset(options, known)
        pair = open_pair(resolved, program="secondpass bench run")
        config = known.config if known else _planned(options, dataset, pair)
        if options.dry_run:
            print(_plan_text(config, store, known))
            return ExitCode.OK
        if known is not None:
            _same(known, config, dataset, pair)
        _known_to_the_script(pair, dataset, config)
        if (reason := why_unavailable(resolved)) is not None:
            raise EngineError(f"The pair {resolved.name} cannot start. {reason}")
        with writing(store.path):
            run = known or store.add_run(config)
            return asyncio.run(_work(options, store, run, dataset, pair, resolved))


def _resumed(store: Store, options: BenchOptions) -> StoredRun:
    """The run to go on with.

    Raises:
        UsageError: There is none, or an option would change it.
    """
    given = {
        "--dataset": options.dataset,
        "--pattern": options.patterns,
        "--guard": options.guard,
        "--rounds": options.rounds,
        "--samples": options.samples,
        "--limit": options.limit,
        "--ids": options.ids,
        "--profile": options.profile,
        "--schedule": options.schedule,
        "--label": options.label,
    }
    if wrong := [name for name, value in given.items() if value]:
        raise UsageError(f"--resume goes on with a run as it was planned; leave out {', '.join(wrong)}.")
    return store.run(options.resume or "")


def _dataset(options: BenchOptions, known: StoredRun | None) -> Dataset:
    if known is None:
        if options.dataset is None:
            raise UsageError("Say what to solve: --dataset humaneval+, mbpp+, paired or demo.")
        return open_dataset(options.dataset, data=options.data)
    source = Path(known.config.dataset_source)
    data = options.data or (source if source.is_file() else None)
    dataset = open_dataset(known.config.dataset, data=data)
    if dataset.digest != known.config.dataset_digest:
        raise UsageError(
            f"{known.id} was begun with another version of {known.config.dataset_title} (md5 "
            f"{known.config.dataset_digest}); name that file with --data."
        )
    return dataset


def _planned(options: BenchOptions, dataset: Dataset, pair: EnginePair) -> RunConfig:
    return plan_run(
        dataset,
        pair,
        patterns=options.patterns or _DEFAULT_PATTERNS,
        guard=options.guard or "proven",
        profile=options.profile or "strict",
        rounds=options.rounds,
        samples=options.samples or 1,
        ids=[each.strip() for each in (options.ids or "").split(",") if each.strip()],
        limit=options.limit,
        schedule=options.schedule or "auto",
        label=options.label or "",
    )


def _same(run: StoredRun, config: RunConfig, dataset: Dataset, pair: EnginePair) -> None:
    """Raises UsageError where going on would mix two configurations in one run."""
    now = plan_run(
        dataset,
        pair,
        patterns=config.patterns,
        guard=config.guard,
        profile=config.profile,
        rounds=config.rounds,
        samples=config.samples,
        ids=config.tasks,
        schedule=config.schedule,
        label=config.label,
    )
    for what, before, after in (
        ("the coder", config.coder, now.coder),
        ("the reviewer", config.reviewer, now.reviewer),
        ("the prompts", config.prompt_version, now.prompt_version),
        ("the temperature", config.temperature, now.temperature),
    ):
        if before != after:
            raise UsageError(
                f"{run.id} cannot be gone on with: {what} was {before} and is {after} now; begin a new run."
            )


def _known_to_the_script(pair: EnginePair, dataset: Dataset, config: RunConfig) -> None:
    """Raises UnknownSpecError where the demo pair is given a problem that it has no answer for."""
    if not pair.scripted:
        return
    for task in config.tasks:
        if find_example(dataset.problems[task].prompt) is None:
            raise UnknownSpecError(
                f"The demo pair has no answer for {task} of {dataset.title}; it plays --dataset demo. Name a pair of "
                "real models with --pair (see docs/configuration.md)."
            )


async def _work(
    options: BenchOptions,
    store: Store,
    run: StoredRun,
    dataset: Dataset,
    pair: EnginePair,
    resolved: ResolvedPair,
) -> int:
    begun = time.monotonic()
    config = run.config
    if options.output != "jsonl" and not options.quiet:
        scripted = " SCRIPTED DEMO: no model runs." if config.scripted else ""
        print(f"secondpass: run {run.id}, {run.planned} samples, {run.finished} finished.{scripted}", file=sys.stderr)
    failed: set[Any] = set()
    quiet = options.quiet or options.output == "jsonl"
    with Progress("samples finished", run.planned, done=run.finished, quiet=quiet) as progress:

        def told(event: Told) -> None:
            if options.output == "jsonl":
                _print(told_line(event))
            if event.type == "finished":
                progress.step(f"{event.key.pattern} {event.key.task}")
            elif event.type == "stage" and event.stage:
                progress.note(f"{event.stage} {event.key.task}")
            elif event.type == "failed":
                if not event.again:
                    failed.add(event.key)
                if options.output != "jsonl":
                    print(f"secondpass: {event.key.task}: {visible(event.error)}", file=sys.stderr)

        async def work() -> None:
            # In here, where a signal is heard already: whoever reads the line may stop the run at once.
            if options.output == "jsonl":
                _print(run_line(run, resumed=options.resume is not None))
            await _generated(options, store, run, dataset, pair, told)

        try:
            stopped = await stoppable(work(), pair)
        except BaseExceptionGroup as group:
            if group.subgroup(BrokenPipeError) is None:
                raise
            raise BrokenPipeError from None  # whoever read the lines went away; what is finished is kept
    run = store.run(run.id)
    again = f"secondpass bench run --resume {run.id}"
    if options.output == "jsonl":
        _print(finished_line(run, seconds=time.monotonic() - begun))
    if stopped:
        left = run.planned - run.finished
        print(
            f"secondpass: stopped; {run.finished} samples are kept, {left} are left. {again} goes on.", file=sys.stderr
        )
        return ExitCode.INTERRUPTED
    _report(options, store, run)
    if failed:
        print(f"secondpass: {len(failed)} samples could not be generated; {again} tries them again.", file=sys.stderr)
        return ExitCode.ENGINE
    return ExitCode.OK


async def _generated(
    options: BenchOptions,
    store: Store,
    run: StoredRun,
    dataset: Dataset,
    pair: EnginePair,
    told: Any,
) -> None:
    judging = judge_for(
        dataset,
        profile=run.config.profile,
        jobs=options.jobs,
        ray=options.ray,
        allow_weak=options.allow_weak_sandbox,
        quiet=options.quiet or options.output == "jsonl",
        joined=lambda node: store.add_node(run.id, node),
    )
    async with judging as judge:
        await generate(
            store,
            run,
            dataset,
            pair,
            judge,
            told=told,
            batch=options.batch,
            allow_weak_sandbox=options.allow_weak_sandbox,
        )


async def stoppable(work: Any, pair: EnginePair) -> bool:
    """Do ``work`` until it is done or a signal stops it (True); the engines are closed either way."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopped:
            raise
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
        await pair.close()
    return stopped


def _report(options: BenchOptions, store: Store, run: StoredRun) -> None:
    if options.output == "jsonl":
        return
    report = read_run(store, run.id)
    if options.output == "json":
        from core.bench.exports.tables import report_json

        _print(report_json(report))
        return
    print("\n".join(report_lines(report)))
    if not options.quiet:
        print(
            f"secondpass: kept as {run.id}; `secondpass bench show {run.id}` shows it again, "
            f"`secondpass bench export {run.id} --format html` writes a page.",
            file=sys.stderr,
        )


def _plan_text(config: RunConfig, store: Store, known: StoredRun | None) -> str:
    planned = len(config.tasks) * len(config.patterns) * config.samples
    lines = [
        f"{config.dataset_title}: {len(config.tasks)} tasks, {config.samples} sample(s) each, {planned} in all",
        f"pair      {config.pair}: {config.coder} writes, {config.reviewer} reviews; guard {config.guard}",
        f"judge     {config.profile}, sandbox {config.sandbox}",
        f"schedule  {config.schedule}",
    ]
    lines += [f"{pattern}: for each sample {_REQUESTS.get(pattern, '')}" for pattern in config.patterns]
    if len(config.patterns) > 1:
        lines.append("Patterns that begin with the coder's draft share it.")
    if known is not None:
        lines.append(f"{known.finished} of {known.planned} are finished already.")
    lines.append(_estimate(config, store, planned - (known.finished if known else 0)))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for each sample, as run ``run`` took."""

    seconds: float
    run: str


def pace(config: RunConfig, store: Store) -> Pace | None:
    """How fast the newest run of the same two models was; None if there is none that says it."""
    for run in store.runs():
        same = (run.config.coder, run.config.reviewer) == (config.coder, config.reviewer)
        if same and run.finished >= 5 and run.seconds:
            return Pace(run.seconds / run.finished, run.id)
    return None


def _estimate(config: RunConfig, store: Store, left: int) -> str:
    """How long that takes, told from earlier runs of the same two models; nothing is guessed."""
    if (found := pace(config, store)) is not None:
        return f"About {span(found.seconds * left)}, by run {found.run} of the same models."
    return "How long that takes is not known: these models have no stored run yet. --limit 5 would tell."


def _print(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False), flush=True)
