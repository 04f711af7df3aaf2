"""The stable JSON (docs/lint.md): fields may be added, never renamed or removed."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from core.linting.report import LintedFile, LintedSpec, Place, Placed
from tui.cli.lint_formats import Report, json_array

VERSION = 1


def write(report: Report) -> str:
    """One object for the whole report; the same input gives the same bytes."""
    files = json_array(file_object(file) for file in report.files)
    return f'{{"version": {VERSION}, "files": {files}}}\n'


def file_object(file: LintedFile) -> dict[str, Any]:
    """A file; ``problem`` is the sentence that says why it could not be linted, or null."""
    return {
        "path": file.shown,
        "specs": [
            {**spec_object(spec), "findings": [finding_object(one) for one in spec.findings]} for spec in file.specs
        ],
        "findings": [finding_object(one) for one in file.findings],
        "problem": file.problem,
    }


def spec_object(spec: LintedSpec) -> dict[str, Any]:
    """A spec without its findings."""
    rich = spec.report.richness
    return {
        "name": spec.name,
        "line": spec.line,
        "richness": {
            "score": rich.score,
            "verifiable": rich.verifiable,
            "components": {
                part.name: {"points": round(part.points, 1), "most": part.most, "advice": part.advice}
                for part in rich.components
            },
        },
        "soundness": spec.report.soundness,
        "gain": spec.gain if spec.gain is None else asdict(spec.gain),
    }


def finding_object(finding: Placed) -> dict[str, Any]:
    """A finding."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        **place_object(finding.place),
        "message": finding.message,
        "hint": finding.hint,
        "fix": None if finding.fix is None else {"safe": finding.fix.safe, "edits": [*_edits(finding.edits)]},
        "fingerprint": finding.fingerprint,
    }


def place_object(place: Place) -> dict[str, int]:
    """Lines and columns: 1-based code points, the end exclusive."""
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _edits(edits: Iterable[tuple[Place, str]]) -> Iterable[dict[str, Any]]:
    return ({**place_object(place), "text": text} for place, text in edits)
