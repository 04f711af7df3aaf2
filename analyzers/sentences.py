"""Split prose into sentences, each with its place in the original."""

import re
from collections.abc import Iterator
from functools import lru_cache

from analyzers.excerpt import Excerpt
from analyzers.lazy import lazy
from analyzers.spec import Sentence, Span

_END = lazy(r"[.!?]++(?:[\"')\]`*]*+(?=\s)())?")
"""A row of marks; its group stands where it ends a sentence if white space follows."""
_CLOSING = ".\"')]`*"
_ABBREVIATION = lazy(
    r"(?:^|[\s(\[])(?:e\.\s?g|i\.\s?e|cf|vs|resp|approx|incl|w\.r\.t|fig|eq|sec|no|st|dr|mr|mrs|prof|viz|ca)\Z", re.I
)
_SHORTENED = frozenset({".g", " g", ".e", " e", "cf", "vs", "sp", "ox", "cl", ".t", "ig", "eq", "ec", "no", "st"}) | {
    *("dr", "mr", "rs", "of", "iz", "ca")
}
"""How abbreviations end."""
_C = frozenset("cC")
_UNSURE = _SHORTENED | {"tc"}
"""How words end after which a full stop may not end the sentence, if they are ASCII."""
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
            begin, finish = offsets[start + first], offsets[start + last]
            found.append(Sentence(folded, Span(begin, finish if finish > begin else begin)))
    return tuple(found)


def _cut(block: str) -> tuple[tuple[int, int, str], ...]:
    """Where the sentences of a block start and end, each with its text folded."""
    # Printable text has no white space but blanks.
    smooth = block.isprintable() and "  " not in block
    marked = "?" in block or "!" in block or "`" in block
    if smooth and not marked and (found := _cut_smooth(block)) is not None:
        return tuple(found)
    found = []
    first = 0
    for last in [*_ends(block), len(block)]:
        piece = block[first:last]
        text = piece.strip()
        if text:
            folded = text if smooth else " ".join(text.split())
            if _is_said(folded):
                start = last - len(piece.lstrip())
                found.append((start, start + len(text), folded))
        first = last
    return tuple(found)


def _cut_smooth(block: str) -> list[tuple[int, int, str]] | None:
    """The same in half the time where only a full stop before a blank can end a sentence; None if others can."""
    found = []
    at = start = len(block) - len(block.lstrip())
    plain = block.isascii()
    while (at := block.find(".", at)) >= 0:
        end = at + 1
        following = block[end : end + 1]
        if following == " ":
            unsure = block[at - 2 : at].lower() in _UNSURE or not plain
            if not unsure or not _goes_on(block, start, at, end):
                text = block[start:end]
                if _is_said(text):
                    found.append((start, end, text))
                start = end + 1
        elif following and following in _CLOSING:
            return None
        at = end
    text = block[start:].rstrip()
    if text and _is_said(text):
        found.append((start, start + len(text), text))
    return found


def _is_said(folded: str) -> bool:
    """Whether there is a word in it, and more than a label."""
    # Most sentences begin as no label does.
    begun = folded[:2]
    unlike = begun[0].isalpha() and begun.isascii() and begun.lower() not in _LABELS
    if unlike and len(begun) > 1 and begun.isalpha():
        return True
    return _WORDS.search(folded) is not None and (unlike or not _LABEL.fullmatch(folded))


# While somebody types, all blocks but one are those of the moment before.
_cut_short = lru_cache(1024)(_cut)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    start = finish = 0
    for line in text.split("\n"):
        if not line or line.isspace():
            if begin is not None:
                yield begin, finish
                begin = None
            start += len(line) + 1
            continue
        body = line.lstrip(" \t>")
        # Most lines begin as no bullet and no label does.
        worded = body[:1].isalpha()
        unlike = len(line) >= 60 or (worded and body[:2].isascii() and body[:2].lower() not in _LABELS)
        bullet = None if worded else _BULLET.match(line)
        label = not unlike and _LABEL.fullmatch(line)
        if begin is not None and (bullet or label):
            yield begin, finish
            begin = None
        if not label:
            if begin is None:
                begin = start + (bullet.end() if bullet else len(line) - len(line.lstrip()))
            finish = start + len(line)
        start += len(line) + 1
    if begin is not None:
        yield begin, finish


def _ends(block: str) -> Iterator[int]:
    """Where the sentences of a block end, but for the last."""
    first = checked = 0
    code = False
    ticks = "`" in block
    for at, end in _marks(block):
        if ticks:
            code ^= block.count("`", checked, end) % 2 == 1
            checked = end
            if code:
                continue
        # A mark in quotes is spoken of: "delimited by '.', '?' or '!' only".
        quoted = end - at > 1 and block[end - 1] in "\"')]`" and block.endswith(("'", '"', "(", "[", "`"), first, at)
        if quoted or _goes_on(block, first, at, end):
            continue
        yield end
        first = end


def _goes_on(block: str, start: int, at: int, end: int) -> bool:
    """Whether the marks at ``at:end`` only shorten a word, and the sentence that begins at ``start`` goes on."""
    before = block[at - 12 if at - 12 > start else start : at]
    abbreviated = before[-2:].lower() in _SHORTENED or not before.isascii()
    if abbreviated and block[at:end].rstrip("\"')]`*").endswith(".") and _ABBREVIATION.search(before):
        return True
    return before[-1:] in _C and before.lower().endswith("etc") and _CONTINUING.match(block, end) is not None


def _marks(block: str) -> list[tuple[int, int]]:
    """Where rows of marks stand that may end a sentence, what closes quotes and brackets after them included."""
    if "?" in block or "!" in block:
        return [match.span() for match in _END.finditer(block) if match.lastindex]
    found = []
    at = block.find(".")
    while at >= 0:
        end = at + 1
        following = block[end : end + 1]
        if following.isspace():
            found.append((at, end))
        elif following and following in _CLOSING and (match := _END.match(block, at)) is not None:
            end = match.end()
            if match.lastindex:
                found.append((at, end))
        at = block.find(".", end)
    return found
