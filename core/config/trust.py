"""Whether the models.toml of the working directory may be used: asked once a folder and content, and remembered.

It can send code to another machine and load native libraries, and it may have come with a repository that was cloned.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.paths import config_dir
from core.saving import write_atomically

_STORE = "trust.json"
_LARGEST = 1_000_000
"""Bytes; a models.toml is a few thousand."""

Answer = Literal["trusted", "refused"]


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A models.toml in the working directory, as it was read.

    ``answer`` is what the user said about just this content at this place, None if nothing yet; ``changed`` is whether
    another content was trusted there before.
    """

    path: Path
    text: str
    digest: str
    answer: Answer | None
    changed: bool


def local_file(path: Path, environ: Mapping[str, str] | None = None) -> LocalFile | None:
    """The file at ``path`` and what the user said about it; None if there is none.

    One that cannot be read as text is never used, so it counts as refused.
    """
    if not path.is_file():
        return None
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST else None
        text = "" if content is None else content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        content = None
    if content is None:
        return LocalFile(path, "", "", "refused", changed=False)
    digest = hashlib.sha256(content).hexdigest()
    known = _read(environ).get(os.path.realpath(path), {})
    same = known.get("sha256") == digest
    answer: Answer | None = None
    if same:
        answer = "trusted" if known.get("trusted") is True else "refused"
    return LocalFile(path, text, digest, answer, changed=not same and known.get("trusted") is True)


def remember(file: LocalFile, *, trusted: bool, environ: Mapping[str, str] | None = None) -> None:
    """Keep what the user said about ``file``, until its content changes.

    Raises:
        SecondpassError: it cannot be kept.
    """
    folder = config_dir(environ=environ)
    known = _read(environ)
    known[os.path.realpath(file.path)] = {"sha256": file.digest, "trusted": trusted}
    write_atomically(folder / _STORE, json.dumps({"version": 1, "files": known}, indent=2) + "\n")


def _read(environ: Mapping[str, str] | None) -> dict[str, dict[str, Any]]:
    """What is kept; a file that is damaged trusts nothing."""
    try:
        kept = json.loads((config_dir(create=False, environ=environ) / _STORE).read_bytes())
        files = kept["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    if not isinstance(files, dict):
        return {}
    return {path: entry for path, entry in files.items() if isinstance(entry, dict)}


def abilities(text: str) -> tuple[str, ...]:
    """What using a models.toml would do that the user should know of, one sentence each."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ("It is not valid TOML: nothing could start until it is mended.",)
    told = []
    for name, endpoint in _tables(table, "endpoints"):
        urls = endpoint.get("base_url")
        for url in urls if isinstance(urls, list) else [urls]:
            told.append(f"Specs and code may go to {url} (endpoint {name}).")
        if "api_key_env" in endpoint:
            told.append(f"The value of the variable {endpoint['api_key_env']} goes there as the key.")
    for name, model in _tables(table, "models"):
        if "model_lib" in model:
            told.append(f"The native library {model['model_lib']} may be loaded (model {name}).")
        if "source" in model:
            told.append(f"Weights may come from {model['source']} (model {name}).")
    if "default_pair" in table:
        told.append(f"The default pair would be {table['default_pair']}.")
    changed = ", ".join(name for name, _ in _tables(table, "pairs"))
    if changed:
        told.append(f"It says something about these pairs: {changed}.")
    return tuple(told)


def _tables(table: Mapping[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    found = table.get(kind)
    return [(name, each) for name, each in found.items() if isinstance(each, dict)] if isinstance(found, dict) else []
