"""Soundness: whether a spec contradicts itself or leaves its meaning open, from what the rules found."""

from collections.abc import Iterable
from typing import Literal

from analyzers.rules.model import LintFinding

Soundness = Literal["clean", "suspect", "contradictory"]


def soundness(findings: Iterable[LintFinding]) -> Soundness:
    """The verdict on one spec.

    Contradictory: a consistency rule (TC) found an error, so two statements of the spec cannot both be true. Suspect:
    any other finding of the ambiguity (AM) or consistency rules that is more than information. Clean: neither. More
    findings never make it better, so nothing that is added to a contradictory spec mends it.

    Args:
        findings: Those of the spec; other families do not count.
    """
    verdict: Soundness = "clean"
    for finding in findings:
        family = finding.code[:2]
        if family == "TC" and finding.severity == "error":
            return "contradictory"
        if family in ("AM", "TC") and finding.severity != "info":
            verdict = "suspect"
    return verdict
