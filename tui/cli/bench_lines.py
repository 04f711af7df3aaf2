"""The lines of ``bench run --output jsonl``. Fields may be added, never renamed."""

from typing import Any

from core.bench.exports.tables import status_of
from core.bench.generation import Progress, SampleFailed, SampleFinished, SampleStage
from core.bench.reports.read import settled
from core.bench.reports.taxonomy import failure_of
from core.bench.store import StoredRun


def run_line(run: StoredRun, *, resumed: bool) -> dict[str, Any]:
    """The first line: what is run."""
    config = run.config
    return {
        "type": "run",
        "id": run.id,
        "planned": run.planned,
        "finished": run.finished,
        "tasks": list(config.tasks),
        "patterns": list(config.patterns),
        "samples": config.samples,
        "dataset": config.dataset,
        "pair": config.pair,
        "scripted": config.scripted,
        "resumed": resumed,
    }


def told_line(event: Progress) -> dict[str, Any]:
    """One event of a sample."""
    key = event.key
    line: dict[str, Any] = {"type": event.type, "pattern": key.pattern, "task": key.task, "sample": key.sample}
    if isinstance(event, SampleStage):
        line |= {
            "stage": event.stage,
            "phase": event.phase,
            "reused": event.reused,
            "tokens": event.tokens,
            "seconds": event.seconds,
        }
    elif isinstance(event, SampleFinished):
        result = event.result
        draft, final = result.draft_verdict, result.final_verdict
        line |= {
            # Where the judge itself failed there is no verdict, which is not a failure.
            "passes": result.passes if settled(result) else None,
            "draft_passes": result.draft_passes if settled(result) else None,
            "base": status_of(final.base) if final else None,
            "plus": status_of(final.plus) if final else None,
            "draft_base": status_of(draft.base) if draft else None,
            "draft_plus": status_of(draft.plus) if draft else None,
            "failure": failure_of(result),
            "accepted": result.summary.accepted,
            "seconds": round(result.summary.seconds, 3),
            "tokens": result.summary.tokens,
            "richness": result.summary.richness,
        }
    elif isinstance(event, SampleFailed):
        line |= {"error": event.error, "again": event.again}
    return line


def finished_line(run: StoredRun, *, seconds: float) -> dict[str, Any]:
    """The last line."""
    return {
        "type": "done",
        "id": run.id,
        "complete": run.complete,
        "finished": run.finished,
        "seconds": round(seconds, 3),
    }
