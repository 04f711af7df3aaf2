"""Split text into top-level pieces of code and prose, whether or not it parses as a whole."""

import re
from dataclasses import dataclass

from core.extraction.lexer import LineReader

_STRONG = re.compile(r"(?:async[ \t]+def|def|class)[ \t]+\w+|@\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b")
_STATEMENT = re.compile(
    r"(?:if|for|while|with|async|match)\b.*:|try[ \t]*:|(?:assert|raise|del|global)\b"
    r"|[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*[ \t]*(?::[^=\n]+)?[-+*/|&]?=(?!=)"
    r"|[A-Za-z_][\w.]*\(|\"\"\"|'''"
)
_CONTINUES = re.compile(r"(?:else|finally)[ \t]*:|(?:elif|except|case)\b.*:|[)\]}]")
_NAME = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=")
_DECORATED = re.compile(r"@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Whole lines of the text, from 0-based ``start`` to ``end`` (exclusive)."""

    kind: str
    """"code", "comment" or "prose"."""
    lines: tuple[str, ...]
    start: int

    @property
    def text(self) -> str:
        """The lines as one string."""
        return "\n".join(self.lines)

    @property
    def end(self) -> int:
        """The line after the last one."""
        return self.start + len(self.lines)

    @property
    def binds(self) -> str | None:
        """The name that it seems to define, read without parsing."""
        for line in self.lines:
            if match := _NAME.match(line):
                return match.group(1) or match.group(2)
        return None


def split(text: str) -> list[Chunk]:
    """The pieces of ``text`` in order, blank lines going with the piece above. Linear in ``text``."""
    chunks: list[Chunk] = []
    lines: list[str] = []
    kind = "prose"
    start = 0
    reader = LineReader()
    decorated = False

    def flush(at: int) -> None:
        nonlocal lines, start
        if lines:
            chunks.append(Chunk(kind=kind, lines=tuple(lines), start=start))
        lines, start = [], at

    for at, line in enumerate(text.split("\n")):
        strong = _STRONG.match(line) is not None
        if kind == "code" and reader.open and not (strong and reader.quote is None):
            lines.append(line)
            reader.feed(line)
            continue
        stays = not line.strip() or line[0] in " \t" or (kind == "code" and _CONTINUES.match(line) is not None)
        if stays or (decorated and strong):
            decorated = decorated and not (strong and not _DECORATED.match(line))
            lines.append(line)
            if kind == "code":
                reader.feed(line)
            continue
        flush(at)
        reader = LineReader()
        kind = "code" if strong or _STATEMENT.match(line) else "comment" if line[0] == "#" else "prose"
        decorated = _DECORATED.match(line) is not None
        lines.append(line)
        if kind == "code":
            reader.feed(line)
    flush(0)
    return chunks
