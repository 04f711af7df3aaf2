"""What is broken about a text's structure, so that its parser had to guess: quotes, fences, indentation."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from analyzers.excerpt import Excerpt
from analyzers.lazy import lazy
from analyzers.pysource import first_error, parse_module, parse_truncated, top_level_chunks
from analyzers.spec import Flaw, Spec

_MOST = 5
_CODE = lazy(r"^[ \t]*(?:return\b|pass[ \t]*$|raise[ \t]+\w|(?:def|class)[ \t]+\w+[ \t]*[(:]|import[ \t]+\w)", re.M)
_UNINDENTED = lazy(r"[rRuU]?(?:\"\"\"|''')")


def python_flaws(whole: Excerpt) -> tuple[Flaw, ...]:
    """Why a Python text does not parse; at most a few, the first ones."""
    text = whole.text
    if parse_module(text) is not None:
        return ()
    chunks: Iterable[tuple[int, int]] = [(0, len(text))]
    if parse_truncated(text) is None:
        chunks = top_level_chunks(text)
    found: list[Flaw] = []
    for start, end in chunks:
        if parse_module(text[start:end]) is None:
            found.extend(_chunk(whole[start:end]))
        if len(found) == _MOST:
            break
    return tuple(found)


def fence_flaws(whole: Excerpt, openings: Iterable[tuple[int, int]]) -> Iterator[Flaw]:
    """The fences that begin on a line and are still open where the parser stopped reading them (lines, 0-based).

    A fence in a list or a quotation ends with it and is left alone.
    """
    lines = list(whole.lines())
    for first, limit in openings:
        start, end = lines[first]
        opening = re.match(r"( {0,3})(`{3,}|~{3,})", whole.text[start:end])
        if not opening:
            continue
        filled = [line for line in lines[first + 1 : limit] if whole.text[slice(*line)].strip()]
        yield Flaw(
            kind="unclosed fence",
            detail="This fence is never closed.",
            span=whole.span(start + opening.start(2), end),
            at=whole.offsets[filled[-1][1]] if filled else None,
            repair=f"\n{opening[1]}{opening[2]}" if filled else None,
        )


def with_flaws(specs: Sequence[Spec], flaws: Iterable[Flaw]) -> tuple[Spec, ...]:
    """The specs, each with the flaws that stand in it or between it and the next; those before all go to the first."""
    placed: list[list[Flaw]] = [[] for _ in specs]
    starts = [spec.span.start for spec in specs]
    for flaw in flaws:
        placed[max(0, bisect_right(starts, flaw.span.start) - 1)].append(flaw)
    return tuple(
        replace(spec, flaws=(*spec.flaws, *own)) if own else spec for spec, own in zip(specs, placed, strict=True)
    )


def _chunk(chunk: Excerpt) -> Iterator[Flaw]:
    text = chunk.text
    repaired = parse_truncated(text)
    if repaired is not None:
        kept = len(text.rstrip())
        ending = repaired[0][kept:]
        quotes = next((mark for mark in ('"""', "'''") if mark in ending), None)
        if quotes:
            yield _docstring(chunk, quotes, kept)
        elif ending.startswith(":"):
            first = text.rfind("\n", 0, kept) + 1
            yield Flaw(
                kind="syntax",
                detail="The header ends without a colon.",
                span=chunk.span(first, kept),
                at=chunk.offsets[kept],
                repair=":",
            )
        # A header with nothing under it is a stub that is still being written: no flaw.
        return
    error = first_error(text)
    if error is None:
        return
    indentation, line = error
    lines = list(chunk.lines())
    start, end = lines[min(line, len(lines)) - 1]
    mended = text[:start] + "    " + text[start:]
    certain = bool(indentation and _UNINDENTED.match(text, start) and parse_module(mended))
    yield Flaw(
        kind="indentation" if indentation else "syntax",
        detail="The indentation of this line is wrong." if indentation else "Python cannot read this line.",
        span=chunk.span(start, end),
        at=chunk.offsets[start] if certain else None,
        repair="    " if certain else None,
    )


def _docstring(chunk: Excerpt, quotes: str, kept: int) -> Flaw:
    text = chunk.text
    opening = text.rfind(quotes, 0, kept)
    line = text.rfind("\n", 0, opening) + 1
    before = text[line:opening]
    # What reads as code may have been meant to stand below the docstring.
    certain = before.strip() in ("", "r", "R") and opening + 3 < kept and not _CODE.search(text, opening + 3, kept)
    indent = before[: len(before) - len(before.lstrip())]
    return Flaw(
        kind="unclosed docstring",
        detail="This docstring is never closed.",
        span=chunk.span(opening, opening + len(quotes)),
        at=chunk.offsets[kept] if certain else None,
        repair=f"\n{indent}{quotes}" if certain else None,
    )
