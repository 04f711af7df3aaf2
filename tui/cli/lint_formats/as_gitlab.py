"""GitLab's code quality report."""

import hashlib
from typing import Any

from core.linting.report import LintedFile, Placed
from tui.cli.lint_formats import Report, json_array

_SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}


def write(report: Report) -> str:
    """One array of issues."""
    issues: list[dict[str, Any]] = []
    for file in report.files:
        if file.problem is not None:
            place = {"begin": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}}
            issues.append(_issue(file, "unreadable", "blocker", file.problem, "unreadable", place))
        issues += [_finding(file, finding) for finding in file.all_findings]
    return json_array(issues) + "\n"


def _finding(file: LintedFile, finding: Placed) -> dict[str, Any]:
    place = finding.place
    positions = {
        "begin": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }
    text = f"{finding.code}: {finding.message}"
    return _issue(file, finding.code, _SEVERITIES[finding.severity], text, finding.fingerprint, positions)


def _issue(
    file: LintedFile, check: str, severity: str, text: str, fingerprint: str, positions: dict[str, dict[str, int]]
) -> dict[str, Any]:
    # GitLab compares fingerprints across files.
    own = hashlib.sha256(f"{file.uri}\x1f{fingerprint}".encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "description": text,
        "check_name": check,
        "fingerprint": own[:32],
        "severity": severity,
        "location": {"path": file.uri, "positions": positions},
    }
