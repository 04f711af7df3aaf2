"""A piece of a text that knows where each of its characters came from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzers.spec import Span

_IRREGULAR = re.compile("\r\n?|\0|[\ud800-\udfff]|\\A\ufeff")
# The same characters as one set: ten times faster at finding nothing.
_ANY_IRREGULAR = re.compile("[\r\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``text`` with, for each of its characters, the code-point offset in the original it stands for.

    ``offsets`` has one entry more than ``text`` has characters: where the piece ends.
    """

    text: str
    offsets: Sequence[int]

    def __getitem__(self, cut: slice) -> "Excerpt":
        start, end, _ = cut.indices(len(self.text))
        end = max(start, end)
        return Excerpt(self.text[start:end], self.offsets[start : end + 1])

    def span(self, start: int, end: int) -> Span:
        """The original's span of ``text[start:end]``."""
        return Span(self.offsets[start], max(self.offsets[start], self.offsets[end]))

    def lines(self) -> Iterator[tuple[int, int]]:
        """Start and end of each line, the newline left out."""
        start = 0
        while (end := self.text.find("\n", start)) >= 0:
            yield start, end
            start = end + 1
        yield start, len(self.text)


def normalise(text: str) -> Excerpt:
    """``text`` as every parser here wants it: newlines are ``\\n``, and no BOM, NUL or lone surrogate is left."""
    plain = text.isascii() and "\r" not in text and "\0" not in text
    if plain or (not text.startswith("\ufeff") and not _ANY_IRREGULAR.search(text)):
        return Excerpt(text, range(len(text) + 1))
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in _IRREGULAR.finditer(text):
        parts.append(text[done : match.start()])
        offsets.extend(range(done, match.start()))
        replacement = {"\r": "\n", "\ufeff": ""}.get(match[0][0], "\ufffd")
        parts.append(replacement)
        if replacement:
            offsets.append(match.start())
        done = match.end()
    parts.append(text[done:])
    offsets.extend(range(done, len(text) + 1))
    return Excerpt("".join(parts), offsets)


def join(pieces: Iterable[Excerpt]) -> Excerpt:
    """The pieces one under the other; the newline between two stands where the first of them ends."""
    texts: list[str] = []
    offsets: list[int] = []
    for piece in pieces:
        texts.append(piece.text)
        offsets.extend(piece.offsets)
    return Excerpt("\n".join(texts), offsets or [0])
