"""The comments of a text: those of Python outside of its strings, and those of HTML outside of code."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# Strings first, so that a hash or a comment inside of one is none. Unclosed ones end with the line or the text.
_TOKEN = re.compile(
    r"(?P<long>\"\"\"[^\"\\]*(?:(?:\\(?:.|\Z)|\"(?!\"\"))[^\"\\]*)*(?:\"\"\"|\Z)"
    r"|'''[^'\\]*(?:(?:\\(?:.|\Z)|'(?!''))[^'\\]*)*(?:'''|\Z))"
    r"|\"[^\"\\\r\n]*(?:\\(?:.|\Z)[^\"\\\r\n]*)*|'[^'\\\r\n]*(?:\\(?:.|\Z)[^'\\\r\n]*)*"
    r"|(?P<comment>\#[^\r\n]*)",
    re.S,
)
_MARKUP = re.compile(
    r"(?:^|(?<=\r))(?:(?P<fence>[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(?P<marks>`{3,}|~{3,}))"
    r"|[ \t]*(?P<comment><!--[^\r\n]*?-->)[ \t]*(?=[\r\n]|\Z))",
    re.M,
)
_LINE_START = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment at ``start:end``. ``string``: where the long string lies that ends right before it on its line."""

    start: int
    end: int
    string: tuple[int, int] | None = None


def python_comments(text: str) -> Iterator[Comment]:
    """The comments of Python source, broken source included; linear in its length."""
    string: tuple[int, int] | None = None
    for match in _TOKEN.finditer(text):
        if match["comment"] is not None:
            closes = string is not None and not text[string[1] : match.start()].strip(" \t")
            yield Comment(match.start(), match.end(), string if closes else None)
        string = match.span() if match["long"] is not None else None


def markup_comments(text: str) -> Iterator[Comment]:
    """The HTML comments of Markdown or prose that stand alone on a line outside of fences."""
    opened: str | None = None
    for match in _MARKUP.finditer(text):
        if match["comment"] is not None:
            if opened is None:
                yield Comment(match.start("comment"), match.end("comment"))
        elif opened is None:
            opened = match["marks"]
        elif match["marks"].startswith(opened):
            opened = None


class LineStarts:
    """The lines of a text; their ends are those of Python: LF, CRLF and CR."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _LINE_START.finditer(text))]

    def line(self, offset: int) -> tuple[int, int]:
        """Where the line that holds ``offset`` starts, and where the next one does (or the text ends)."""
        number = bisect_right(self._starts, offset)
        return self._starts[number - 1], self._starts[number] if number < len(self._starts) else self._length
