"""What ``secondpass lint`` says besides the findings: the summary, the statistics, the settings."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analyzers.rules import ALL_RULES
from core.linting.check import Project
from core.linting.gates import GATES
from core.linting.report import LintedFile
from core.linting.settings import LintSettings
from tui.visible import visible


def summary(files: Sequence[LintedFile], paths: Sequence[str]) -> str:
    """One sentence about the whole run."""
    linted = [file for file in files if file.problem is None]
    if not files:
        return f"No spec was found in {', '.join(paths) or 'the working directory'}."
    specs = sum(len(file.specs) for file in linted)
    findings = [finding for file in linted for finding in file.all_findings]
    extent = f"{_count(specs, 'spec')} of {_count(len(linted), 'file')}"
    hidden = [
        f"{count} {where}"
        for count, where in (
            (sum(file.known for file in linted), "in the baseline"),
            (sum(file.suppressed for file in linted), "suppressed"),
        )
        if count
    ]
    more = f" ({', '.join(hidden)})" if hidden else ""
    if not linted:
        return "Nothing was linted."
    if not findings:
        return f"Nothing found in {extent}{more}."
    severities: Counter[str] = Counter(finding.severity for finding in findings)
    parts = [
        _count(severities[severity], word)
        for severity, word in (("error", "error"), ("warning", "warning"), ("info", "info"))
        if severities[severity]
    ]
    safe = sum(finding.fix is not None and finding.fix.safe for finding in findings)
    fixable = f" {_count(safe, 'finding')} can be fixed with --fix." if safe else ""
    return f"Found {', '.join(parts)} in {extent}{more}.{fixable}"


def fixed_line(count: int, files: int, *, applied: bool) -> str:
    """One sentence about fixes."""
    return f"{'Fixed' if applied else 'Would fix'} {_count(count, 'finding')} in {_count(files, 'file')}."


def statistics(files: Sequence[LintedFile]) -> str:
    """How often each rule fired, the most frequent first."""
    counts = Counter(finding.code for file in files for finding in file.all_findings)
    fixable = Counter(f.code for file in files for f in file.all_findings if f.fix is not None and f.fix.safe)
    names = {rule.code: f"{rule.severity:<7}  {rule.name}" for rule in (*ALL_RULES, *GATES)}
    width = len(str(max(counts.values(), default=0)))
    return "".join(
        f"{count:>{width}}  {code}  {names[code]}{f'  [{fixable[code]} fixable]' if fixable[code] else ''}\n"
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def shown_settings(project: Project, paths: Sequence[Path]) -> str:
    """The settings that hold for each path, as TOML with the rules that are on."""
    told = []
    for path in paths:
        settings = project.settings_of(path if os.path.isdir(path) else path.parent)
        on = [rule.code for rule in project.rules_for(path, settings)]
        told.append(_as_toml(project.shown(path), settings, on))
    return visible("\n".join(told))


def _as_toml(shown: str, settings: LintSettings, on: list[str]) -> str:
    rows: dict[str, object] = {
        "select": settings.selectors.select,
        "extend-select": settings.selectors.extend_select,
        "ignore": settings.selectors.ignore,
        "per-file-ignores": dict(settings.per_file_ignores),
        "exclude": settings.exclude,
        "fail-on": settings.fail_on,
        "min-score": settings.min_score,
        "min-verifiable": settings.min_verifiable,
        "token-budget": settings.token_budget,
        "baseline": None if settings.baseline is None else str(settings.baseline),
    }
    source = settings.source or "no pyproject.toml with [tool.secondpass.lint]; these are the defaults"
    lines = [f"# {shown}: {source}"]
    for key, value in rows.items():
        if value is None:
            lines.append(f"# {key} is not set")
        elif isinstance(value, dict):
            pairs = (f"{json.dumps(name)} = {json.dumps(list(codes))}" for name, codes in value.items())
            lines.append(f"{key} = {{ {', '.join(pairs)} }}" if value else f"{key} = {{}}")
        else:
            lines.append(f"{key} = {json.dumps(list(value) if isinstance(value, tuple) else value)}")
    lines.append(f"# rules that are on: {' '.join(on) or 'none'}")
    return "\n".join(lines) + "\n"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"
