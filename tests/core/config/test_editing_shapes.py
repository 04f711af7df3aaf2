"""However a user's file is written, a change says what it should, and no comment is lost."""

import copy
import itertools
import tomllib
from typing import Any

import pytest

from core.config.editing import REMOVE, Remove, changed_text

SHAPES = {
    "empty": "",
    "out of order": "[models.a]\nseed=1\n\n[pairs.b]\ncoder='a'\nreviewer='a'\n\n# about c\n[models.c]\nseed=2\n",
    "dotted and inline": "pairs.x.coder='a'\npairs.x.reviewer='b'\n[models]\n'a b'={source='x', context=500}\n",
    "inline": "models = { a = { source = 'x' } }\n",
    "dotted in a table": "[models]\na.source='x'\na.context=500\n[models.b]\nsource='q'\n",
    "an empty table": "default_pair='a' # hey\n[interface]\n\n# note\n",
    "a comment": "# only comment\n",
    "windows line ends": "[models.a]\r\nseed=1\r\n[models.b]\r\nseed=2\r\n",
    "comments everywhere": "[pairs.x] # c\ncoder='m' # c2\n# c3\n\n\n[pairs.y]\n",
}
CHANGES: list[tuple[tuple[str, ...], object]] = [
    (("default_pair",), "z"),
    (("interface", "theme"), "light"),
    (("models", "a", "context"), 700),
    (("models", "c", "seed"), REMOVE),
    (("models", "new.er", "source"), "HF://x"),
    (("pairs", "x", "coder"), "n"),
    (("pairs", "x", "description"), 'd"q'),
    (("endpoints", "e", "base_url"), ["http://a", "http://b"]),
    (("models", "b", "seed"), 9),
]


def with_change(table: dict[str, Any], key: tuple[str, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(table)
    inner = changed
    for part in key[:-1]:
        if isinstance(value, Remove) and part not in inner:
            return changed
        inner = inner.setdefault(part, {})
    if isinstance(value, Remove):
        inner.pop(key[-1], None)
    else:
        inner[key[-1]] = value
    return changed


def without_empty(table: dict[str, Any]) -> dict[str, Any]:
    cleaned = {key: without_empty(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in cleaned.items() if value != {}}


@pytest.mark.parametrize("shape", SHAPES)
def test_two_changes_in_any_order_say_what_they_should(shape: str) -> None:
    text = SHAPES[shape]
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    for changes in itertools.permutations(CHANGES, 2):
        wanted = tomllib.loads(text)
        for key, value in changes:
            wanted = with_change(wanted, key, value)
        after = changed_text(text, changes)
        assert without_empty(tomllib.loads(after)) == without_empty(wanted), (changes, after)
        if not any(isinstance(value, Remove) for _, value in changes):
            assert all(comment in after for comment in comments), (changes, after)
