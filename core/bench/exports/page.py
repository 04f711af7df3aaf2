"""A run as one HTML file: nothing is loaded from anywhere, nothing in it runs, and every text is escaped."""

import difflib
from collections.abc import Iterable, Sequence
from html import escape

from core.bench.exports.control import harmless
from core.bench.exports.plots import Bar, bars
from core.bench.judge.verdicts import Failure
from core.bench.reports import RunReport
from core.bench.reports.paper import paper_table
from core.bench.reports.taxonomy import failing_part, failure_of
from core.bench.reports.words import cost_words, interval, pair_words, percent, richness_words, sandbox_words
from core.bench.store import Result

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #ffffff; --quiet: #5b6270; --line: #d5d9e0;
  --bar: #2f6db3; --lost: #b4532a; --good: #1d7a3e; --bad: #a8321f; --block: #f4f5f7; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #16181c; --quiet: #a3abb8; --line: #3a3f48;
  --bar: #6ea8e6; --lost: #e0926b; --good: #6cc48a; --bad: #f0897a; --block: #20242a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.wide { overflow-x: auto; }
.note { border-left: 4px solid var(--lost); padding: .3rem .8rem; margin: .5rem 0; background: var(--block); }
.quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; fill: var(--ink); }
.bar { fill: var(--bar); opacity: .75; } .bar.lost { fill: var(--lost); }
.axis, .interval { stroke: var(--ink); stroke-width: 1.5; } .axis { stroke: var(--line); }
pre { background: var(--block); padding: .6rem; overflow-x: auto; font-size: .85rem; }
details { margin: .2rem 0; } summary { cursor: pointer; }
.added { color: var(--good); } .removed { color: var(--bad); }
"""


def report_page(report: RunReport, results: Sequence[Result]) -> str:
    """The page.

    Args:
        report: The figures.
        results: The samples, whose tasks are listed; codes are shown for those that a pattern changed or failed.
    """
    config = report.run.config
    title = f"{config.dataset_title}: {' against '.join(config.patterns)}"
    body = [
        f"<h1>{escape(title)}</h1>",
        *(f'<p class="note">{escape(note)}</p>' for note in report.notes),
        _about(report),
        "<h2>Solved</h2>",
        _rates(report),
        _patterns(report),
        *_pairs(report),
        "<h2>What went wrong</h2>",
        _failures(report),
        *_paper(report),
        "<h2>Tasks</h2>",
        _tasks(report, results),
    ]
    return harmless(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are escaped already."""
    titles = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>'


def _about(report: RunReport) -> str:
    run, config = report.run, report.run.config
    text = (
        f"Run {run.id}{f' ({config.label})' if config.label else ''}, begun {run.created[:16].replace('T', ' ')}. "
        f"Pair {config.pair}: {config.coder} writes, {config.reviewer} reviews, guard {config.guard}. "
        f"{len(config.tasks)} tasks, {config.samples} sample(s) each, temperature {config.temperature:g}. "
        f"Judged by {config.profile} in the sandbox {sandbox_words(run)} under Python {config.python}. "
        f"Data md5 {config.dataset_digest}, prompts {config.prompt_version}, {config.program}."
    )
    return f'<p class="quiet">{escape(text)}</p>'


def _rates(report: RunReport) -> str:
    rows = [
        Bar(each.pattern, 100 * each.rate.value, 100 * each.rate.low, 100 * each.rate.high, interval(each.rate))
        for each in report.patterns
        if each.rate is not None
    ]
    return bars("pass@1 in per cent, with 95 % intervals", rows, least=0, most=100) if rows else ""


def _patterns(report: RunReport) -> str:
    rows = [
        (
            escape(each.pattern),
            f"{each.passed} of {each.samples}",
            percent(each.base_rate),
            percent(each.draft_rate),
            f"{each.fixed} / {each.broke}",
            escape(cost_words(each)),
            escape(", ".join(each.flagged)) or "–",
        )
        for each in report.patterns
    ]
    head = ("pattern", "solved", "base", "drafts", "fixed / broke its drafts", "per solved sample", "integrity flags")
    return _table(head, rows)


