"""``secondpass bench list|show|compare|export|delete``: look at stored runs."""

import difflib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from core.bench.datasets.known import is_short_for
from core.bench.exports import export
from core.bench.exports.tables import comparison_json, report_json, sample_json
from core.bench.reports import compare, read_run
from core.bench.reports.taxonomy import failing_part, failure_of
from core.bench.store import Result, Store, StoredRun
from core.bench.store.lock import writing
from core.errors import ExitCode, UsageError
from core.event_log import decode
from core.events import Finding, GuardDecision
from tui.cli.bench_text import comparison_lines, report_lines, run_lines
from tui.visible import visible

EMPTY = "There is no run yet; `secondpass bench run --dataset demo --pair demo` makes one in a few seconds."


def list_command(form: str) -> None:
    """Print the stored runs."""
    with Store(readonly=True) as store:
        runs = store.runs()
    if form == "json":
        rows = [
            {
                "id": run.id,
                "created": run.created,
                "planned": run.planned,
                "finished": run.finished,
                "seconds": run.seconds,
                "config": asdict(run.config),
            }
            for run in runs
        ]
        print(json.dumps({"version": 1, "runs": rows}, indent=1))
    elif runs:
        print(visible("\n".join(run_lines(runs))))
    else:
        print(EMPTY, file=sys.stderr)


def show_command(name: str, task: str | None, form: str) -> None:
    """Print a run, or one task of it.

    Raises:
        UsageError: There is no such run, or no such task in it.
    """
    with Store(readonly=True) as store:
        run = store.run(name)
        if task is None:
            report = read_run(store, run.id)
            print(json.dumps(report_json(report), indent=1) if form == "json" else "\n".join(report_lines(report)))
            return
        results = [each for each in store.results(run) if each.key.task == _task(run, task)]
        if form == "json":
            content = [sample_json(each) | {"draft": each.draft, "final": each.final} for each in results]
            print(json.dumps({"version": 1, "samples": content}, indent=1, ensure_ascii=False))
            return
        if not results:
            print(f"No sample of {_task(run, task)} is finished yet.", file=sys.stderr)
        print(visible("\n".join(line for each in results for line in _sample_lines(store, run, each))))


def _task(run: StoredRun, name: str) -> str:
    found = [task for task in run.config.tasks if name == task or is_short_for(name, task)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{name} is {len(found)} tasks of {run.id}; name one of {', '.join(found)}.")
    near = difflib.get_close_matches(name, run.config.tasks, n=1)
    raise UsageError(f"{run.id} has no task {name!r}; " + (f"did you mean {near[0]}?" if near else "show lists them."))


def _sample_lines(store: Store, run: StoredRun, result: Result) -> Iterator[str]:
    key = result.key
    outcome = "passes" if result.passes else failure_of(result) or "not judged"
    yield f"━━ {key.task} · {key.pattern} · sample {key.sample}: {outcome}"
    findings: dict[str, Finding] = {}
    rulings: list[GuardDecision] = []
    for line in store.events(run.id, key):
        event = decode(line)
        if isinstance(event, Finding):
            findings[event.id] = event
        elif isinstance(event, GuardDecision):
            rulings.append(event)
    for finding in findings.values():
        yield f"finding  {finding.status}: {finding.title}"
        if finding.call:
            yield f"         {finding.call} must give {finding.expected}; it gives {finding.got or 'nothing'}"
        if finding.reason:
            yield f"         {finding.reason}"
    for ruling in rulings:
        yield f"guard    {'accepted' if ruling.accepted else 'refused'} {ruling.candidate}: {ruling.reason}"
    part = failing_part(result)
    if part is not None and part.failure is not None:
        for name, value in (
            ("input", part.failure.arguments),
            ("expected", part.failure.expected),
            ("got", part.failure.got),
            ("raised", part.failure.exception),
            ("said", part.failure.text),
        ):
            if value:
                yield f"{name:<8} {value}"
    if result.final is None:
        yield f"No code: {result.summary.problem or 'the answer holds none'}"
    yield result.final or "" if result.draft is None else result.draft
    if result.draft is not None and result.final is not None and result.draft != result.final:
        yield from difflib.unified_diff(
            result.draft.splitlines(), result.final.splitlines(), "draft", "final", lineterm=""
        )
    yield ""


def compare_command(before: str, after: str, form: str, *, fail_on_regression: bool) -> int:
    """Print two runs beside each other; returns the exit code.

    Raises:
        UsageError: They cannot be compared.
    """
    with Store(readonly=True) as store:
        comparison = compare(store, before, after)
    if form == "json":
        print(json.dumps(comparison_json(comparison), indent=1))
    else:
        print("\n".join(comparison_lines(comparison)))
    return ExitCode.NO if fail_on_regression and comparison.regression else ExitCode.OK


def export_command(name: str, form: str, destination: Path | None) -> None:
    """Write a run in a format, and say where."""
    with Store(readonly=True) as store:
        for path in export(store, name, form, destination):
            print(path)


def delete_command(name: str, *, yes: bool) -> None:
    """Delete a run.

    Raises:
        UsageError: There is no such run, another is being written, or nobody agreed.
    """
    with Store() as store:
        run = store.run(name)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"Deleting {run.id} cannot be undone; agree to that with --yes.")
            if not click.confirm(f"Delete {run.id} ({run.finished} samples)? It cannot be undone.", err=True):
                raise click.Abort
        with writing(store.path):
            store.delete_run(run.id)
    print(f"{run.id} is deleted.", file=sys.stderr)
