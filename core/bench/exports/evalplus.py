"""EvalPlus's own formats: samples (``solution`` a line), and the results file that it writes and reads.

A final code that is missing is an empty solution, which fails, as it does here. Unjudged samples stand in the samples
and not in the results. EvalPlus knows pass, fail and timeout; a crash is a timeout ("unknown end").
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.bench.judge.verdicts import PartVerdict
from core.bench.store import Result, Store, StoredRun
from core.errors import UsageError
from core.saving import write_atomically


def samples_of(store: Store, run: str) -> str:
    """All samples of a run, one a line, with the pattern that made them."""
    stored = store.run(run)
    return "".join(_line(each, pattern=True) for each in store.results(stored))


def write(store: Store, run: StoredRun, folder: Path) -> tuple[Path, ...]:
    """Samples and results of every pattern, in ``folder``, which is made.

    Raises:
        UsageError: It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror or error}); choose another place.") from None
    results = store.results(run)
    written: list[Path] = []
    for pattern in run.config.patterns:
        own = [each for each in results if each.key.pattern == pattern]
        samples = folder / f"{pattern}.jsonl"
        write_atomically(samples, "".join(_line(each) for each in own))
        beside = folder / f"{pattern}_eval_results.json"
        write_atomically(beside, results_text(own, digest=run.config.dataset_digest, finished=run.created))
        written += [samples, beside]
    return tuple(written)


def results_text(results: Sequence[Result], *, digest: str, finished: str) -> str:
    """The results file of EvalPlus 0.3.1 for judged samples of one pattern.

    Args:
        results: In any order.
        digest: md5 of the unpacked data set.
        finished: ISO 8601; EvalPlus writes year to minute.
    """
    tasks: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(results, key=lambda result: result.key.sample):
        if each.judged:
            verdict = each.final_verdict
            base = verdict.base if verdict is not None else None
            plus = verdict.plus if verdict is not None else None
            tasks.setdefault(each.key.task, []).append(entry(each.key.task, each.final or "", base, plus))
    return as_text(tasks, digest=digest, finished=finished)


def as_text(tasks: Mapping[str, Sequence[Mapping[str, Any]]], *, digest: str, finished: str) -> str:
    """The file itself, of entries by task."""
    date = finished[:16].replace("T", " ")
    return json.dumps({"date": date, "hash": digest, "eval": tasks}, ensure_ascii=False)


def entry(task: str, solution: str, base: PartVerdict | None, plus: PartVerdict | None) -> dict[str, Any]:
    """One sample of that file. Without a base verdict it failed: it held no code."""
    base_status = _status(base)
    return {
        "task_id": task,
        "solution": solution,
        "base_status": base_status,
        # EvalPlus judges plus whatever base said; where base failed it cannot count, and is not judged here.
        "plus_status": _status(plus) if base_status == "pass" else "fail",
        "base_fail_tests": [],
        "plus_fail_tests": [],
    }


def _status(part: PartVerdict | None) -> str:
    if part is None:
        return "fail"
    return "timeout" if part.status == "crash" else part.status


def _line(result: Result, *, pattern: bool = False) -> str:
    content = {"task_id": result.key.task, "solution": result.final or ""}
    if pattern:
        content["pattern"] = result.key.pattern
    return json.dumps(content, ensure_ascii=False) + "\n"


def lines_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Samples from (task, solution)."""
    return "".join(json.dumps({"task_id": task, "solution": code}, ensure_ascii=False) + "\n" for task, code in pairs)
