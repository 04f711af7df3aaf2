"""What a rule is, and what it reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from analyzers.spec import Span
from analyzers.subject import Subject

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
"""In ascending order."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at ``span`` of the original text by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding. A safe fix cannot change what the spec says; it may be applied unseen."""

    safe: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One place where a rule fires. ``hint`` says what to write instead; None takes the rule's own hint."""

    span: Span
    message: str
    hint: str | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the catalogue. Everything that is said about it anywhere comes from here.

    Args:
        code: Two letters and three digits, such as EX101; selectable by prefix.
        name: A short name in kebab case, such as ``no-example``.
        severity: Of its findings.
        summary: One line: what it detects.
        why: A paragraph: why that costs the reader of the spec, or the models.
        hint: One sentence: what to write.
        bad: A short spec that triggers it.
        good: The same spec, mended.
        check: Yields hits; pure, and linear in the length of the spec.
        fixable: Whether it offers fixes, and of which kind.
        deep: It needs drafts and the sandbox; ``check`` is then never called.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    hint: str
    bad: str
    good: str
    check: Callable[[Subject], Iterator[Hit]]
    fixable: Literal["safe", "unsafe"] | None = None
    deep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """A hit with its rule: what the user sees. ``spec`` is the index of the spec in its file, None for the file."""

    code: str
    severity: Severity
    message: str
    hint: str
    span: Span
    fix: Fix | None
    spec: int | None
