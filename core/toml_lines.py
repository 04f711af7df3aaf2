"""Which line of a TOML file every key stands on, for messages."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

KeyPath = tuple[str, ...]


def lines_of_keys(text: str, deepest: int) -> Iterator[tuple[KeyPath, int]]:
    """Every key of a valid TOML text, down to ``deepest`` levels, with the line its statement begins on.

    tomllib tells no positions. But a TOML text is a sequence of statements, each of which is valid by itself, so
    lines are gathered until they parse: that splits strings and arrays over several lines correctly too.
    """
    header: KeyPath = ()
    gathered: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not gathered:
            first = number
        gathered.append(line)
        try:
            statement = tomllib.loads("\n".join(gathered))
        except tomllib.TOMLDecodeError:
            continue
        is_header = gathered[0].lstrip().startswith("[")
        gathered = []
        keys = list(_keys(statement, deepest))
        if is_header:
            header = max(keys, key=len)
            yield from ((header[:length], first) for length in range(1, len(header) + 1))
        else:
            yield from ((header + key, first) for key in keys)


def _keys(table: Mapping[str, Any], depth: int) -> Iterator[KeyPath]:
    for key, value in table.items():
        yield (key,)
        if isinstance(value, dict) and depth > 1:
            yield from ((key, *inner) for inner in _keys(value, depth - 1))
