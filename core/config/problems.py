"""Turns what pydantic says about a models.toml into one sentence with file, line, key and what to do."""

import difflib
import json
import re
from collections.abc import Iterable
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.config.layers import Merged
from core.config.schema import TABLES, ArchitectureConfig, File, Table
from core.errors import ConfigurationError
from core.toml_lines import KeyPath

_WANTED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "tuple_type": "a text in quotes or an array of them",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?``, or the known words where none is near."""
    names = list(known)
    if near := difflib.get_close_matches(word, names, n=1):
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(names)}." if names else "; there is none."


def dotted(key: KeyPath) -> str:
    """The key as it would be written in TOML."""
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part) for part in key)


def problem(merged: Merged, key: KeyPath, sentence: str) -> ConfigurationError:
    """An error about ``key``: ``sentence`` follows the key."""
    return ConfigurationError(f"{merged.place_of(key)}: {dotted(key)} {sentence}")


def first_problem(error: ValidationError, merged: Merged) -> ConfigurationError:
    """The error to show for a validation that failed."""
    details = error.errors(include_url=False)
    # A misspelt key is also a missing one: the misspelling is what the user has to see.
    chosen = min(details, key=lambda detail: detail["type"] != "extra_forbidden")
    key = tuple(part for part in chosen["loc"] if isinstance(part, str))
    index = "".join(f"[{part}]" for part in chosen["loc"] if isinstance(part, int))
    more = f" ({len(details) - 1} more after this one.)" if len(details) > 1 else ""
    return ConfigurationError(f"{merged.place_of(key)}: {dotted(key)}{index} {_sentence(chosen, key)}{more}")


def _sentence(detail: ErrorDetails, key: KeyPath) -> str:
    kind, value = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "is not a known key" + suggestion(key[-1], _known_keys(key[:-1]))
    if kind == "missing":
        return "is missing; add it."
    if kind == "literal_error":
        choices = get_args(_table(key[:-1]).model_fields[key[-1]].annotation)
        if Ellipsis in choices:  # several of them, in an array
            choices = get_args(choices[0])
        return f"must be one of {', '.join(choices)}, not {_show(value)}" + (
            suggestion(value, choices) if isinstance(value, str) else "."
        )
    if kind == "value_error":
        return f"{context['error']}."
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {_show(value)}."
    bounds = {
        "greater_than": "more than {gt:g}",
        "greater_than_equal": "{ge:g} or more",
        "less_than_equal": "{le:g} or less",
    }
    if kind in bounds:
        return f"must be {bounds[kind].format(**context)}, not {_show(value)}."
    if kind in ("string_too_short", "too_short"):
        return "must not be empty."
    message = str(detail["msg"])
    return f"is wrong: {message[:1].lower()}{message[1:]}."


def _known_keys(table: KeyPath) -> list[str]:
    return list(_table(table).model_fields)


def _table(key: KeyPath) -> type[Table]:
    """The schema of the table at ``key``: a whole file, [models.NAME], or a table in that one."""
    if not key:
        return File
    return ArchitectureConfig if key[0] == "models" and len(key) > 2 else TABLES[key[0]]


def _show(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    shown = json.dumps(value, default=str, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
