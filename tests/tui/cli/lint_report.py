"""A report made by hand, so that the snapshots of the formats change only when a format does."""

from pathlib import Path

from analyzers.lint import FileReport, SpecReport
from analyzers.parse import parse_specs
from analyzers.richness import Component, Richness
from analyzers.rules.model import Edit, Fix, LintFinding, Severity
from analyzers.soundness import Soundness
from analyzers.spec import Span, Spec
from analyzers.subject import Subject
from core.linting.report import Lines, LintedFile, LintedSpec, place_findings
from core.linting.settings import LintSettings
from tui.cli.lint_formats import Report

ROOT = Path("/project")

TEXT = '''\
def f(x: int) -> int:
    """Return x<y> & "more", 50 % \u202eof it.\x1b[31m

    >>> f(1)
    2
    >>> f(1)
    3
    """


def 名(x):
    """値を返す etc."""
'''

RICHNESS = Richness(
    score=40.3,
    verifiable=28.0,
    components=(
        Component("name", 6.0, 6.0, ""),
        Component("edge_inputs", 0.0, 4.0, "+4: add an example with an empty, zero or smallest input"),
        Component("behaviour", 8.349, 20.0, "+3.1: say in another sentence what it does, step by step"),
        Component("smells", -1.64, 0.0, "+1.6: reword what the ambiguity rules (AM) name"),
    ),
)


def report() -> Report:
    """Two specs with a finding of every severity, a safe and an unsafe fix; a file that could not be linted."""
    text = TEXT
    first, second = parse_specs(text, filename="a.py")
    specs = (
        _spec_report(
            first,
            "contradictory",
            _finding("TC703", "error", "f(1) gives 3 here and 2 on line 4.", _at(text, ">>> f(1)\n    3"), 0),
            _finding("AM501", "warning", "“more” says 50 % : no,\nmeasure.", _at(text, '"more"'), 0, Fix(False, ())),
        ),
        _spec_report(
            second,
            "suspect",
            _finding("AM503", "warning", "“etc.” ends an open list.", _at(text, "etc."), 1, _removal(text, " etc.")),
            _finding("EX102", "info", "名 is no name ]]> in ASCII.", _at(text, "名"), 1),
        ),
    )
    of_file = _finding("CN302", "warning", "A fence \x00 is not closed.", Span(0, 3), None)
    lines = Lines(text)
    per_spec, placed = place_findings(
        FileReport(text=text, specs=specs, findings=(of_file,), suppressed=2), ((), ()), lines
    )
    settings = LintSettings(root=ROOT)
    linted = LintedFile(
        path=ROOT / "specs/a b,:%é.py",
        shown="specs/a b,:%é.py",
        uri="sub/specs/a b,:%é.py",
        settings=settings,
        text=text,
        specs=tuple(
            LintedSpec(name=one.spec.name, line=lines.place(one.spec.span).line, report=one, findings=found)
            for one, found in zip(specs, per_spec, strict=True)
        ),
        findings=placed,
        suppressed=2,
        lines=lines,
    )
    unreadable = LintedFile(
        path=ROOT / "bad.md",
        shown="bad.md",
        uri="sub/bad.md",
        settings=settings,
        problem="bad.md is not UTF-8 text (byte 1); save it as UTF-8.",
    )
    return Report(files=(linted, unreadable))


def _spec_report(spec: Spec, soundness: Soundness, *findings: LintFinding) -> SpecReport:
    subject = Subject(spec)
    return SpecReport(spec=spec, subject=subject, richness=RICHNESS, soundness=soundness, findings=findings)


def _finding(
    code: str, severity: Severity, message: str, span: Span, spec: int | None, fix: Fix | None = None
) -> LintFinding:
    hint = "Write “=” & say <how>."
    return LintFinding(code=code, severity=severity, message=message, hint=hint, span=span, fix=fix, spec=spec)


def _at(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def _removal(text: str, words: str) -> Fix:
    return Fix(True, (Edit(_at(text, words), ""),))
