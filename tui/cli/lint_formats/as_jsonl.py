"""One JSON object a line: findings, specs with their scores, and files that could not be linted."""

import json
from collections.abc import Iterator
from typing import Any

from core.linting.report import LintedFile
from tui.cli.lint_formats import Report
from tui.cli.lint_formats.as_json import finding_object, spec_object


def write(report: Report) -> str:
    """The report; the objects are those of the JSON format with ``type`` and ``path`` added."""
    return "".join(json.dumps(row) + "\n" for file in report.files for row in _rows(file))


def _rows(file: LintedFile) -> Iterator[dict[str, Any]]:
    if file.problem is not None:
        yield {"type": "problem", "path": file.shown, "problem": file.problem}
    for finding in file.findings:
        yield {"type": "finding", "path": file.shown, "spec": None, **finding_object(finding)}
    for spec in file.specs:
        yield {"type": "spec", "path": file.shown, **spec_object(spec)}
        for finding in spec.findings:
            yield {"type": "finding", "path": file.shown, "spec": spec.name, **finding_object(finding)}
