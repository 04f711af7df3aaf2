"""The settings of the linter: ``[tool.secondpass.lint]`` of a project's pyproject.toml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from analyzers.rules.model import SEVERITIES
from core.errors import ConfigurationError
from core.linting.selection import Selectors, named

_TABLE = ("tool", "secondpass", "lint")
FailOn = Literal["error", "warning", "info"]
MOST_SCORE = 100
MOST_VERIFIABLE = 50
"""Interface and examples are worth 20 and 30 points; nothing else is verifiable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintSettings:
    """Settings of one project. ``root`` is the folder that relative paths and patterns are meant from."""

    root: Path
    source: Path | None = None
    selectors: Selectors = field(default_factory=Selectors)
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fail_on: FailOn = "warning"
    min_score: float | None = None
    min_verifiable: float | None = None
    exclude: tuple[str, ...] = ()
    token_budget: int | None = None
    baseline: Path | None = None


def find_settings(folder: Path) -> LintSettings:
    """The settings that hold in ``folder``, an absolute path: those of the nearest pyproject.toml that has the table.

    Raises:
        ConfigurationError: that file cannot be read, or says what cannot be.
    """
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file() and (settings := read_settings(file)) is not None:
            return settings
    return LintSettings(root=folder)


def read_settings(file: Path) -> LintSettings | None:
    """The settings in ``file``, None if it has no ``[tool.secondpass.lint]``.

    Raises:
        ConfigurationError: it cannot be read, or says what cannot be; the text names file, line and key.
    """
    text = _read(file)
    if "secondpass" not in text:
        return None
    import tomllib  # most files have no such table, and every import counts at the start

    try:
        table: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = str(error)
        raise ConfigurationError(f"{file} is not valid TOML: {reason[:1].lower()}{reason[1:]}; correct it.") from None
    for depth, key in enumerate(_TABLE, 1):
        table = table.get(key)
        if table is None:
            return None
        if not isinstance(table, dict):
            raise _problem(file, text, _TABLE[:depth], f"must be a table, not {_show(table)}.")
    return _Reader(file, text, table).settings()


@dataclass(frozen=True, slots=True)
class _Reader:
    file: Path
    text: str
    table: Mapping[str, Any]

    def settings(self) -> LintSettings:
        for key in self.table:
            if key not in KEYS:
                raise self._wrong(key, f"is not a known key{_suggestion(key, KEYS)}")
        select = self._selectors("select") if "select" in self.table else None
        baseline = self._get("baseline", str, "a path in quotes")
        budget = self._get("token-budget", int, "a whole number")
        if budget is not None and budget < 1:
            raise self._wrong("token-budget", f"must be 1 or more, not {budget}.")
        return LintSettings(
            root=self.file.parent,
            source=self.file,
            selectors=Selectors(
                select=select, extend_select=self._selectors("extend-select"), ignore=self._selectors("ignore")
            ),
            per_file_ignores=self._per_file_ignores(),
            fail_on=self._fail_on(),
            min_score=self._points("min-score", MOST_SCORE),
            min_verifiable=self._points("min-verifiable", MOST_VERIFIABLE),
            exclude=self._texts("exclude", self.table.get("exclude", [])),
            token_budget=budget,
            baseline=None if baseline is None else self.file.parent / baseline,
        )

    def _get(self, key: str, kind: type[Any], wanted: str) -> Any:
        value = self.table.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self._wrong(key, f"must be {wanted}, not {_show(value)}.")
        return value

    def _fail_on(self) -> FailOn:
        value = self._get("fail-on", str, "a text in quotes") or "warning"
        if value not in SEVERITIES:
            known = get_args(FailOn)
            raise self._wrong("fail-on", f"must be one of {', '.join(known)}, not {_show(value)}.")
        found: FailOn = value
        return found

    def _points(self, key: str, most: int) -> float | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise self._wrong(key, f"must be a number from 0 to {most}, not {_show(value)}.")
        return float(value)

    def _selectors(self, key: str) -> tuple[str, ...]:
        return self._checked((key,), self.table.get(key, []))

    def _checked(self, key: tuple[str, ...], value: object) -> tuple[str, ...]:
        selectors = self._texts(key[0], value, key)
        try:
            named(selectors)
        except ValueError as error:
            raise _problem(self.file, self.text, (*_TABLE, *key), f"names an unknown rule: {error}") from None
        return selectors

    def _texts(self, key: str, value: object, path: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            sentence = f"must be an array of texts in quotes, not {_show(value)}."
            raise _problem(self.file, self.text, (*_TABLE, *(path or (key,))), sentence)
        return tuple(value)

    def _per_file_ignores(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        table = self._get("per-file-ignores", dict, "a table of patterns") or {}
        return tuple((pattern, self._checked(("per-file-ignores", pattern), codes)) for pattern, codes in table.items())

    def _wrong(self, key: str, sentence: str) -> ConfigurationError:
        return _problem(self.file, self.text, (*_TABLE, key), sentence)


KEYS = (
    "select",
    "extend-select",
    "ignore",
    "per-file-ignores",
    "exclude",
    "fail-on",
    "min-score",
    "min-verifiable",
    "token-budget",
    "baseline",
)
"""Every key of ``[tool.secondpass.lint]``."""


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.") from None


def _problem(file: Path, text: str, key: tuple[str, ...], sentence: str) -> ConfigurationError:
    # Only for a message: finding lines takes much longer than reading the file.
    from core.toml_lines import lines_of_keys

    lines = dict(reversed(list(lines_of_keys(text, len(_TABLE) + 2))))
    line = next((lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in lines), None)
    place = f"{file}, line {line}" if line is not None else str(file)
    shown = ".".join(json.dumps(part) if not part.replace("-", "").replace("_", "").isalnum() else part for part in key)
    return ConfigurationError(f"{place}: {shown} {sentence}")


def _suggestion(word: str, known: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(word.replace("_", "-"), known, n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; the keys are {', '.join(known)}."


def _show(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    shown = json.dumps(value, default=str, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