def _pairs(report: RunReport) -> list[str]:
    if not report.pairs:
        return []
    made = ["<h2>Patterns compared</h2>"]
    for pair in report.pairs:
        made.append(f"<p>{escape(pair_words(pair, of=len(report.pairs)))}</p>")
    told = [pair for pair in report.pairs if pair.terciles or pair.by_variant]
    if told:
        made.append("<h2>Gain by richness of the spec</h2>")
    for pair in told:
        gains = [(f"{each.part} ({each.low:.0f}–{each.high:.0f})", each.gain, each.tasks) for each in pair.terciles]
        if pair.by_variant is not None:
            gains = [
                (f"{each.variant} ({each.richness:.0f})", each.gain, each.problems) for each in pair.by_variant.variants
            ]
        rows = [
            Bar(label, 100 * gain.value, 100 * gain.low, 100 * gain.high, f"{interval(gain, signed=True)} n={count}")
            for label, gain, count in gains
        ]
        reach = max(5.0, *(abs(bound) for row in rows for bound in (row.low or 0, row.high or 0)))
        name = f"{pair.before} → {pair.after}"
        made += [
            f"<p>{escape(name)}: {escape(richness_words(pair))}</p>",
            bars(f"{name}: gain in points by richness", rows, least=-reach, most=reach),
        ]
    return made


def _failures(report: RunReport) -> str:
    kinds = dict.fromkeys(kind for each in report.patterns for kind in each.failures)
    if not kinds:
        return "<p>Nothing: every judged sample passes.</p>"
    most = max(count for each in report.patterns for count in each.failures.values())
    rows = [
        Bar(f"{kind}", count, None, None, f"{count} · {each.pattern}")
        for kind in kinds
        for each in report.patterns
        if (count := each.failures.get(kind, 0))
    ]
    return bars("failed samples by kind", rows, least=0, most=most)


def _paper(report: RunReport) -> list[str]:
    rows = paper_table([report])
    if not rows:
        return []
    cells = [
        (
            escape(row.name),
            escape(row.dataset),
            "–" if row.quoted is None else f"{row.quoted:.1f}",
            escape(interval(row.measured)),
        )
        for row in rows
    ]
    return [
        "<h2>Beside the paper</h2>",
        '<p class="quiet">Quoted: J. Miller, arXiv 2603.03406 (other weights, guard off). Measured: this run.</p>',
        _table(("", "data set", "quoted", "measured"), cells),
    ]


def _tasks(report: RunReport, results: Sequence[Result]) -> str:
    patterns = report.run.config.patterns
    by_task: dict[str, dict[str, list[Result]]] = {}
    for each in results:
        by_task.setdefault(each.key.task, {}).setdefault(each.key.pattern, []).append(each)
    rows = []
    for task, found in by_task.items():
        marks = [" ".join(_mark(each) for each in found.get(pattern, ())) or "–" for pattern in patterns]
        told = "".join(_detail(each) for pattern in patterns for each in found.get(pattern, ()) if _worth(each))
        rows.append((escape(task), *marks, told))
    return _table(("task", *(escape(pattern) for pattern in patterns), "details"), rows)


def _mark(result: Result) -> str:
    if not result.judged:
        return '<span class="quiet">not judged</span>'
    if result.passes:
        return '<span class="good">✓ passes</span>'
    return f'<span class="bad">✗ {escape(failure_of(result) or "fails")}</span>'


def _worth(result: Result) -> bool:
    """Whether the codes say more than the mark: it fails, or is not its draft."""
    return result.judged and (not result.passes or result.draft != result.final)


def _detail(result: Result) -> str:
    parts = []
    part = failing_part(result)
    if part is not None and part.failure is not None:
        parts.append(_failure(part.failure))
    if result.final is None:
        parts.append(f"<p>{escape(result.summary.problem or 'There is no code.')}</p>")
    elif result.draft is not None and result.draft != result.final:
        parts.append(_difference(result.draft, result.final))
    else:
        parts.append(f"<pre>{escape(result.final)}</pre>")
    return f"<details><summary>{escape(result.key.pattern)}</summary>{''.join(parts)}</details>"


def _failure(failure: Failure) -> str:
    said = [
        (name, value)
        for name, value in (
            ("input", failure.arguments),
            ("expected", failure.expected),
            ("got", failure.got),
            ("raised", failure.exception),
            ("said", failure.text),
        )
        if value
    ]
    lines = "\n".join(f"{name:<9} {value}" for name, value in said)
    return f"<pre>{escape(lines)}</pre>" if lines else ""


def _difference(draft: str, final: str) -> str:
    lines = []
    for line in difflib.unified_diff(draft.splitlines(), final.splitlines(), "draft", "final", lineterm="", n=3):
        kind = "added" if line.startswith("+") else "removed" if line.startswith("-") else ""
        lines.append(f'<span class="{kind}">{escape(line)}</span>' if kind else escape(line))
    return f"<pre>{chr(10).join(lines)}</pre>"
