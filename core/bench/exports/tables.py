"""JSON and CSV: stable, for programs. Fields may be added, never renamed."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from core.bench.judge.verdicts import PartVerdict, Verdict
from core.bench.reports import Comparison, RunReport, report_of
from core.bench.reports.taxonomy import failure_of
from core.bench.store import Result, Store

VERSION = 1


def json_of(store: Store, run: str) -> str:
    """A run with its figures and every sample, codes included."""
    stored = store.run(run)
    results = store.results(stored)
    content = report_json(report_of(stored, results))
    content["samples"] = [sample_json(each) | {"draft": each.draft, "final": each.final} for each in results]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def report_json(report: RunReport) -> dict[str, Any]:
    """The figures of a run as plain data; shares are 0 to 1, differences -1 to 1."""
    run = report.run
    config = asdict(run.config)
    tasks = config.pop("tasks")
    return {
        "version": VERSION,
        "run": run.id,
        "created": run.created,
        "planned": run.planned,
        "finished": run.finished,
        "seconds": run.seconds,
        "config": config | {"tasks": len(tasks)},
        "nodes": [asdict(each) for each in run.nodes],
        "notes": list(report.notes),
        "patterns": [asdict(each) for each in report.patterns],
        "pairs": [
            {**asdict(each), "distinguishable": each.paired.distinguishable and each.p_holm < 0.05}
            for each in report.pairs
        ],
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Two runs compared, as plain data."""
    return {
        "version": VERSION,
        "before": comparison.before.id,
        "after": comparison.after.id,
        "regression": comparison.regression,
        "notes": list(comparison.notes),
        "patterns": [{**asdict(each), "distinguishable": each.paired.distinguishable} for each in comparison.patterns],
    }


def sample_json(result: Result) -> dict[str, Any]:
    """One sample without its codes."""
    summary = asdict(result.summary)
    return {
        "pattern": result.key.pattern,
        "task_id": result.key.task,
        "sample": result.key.sample,
        "finished": result.finished,
        "passes": result.passes if result.judged else None,
        "draft_passes": result.draft_passes if result.judged and result.draft is not None else None,
        "failure": failure_of(result),
        "verdict": verdict_json(result.final_verdict),
        "draft_verdict": verdict_json(result.draft_verdict),
        "summary": summary,
    }


def verdict_json(verdict: Verdict | None) -> dict[str, Any] | None:
    """base and plus as pass, fail, timeout, crash or null, with the flags."""
    if verdict is None:
        return None
    return {
        "base": status_of(verdict.base),
        "plus": status_of(verdict.plus),
        "integrity": list(verdict.integrity),
        "problem": verdict.problem,
    }


def status_of(part: PartVerdict | None) -> str | None:
    """The status of a part, None where it was not judged."""
    return None if part is None else part.status


_COLUMNS = (
    "pattern task_id sample passes draft_passes base plus failure accepted verdict rounds richness prompt_tokens "
    "completion_tokens seconds truncated integrity findings_proven findings_supported findings_disputed "
    "findings_unconfirmed finished"
).split()


def csv_of(store: Store, run: str) -> str:
    """One row per sample."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in store.results(store.run(run)):
        writer.writerow({name: _safe(value) for name, value in _row(each).items()})
    return out.getvalue()


def _row(result: Result) -> dict[str, Any]:
    sample, summary = sample_json(result), result.summary
    verdict = sample["verdict"] or {}
    return {
        **{name: sample[name] for name in ("pattern", "task_id", "sample", "passes", "draft_passes", "failure")},
        "base": verdict.get("base"),
        "plus": verdict.get("plus"),
        "accepted": summary.accepted,
        "verdict": summary.verdict,
        "rounds": summary.rounds,
        "richness": summary.richness,
        "prompt_tokens": sum(use.prompt_tokens or 0 for use in summary.stages),
        "completion_tokens": summary.tokens,
        "seconds": round(summary.seconds, 3),
        "truncated": summary.truncated,
        "integrity": " ".join(verdict.get("integrity", ())),
        **{
            f"findings_{kind}": summary.findings.get(kind, 0)
            for kind in ("proven", "supported", "disputed", "unconfirmed")
        },
        "finished": result.finished,
    }


def _safe(value: object) -> object:
    """Text that a spreadsheet does not take for a formula: an exception's name is the code's own."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
