"""``secondpass calibrate``: measure a pair on the paired set and refit the gain predictor."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.bench.datasets import Dataset, open_dataset
from core.bench.datasets.known import VARIANTS
from core.bench.generation import Progress as Told
from core.bench.generation import generate, plan_run
from core.bench.judge import Judge
from core.bench.judge.profiles import PROFILES
from core.bench.store import RunConfig, Store, StoredRun
from core.bench.store.lock import writing
from core.config import Configuration, ResolvedPair
from core.config.endpoint_list import served_from
from core.engines.availability import why_unavailable
from core.engines.pair import EnginePair, open_pair
from core.errors import EngineError, ExitCode, UnknownSpecError, UsageError
from core.gain.calibrating import Calibrated, calibrate_from
from core.gain.key import PairKey, pair_key
from core.gain.retired import use_of
from core.gain.store import Listed, list_calibrations
from tui.cli.bench_progress import Progress, span
from tui.cli.bench_run import pace, stoppable
from tui.cli.bench_sandbox import tier_for
from tui.cli.calibrate_text import calibrated_json, calibrated_lines
from tui.cli.configured import configured
from tui.cli.crash import start_logging
from tui.visible import visible

PATTERNS = ("coder-only", "review-then-fix")
SAMPLES = 2
"""With one the published slope is detected in fewer than four calibrations of five (docs/paired.md)."""
WARM = 0.2
"""Temperature of repeated samples where models.toml says 0: at 0 they would be the same answer again."""
PROBE = 2
"""Problems that are measured first where nothing is known of the pair's speed."""
LABEL = "calibrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateOptions:
    """The command's options, as given; None where one was not."""

    pair: str | None
    guard: str | None
    samples: int | None
    limit: int | None
    temperature: float | None
    resume: bool
    yes: bool
    listed: bool
    endpoints: Path | None
    batch: int | None
    jobs: int | None
    output: str
    quiet: bool
    models: Path | None
    allow_weak_sandbox: bool


def calibrate_command(options: CalibrateOptions) -> int:
    """Measure, report, refit and keep; returns the exit code.

    Raises:
        SecondpassError: something must be corrected before an engine is asked, or the engine failed.
    """
    start_logging()
    configuration = configured(options.models)
    if options.listed:
        _list(configuration, options.output)
        return ExitCode.OK
    tier_for(allow_weak=options.allow_weak_sandbox)
    resolved = configuration.pair(options.pair)
    if resolved.scripted:
        raise UnknownSpecError(
            f"The pair {resolved.name} is scripted: it knows its own specs and no problem of the paired set, so there "
            "is nothing to measure; name a pair of real models with --pair (see docs/configuration.md)."
        )
    if options.endpoints is not None:
        resolved = served_from(resolved, options.endpoints)
    dataset = open_dataset("paired")
    pair = open_pair(resolved, program="secondpass calibrate")
    with Store() as store:
        known = _resumed(options, store, pair, dataset) if options.resume else None
        config = known.config if known else _planned(options, dataset, pair)
        pair.sample_at(config.temperature)
        if known is None or not known.complete:
            _agreed_to_begin(options, config, store)
            if (reason := why_unavailable(resolved)) is not None:
                raise EngineError(f"The pair {resolved.name} cannot start. {reason}")
        with writing(store.path):
            run = known or store.add_run(config)
            return _measured(options, _Work(store, run, dataset, pair, resolved))


@dataclass(frozen=True, slots=True)
class _Work:
    store: Store
    run: StoredRun
    dataset: Dataset
    pair: EnginePair
    resolved: ResolvedPair


def _planned(options: CalibrateOptions, dataset: Dataset, pair: EnginePair) -> RunConfig:
    samples = options.samples or SAMPLES
    own = pair.sampling("coder").temperature
    temperature = options.temperature
    if temperature is None:
        temperature = WARM if own == 0 and samples > 1 else own
    if temperature == 0 and samples > 1:
        raise UsageError(
            f"{samples} samples at temperature 0 are the same answer again; ask for one with --samples 1, or for a "
            f"temperature such as --temperature {WARM}."
        )
    pair.sample_at(temperature)
    return plan_run(
        dataset,
        pair,
        patterns=PATTERNS,
        guard=options.guard or "proven",
        profile="strict",
        samples=samples,
        limit=None if options.limit is None else options.limit * len(VARIANTS),
        label=LABEL,
    )


