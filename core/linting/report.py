"""What linting a file comes to: findings with their places as people and tools count them."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyzers.lint import FileReport, SpecReport
from analyzers.rules.model import Fix, LintFinding, Severity
from analyzers.spec import Span
from core.linting.settings import LintSettings

if TYPE_CHECKING:
    from analyzers.gain.calibration import Calibration, Guard
    from analyzers.gain.predict import Gain

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A span in lines and columns: 1-based code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """Finds the line and column of an offset. Line ends are those of Python: LF, CRLF and CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def place(self, span: Span) -> Place:
        """Where ``span`` is. A span that ends with a line ends behind the line's last character, not on the next."""
        end = max(span.start, min(span.end, len(self._text)))
        while end > span.start and self._text[end - 1] in "\r\n":
            end -= 1
        return Place(*self._position(span.start), *self._position(end))

    def exact(self, span: Span) -> Place:
        """Where ``span`` is, newlines at its end included: what an edit replaces."""
        return Place(*self._position(span.start), *self._position(span.end))

    def line(self, number: int) -> str:
        """The text of a line, without its end; "" beyond the last."""
        if number > len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[self._starts[number - 1] : end].rstrip("\r\n")

    def _position(self, offset: int) -> tuple[int, int]:
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding with its place. ``identity`` is what it is known by: see ``fingerprint``."""

    code: str
    severity: Severity
    message: str
    hint: str
    place: Place
    fix: Fix | None
    edits: tuple[tuple[Place, str], ...]
    identity: str
    spec: str | None
    """The name of the spec it belongs to, None for a finding of the file or a spec without a name."""

    @property
    def fingerprint(self) -> str:
        """The same after lines were moved, inserted or removed elsewhere."""
        import hashlib  # formats for people need none, and every import counts at the start

        return hashlib.sha256(self.identity.encode("utf-8", "backslashreplace")).hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedSpec:
    """One spec. ``name`` is None where the spec does not say it."""

    name: str | None
    line: int
    report: SpecReport
    findings: tuple[Placed, ...]
    calibration: "Calibration | None" = None
    """Of the pair that would run; None where nothing was measured."""
    guard: "Guard" = "off"
    """Which fixes are accepted in the prediction: off, as was published, until something was measured."""

    @property
    def gain(self) -> "Gain | None":
        """What review is expected to add; None for a contradictory spec."""
        from analyzers.gain.predict import predict  # formats that do not show it need not wait for its import

        return predict(
            self.report.richness.score,
            soundness=self.report.soundness,
            guard=self.guard,
            calibration=self.calibration,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedFile:
    """One file.

    ``shown`` is its path as people call it (relative to the working directory where it is below it), ``uri`` the path
    relative to the repository, both with forward slashes. ``problem`` is the sentence that says why it could not be
    linted; everything else is empty then.
    """

    path: Path
    shown: str
    uri: str
    settings: LintSettings
    text: str = ""
    specs: tuple[LintedSpec, ...] = ()
    findings: tuple[Placed, ...] = ()
    suppressed: int = 0
    known: int = 0
    """How many findings the baseline holds."""
    problem: str | None = None
    lines: Lines = field(default_factory=lambda: Lines(""))

    @property
    def all_findings(self) -> tuple[Placed, ...]:
        """Every finding in the order of the text."""
        found = [*self.findings, *(finding for spec in self.specs for finding in spec.findings)]
        return tuple(sorted(found, key=lambda one: (one.place.line, one.place.column, one.code)))


def place_findings(
    report: FileReport, extra: Sequence[Sequence[LintFinding]], lines: Lines
) -> tuple[list[tuple[Placed, ...]], tuple[Placed, ...]]:
    """The findings of each spec (``extra`` ones per spec added), and those of the file."""
    seen: Counter[str] = Counter()
    placed = []
    for spec, more in zip(report.specs, extra, strict=True):
        name = spec.spec.name
        placed.append(tuple(_placed(report.text, one, name, lines, seen) for one in _ordered([*spec.findings, *more])))
    return placed, tuple(_placed(report.text, one, None, lines, seen) for one in _ordered(report.findings))


def _ordered(findings: Iterable[LintFinding]) -> list[LintFinding]:
    return sorted(findings, key=lambda one: (one.span.start, one.code, one.span.end, one.message))


def _placed(text: str, finding: LintFinding, spec: str | None, lines: Lines, seen: Counter[str]) -> Placed:
    return Placed(
        code=finding.code,
        severity=finding.severity,
        message=finding.message,
        hint=finding.hint,
        place=lines.place(finding.span),
        fix=finding.fix,
        edits=tuple((lines.exact(edit.span), edit.text) for edit in finding.fix.edits) if finding.fix else (),
        identity=_identity(text, finding, spec, seen),
        spec=spec,
    )


def _identity(text: str, finding: LintFinding, spec: str | None, seen: Counter[str]) -> str:
    """What a finding is known by: its rule, its spec and the first line it marks, not where that stands.

    The message is left out: it may be worded better one day. Equal findings are told apart by their order.
    """
    marked = " ".join(text[finding.span.start : finding.span.end].strip().split("\n", 1)[0].split())
    known = "\x1f".join((finding.code, spec or "", marked))
    seen[known] += 1
    return f"{known}\x1f{seen[known]}"
