"""Apply fixes to a text: edits that do not overlap, all on the offsets of the text they were made for."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from analyzers.rules.model import Edit, Fix


class Fixable(Protocol):
    """A finding, with or without a fix."""

    @property
    def code(self) -> str: ...
    @property
    def fix(self) -> Fix | None: ...


F = TypeVar("F", bound=Fixable)


@dataclass(frozen=True, slots=True)
class Fixed(Generic[F]):
    """A text after one pass; ``applied`` are the findings whose fixes are in it, in the order of the text."""

    text: str
    applied: tuple[F, ...]


def apply_fixes(text: str, findings: Iterable[F], *, unsafe: bool = False) -> Fixed[F]:
    """Apply as many fixes of ``findings`` to ``text`` as can stand together, each wholly or not at all.

    Of two fixes that touch the same place the one that begins first is applied; the other is left for another pass.

    Args:
        text: The text that was linted.
        findings: What was found in it.
        unsafe: Apply fixes that may change what the spec says, too.
    """
    candidates = [
        (sorted(finding.fix.edits, key=_place), finding)
        for finding in findings
        if finding.fix is not None and finding.fix.edits and (finding.fix.safe or unsafe)
    ]
    candidates.sort(key=lambda candidate: (_place(candidate[0][0]), candidate[1].code))
    taken: list[Edit] = []
    applied: list[F] = []
    for edits, finding in candidates:
        if all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in edits) and _stand_together(taken, edits):
            for edit in edits:
                insort(taken, edit, key=_place)
            applied.append(finding)
    parts: list[str] = []
    done = 0
    for edit in taken:
        parts += [text[done : edit.span.start], edit.text]
        done = edit.span.end
    parts.append(text[done:])
    return Fixed("".join(parts), tuple(applied))


def with_newlines_of(text: str, fix: Fix) -> Fix:
    """``fix`` with the line ends that ``text`` has; rules write ``\\n``."""
    first = text.find("\n")
    newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n" if first >= 0 or "\r" not in text else "\r"
    if newline == "\n" or not any("\n" in edit.text for edit in fix.edits):
        return fix
    return Fix(fix.safe, tuple(Edit(edit.span, edit.text.replace("\n", newline)) for edit in fix.edits))


def _place(edit: Edit) -> tuple[int, int]:
    return edit.span.start, edit.span.end


def _stand_together(taken: list[Edit], edits: list[Edit]) -> bool:
    """Whether ``edits`` touch neither each other nor what is ``taken``: texts at one place would have no order."""
    if any(one.span.end >= other.span.start for one, other in pairwise(edits)):
        return False
    for edit in edits:
        at = bisect_left(taken, _place(edit), key=_place)
        if at > 0 and taken[at - 1].span.end >= edit.span.start:
            return False
        if at < len(taken) and taken[at].span.start <= edit.span.end:
            return False
    return True
