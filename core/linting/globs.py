"""Path patterns as .gitignore writes them, for ``exclude`` and ``per-file-ignores``."""

import re
from functools import lru_cache


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression that fully matches the relative paths (with "/") of what ``pattern`` names.

    Without a slash the pattern matches a name at any depth, with one it is anchored at the root. ``*`` and ``?`` stop
    at a slash, ``**`` does not. What names a folder names everything below it.
    """
    wanted = pattern.strip().removeprefix("./").rstrip("/")
    anchored = "/" in wanted
    wanted = wanted.lstrip("/")
    parts: list[str] = []
    position = 0
    while position < len(wanted):
        piece, length = _piece(wanted, position)
        parts.append(piece)
        position += length
    head = "" if anchored else "(?:.*/)?"
    return re.compile(head + "".join(parts) + "(?:/.*)?", re.S)


def _piece(pattern: str, at: int) -> tuple[str, int]:
    rest = pattern[at:]
    if rest.startswith("**/"):
        return "(?:.*/)?", 3
    if rest.startswith("**"):
        return ".*", 2
    if rest[0] == "*":
        return "[^/]*", 1
    if rest[0] == "?":
        return "[^/]", 1
    if rest[0] == "[" and (closing := rest.find("]", 2)) > 0:
        inner = rest[1:closing].replace("\\", "\\\\").replace("[", "\\[")
        return f"[{'^' + inner[1:] if inner.startswith('!') else inner}]", closing + 1
    return re.escape(rest[0]), 1


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of ``patterns`` names ``path``, a relative path with "/"."""
    return any(compiled(pattern).fullmatch(path) for pattern in patterns)
