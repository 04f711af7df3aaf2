"""Path patterns as .gitignore writes them, for ``exclude`` and ``per-file-ignores``."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache

_Parts = tuple[re.Pattern[str] | None, ...]
"""A pattern part by part; None stands for ``**``, any number of parts."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> _Parts:
    """The parts of ``pattern``, one regular expression for each name between slashes.

    Without a slash the pattern matches a name at any depth, with one it is anchored at the root. ``*``, ``?`` and
    ``[...]`` stop at a slash, ``**`` does not. What names a folder names everything below it.
    """
    wanted = pattern.strip().removeprefix("./").rstrip("/")
    parts = tuple(None if part == "**" else re.compile(translate(part)) for part in wanted.split("/") if part)
    return parts if "/" in wanted else (None, *parts)


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of ``patterns`` names ``path``, a relative path with "/"."""
    names = path.split("/")
    return any(_matches(names, compiled(pattern)) for pattern in patterns if pattern.strip())


def _matches(names: Sequence[str], parts: _Parts) -> bool:
    # How many names may have been taken so far: a set, as trying one number after the other takes exponential time.
    taken = {0}
    for part in parts:
        if part is None:
            taken = set(range(min(taken), len(names) + 1))
        else:
            taken = {at + 1 for at in taken if at < len(names) and part.match(names[at])}
        if not taken:
            return False
    return min(taken) < len(names) if parts and parts[-1] is None else max(taken) > 0
