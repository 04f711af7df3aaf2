"""The two findings that a project's own minimum scores make; settings decide, so no rule of the catalogue can."""

from collections.abc import Iterator
from typing import Final

from analyzers.lint import SpecReport
from analyzers.rules.model import Hit, LintFinding, Rule
from analyzers.spec import Span
from analyzers.subject import Subject


def _never(_subject: Subject) -> Iterator[Hit]:
    return iter(())


_BAD = 'def median(values):\n    """Return the median."""\n'
_GOOD = '''\
def median(values: list[float]) -> float:
    """Return the median of values; of an even count, the mean of the two in the middle.

    Raises ValueError if values is empty.

    >>> median([3, 1, 2])
    2
    >>> median([4, 1, 2, 3])
    2.5
    """
'''

MIN_SCORE: Final = Rule(
    code="SC801",
    name="score-below-minimum",
    severity="error",
    summary="The richness score is below the minimum that the project asks for (--min-score, min-score).",
    why="A project that sets a minimum wants no spec below it. The components of the score, which are printed with it, "
    "say what is missing and how many points it is worth.",
    hint="Add what the components of the score name, the largest first.",
    bad=_BAD,
    good=_GOOD,
    check=_never,
)
MIN_VERIFIABLE: Final = Rule(
    code="SC802",
    name="verifiable-below-minimum",
    severity="error",
    summary="The verifiable score is below the minimum that the project asks for (--min-verifiable, min-verifiable).",
    why="The verifiable score counts only what a machine checked: the interface and the examples. Words cannot raise "
    "it, so it is the score to gate on.",
    hint="Add types to the signature, and examples whose inputs and results differ.",
    bad=_BAD,
    good=_GOOD,
    check=_never,
)
GATES: Final = (MIN_SCORE, MIN_VERIFIABLE)


def gate_findings(
    report: SpecReport, index: int, *, min_score: float | None, min_verifiable: float | None
) -> Iterator[LintFinding]:
    """A finding for each minimum that a spec stays below; scores are compared as they are shown, to one decimal."""
    for rule, minimum, label, reached in (
        (MIN_SCORE, min_score, "richness", report.richness.score),
        (MIN_VERIFIABLE, min_verifiable, "verifiable score", report.richness.verifiable),
    ):
        if minimum is not None and round(reached, 1) < minimum:
            yield LintFinding(
                code=rule.code,
                severity=rule.severity,
                message=f"The {label} is {reached:.1f}, the minimum is {minimum:g}.",
                hint=rule.hint,
                span=_first_line(report),
                fix=None,
                spec=index,
            )


def _first_line(report: SpecReport) -> Span:
    text, start = report.spec.text, report.spec.span.start
    newline = text.find("\n", start, report.spec.span.end)
    return Span(start, newline if newline >= 0 else report.spec.span.end)
