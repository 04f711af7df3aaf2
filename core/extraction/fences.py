"""From a raw answer to the blocks of code that it shows.

CommonMark ends a fence at the first line of backticks, even inside a docstring, and reads an opening fence inside
a fence as code. Models nest and forget fences, so this scanner knows where a Python string is open and lets a
second opening fence end the first. One pass, linear in the answer.
"""

import re
from dataclasses import dataclass

from core.extraction.lexer import LineReader

MAX_ANSWER = 400_000
"""Characters of an answer that are read; a model with a context of 32,768 tokens writes about 130,000."""

_OPENING = re.compile(
    r"(?P<lead>(?:[ \t]*+>[ \t]?+)*+[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+)(?P<fence>`{3,}+|~{3,}+)(?P<info>.*)$"
)
_OPENING_AFTER_TEXT = re.compile(r"(?<=[^`])(?P<fence>```)[ \t]*+(?P<info>python3?|py)[ \t]*+$", re.I)
_ONE_LINE = re.compile(r"[ \t]*+`{3,}+(?:[ \t]*+(?P<info>python3?|py)[ \t]++)?+(?P<code>[^`]++)`{3,}+[ \t]*$", re.I)
_QUOTED = re.compile(r"(?:[ \t]*+>[ \t]?+)++")
_LANGUAGE = re.compile(r"[\w.+#-]+")
_PYTHON = frozenset({"", "python", "python3", "py", "py3", "pycon", "python-repl", "ipython", "ipython3", "sage"})
_THINK_OPEN = re.compile(r"\s*<(think|thinking|reasoning)>", re.I)
_THINK_CLOSE = re.compile(r"^[ \t]*</(?:think|thinking|reasoning)>", re.I | re.M)
_LOOKAHEAD_LINES = 400
_LOOKAHEAD_CHARACTERS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Code as it stands in the answer.

    ``language`` is the first word of the fence's info string in lower case. ``intro`` is the prose that leads to it:
    the last heading and the last line since the block before. ``closed`` is False if the answer ends before the fence.
    """

    text: str
    language: str = ""
    intro: str = ""
    closed: bool = True
    fenced: bool = True

    @property
    def python(self) -> bool:
        """True unless the fence names another language."""
        return self.language in _PYTHON or self.language.endswith(".py") or self.language.startswith("python")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer taken apart. ``prose`` is what stands outside of the fences, line for line."""

    blocks: tuple[Block, ...]
    prose: str
    notes: tuple[str, ...] = ()
    unfinished_reasoning: bool = False


def read_answer(raw: str) -> Answer:
    """Take ``raw`` apart; never raises."""
    notes: list[str] = []
    text = raw
    if len(text) > MAX_ANSWER:
        text = text[:MAX_ANSWER]
        notes.append(f"only the first {MAX_ANSWER:,} characters of the answer were read")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append("NUL characters were removed")
    if re.search("[\ud800-\udfff]", text):
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        notes.append("characters that cannot be encoded were replaced")
    text, unfinished = _without_reasoning(text)
    blocks, prose = _scan(text)
    return Answer(blocks=tuple(blocks), prose=prose, notes=tuple(notes), unfinished_reasoning=unfinished)


def _without_reasoning(text: str) -> tuple[str, bool]:
    """Drop reasoning that stands before the answer; the flag says that it never ended."""
    while opened := _THINK_OPEN.match(text):
        closing = re.compile(rf"</{opened.group(1)}>", re.I).search(text, opened.end())
        if closing is None:
            return "", True
        text = text[closing.end() :]
    # Chat templates often put the opening tag into the prompt: then the answer begins in the middle of reasoning.
    if orphan := _THINK_CLOSE.search(text):
        text = text[orphan.end() :]
    return text, False


