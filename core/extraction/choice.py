"""Which of several blocks holds the code that the answer stands by.

Models follow their solution with examples of its use, with alternatives ("or, more concisely") and with revisions
("actually, let me correct that"). A revision replaces what came before it, an alternative does not. The words are those
of one family of models, in English; benchmarks/extraction.py measures what the rule is worth.
"""

import re
from collections.abc import Sequence

from core.extraction.names import Kind
from core.extraction.source import Source

_BESIDE = re.compile(r"\balso (?:provide|show|give|include|offer|add|write|implement)\b", re.I)
_REVISION = re.compile(
    r"\b(?:actually|wait|correct(?:ed|ion)?|fix(?:ed|es)?|final(?:ly|i[sz]ed)?|revis\w+|reconsider\w*|updated?"
    r"|(?:i'?ll|i will|let(?:'s| me)) (?:go|stick) with|recommended|main solution|putting (?:it|everything|this)"
    r"|(?:complete|full) (?:code|solution|implementation|program|function)|better solution"
    r"|simplify (?:and|this|that|it)"
    r"|most (?:straightforward|reasonable|readable|appropriate|robust)|clean(?:est|er)? (?:and|solution))\b",
    re.I,
)
_ALTERNATIVE = re.compile(
    r"\balternat\w+|\b(?:another|or,? (?:even|using|if|in|with|as|the|more|you|simply|we)|could also|can also|also be"
    r"|other (?:way|approach|option|implementation|version)s?|(?:option|method|approach|solution|version|variant) \d"
    r"|(?:more|even) (?:\w+-)?(?:concise|compact|pythonic|efficient|functional|elegant|readable|general|robust)"
    r"|(?:shorter|simpler|optimi[sz]ed|recursive|iterative|generali[sz]ed) (?:version|approach|solution)"
    r"|one-?liner|for comparison|if (?:you|we|the|your)|bonus|instead of|equivalent\w*)\b|^\d+\.|^or\b|^\W*using\b",
    re.I | re.M,
)
_WRONG = re.compile(
    r"\b(?:incorrect|wrong|buggy|broken|naive|flawed|original|your|previous|given|existing|before)\b"
    r"(?:\W+\w+){0,3}\W*(?:code|version|implementation|function|solution|approach|draft|attempt|way|:)",
    re.I,
)


def choose(sources: Sequence[Source], name: str, kind: Kind) -> Source | None:
    """The source whose definition of ``name`` the answer stands by; None if none defines it."""
    best = max((_rank(source, name, kind) for source in sources), default=(0, 0))
    if best[0] == 0:
        return None
    chosen: Source | None = None
    for source in (source for source in sources if _rank(source, name, kind) == best):
        if chosen is None or _supersedes(source.block.intro, chosen.block.intro):
            chosen = source
    return chosen


def _rank(source: Source, name: str, kind: Kind) -> tuple[int, int]:
    return source.quality(name, kind), not source.dropped


def _supersedes(intro: str, before: str) -> bool:
    """True if a definition introduced by ``intro`` replaces the one chosen before it."""
    if _BESIDE.search(intro):
        return False
    if _REVISION.search(intro):
        return True
    if _WRONG.search(before):
        return True
    return not (_ALTERNATIVE.search(intro) or _WRONG.search(intro))


def richest(sources: Sequence[Source]) -> Source | None:
    """For a spec that names nothing: the source with the most definitions, the last of equals; failing that the
    last one that holds any code."""
    filled = [source for source in sources if source.tree.body]
    chosen: Source | None = None
    for source in filled:
        if chosen is None or len(source.definitions) >= len(chosen.definitions):
            chosen = source
    return chosen
