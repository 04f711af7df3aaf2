"""Outcomes for the predictor from a stored run: drafts and finals that the hidden tests of its problems have judged."""

from collections.abc import Iterable

from analyzers.complexity import count_branches
from analyzers.gain.outcomes import Outcome
from core.bench.datasets import Dataset
from core.bench.datasets.known import paired_parts
from core.bench.reports.read import settled
from core.bench.store import Result
from core.gain.counting import REVIEWING
from core.gain.reading import read_scores


def measured_outcomes(results: Iterable[Result], dataset: Dataset) -> tuple[Outcome, ...]:
    """One outcome for each judged sample of a reviewing pattern; no code is wrong code.

    The specs of a paired problem, and the samples of a spec, are one cluster. A spec that contradicts itself has no
    outcome.
    """
    reports = {}
    found = []
    for each in results:
        task = each.key.task
        if each.key.pattern not in REVIEWING or not settled(each) or task not in dataset.problems:
            continue
        problem = dataset.problems[task]
        if task not in reports:
            name = problem.entry_point if dataset.kind == "humaneval" else None
            filename = "spec.py" if dataset.kind == "humaneval" else "spec.txt"
            reports[task] = read_scores(problem.prompt, filename=filename, name=name)
        report = reports[task]
        if report.soundness == "contradictory":
            continue
        signature = report.spec.signature
        parts = paired_parts(task)
        found.append(
            Outcome(
                richness=report.richness.score,
                draft_right=each.draft_passes,
                final_right=each.passes,
                has_signature=bool(signature and signature.source),
                length=len(problem.prompt),
                benchmark=dataset.name,
                branches=None if each.draft is None else count_branches(each.draft, problem.entry_point),
                cluster=parts[0] if parts is not None else task,
            )
        )
    return tuple(found)
