"""The validation report as Markdown lines, for a terminal and for docs/gain.md alike."""

from collections.abc import Iterator

from analyzers.gain.scores import Interval
from analyzers.gain.validation import LEAST, HeadReport, Score, Validation

_QUESTIONS = {
    "fix": "Is a wrong draft fixed?",
    "break": "Is a right draft broken?",
}


def report_lines(report: Validation) -> Iterator[str]:
    """What was found, richness always beside the base rate and the trivial predictors."""
    yield f"{report.outcomes} outcomes, guard {report.guard}."
    for head in report.heads:
        yield ""
        yield from _head(head)


def _head(head: HeadReport) -> Iterator[str]:
    share = f" ({head.events / head.of:.1%})" if head.of else ""
    yield f"**{_QUESTIONS[head.head]}** {head.events} of {head.of}{share}."
    if not head.checked:
        yield f"Validation needs {LEAST} of either kind; these are too few, so nothing is claimed."
        return
    yield ""
    yield "| predictor | Brier | skill against the base rate (95 %) | AUROC (95 %) | calibration slope (± s.e.) |"
    yield "|---|---|---|---|---|"
    yield f"| base rate | {head.base_brier:.4f} | 0 | 0.5 | |"
    for score in head.scores:
        yield _row(score.name, score)
    for name, score in head.transfer:
        yield _row(f"richness, fitted without {name}, tried on it", score)
    yield ""
    yield _verdict(head)


def _row(name: str, score: Score) -> str:
    slope = "" if (found := score.calibration_slope) is None else f"{found.value:.2f} ± {found.error:.2f}"
    return f"| {name} | {score.brier:.4f} | {score.skill} | {_plain(score.auroc)} | {slope} |"


def _plain(figure: Interval) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _verdict(head: HeadReport) -> str:
    richness, *trivial = head.scores
    if not richness.better_than_base_rate:
        return f"Richness is no better than the base rate; the base rate, {head.events / head.of:.1%}, is shown."
    rivals = [each.name for each in trivial if each.skill.value >= richness.skill.value]
    beaten = f", but not than these trivial predictors: {', '.join(rivals)}" if rivals else ""
    return f"Richness is better than the base rate{beaten}."
