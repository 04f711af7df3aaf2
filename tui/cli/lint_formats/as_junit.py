"""JUnit XML: one suite a file, one failed test case a finding, one passed test case a spec without failing findings."""

import re
from xml.etree import ElementTree

from analyzers.rules.model import SEVERITIES
from core.linting.report import LintedFile, Placed
from tui.cli.lint_formats import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    """The whole document. Findings below the severity that fails the run are told and pass."""
    root = ElementTree.Element("testsuites", name="secondpass")
    for file in report.files:
        root.append(_suite(file))
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(file: LintedFile) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_clean(file.shown))
    least = SEVERITIES.index(file.settings.fail_on)
    failing = [one for one in file.all_findings if SEVERITIES.index(one.severity) >= least]
    if file.problem is not None:
        case = _case(suite, file, "readable")
        ElementTree.SubElement(case, "error", message=_clean(file.problem), type="unreadable")
    for spec in file.specs:
        if not any(finding in failing for finding in spec.findings):
            case = _case(suite, file, spec.name or f"line {spec.line}")
            if spec.findings:
                told = ElementTree.SubElement(case, "system-out")
                told.text = _clean("\n".join(_line(file, finding) for finding in spec.findings))
    for finding in failing:
        where = f"{finding.place.line}:{finding.place.column}"
        case = _case(suite, file, f"{finding.code} {finding.spec or 'file'} {where}")
        failure = ElementTree.SubElement(case, "failure", message=_clean(finding.message), type=finding.severity)
        failure.text = _clean(f"{_line(file, finding)}\n{finding.hint}")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(failing)))
    suite.set("errors", str(int(file.problem is not None)))
    return suite


def _case(suite: ElementTree.Element, file: LintedFile, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=_clean(file.shown), name=_clean(name))


def _line(file: LintedFile, finding: Placed) -> str:
    place = finding.place
    return f"{file.shown}:{place.line}:{place.column}: {finding.severity} {finding.code} {finding.message}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
