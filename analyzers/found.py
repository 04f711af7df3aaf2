"""What the readers of examples share: what they know of the spec, and what they hand back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from analyzers.lazy import lazy
from analyzers.spec import Parameter

Kind = Literal["doctest", "assert", "arrow", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known before examples are read. ``parameters`` is None as long as no signature is known."""

    name: str | None
    parameters: tuple[Parameter, ...] | None = None
    returns: str | None = None
    known: frozenset[str] = frozenset()
    """Names that the preamble defines; the asked name is always known."""
    elsewhere: frozenset[str] = frozenset()
    """Names that the text defines, without examples being able to use them: other stubs, methods."""

    @property
    def names(self) -> frozenset[str]:
        """Every name that an example may use beside builtins."""
        return self.known | {self.name} if self.name else self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An example at ``start:end`` of the text it was read from.

    ``claim`` is what of the text is example and not prose; None if the example is part of a sentence.
    """

    kind: Kind
    source: str
    want: str | None
    start: int
    end: int
    claim: tuple[int, int] | None = None
    connector: str = ""
    shared: bool = False
    """True if it is part of a session: it may need what stands before it."""


_LEAD = lazy(r"[ \t>]*(?:(?:[-*+•]|\d+[.)])[ \t]+)?(?:(?:for|e\.g\.|and|assert|examples?:?)[ \t]+)?[`*\"]*", re.I)
_TAIL = lazy(r"[`*\"]*[.;,!]?[ \t]*(?:(?:#|//)[^\n]*)?(?=\n|\Z)")


def claim_lines(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The whole lines around an example, None if they hold anything else."""
    line = text.rfind("\n", 0, start) + 1
    lead, tail = _LEAD.match(text, line, start), _TAIL.match(text, end)
    return (line, tail.end()) if tail and lead and lead.end() == start else None


def places(word: str, text: str) -> Iterator[int]:
    """Where ``word`` stands, places that overlap included."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def lines_with(mark: str, text: str) -> Iterator[int]:
    """Where each line of ``text`` begins that holds ``mark``, which holds no newline.

    A pattern that begins at the start of a line is slow to search for and quick to try at a place.
    """
    at = text.find(mark)
    while at >= 0:
        yield text.rfind("\n", 0, at) + 1
        newline = text.find("\n", at)
        at = text.find(mark, newline) if newline >= 0 else -1


def matches_on_lines(pattern: re.Pattern[str], mark: str, text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that holds ``mark`` and no newline, in order."""
    for start in lines_with(mark, text):
        newline = text.find("\n", start)
        yield from pattern.finditer(text, start, newline if newline >= 0 else len(text))


def mask(text: str, claims: Iterable[tuple[int, int]]) -> str:
    """``text`` with every claimed character replaced by a space, so that all positions stay."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(claims):
        start, end = max(done, start), max(done, end)
        claimed = text[start:end]
        several = "\n" in claimed
        parts += (
            text[done:start],
            "\n".join([" " * len(line) for line in claimed.split("\n")]) if several else " " * (end - start),
        )
        done = end
    if not parts:
        return text
    parts.append(text[done:])
    return "".join(parts)
