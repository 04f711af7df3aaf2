"""Patterns compiled when they are first used: a spec needs few of the linter's, and a start should cost little."""

import re
from typing import Any, cast


class _Lazy:
    """Stands for a pattern; what was asked of it once is its own from then on."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        self.__dict__[name] = found
        return found


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile(source, flags)``, later."""
    return cast("re.Pattern[str]", _Lazy(source, flags))
