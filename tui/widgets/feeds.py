"""Text that grows, as lines: finished lines are sealed once, only the tail is looked at again.

A model's answer arrives in hundreds of pieces. Colouring all of it at every piece costs more than the model's own
speed leaves, so a feed keeps the lines whose look cannot change any more and works on the rest.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType  # type: ignore[import-untyped]

from tui.visible import visible
from tui.widgets.lines import Line, Span

_TONES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Name.Function, "function"),
    (Name.Class, "function"),
    (Name.Decorator, "function"),
    (Name.Builtin, "builtin"),
    (Name.Exception, "builtin"),
    (Operator, "operator"),
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$")
_PYTHON = {"", "python", "py", "python3", "pycon"}
_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_MARKED = re.compile(
    r"(?P<string>`[^`\n]+`)"
    r"|(?P<strong>(?<!\w)\*\*(?=\S)[^*\n]{0,400}[^*\s]\*\*)"
    r"|(?P<info>(?<![\w)\]])\[[^\[\]\n]{1,200}\]\([^()\s]{1,400}\)|https?://[^\s<>()\]]+)"
)
"""Marks of Markdown within a line, by the tone of what they mark. They stay: they are part of what is copied."""


@cache
def _lexer() -> Any:
    # Its patterns take longer to compile than all widgets, and the first picture holds no code.
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

    return PythonLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=256)
def _tone(token: _TokenType) -> str:
    return next((tone for kind, tone in _TONES if token in kind), "text")


def python_rows(code: str) -> tuple[list[tuple[Span, ...]], int]:
    """The spans of every line of ``code``, and how many lines at its beginning stand on their own.

    A line stands on its own when its end is not inside a string, so that the lines after it do not change its look.
    """
    rows: list[tuple[Span, ...]] = []
    row: list[Span] = []
    sealed = 0
    for _, token, text in _lexer().get_tokens_unprocessed(code):
        tone = _tone(token)
        pieces = text.split("\n")
        for index, piece in enumerate(pieces):
            if index:
                rows.append(tuple(row))
                row = []
                if token not in String:
                    sealed = len(rows)
            if piece:
                row.append(Span(piece, tone))
    if row:
        rows.append(tuple(row))
    return rows, sealed


def _indent(spans: tuple[Span, ...]) -> int:
    text = "".join(span.text for span in spans[:2])
    return min(len(text) - len(text.lstrip(" ")), 16)


class CodeFeed:
    """Python that grows. ``lines`` are numbered from 1; a line that is too long goes on below its own indentation."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._sealed = 0
        self._tail = ""

    @property
    def at_line_start(self) -> bool:
        """Whether the next character begins a line."""
        return not self._tail or self._tail.endswith("\n")

    def feed(self, text: str) -> None:
        """Append ``text`` (already safe to print)."""
        self._tail += text
        rows, done = python_rows(self._tail)
        del self.lines[self._sealed :]
        first = self._sealed + 1
        self.lines.extend(
            Line(spans, number=number, hang=_indent(spans) + 4) for number, spans in enumerate(rows, first)
        )
        if done:
            end = 0
            for _ in range(done):
                end = self._tail.index("\n", end) + 1
            self._tail = self._tail[end:]
            self._sealed += done


class ProseFeed:
    """Prose that grows: wrapped, with headings, inline code, emphasis and links set off; a table keeps its columns."""

    def __init__(self, tone: str = "text") -> None:
        self.lines: list[Line] = []
        self._tone = tone
        self._tail = ""

    @property
    def at_line_start(self) -> bool:
        """Whether the next character begins a line."""
        return not self._tail

    def feed(self, text: str) -> None:
        """Append ``text`` (already safe to print)."""
        rows = (self._tail + text).split("\n")
        if self._tail:
            self.lines.pop()
        self._tail = rows.pop()
        self.lines.extend(self._line(row) for row in rows)
        if self._tail:
            self.lines.append(self._line(self._tail))

    def _line(self, row: str) -> Line:
        if _HEADING.match(row):
            return Line((Span(row, "heading"),))
        spans: list[Span] = []
        at = 0
        for match in _MARKED.finditer(row):
            spans += [Span(row[at : match.start()], self._tone), Span(match.group(), match.lastgroup or self._tone)]
            at = match.end()
        spans.append(Span(row[at:], self._tone))
        indent = len(row) - len(row.lstrip(" -*0123456789."))
        # A row of a table that broke would no longer stand under the one above it: the pane is scrolled instead.
        table = row.lstrip(" ").startswith("|")
        return Line(tuple(span for span in spans if span.text), hang=min(indent, 8), wrap=not table)


class AnswerFeed:
    """A model's answer: prose with fenced code in it. Fences are found line by line, as they are finished."""

    def __init__(self, tone: str = "text") -> None:
        self._tone = tone
        self._done: list[Line] = []
        self._part: CodeFeed | ProseFeed = ProseFeed(tone)
        self._fence: str | None = None
        self._held = ""

    @property
    def lines(self) -> list[Line]:
        """All lines; those that cannot change any more are the same objects at every call."""
        if not self._held:
            return [*self._done, *self._part.lines]
        return [*self._done, *self._part.lines, Line((Span(self._held, "muted"),), wrap=False)]

    def feed(self, text: str) -> None:
        """Append ``text``, as it comes from the model."""
        text = self._held + visible(text)
        self._held = ""
        plain: list[str] = []
        rows = text.splitlines(keepends=True)
        for row in rows:
            if (plain or self._part.at_line_start) and row.lstrip(" ").startswith(("`", "~")):
                if not row.endswith("\n"):
                    # Not finished: it may become a fence, and code must not flicker as prose.
                    self._flush(plain)
                    self._held = row
                    return
                if self._toggles(row):
                    self._flush(plain)
                    plain = []
                    self._switch(row)
                    continue
            plain.append(row)
        self._flush(plain)

    def _toggles(self, row: str) -> bool:
        match = _FENCE.match(row.rstrip("\n"))
        if match is None:
            return False
        if self._fence is None:
            return True
        return match[1][0] == self._fence[0] and len(match[1]) >= len(self._fence) and not match[2]

    def _switch(self, row: str) -> None:
        match = _FENCE.match(row.rstrip("\n"))
        assert match is not None
        self._done += [*self._part.lines, Line((Span(row.rstrip("\n"), "muted"),), wrap=False)]
        opening = self._fence is None
        self._fence = match[1] if opening else None
        self._part = CodeFeed() if opening and match[2].lower() in _PYTHON else ProseFeed(self._tone)

    def _flush(self, rows: list[str]) -> None:
        if rows:
            self._part.feed("".join(rows))


class Growing:
    """Keeps an answer's lines in step with a text that usually only grows; starts again when it was replaced."""

    def __init__(self, make: Callable[[], AnswerFeed]) -> None:
        self._make = make
        self._feed = make()
        self._text = ""

    def show(self, text: str) -> list[Line]:
        """The lines of ``text``."""
        if not text.startswith(self._text):
            self._feed, self._text = self._make(), ""
        # A carriage return waits for what follows it: it may be the first half of a line end.
        grown = text.removesuffix("\r")
        if len(grown) > len(self._text):
            self._feed.feed(grown[len(self._text) :])
            self._text = grown
        return self._feed.lines


def code_lines(code: str) -> list[Line]:
    """Python as it stands, numbered."""
    feed = CodeFeed()
    feed.feed(visible(code))
    return feed.lines
