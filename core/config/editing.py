"""Changing the user's own models.toml: checked before it is written, comments and order kept, and taken back."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError

from core.config.layers import Merged, merge_texts, read_text
from core.config.loading import FILE_NAME, layer_files, validated
from core.errors import ConfigurationError, UsageError
from core.paths import config_dir
from core.saving import write_atomically
from core.toml_lines import KeyPath

Origin = Literal["shipped", "user", "folder", "named", "default"]
"""Where a value comes from: the file that comes with secondpass, the user's own, the trusted one of the working
directory, the one named by --models or the environment, or no file at all."""


class Remove:
    """Takes a key, or a whole table, out of the user's file."""


REMOVE = Remove()
_TOP = ("default_pair",)
"""Keys of no table: they stand before the first one, where tomlkit puts them by itself."""
Change = tuple[KeyPath, object]
"""A key, and its new value or REMOVE."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for one key; ``value`` is None where nothing is said and there is no default in a file."""

    value: object
    origin: Origin
    file: Path | None


class Settings:
    """The layers of the configuration, and changes to the user's own one.

    Every change reads the user's file again, so that what was edited elsewhere meanwhile is kept.

    Args:
        models: The file named by ``--models``.
        environ: The environment, by default the process's.

    Raises:
        ConfigurationError: a layer cannot be read, or is wrong.
    """

    def __init__(self, models: Path | None = None, *, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._files = layer_files(models, environ=self._environ)
        self._named = models is not None or bool(self._environ.get("SECONDPASS_MODELS"))
        self.path = self.own_path(self._environ)
        """The user's file; it need not be there."""
        self._undo: tuple[str | None, str] | None = None
        self._own: Mapping[str, Any] = {}
        self.merged = self._check(self.text() or "")

    @staticmethod
    def own_path(environ: Mapping[str, str] | None = None) -> Path:
        """Where the user's file is or would be."""
        return config_dir(create=False, environ=environ) / FILE_NAME

    @staticmethod
    def read_own(path: Path) -> str:
        """The text of the user's file, "" if there is none; for a way out when the configuration is wrong.

        Raises:
            ConfigurationError: it cannot be read.
        """
        return read_text(path) if os.path.lexists(path) else ""

    @staticmethod
    def repair(text: str, models: Path | None) -> None:
        """Write ``text`` as the user's file where what is there now is wrong.

        Raises:
            ConfigurationError: it would still be wrong; nothing was written.
            UsageError: it cannot be written.
        """
        path = Settings.own_path()
        files = [file for file in layer_files(models) if file != path]
        layers = [(files[0], read_text(files[0])), (path, text), *((file, read_text(file)) for file in files[1:])]
        validated(merge_texts(layers))
        write_atomically(path, text)

    def text(self) -> str | None:
        """The user's file as it is now, None if there is none.

        Raises:
            ConfigurationError: it cannot be read.
        """
        return read_text(self.path) if os.path.lexists(self.path) else None

    def setting(self, key: KeyPath) -> Setting:
        """What holds for ``key``, and which layer says so."""
        value: Any = self.merged.table
        for part in key:
            if not isinstance(value, Mapping) or part not in value:
                return Setting(None, "default", None)
            value = value[part]
        place = self.merged.places.get(key)
        if place is None:
            return Setting(value, "default", None)
        return Setting(value, self._origin(place.file), place.file)

    def names(self, table: str) -> tuple[str, ...]:
        """The names of all tables of a kind, such as all pairs."""
        return tuple(self.merged.table.get(table, {}))

    def is_own(self, key: KeyPath) -> bool:
        """Whether the user's file says something about ``key``."""
        value: Any = self._own
        for part in key:
            if not isinstance(value, Mapping) or part not in value:
                return False
            value = value[part]
        return True

    def overridden(self, key: KeyPath) -> Path | None:
        """The file that wins over the user's for ``key``, None if there is none."""
        setting = self.setting(key)
        return setting.file if setting.origin in ("named", "folder") else None

    def change(self, changes: Sequence[Change]) -> None:
        """Write ``changes`` into the user's file, all or none.

        Raises:
            ConfigurationError: the configuration would be wrong; the text says what, and nothing was written.
            UsageError: the file cannot be written.
        """
        before = self.text()
        self._write(before, changed_text(before or "", changes, self.path))

    def replace(self, text: str) -> None:
        """Make ``text`` the user's file.

        Raises:
            ConfigurationError, UsageError: as for ``change``.
        """
        self._write(self.text(), text)

    @property
    def can_undo(self) -> bool:
        """Whether there is a save to take back."""
        return self._undo is not None

    def undo(self) -> None:
        """Take the last save back.

        Raises:
            UsageError: there is none, or the file was changed by somebody else since.
        """
        if self._undo is None:
            raise UsageError("Nothing was saved here, so there is nothing to take back.")
        before, after = self._undo
        if self.text() != after:
            raise UsageError(f"{self.path} was changed since it was saved here; take that back in an editor.")
        self.merged = self._check(before or "")
        if before is None:
            self.path.unlink()
        else:
            write_atomically(self.path, before)
        self._undo = None

    def _write(self, before: str | None, after: str) -> None:
        if after == (before or ""):
            return
        merged = self._check(after)
        config_dir(environ=self._environ)  # made, and private
        write_atomically(self.path, after)
        self.merged, self._undo = merged, (before, after)

    def _check(self, own: str) -> Merged:
        merged = merge_texts([(file, own if file == self.path else read_text(file)) for file in self._layers()])
        validated(merged)
        self._own = tomlkit.parse(own).unwrap()
        return merged

    def _layers(self) -> tuple[Path, ...]:
        shipped, *rest = (file for file in self._files if file != self.path)
        return (shipped, self.path, *rest)

    def _origin(self, file: Path) -> Origin:
        if file == self.path:
            return "user"
        if file == self._files[0]:
            return "shipped"
        return "named" if file == self._files[-1] and self._named else "folder"


def changed_text(text: str, changes: Sequence[Change], path: Path = Path(FILE_NAME)) -> str:
    """``text`` with ``changes`` made; everything else stays as it is.

    Raises:
        ConfigurationError: it is not TOML.
        UsageError: it is written in a way that cannot be changed here.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}; correct it in an editor.") from None
    for key, value in changes:
        if isinstance(value, Remove):
            _remove(document, key)
        else:
            _set(document, key, value)
    changed = tomlkit.dumps(document).strip("\n") + "\n"
    if not _says(changed, changes):
        # TOML can be written in many ways; a file that this cannot change faithfully is not touched.
        raise UsageError(f"{path} is written in a way that cannot be changed from here; change it in an editor.")
    return changed


def _says(text: str, changes: Sequence[Change]) -> bool:
    """Whether ``text`` is TOML and says all of ``changes``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for key, value in dict(changes).items():
        found: Any = table
        for part in key:
            found = found.get(part) if isinstance(found, dict) else None
        if found != (None if isinstance(value, Remove) else value):
            return False
    return True


def _set(document: tomlkit.TOMLDocument, key: KeyPath, value: object) -> None:
    table: Any = document
    for depth, part in enumerate(key[:-1]):
        if part not in table:
            last = depth == len(key) - 2
            # [pairs.mine] is written without a [pairs] above it.
            new: Any = tomlkit.table(is_super_table=not last)
            if last:
                new.add(tomlkit.nl())
            if isinstance(table, tomlkit.items.InlineTable):
                new = tomlkit.inline_table()
            _append(table, part, new)
        table = table[part]
    old = table.get(key[-1])
    if old is None:
        _append(table, key[-1], value)
        return
    item = tomlkit.item(value)
    item.trivia.comment_ws, item.trivia.comment = old.trivia.comment_ws, old.trivia.comment
    table[key[-1]] = item


def _append(table: Any, key: str, value: object) -> None:
    """Add a key behind the last one: comments after that belong to the table that follows."""
    plain = not isinstance(
        table, tomlkit.TOMLDocument | tomlkit.items.Table
    )  # inline, or in several places of the file
    if plain or (isinstance(table, tomlkit.TOMLDocument) and key in _TOP):
        table[key] = value
        return
    body = table.body if isinstance(table, tomlkit.TOMLDocument) else table.value.body
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    if isinstance(table, tomlkit.TOMLDocument):
        end = len(body)
    rest = body[end:]
    del body[end:]
    table.append(key, value)
    body.extend(rest)


def _remove(document: tomlkit.TOMLDocument, key: KeyPath) -> None:
    tables: list[Any] = [document]
    for part in key[:-1]:
        if part not in tables[-1]:
            return
        tables.append(tables[-1][part])
    if key[-1] in tables[-1]:
        del tables[-1][key[-1]]
