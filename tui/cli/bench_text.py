"""Reports as plain text for the terminal."""

from collections.abc import Iterable, Iterator, Sequence

from core.bench.reports import Comparison, RunReport
from core.bench.reports.paper import paper_table
from core.bench.reports.words import (
    cost_words,
    difference_words,
    interval,
    pair_words,
    percent,
    richness_words,
    sandbox_words,
    table_words,
)
from core.bench.store import StoredRun


def report_lines(report: RunReport) -> Iterator[str]:
    """A run in figures."""
    run, config = report.run, report.run.config
    label = f" “{config.label}”" if config.label else ""
    models = f"{config.coder} and {config.reviewer}, guard {config.guard}"
    yield f"{config.dataset_title}, {len(config.tasks)} tasks: {models}"
    yield f"run {run.id}{label}, judged by {config.profile} in the sandbox {sandbox_words(run)}"
    for note in report.notes:
        yield f"! {note}"
    yield ""
    yield from columns(
        ("pattern", "solved", "pass@1 [95 %]", "base", "drafts", "fixed/broke", "per solved sample"),
        [
            (
                each.pattern,
                f"{each.passed}/{each.samples}",
                interval(each.rate),
                percent(each.base_rate),
                percent(each.draft_rate),
                f"{each.fixed}/{each.broke}",
                cost_words(each),
            )
            for each in report.patterns
        ],
    )
    for pattern in report.patterns:
        if len(pattern.at_k) > 1:
            yield f"{pattern.pattern}: " + ", ".join(f"pass@{k} {percent(rate)}" for k, rate in pattern.at_k.items())
        if pattern.flagged:
            yield f"{pattern.pattern} reached for the judge in {', '.join(pattern.flagged)}"
    if report.pairs:
        yield ""
    for pair in report.pairs:
        yield pair_words(pair, of=len(report.pairs))
        if pair.terciles or pair.by_variant:
            yield f"  {richness_words(pair)}"
    failing = [each for each in report.patterns if each.failures]
    if failing:
        yield ""
        yield "What went wrong"
    for each in failing:
        yield f"  {each.pattern}: {', '.join(f'{kind} {count}' for kind, count in each.failures.items())}"
    rows = paper_table([report])
    if rows:
        yield ""
        yield "Beside the paper (arXiv 2603.03406; other weights, guard off)"
        cells = [(row.name, "–" if row.quoted is None else f"{row.quoted:.1f}", interval(row.measured)) for row in rows]
        yield from columns(("", "quoted", "measured here"), cells)


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Two runs and the tasks that flipped."""
    yield f"{comparison.before.id} → {comparison.after.id}"
    for note in comparison.notes:
        yield f"! {note}"
    for each in comparison.patterns:
        same = each.before == each.after
        names = (comparison.before.id, comparison.after.id) if same else (each.before, each.after)
        yield ""
        yield each.after if same else f"{each.before} → {each.after}"
        yield f"  {difference_words(*names, each.paired, each.p_holm, of=len(comparison.patterns))}"
        yield f"  {table_words(each.paired)}"
        for word, flips in (
            ("lost", [flip.task for flip in each.flips if flip.after < flip.before]),
            ("won", [flip.task for flip in each.flips if flip.after > flip.before]),
        ):
            if flips:
                yield f"  {word}: {', '.join(flips)}"


def run_lines(runs: Sequence[StoredRun]) -> Iterator[str]:
    """The list of runs."""
    rows = [
        (
            run.id,
            run.created[:16].replace("T", " "),
            run.config.dataset,
            ", ".join(run.config.patterns),
            run.config.pair + (" (scripted)" if run.config.scripted else ""),
            "finished" if run.complete else f"{run.finished}/{run.planned}",
            run.config.label,
        )
        for run in runs
    ]
    yield from columns(("run", "begun", "data set", "patterns", "pair", "", ""), rows)


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows set in columns."""
    table = [tuple(head), *map(tuple, rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(head))]
    for row in table:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if line:
            yield line
