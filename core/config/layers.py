"""Reading one models.toml, merging several, and remembering which line every key came from."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.toml_lines import KeyPath, lines_of_keys

_DEEPEST = 4
"""No key of a models.toml stands deeper ([models.NAME.architecture] KEY); a hostile file may nest without end."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands; ``line`` is 1-based."""

    file: Path
    line: int | None

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Merged:
    """All layers merged, and the place that each key's value comes from."""

    table: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    files: tuple[Path, ...]

    def place_of(self, key: KeyPath) -> Place:
        """Where ``key`` stands, or else the innermost table around it that stands somewhere."""
        for length in range(len(key), 0, -1):
            if place := self.places.get(key[:length]):
                return place
        return Place(self.files[-1], None)


def merge_texts(layers: Sequence[tuple[Path, str]]) -> Merged:
    """Merge what is, or is to be, in files; later ones win.

    Raises:
        ConfigurationError: a text is not TOML.
    """
    table: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    for file, text in layers:
        table = _merge(table, _parse(text, file))
        places |= {key: Place(file, line) for key, line in lines_of_keys(text, _DEEPEST)}
    return Merged(table, places, tuple(file for file, _ in layers))


def read_text(file: Path) -> str:
    """The text of a models.toml.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{file} does not exist; give the path of a models.toml.") from None
    except IsADirectoryError:
        raise ConfigurationError(f"{file} is a folder; give the path of a models.toml.") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file} is not UTF-8 text (byte {error.start}); save it with that encoding."
        ) from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        raise ConfigurationError(f"{file} is not valid TOML: {reason[:1].lower()}{reason[1:]}; correct it.") from None
    except RecursionError:
        raise ConfigurationError(f"{file} is nested too deeply to be a models.toml; correct it.") from None


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
