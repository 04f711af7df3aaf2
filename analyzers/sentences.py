"""Split prose into sentences, each with its place in the original."""

import re
from collections.abc import Iterator
from functools import lru_cache

from analyzers.excerpt import Excerpt
from analyzers.lazy import lazy
from analyzers.spec import Sentence

_END = lazy(r"[.!?]++(?:[\"')\]`*]*+(?=\s)())?")
"""A row of marks; its group stands where it ends a sentence if white space follows."""
_ABBREVIATION = lazy(
    r"(?:^|[\s(\[])(?:e\.\s?g|i\.\s?e|cf|vs|resp|approx|incl|w\.r\.t|fig|eq|sec|no|st|dr|mr|mrs|prof|viz|ca)\Z", re.I
)
_CONTINUING = lazy(r"\s+[a-z(]")
_BULLET = lazy(r"[ \t>]*(?:[-*+•]|\(?\d{1,3}[.)]|#{1,6}|@)[ \t]+")
_LABEL = lazy(
    r"(?:[\W_]*+(?:for\s+)?(?:e\.?g|example|examples|examble|instance|sample|samples|input|output|usage)\b"
    r"[\s\d]*+[\W_]*+)+",
    re.I,
)
_SHORT = 1_000
"""Characters; the sentences of blocks up to this length are kept for a while."""
_WORDS = lazy(r"[^\W\d_]{2,}")


def split_sentences(excerpt: Excerpt) -> tuple[Sentence, ...]:
    """The sentences of ``excerpt``: never across a blank line or a bullet, and not inside of code or brackets.

    Labels ("For example:") and lines without a word are left out.
    """
    found: list[Sentence] = []
    for start, end in _blocks(excerpt):
        block = excerpt.text[start:end]
        for first, last, folded in _cut_short(block) if len(block) <= _SHORT else _cut(block):
            found.append(Sentence(folded, excerpt.span(start + first, start + last)))
    return tuple(found)


def _cut(block: str) -> tuple[tuple[int, int, str], ...]:
    """Where the sentences of a block start and end, each with its text folded."""
    found = []
    for first, last in _sentences(block, 0, len(block)):
        folded = " ".join(block[first:last].split())
        if _WORDS.search(folded) and not _LABEL.fullmatch(folded):
            found.append((first, last, folded))
    return tuple(found)


# While somebody types, all blocks but one are those of the moment before.
_cut_short = lru_cache(1024)(_cut)


def _blocks(excerpt: Excerpt) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    finish = 0
    for start, end in excerpt.lines():
        line = excerpt.text[start:end]
        bullet = _BULLET.match(line)
        filled = bool(line) and not line.isspace()
        label = filled and len(line) < 60 and _LABEL.fullmatch(line)
        if begin is not None and (bullet or label or not filled):
            yield begin, finish
            begin = None
        if filled and not label:
            if begin is None:
                begin = start + (bullet.end() if bullet else 0)
            finish = end
    if begin is not None:
        yield begin, finish


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut one block; ``start:end`` of each sentence without the white space around it."""
    first = checked = start
    code = False
    for match in _END.finditer(text, start, end):
        if match[1] is None:
            continue
        code ^= text.count("`", checked, match.end()) % 2 == 1
        checked = match.end()
        before = text[max(first, match.start() - 12) : match.start()]
        # A mark in quotes is spoken of: "delimited by '.', '?' or '!' only".
        quoted = before.endswith(("'", '"', "(", "[", "`")) and match[0][-1] in "\"')]`"
        if code or quoted:
            continue
        if match[0].rstrip("\"')]`*").endswith(".") and _ABBREVIATION.search(before):
            continue
        if before.lower().endswith("etc") and _CONTINUING.match(text, match.end()):
            continue
        yield from _trimmed(text, first, match.end())
        first = match.end()
    yield from _trimmed(text, first, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end].rstrip()
    if piece:
        yield start + len(piece) - len(piece.lstrip()), start + len(piece)