def _resumed(options: CalibrateOptions, store: Store, pair: EnginePair, dataset: Dataset) -> StoredRun:
    """The newest calibration run of this pair.

    Raises:
        UsageError: There is none, or an option would change it.
    """
    given = {"--samples": options.samples, "--limit": options.limit, "--temperature": options.temperature}
    if wrong := [name for name, value in given.items() if value is not None]:
        raise UsageError(f"--resume goes on with a calibration as it was planned; leave out {', '.join(wrong)}.")
    guard = options.guard or "proven"
    now = plan_run(dataset, pair, patterns=PATTERNS, guard=guard, profile="strict", limit=1)
    others = []
    for run in store.runs():
        config = run.config
        if config.label != LABEL or config.dataset != "paired" or config.pair != pair.name or config.guard != guard:
            continue
        changes = [
            what
            for what, before, today in (
                ("the coder", config.coder, now.coder),
                ("the reviewer", config.reviewer, now.reviewer),
                ("the quantisation", config.quantisation, now.quantisation),
                ("the prompts", config.prompt_version, now.prompt_version),
                ("the paired set", config.dataset_digest, now.dataset_digest),
            )
            if before != today
        ]
        if not changes:
            return run
        others.append(f"{run.id} was begun before these changed: {', '.join(changes)}")
    why = f" ({others[0]})" if others else ""
    raise UsageError(
        f"There is no calibration of the pair {pair.name} under guard {guard} to go on with{why}; begin one without "
        "--resume."
    )


def _agreed_to_begin(options: CalibrateOptions, config: RunConfig, store: Store) -> None:
    """Say what would be done and how long it takes, and ask.

    Raises:
        UsageError: Nobody can be asked.
        click.Abort: The answer is no.
    """
    if options.quiet and options.yes:
        return
    problems = len(config.tasks) // len(VARIANTS)
    planned = problems * len(VARIANTS) * config.samples * len(config.patterns)
    found = pace(config, store)
    print(
        f"secondpass: {problems} problems x {len(VARIANTS)} specs x {config.samples} sample(s) by {config.coder}, and "
        f"their review by {config.reviewer} (guard {config.guard}, temperature {config.temperature:g}).",
        file=sys.stderr,
    )
    if found is not None:
        print(
            f"secondpass: about {span(found.seconds * planned)}, by run {found.run} of the same models.",
            file=sys.stderr,
        )
    else:
        print(
            f"secondpass: how long that takes is not known yet; the first {PROBE} problems are measured (and kept) to "
            "tell.",
            file=sys.stderr,
        )
    _ask(options, "Begin?")


def _ask(options: CalibrateOptions, question: str) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("A calibration keeps both models busy for a long time; agree to that with --yes.")
    if not click.confirm(f"secondpass: {question}", err=True):
        raise click.Abort


def _measured(options: CalibrateOptions, work: _Work) -> int:
    """Generate what is pending, then report and refit."""
    store, run = work.store, work.run
    probe = min(PROBE * len(VARIANTS) * run.config.samples * len(PATTERNS), run.planned)
    failed = 0
    if run.finished < probe and pace(run.config, store) is None:
        stopped, failed = _generated(options, work, probe - run.finished)
        if stopped:
            return _stopped(options, store.run(run.id))
        run = store.run(run.id)
        if run.finished and run.finished < run.planned:
            left = run.seconds / run.finished * (run.planned - run.finished)
            if not (options.quiet and options.yes):
                print(f"secondpass: about {span(left)} more for {run.planned - run.finished} samples.", file=sys.stderr)
            try:
                _ask(options, "Go on?")
            except click.Abort:
                _stopped(options, run)
                raise
    if not run.complete or any(not each.judged for each in store.results(run)):
        stopped, failed = _generated(options, work, None)
        if stopped:
            return _stopped(options, store.run(run.id))
    calibrated = calibrate_from(store, run.id, work.dataset, pair_key(work.resolved))
    _report(options, calibrated)
    if failed:
        print(
            f"secondpass: {failed} samples could not be generated, and count nowhere; {_again(options)} tries them "
            "again.",
            file=sys.stderr,
        )
        return ExitCode.ENGINE
    return ExitCode.OK


