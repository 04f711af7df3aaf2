"""Lint a text: parse its specs, apply the rules, score what is there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from analyzers.parse import parse_specs
from analyzers.rules import ALL_RULES
from analyzers.rules.model import Hit, LintFinding, Rule
from analyzers.spec import Spec
from analyzers.subject import Subject

try:
    from analyzers.richness import richness as _richness
except ModuleNotFoundError:  # until it lands
    _richness: Callable[[Subject], Any] = lambda subject: None  # type: ignore[no-redef]  # noqa: E731
try:
    from analyzers.soundness import soundness as _soundness
except ModuleNotFoundError:  # until it lands
    _soundness: Callable[[Iterable[LintFinding]], Any] = lambda findings: "clean"  # type: ignore[no-redef]  # noqa: E731

_SOUNDNESS_FAMILIES = ("AM", "TC")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecReport:
    """One spec of a file, with its scores and its findings in the order of the text."""

    spec: Spec
    subject: Subject
    richness: Any
    soundness: str
    findings: tuple[LintFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """A linted text. ``findings`` are those that belong to no spec; ``suppressed`` counts what comments silenced."""

    text: str
    specs: tuple[SpecReport, ...]
    findings: tuple[LintFinding, ...]
    suppressed: int

    @property
    def all_findings(self) -> tuple[LintFinding, ...]:
        """Every finding of the file and its specs, in the order of the text."""
        found = [*self.findings, *(finding for report in self.specs for finding in report.findings)]
        return tuple(sorted(found, key=lambda finding: (finding.span.start, finding.code, finding.span.end)))


def lint_text(
    text: str,
    *,
    filename: str | None = None,
    selection: Sequence[Rule] | None = None,
    deep: Sequence[LintFinding] = (),
) -> FileReport:
    """Lint every spec in ``text``.

    Args:
        text: Any text; nothing is raised whatever it holds.
        filename: Only its suffix is used, to tell the format; see ``analyzers.parse.parse_specs``.
        selection: The rules whose findings are reported, None for all. The scores do not depend on it.
        deep: Findings of the deep rules, made elsewhere for the specs of this text: treated like those made here.
    """
    rules = ALL_RULES if selection is None else tuple(selection)
    chosen = {rule.code for rule in rules}
    scoring = [rule for rule in ALL_RULES if rule.code.startswith(_SOUNDNESS_FAMILIES) and rule.code not in chosen]
    reports = []
    for index, spec in enumerate(parse_specs(text, filename=filename)):
        subject = Subject(spec)
        made = [finding for finding in deep if finding.spec == index]
        findings = _ordered([*_apply([*rules, *scoring], subject, index), *made])
        reports.append(
            SpecReport(
                spec=spec,
                subject=subject,
                richness=_richness(subject),
                soundness=_soundness(findings),
                findings=tuple(finding for finding in findings if finding.code in chosen),
            )
        )
    return FileReport(text=text, specs=tuple(reports), findings=(), suppressed=0)


def _apply(rules: Iterable[Rule], subject: Subject, index: int) -> list[LintFinding]:
    return [_finding(rule, hit, index) for rule in rules if not rule.deep for hit in rule.check(subject)]


def _ordered(findings: Iterable[LintFinding]) -> list[LintFinding]:
    return sorted(findings, key=lambda finding: (finding.span.start, finding.code, finding.span.end))


def _finding(rule: Rule, hit: Hit, index: int | None) -> LintFinding:
    return LintFinding(
        code=rule.code,
        severity=rule.severity,
        message=hit.message,
        hint=hit.hint if hit.hint is not None else rule.hint,
        span=hit.span,
        fix=hit.fix,
        spec=index,
    )
