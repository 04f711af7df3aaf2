"""The paper's table, with what was measured here beside it.

Quoted figures: J. Miller, "Review Beats Planning", arXiv 2603.03406 (March 2026), pass@1 in per cent, coder
Qwen2.5-Coder-14B-Instruct and reasoner Qwen3-32B, both in 4 bits (AWQ), guard off. GPT-4o and O1 Preview are quoted
there from the EvalPlus leaderboard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.bench.reports.records import RunReport
from core.bench.statistics import Interval

QUOTED: Mapping[str, Mapping[str, float]] = {
    "coder-only": {"humaneval+": 78.0, "mbpp+": 67.5},
    "reviewer-only": {"humaneval+": 84.1},
    "plan-then-code": {"humaneval+": 75.6},
    "review-then-fix": {"humaneval+": 87.8, "mbpp+": 69.8},
    "review-then-fix-retry": {"humaneval+": 90.2},
    "adversarial": {"humaneval+": 86.6},
}
OTHERS: Mapping[str, Mapping[str, float]] = {"GPT-4o": {"humaneval+": 87.2}, "O1 Preview": {"humaneval+": 89.0}}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A row: what the paper says (None: nothing) and what was measured here (None: not run)."""

    name: str
    dataset: str
    quoted: float | None
    measured: Interval | None
    run: str = ""


def paper_table(reports: Iterable[RunReport]) -> tuple[PaperRow, ...]:
    """The paper's rows for the data sets of ``reports``; of several runs of one pattern, the first counts.

    Runs of scripted pairs and of parts of a data set are left out: they cannot stand beside these figures.
    """
    measured: dict[tuple[str, str], tuple[Interval | None, str]] = {}
    datasets: dict[str, None] = {}
    for report in reports:
        config = report.run.config
        if config.dataset not in ("humaneval+", "mbpp+"):
            continue
        datasets[config.dataset] = None
        whole = len(config.tasks) == {"humaneval+": 164, "mbpp+": 378}[config.dataset]
        if config.scripted or not whole or not report.run.complete:
            continue
        for pattern in report.patterns:
            measured.setdefault((pattern.pattern, config.dataset), (pattern.rate, report.run.id))
    rows = []
    for dataset in datasets:
        for name in dict.fromkeys((*QUOTED, *OTHERS, *(name for name, of in measured if of == dataset))):
            quoted = {**QUOTED, **OTHERS}.get(name, {}).get(dataset)
            rate, run = measured.get((name, dataset), (None, ""))
            if quoted is not None or rate is not None:
                rows.append(PaperRow(name=name, dataset=dataset, quoted=quoted, measured=rate, run=run))
    return tuple(rows)
