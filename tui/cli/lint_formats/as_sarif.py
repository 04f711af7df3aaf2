"""SARIF 2.1.0, as GitHub code scanning and other viewers take it."""

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from analyzers.rules import ALL_RULES
from analyzers.rules.model import Rule
from core.linting.gates import GATES
from core.linting.report import LintedFile, Place, Placed
from tui.cli.lint_formats import Report, json_array

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_RULES = (*ALL_RULES, *GATES)
_INDEX = {rule.code: index for index, rule in enumerate(_RULES)}


def write(report: Report) -> str:
    """One log with one run; paths are relative to the repository's root (%SRCROOT%)."""
    problems = [file for file in report.files if file.problem is not None]
    run = {
        "tool": {
            "driver": {
                "name": "secondpass",
                "semanticVersion": version("secondpass"),
                "rules": [_rule(rule) for rule in _RULES],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [_notification(file) for file in problems],
            }
        ],
        "columnKind": "unicodeCodePoints",
    }
    head = json.dumps(run)[:-1]
    results = json_array(_result(file, finding) for file in report.files for finding in file.all_findings)
    return f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{head}, "results": {results}}}]}}\n'


def _rule(rule: Rule) -> dict[str, Any]:
    bad, good = rule.bad.rstrip(), rule.good.rstrip()
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.hint}\n\nBad:\n\n{bad}\n\nGood:\n\n{good}",
            "markdown": f"{rule.hint}\n\nBad:\n\n{_fenced(bad)}\n\nGood:\n\n{_fenced(good)}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.code[:2]]},
    }


def _fenced(text: str) -> str:
    fence = "`" * 3
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def _result(file: LintedFile, finding: Placed) -> dict[str, Any]:
    artifact = _artifact(file)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": _INDEX[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.hint}".rstrip()},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": _region(finding.place)}}],
        "partialFingerprints": {"secondpassFinding/v1": finding.fingerprint},
    }
    if finding.spec is not None:
        result["locations"][0]["logicalLocations"] = [{"name": finding.spec, "kind": "function"}]
    if finding.edits:
        replacements = [
            {"deletedRegion": _region(place), "insertedContent": {"text": text}} for place, text in finding.edits
        ]
        change = {"artifactLocation": artifact, "replacements": replacements}
        result["fixes"] = [{"description": {"text": finding.hint or finding.message}, "artifactChanges": [change]}]
    return result


def _notification(file: LintedFile) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": file.problem},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(file)}}],
    }


def _artifact(file: LintedFile) -> dict[str, str]:
    quoted = quote(file.uri.encode("utf-8", "surrogateescape"))
    if file.uri.startswith("/"):
        return {"uri": f"file://{quoted}"}
    return {"uri": quoted, "uriBaseId": "%SRCROOT%"}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
