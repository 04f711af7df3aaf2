"""Changes of text that are tried, in this order, on code that does not parse as it stands.

Each takes the text and returns it changed, or unchanged where it does not apply. None invents code: they undo what
chat, Markdown, web pages and interactive sessions do to it.
"""

import html
import re
import textwrap
from collections.abc import Callable
from itertools import pairwise

_PROMPT = re.compile(r"[ \t]*>>>(?: |$)")
_CONTINUED = re.compile(r"[ \t]*\.\.\.(?: |$)")
_NUMBERED = re.compile(r"[ \t]*(\d+)(?:[ \t]?[|│:.)]|[ \t]|$)(.*)$")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27|nbsp);")
_ESCAPED = re.compile(r"\\([_*\[\]])")
_TYPOGRAPHIC = str.maketrans(
    {
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2033": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u2032": "'",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u3000": " ",
        "\u200b": None,
        "\u200c": None,
        "\u2060": None,
        "\ufeff": None,
        "\u2212": "-",
        "\u2013": "-",
        "\u2026": "...",
    }
)


def _dedent(text: str) -> str:
    return textwrap.dedent(text)


def _session(text: str) -> str:
    """The input of an interactive session, without its prompts and output."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not _PROMPT.match(first):
        return text  # Prompts further down are the examples of a docstring.
    kept: list[str] = []
    for line in lines:
        match = _PROMPT.match(line) or (_CONTINUED.match(line) if kept else None)
        if match:
            kept.append(line[match.end() :])
    return "\n".join(kept)


def _numbers(text: str) -> str:
    """Code copied with its line numbers: every line has one, and they rise by one."""
    lines = text.split("\n")
    matches = [_NUMBERED.match(line) for line in lines if line.strip()]
    numbers = [int(match.group(1)[:9]) for match in matches if match]
    if len(numbers) != len(matches) or len(numbers) < 2:
        return text
    if any(after != before + 1 for before, after in pairwise(numbers)):
        return text
    bare = "\n".join(match.group(2) if (match := _NUMBERED.match(line)) else "" for line in lines)
    return textwrap.dedent(bare)


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match.group()), text)


def _markdown_escapes(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _quotes(text: str) -> str:
    return text.translate(_TYPOGRAPHIC)


def _tabs(text: str) -> str:
    return text.expandtabs(4) if re.search(r"^[ ]*\t", text, re.M) else text


def _wide_tabs(text: str) -> str:
    return text.expandtabs(8) if re.search(r"^[ ]*\t", text, re.M) else text


REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("common indentation removed", _dedent),
    ("prompts of an interactive session removed", _session),
    ("line numbers removed", _numbers),
    ("HTML entities decoded", _entities),
    ("Markdown escapes removed", _markdown_escapes),
    ("typographic quotes and spaces replaced", _quotes),
)
"""Cumulative: each works on what the one before left."""

TAB_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("tabs expanded to 4 columns", _tabs),
    ("tabs expanded to 8 columns", _wide_tabs),
)
"""Alternatives to each other."""
