"""Workflow commands that GitHub shows as annotations in a pull request."""

from core.linting.report import LintedFile, Placed
from tui.cli.lint_formats import Report
from tui.visible import visible

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}
_DATA_TABLE, _PROPERTY_TABLE = str.maketrans(_DATA), str.maketrans(_PROPERTY)


def write(report: Report) -> str:
    """One command a line."""
    lines = []
    for file in report.files:
        if file.problem is not None:
            lines.append(_command("error", {"file": file.uri, "title": "secondpass"}, file.problem))
        lines += [_annotation(file, finding) for finding in file.all_findings]
    return "".join(f"{line}\n" for line in lines)


def _annotation(file: LintedFile, finding: Placed) -> str:
    place = finding.place
    properties: dict[str, object] = {"file": file.uri, "line": place.line}
    # GitHub takes columns only within a line.
    if place.end_line == place.line:
        properties |= {"col": place.column, "endLine": place.end_line, "endColumn": place.end_column}
    else:
        properties |= {"endLine": place.end_line}
    properties["title"] = f"secondpass ({finding.code})"
    return _command(_COMMANDS[finding.severity], properties, f"{finding.message} {finding.hint}".rstrip())


def _command(name: str, properties: dict[str, object], message: str) -> str:
    shown = ",".join(f"{key}={str(value).translate(_PROPERTY_TABLE)}" for key, value in properties.items())
    # The log of a job obeys the characters of a terminal.
    return f"::{name} {shown}::{visible(message).translate(_DATA_TABLE)}"
