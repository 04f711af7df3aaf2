"""The formats of a lint report. Each is a module with ``write(report) -> str``, imported when it is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from core.linting.report import LintedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a format writes. ``scores`` and ``color`` are for people and mean nothing to machine formats."""

    files: tuple[LintedFile, ...]
    scores: bool = True
    color: bool = False


def json_array(rows: Iterable[object]) -> str:
    """A JSON array with a row on each line.

    Its lines can be compared, and it takes far less time than indentation, which json writes in Python.
    """
    import json

    lines = ",\n".join(json.dumps(row) for row in rows)
    return f"[\n{lines}\n]" if lines else "[]"


Writer = Callable[[Report], str]

FOR_PEOPLE = frozenset({"full", "concise"})
"""Formats whose text may change between versions; the others are stable."""


def writer(name: str) -> Writer:
    """The function that writes a report in the format ``name``: text that ends in a newline, or is empty."""
    write: Writer = import_module(f"{__name__}.as_{name}").write
    return write