def _generated(options: CalibrateOptions, work: _Work, most: int | None) -> tuple[bool, int]:
    """Whether a signal stopped it, and how many samples failed for good."""
    store, run = work.store, work.store.run(work.run.id)
    failed: set[Any] = set()
    total = run.planned if most is None else run.finished + most
    with Progress("samples finished", total, done=run.finished, quiet=options.quiet) as progress:

        def told(event: Told) -> None:
            if event.type == "finished":
                progress.step(f"{event.key.pattern} {event.key.task}")
            elif event.type == "stage" and event.stage:
                progress.note(f"{event.stage} {event.key.task}")
            elif event.type == "failed":
                if not event.again:
                    failed.add(event.key)
                print(f"secondpass: {event.key.task}: {visible(event.error)}", file=sys.stderr)

        async def generated() -> None:
            async with Judge(work.dataset, profile=PROFILES[run.config.profile], workers=options.jobs) as judge:
                await generate(
                    store,
                    run,
                    work.dataset,
                    work.pair,
                    judge,
                    told=told,
                    batch=options.batch,
                    most=most,
                    allow_weak_sandbox=options.allow_weak_sandbox,
                    again=_again(options),
                )

        stopped = asyncio.run(stoppable(generated(), work.pair))
    return stopped, len(failed)


def _stopped(options: CalibrateOptions, run: StoredRun) -> int:
    print(
        f"secondpass: stopped; {run.finished} samples are kept, {run.planned - run.finished} are left. "
        f"{_again(options)} goes on.",
        file=sys.stderr,
    )
    return ExitCode.INTERRUPTED


def _again(options: CalibrateOptions) -> str:
    """The command that goes on with this calibration."""
    given = [("--pair", options.pair), ("--guard", options.guard), ("--models", options.models)]
    return " ".join(["secondpass calibrate --resume", *(f"{name} {value}" for name, value in given if value)])


def _report(options: CalibrateOptions, calibrated: Calibrated) -> None:
    if options.output == "json":
        print(json.dumps(calibrated_json(calibrated), indent=1, ensure_ascii=False))
        return
    print(visible("\n".join(calibrated_lines(calibrated))))


def _list(configuration: Configuration, form: str) -> None:
    pairs = {name: pair_key(configuration.pair(name)) for name in configuration.pairs}
    found = list_calibrations()
    if form == "json":
        rows = [_listed_json(each, pairs) for each in found]
        print(json.dumps({"version": 1, "calibrations": rows}, indent=1, ensure_ascii=False))
        return
    if not found:
        print("No pair is calibrated yet; `secondpass calibrate --pair NAME` measures one.", file=sys.stderr)
    for each in found:
        print(visible("\n".join(_listed_lines(each, pairs))))


def _listed_lines(each: Listed, pairs: dict[str, PairKey]) -> list[str]:
    if each.key is None:
        return [f"{each.path.name}  not used: {each.problem}; delete {each.path}, or measure its pair again."]
    key, about = each.key, each.provenance
    use = use_of(key, pairs, measured_as=about.pair if about else "")
    state = f"used by {', '.join(use.pairs)}" if use.pairs else f"RETIRED: {use.reason}"
    lines = [
        f"{each.made[:16].replace('T', ' ')}  {key.coder} with {key.reviewer}, guard {each.guard}: {state}",
        f"  quantisation {key.quantisation}, prompts {key.prompt_version}, {each.outcomes} outcomes, {each.standing}",
    ]
    if about is not None:
        of = f"  {about.problems} problems of {about.dataset} x {about.samples} sample(s), run {about.run}"
        if about.slope is not None:
            value, low, high = about.slope
            of += f"; {value:+.1f} points for ten of richness (90 %: {low:+.1f} to {high:+.1f})"
        lines.append(of)
    return lines


def _listed_json(each: Listed, pairs: dict[str, PairKey]) -> dict[str, Any]:
    from dataclasses import asdict

    use = None if each.key is None else use_of(each.key, pairs, measured_as=getattr(each.provenance, "pair", ""))
    return {
        "file": str(each.path),
        "key": None if each.key is None else asdict(each.key),
        "guard": each.guard or None,
        "made": each.made or None,
        "outcomes": each.outcomes,
        "standing": each.standing or None,
        "provenance": None if each.provenance is None else asdict(each.provenance),
        "used_by": [] if use is None else list(use.pairs),
        "retired": each.problem if use is None else use.reason or None,
    }
