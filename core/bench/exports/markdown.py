"""A run as Markdown, for a README or an issue."""

from collections.abc import Iterable, Sequence

from core.bench.exports.control import harmless
from core.bench.reports import Comparison, RunReport
from core.bench.reports.by_variant import PairedGain
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


def report_text(report: RunReport) -> str:
    """The whole report."""
    parts = [
        f"# {report.run.config.dataset_title}: {' against '.join(report.run.config.patterns)}\n",
        notes(report.notes),
    ]
    parts += [about(report), "## Results\n", patterns_table(report)]
    if report.pairs:
        parts.append("## Patterns compared\n")
        parts += [f"- {pair_words(pair, of=len(report.pairs))}" for pair in report.pairs]
        parts.append("")
        told = [pair for pair in report.pairs if pair.terciles or pair.by_variant]
        if told:
            parts.append("## Gain by richness of the spec\n")
            parts += [f"- {pair.before} → {pair.after}: {richness_words(pair)}" for pair in told]
            parts.append("")
        for pair in told:
            if pair.by_variant is not None:
                parts += [
                    f"\n{pair.before} → {pair.after}:\n",
                    variants_table(pair.by_variant, pair.before, pair.after),
                ]
    parts += ["## What went wrong\n", failures_table(report)]
    rows = paper_table([report])
    if rows:
        parts += [
            "## Beside the paper\n",
            "Quoted: J. Miller, arXiv 2603.03406 (other weights, guard off). Measured: this run.\n",
            table(
                ("", "data set", "quoted", "measured"),
                [(row.name, row.dataset, _figure(row.quoted), interval(row.measured)) for row in rows],
            ),
        ]
    return harmless("\n".join(part for part in parts if part) + "\n")


def comparison_text(comparison: Comparison) -> str:
    """Two runs, with the tasks that flipped."""
    parts = [f"# {comparison.before.id} → {comparison.after.id}\n", notes(comparison.notes)]
    for each in comparison.patterns:
        name = each.after if each.before == each.after else f"{each.before} → {each.after}"
        before, after = (
            (comparison.before.id, comparison.after.id) if each.before == each.after else (each.before, each.after)
        )
        words = difference_words(before, after, each.paired, each.p_holm, of=len(comparison.patterns))
        parts += [f"## {name}\n", f"{words} Per task: {table_words(each.paired)}.\n"]
        if each.flips:
            rows = [(flip.task, percent(flip.before), percent(flip.after)) for flip in each.flips]
            parts.append(table(("task", "before", "after"), rows))
    return harmless("\n".join(part for part in parts if part) + "\n")


def notes(sentences: Iterable[str]) -> str:
    """What must be said beside every figure."""
    return "".join(f"> {sentence}\n>\n" for sentence in sentences)


def about(report: RunReport) -> str:
    """Everything that the figures depend on."""
    run, config = report.run, report.run.config
    rows = [
        ("run", run.id + (f" ({config.label})" if config.label else "")),
        ("pair", f"{config.pair}: {config.coder} writes, {config.reviewer} reviews"),
        ("guard", config.guard),
        ("data set", f"{config.dataset_title}, {len(config.tasks)} tasks, md5 {config.dataset_digest}"),
        ("samples per task", str(config.samples)),
        ("temperature, seed", f"{config.temperature:g}, {config.seed if config.seed is not None else 'none'}"),
        ("prompts", config.prompt_version),
        ("judge", f"{config.profile}, sandbox {sandbox_words(run)}, Python {config.python}"),
        ("made by", config.program),
    ]
    return table(("", ""), [(name, f"`{_cell(value)}`") for name, value in rows])


def patterns_table(report: RunReport) -> str:
    """A row per pattern."""
    rows = [
        (
            each.pattern,
            f"{each.passed} of {each.samples}",
            interval(each.rate),
            percent(each.base_rate),
            percent(each.draft_rate),
            f"{each.fixed} / {each.broke}",
            cost_words(each),
        )
        for each in report.patterns
    ]
    head = ("pattern", "solved", "pass@1, 95 %", "base", "drafts", "fixed / broke its drafts", "per solved sample")
    return table(head, rows)


def variants_table(paired: PairedGain, before: str, after: str) -> str:
    """A row per variant of the paired set."""
    rows = [
        (
            each.variant,
            f"{each.richness:.1f}",
            str(each.problems),
            percent(each.before),
            percent(each.after),
            interval(each.gain, signed=True),
            f"{each.fixed} / {each.broke}",
        )
        for each in paired.variants
    ]
    level = f"gain, {100 * paired.variants[0].gain.level:.0f} %"
    return table(("spec", "richness", "problems", before, after, level, "fixed / broke"), rows)


def failures_table(report: RunReport) -> str:
    """Kinds of failure by pattern."""
    kinds = dict.fromkeys(kind for each in report.patterns for kind in each.failures)
    if not kinds:
        return "Nothing: every judged sample passes.\n"
    rows = [(kind, *(str(each.failures.get(kind, 0)) for each in report.patterns)) for kind in kinds]
    return table(("", *(each.pattern for each in report.patterns)), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
