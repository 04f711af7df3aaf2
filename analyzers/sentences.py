"""Split prose into sentences, each with its place in the original."""

import re
from collections.abc import Iterator

from analyzers.excerpt import Excerpt
from analyzers.spec import Sentence

_END = re.compile(r"(?<![.!?])[.!?]++[\"')\]`*]*+(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:e\.\s?g|i\.\s?e|cf|vs|resp|approx|incl|w\.r\.t|fig|eq|sec|no|st|dr|mr|mrs|prof|viz|ca)\Z", re.I
)
_CONTINUING = re.compile(r"\s+[a-z(]")
_BULLET = re.compile(r"[ \t>]*(?:[-*+•]|\(?\d{1,3}[.)]|#{1,6}|@)[ \t]+")
_LABEL = re.compile(
    r"(?:[\W_]*+(?:for\s+)?(?:e\.?g|example|examples|examble|instance|sample|samples|input|output|usage)\b"
    r"[\s\d]*+[\W_]*+)+",
    re.I,
)
_WORDS = re.compile(r"[^\W\d_]{2,}")


def split_sentences(excerpt: Excerpt) -> tuple[Sentence, ...]:
    """The sentences of ``excerpt``: never across a blank line or a bullet, and not inside of code or brackets.

    Labels ("For example:") and lines without a word are left out.
    """
    found: list[Sentence] = []
    for start, end in _blocks(excerpt):
        for first, last in _sentences(excerpt.text, start, end):
            folded = " ".join(excerpt.text[first:last].split())
            if _WORDS.search(folded) and not _LABEL.fullmatch(folded):
                found.append(Sentence(folded, excerpt.span(first, last)))
    return tuple(found)


def _blocks(excerpt: Excerpt) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    finish = 0
    for start, end in excerpt.lines():
        line = excerpt.text[start:end]
        bullet = _BULLET.match(line)
        label = len(line) < 60 and _LABEL.fullmatch(line) is not None
        if begin is not None and (bullet or label or not line.strip()):
            yield begin, finish
            begin = None
        if line.strip() and not label:
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
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + piece.index(stripped)
        yield begin, begin + len(stripped)
