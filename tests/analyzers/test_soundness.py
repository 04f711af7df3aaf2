"""Soundness: clean, suspect or contradictory."""

from itertools import permutations
from typing import get_args

import pytest

from analyzers.lint import lint_text
from analyzers.rules import ALL_RULES, find_rule
from analyzers.rules.model import LintFinding, Severity
from analyzers.soundness import soundness
from analyzers.spec import Span


def finding(code: str, severity: Severity) -> LintFinding:
    return LintFinding(code=code, severity=severity, message="", hint="", span=Span(0, 1), fix=None, spec=0)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], "clean"),
        ([("EX101", "error")], "clean"),
        ([("CN302", "warning"), ("EE401", "warning")], "clean"),
        ([("AM501", "info")], "clean"),
        ([("AM501", "warning")], "suspect"),
        ([("AM505", "error")], "suspect"),
        ([("TC704", "warning")], "suspect"),
        ([("TC706", "warning")], "suspect"),
        ([("TC701", "error")], "contradictory"),
        ([("TC705", "error")], "contradictory"),
        ([("AM501", "warning"), ("TC703", "error")], "contradictory"),
    ],
)
def test_the_worst_finding_of_the_two_families_decides(found: list[tuple[str, Severity]], verdict: str) -> None:
    for order in permutations(found):
        assert soundness(finding(*each) for each in order) == verdict


@pytest.mark.parametrize("code", ["TC701", "TC702", "TC703"])
def test_a_contradiction_counts_even_where_its_rule_is_not_selected(code: str) -> None:
    rule = find_rule(code)
    (report,) = lint_text(rule.bad, selection=[find_rule("EX101")]).specs
    assert report.soundness == "contradictory"
    assert [each.code for each in report.findings if each.code != "EX101"] == []
    (mended,) = lint_text(rule.good, selection=[find_rule("EX101")]).specs
    assert mended.soundness == "clean"


def test_a_deep_finding_counts_too() -> None:
    text = "def median(l: list):\n    '''Return the median of l.\n\n    >>> median([1, 2])\n    7\n    '''\n"
    deep = LintFinding(code="TC705", severity="error", message="m", hint="h", span=Span(60, 70), fix=None, spec=0)
    (report,) = lint_text(text, deep=[deep]).specs
    assert report.soundness == "contradictory"
    assert deep in report.findings


def test_every_consistency_error_names_a_contradiction() -> None:
    errors = {rule.code for rule in ALL_RULES if rule.code.startswith("TC") and rule.severity == "error"}
    assert errors == {"TC701", "TC702", "TC703", "TC705"}
    assert set(get_args(Severity)) == {"error", "warning", "info"}
