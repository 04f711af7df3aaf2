"""What the Workbench knows of the spec that is being written: findings, scores, and what would raise them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from analyzers.lint import SpecReport
    from analyzers.richness import Component
    from analyzers.rules.model import LintFinding
    from analyzers.spec import Span

Soundness = Literal["clean", "suspect", "contradictory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecScore:
    """One spec of the text. ``score`` is 0 to 100, ``verifiable`` the part of it that a machine checked, 0 to 50."""

    name: str | None
    span: "Span"
    score: float
    verifiable: float
    soundness: Soundness
    components: "tuple[Component, ...]"

    @property
    def advice(self) -> "tuple[Component, ...]":
        """The components that can be raised, the one whose advice gains most ("+4: add …") first."""
        open_ = [part for part in self.components if part.advice]
        return tuple(sorted(open_, key=lambda part: -float(part.advice.partition(":")[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A linted text: small, without the parsed specs, so that it travels between processes quickly."""

    text: str = ""
    specs: tuple[SpecScore, ...] = ()
    findings: "tuple[LintFinding, ...]" = ()
    suppressed: int = 0
    """How many findings comments silenced."""
    python: bool = False
    """Whether it is written as Python, and so takes Python's comments."""

    def spec_at(self, offset: int) -> int | None:
        """The index of the spec around ``offset``; between two, the one before; None if the text has no spec."""
        found = None
        for index, spec in enumerate(self.specs):
            if found is None or spec.span.start <= offset:
                found = index
        return found

    def of_spec(self, index: int | None) -> "tuple[LintFinding, ...]":
        """The findings of a spec and those of the whole text, in the order of the text."""
        return tuple(finding for finding in self.findings if finding.spec in (index, None))


def lint_spec(text: str, filename: str | None) -> Linted:
    """Lint ``text``; nothing is raised whatever it holds.

    Args:
        text: What stands in the editor.
        filename: Of the file that it came from, None for a text without one; its suffix tells the format.
    """
    # The rules take longer to load than the screen that shows what they found.
    from analyzers.lint import lint_text
    from analyzers.spec import SpecFormat

    report = lint_text(text, filename=filename)
    return Linted(
        text=text,
        specs=tuple(_score(one) for one in report.specs),
        findings=report.all_findings,
        suppressed=report.suppressed,
        python=bool(report.specs) and report.specs[0].spec.format is SpecFormat.PYTHON,
    )


def _score(report: "SpecReport") -> SpecScore:
    spec, richness = report.spec, report.richness
    return SpecScore(
        name=spec.name,
        span=spec.span,
        score=richness.score,
        verifiable=richness.verifiable,
        soundness=report.soundness,
        components=richness.components,
    )
