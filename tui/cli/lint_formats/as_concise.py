"""For people and for editors that read ``path:line:column: text``: one line a finding."""

from core.linting.report import LintedFile, Placed
from tui.cli.lint_formats import Report
from tui.visible import one_line, visible


def write(report: Report) -> str:
    """The report, one line a finding."""
    return "".join(f"{_line(file, finding)}\n" for file in report.files for finding in file.all_findings)


def _line(file: LintedFile, finding: Placed) -> str:
    where = f"{visible(file.shown)}:{finding.place.line}:{finding.place.column}"
    fixable = " [fixable]" if finding.fix is not None and finding.fix.safe else ""
    return f"{where}: {finding.severity} {finding.code} {one_line(finding.message)}{fixable}"
