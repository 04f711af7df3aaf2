"""Lint a text: parse its specs, apply the rules, score what is there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzers.fixes import with_newlines_of
from analyzers.parse import parse_specs
from analyzers.richness import Richness, richness
from analyzers.rules import ALL_RULES
from analyzers.rules.model import Hit, LintFinding, Rule
from analyzers.soundness import Soundness, soundness
from analyzers.spec import Spec
from analyzers.subject import Subject

if TYPE_CHECKING:
    from analyzers.suppressions import Suppressions

_SOUNDNESS_FAMILIES = ("AM", "TC")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecReport:
    """One spec of a file, with its scores and its findings in the order of the text."""

    spec: Spec
    subject: Subject
    richness: Richness
    soundness: Soundness
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
        return _in_order(found)


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
    specs = parse_specs(text, filename=filename)
    suppressions = _suppressions(text, specs)
    reports = []
    silent = 0
    for index, spec in enumerate(specs):
        subject = Subject(spec)
        made = [finding for finding in deep if finding.spec == index]
        found = _in_order([*_apply([*rules, *scoring], subject, index), *made])
        # A finding that its author judged to be false says nothing against the spec.
        kept = [finding for finding in found if not (suppressions and suppressions.silences(finding))]
        reported = tuple(finding for finding in kept if finding.code in chosen)
        silent += sum(finding.code in chosen for finding in found) - len(reported)
        score = richness(subject, [finding.span for finding in kept if finding.code.startswith("AM")])
        reports.append(
            SpecReport(spec=spec, subject=subject, richness=score, soundness=soundness(kept), findings=reported)
        )
    of_file, silent_of_file = suppressions.findings(rules) if suppressions else ((), 0)
    return FileReport(text=text, specs=tuple(reports), findings=_in_order(of_file), suppressed=silent + silent_of_file)


def _suppressions(text: str, specs: Sequence[Spec]) -> "Suppressions | None":
    if "secondpass" not in text and "noqa" not in text.lower():
        return None
    # Here and not above: its patterns take a while to compile, and few texts need them.
    from analyzers.suppressions import Suppressions

    return Suppressions(text, specs)


def _apply(rules: Iterable[Rule], subject: Subject, index: int) -> Iterator[LintFinding]:
    return (_finding(rule, hit, subject, index) for rule in rules if not rule.deep for hit in rule.check(subject))


def _in_order(findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.span.start, finding.code, finding.span.end)))


def _finding(rule: Rule, hit: Hit, subject: Subject, index: int) -> LintFinding:
    return LintFinding(
        code=rule.code,
        severity=rule.severity,
        message=hit.message,
        hint=hit.hint if hit.hint is not None else rule.hint,
        span=hit.span,
        fix=with_newlines_of(subject.spec.text, hit.fix) if hit.fix is not None else None,
        spec=index,
    )
