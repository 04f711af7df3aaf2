"""Split prose into sentences, each with its place in the original."""

import re
from collections.abc import Iterator
from functools import lru_cache

from analyzers.excerpt import Excerpt
from analyzers.lazy import lazy
from analyzers.spec import Sentence, Span

_END = lazy(r"[.!?]++(?:[\"')\]`*]*+(?=\s)())?")
"""A row of marks; its group stands where it ends a sentence if white space follows."""
_ABBREVIATION = lazy(
    r"(?:^|[\s(\[])(?:e\.\s?g|i\.\s?e|cf|vs|resp|approx|incl|w\.r\.t|fig|eq|sec|no|st|dr|mr|mrs|prof|viz|ca)\Z", re.I
)
_SHORTENED = frozenset({".g", " g", ".e", " e", "cf", "vs", "sp", "ox", "cl", ".t", "ig", "eq", "ec", "no", "st"}) | {
    *("dr", "mr", "rs", "of", "iz", "ca")
}
"""How abbreviations end."""
_C = frozenset("cC")
_CONTINUING = lazy(r"\s+[a-z(]")
_BULLET = lazy(r"[ \t>]*(?:[-*+•]|\(?\d{1,3}[.)]|#{1,6}|@)[ \t]+")
_LABEL = lazy(
    r"(?:[\W_]*+(?:for\s+)?(?:e\.?g|example|examples|examble|instance|sample|samples|input|output|usage)\b"
    r"[\s\d]*+[\W_]*+)+",
    re.I,
)
_LABELS = frozenset({"fo", "e.", "eg", "ex", "in", "sa", "ou", "us"})
"""How labels begin that begin with a letter."""
_SHORT = 1_000
"""Characters; the sentences of blocks up to this length are kept for a while."""
_WORDS = lazy(r"[^\W\d_]{2,}")


def split_sentences(excerpt: Excerpt) -> tuple[Sentence, ...]:
    """The sentences of ``excerpt``: never across a blank line or a bullet, and not inside of code or brackets.

    Labels ("For example:") and lines without a word are left out.
    """
    found: list[Sentence] = []
    offsets = excerpt.offsets
    for start, end in _blocks(excerpt.text):
        block = excerpt.text[start:end]
        for first, last, folded in _cut_short(block) if len(block) <= _SHORT else _cut(block):
            begin = offsets[start + first]
            found.append(Sentence(folded, Span(begin, max(begin, offsets[start + last]))))
    return tuple(found)


def _cut(block: str) -> tuple[tuple[int, int, str], ...]:
    """Where the sentences of a block start and end, each with its text folded."""
    found = []
    first = 0
    for last in [*_ends(block), len(block)]:
        piece = block[first:last]
        text = piece.strip()
        if text:
            # Printable text has no white space but blanks.
            folded = text if text.isprintable() and "  " not in text else " ".join(text.split())
            worded = (len(folded) > 1 and folded[:2].isalpha()) or _WORDS.search(folded)
            # Most sentences begin as no label does.
            begun = folded[:2]
            if worded and (
                (begun[0].isalpha() and begun.isascii() and begun.lower() not in _LABELS)
                or not _LABEL.fullmatch(folded)
            ):
                start = first + len(piece) - len(piece.lstrip())
                found.append((start, start + len(text), folded))
        first = last
    return tuple(found)


# While somebody types, all blocks but one are those of the moment before.
_cut_short = lru_cache(1024)(_cut)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    start = finish = 0
    for line in text.split("\n"):
        # Most lines begin as no bullet does.
        bullet = None if line[:1].isalpha() else _BULLET.match(line)
        filled = bool(line) and not line.isspace()
        label = filled and len(line) < 60 and _LABEL.fullmatch(line)
        if begin is not None and (bullet or label or not filled):
            yield begin, finish
            begin = None
        if filled and not label:
            if begin is None:
                begin = start + (bullet.end() if bullet else 0)
            finish = start + len(line)
        start += len(line) + 1
    if begin is not None:
        yield begin, finish


def _ends(block: str) -> Iterator[int]:
    """Where the sentences of a block end, but for the last."""
    first = checked = 0
    code = False
    ticks = "`" in block
    for match in _END.finditer(block):
        if match[1] is None:
            continue
        mark, at, end = match[0], match.start(), match.end()
        if ticks:
            code ^= block.count("`", checked, end) % 2 == 1
            checked = end
            if code:
                continue
        before = block[max(first, at - 12) : at]
        # A mark in quotes is spoken of: "delimited by '.', '?' or '!' only".
        if mark[-1] in "\"')]`" and before.endswith(("'", '"', "(", "[", "`")):
            continue
        abbreviated = before[-2:].lower() in _SHORTENED or not before.isascii()
        if abbreviated and mark.rstrip("\"')]`*").endswith(".") and _ABBREVIATION.search(before):
            continue
        if before[-1:] in _C and before.lower().endswith("etc") and _CONTINUING.match(block, end):
            continue
        yield end
        first = end