def _scan(text: str) -> tuple[list[Block], str]:
    lines = text.split("\n")
    blocks: list[Block] = []
    prose: list[str] = []
    since: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if single := _ONE_LINE.match(line):
            blocks.append(
                Block(text=single["code"].strip(), language=(single["info"] or "").lower(), intro=_introduction(since))
            )
            since = []
            at += 1
            continue
        opening = _OPENING.match(line)
        if opening and "`" in opening["info"] and opening["fence"][0] == "`":
            opening = None  # An inline code span, not a fence.
        if opening is None and (late := _OPENING_AFTER_TEXT.search(line)) and "`" not in line[: late.start()]:
            opening = late
            since.append(line[: late.start()])
        if opening is None:
            prose.append(line)
            since.append(line)
            at += 1
            continue
        body, closed, at = _body(lines, at + 1, opening["fence"], opening.groupdict().get("lead") or "")
        word = _LANGUAGE.search(opening["info"])
        blocks.append(
            Block(
                text="\n".join(body),
                language=word.group().lower() if word else "",
                intro=_introduction(since),
                closed=closed,
            )
        )
        since = []
        prose.append("")
    return blocks, "\n".join(prose)


def _body(lines: list[str], at: int, fence: str, lead: str) -> tuple[list[str], bool, int]:
    """The lines of a fence that opened above ``at``; whether it was closed; the line to go on with."""
    quoted = ">" in lead
    # The code may stand to the left of a fence that was indented by accident.
    first = next((line for line in lines[at : at + 3] if line.strip()), "")
    indent = len(lead) if quoted else min(len(lead), len(first) - len(first.lstrip(" \t")))
    body: list[str] = []
    reader = LineReader()
    protected = 0
    while at < len(lines):
        line = _unquote(lines[at]) if quoted else _unindent(lines[at], indent)
        stripped = line.strip()
        if at >= protected and stripped.startswith(fence):
            resume = None if reader.quote is None else _end_of_string(lines, at, fence, reader)
            if resume is None:
                rest = stripped.lstrip(fence[0]).strip()
                # An info string here is the next block, whose predecessor was never closed.
                reopens = bool(rest) and _LANGUAGE.fullmatch(rest.split()[0]) is not None and len(rest.split()) == 1
                return body, True, at if reopens else at + 1
            protected = resume
        elif at >= protected and stripped.endswith(fence) and fence[0] == "`" and _code_before(stripped, reader):
            body.append(line.rstrip()[: -len(fence)])
            return body, True, at + 1
        body.append(line)
        reader.feed(line)
        at += 1
    return body, False, at


def _code_before(stripped: str, reader: LineReader) -> bool:
    """True if a fence at the end of a line of code closes the block: it stands in no string and no comment."""
    if reader.quote is not None or "#" in stripped:
        return False
    after = reader.copy()
    after.feed(stripped.rstrip("`"))
    return after.quote is None and stripped.count("`") == 3


def _end_of_string(lines: list[str], at: int, fence: str, reader: LineReader) -> int | None:
    """The next fence line at which the open string is closed; None if there is none nearby (then the string is
    broken, and the fence counts)."""
    ahead = reader.copy()
    budget = _LOOKAHEAD_CHARACTERS
    for index in range(at, min(len(lines), at + _LOOKAHEAD_LINES)):
        line = lines[index]
        if ahead.quote is None and line.strip().startswith(fence):
            return index
        ahead.feed(line)
        budget -= len(line)
        if budget < 0:
            return None
    return None


def _unquote(line: str) -> str:
    match = _QUOTED.match(line)
    return line[match.end() :] if match else line


def _unindent(line: str, indent: int) -> str:
    """Remove up to ``indent`` leading white space."""
    return line[min(indent, len(line) - len(line.lstrip(" \t"))) :]


def _introduction(lines: list[str]) -> str:
    """What leads to a block: the last heading and the last line of the prose above it, 300 characters of each."""
    words = [line.strip() for line in lines if line.strip()]
    heading = next((line for line in reversed(words) if line.startswith(("#", "**"))), "")
    last = words[-1] if words else ""
    return last[-300:] if heading in ("", last) else f"{heading[-300:]}\n{last[-300:]}"
