"""Where a model's weights are or would be, how much of them is there, and at which revision."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.engines.mlc_serve import REMOTE, local_path, mlc_home

if TYPE_CHECKING:
    from core.config import ResolvedModel

REVISION_FILE = ".secondpass-revision"
"""In a folder of weights: the commit that ``models pull`` took them from. MLC-LLM itself leaves no such trace."""

CACHES = ("tensor-cache.json", "ndarray-cache.json")
"""Lists of a model's tensors and shards; the second name is the older one."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Where a model's weights are or would be.

    Attributes:
        folder: Where MLC-LLM looks for them.
        present: Bytes of weights that are there.
        total: Bytes of all weights, None while the list of them is not there.
        complete: All of them are there, and the configuration.
        remote: They come from a hub.
        revision: The commit they were taken from, None where nobody wrote it down.
    """

    folder: Path
    present: int
    total: int | None
    complete: bool
    remote: bool
    revision: str | None = None


def repository(source: str) -> str | None:
    """``user/repository`` of a source on the hub, None for a folder."""
    prefix = next((each for each in REMOTE if source.startswith(each)), None)
    return None if prefix is None else source.removeprefix(prefix).strip("/")


def folder_of(source: str, environ: Mapping[str, str]) -> Path:
    """The folder in which MLC-LLM looks for the weights of ``source``."""
    name = repository(source)
    return Path(local_path(source)) if name is None else mlc_home(environ) / "model_weights" / "hf" / name


def weights_of(model: "ResolvedModel", environ: Mapping[str, str]) -> Weights:
    """Look at the disk; may block where the folder is on a server that is gone."""
    source = model.config.source or ""
    return weights_in(folder_of(source, environ), remote=repository(source) is not None)


def weights_in(folder: Path, *, remote: bool) -> Weights:
    """What is in ``folder``."""
    shards = _shards(folder)
    present = sum(min(_size(folder / name), size) for name, size in shards.items()) if shards else _sizes(folder)
    total = sum(shards.values()) if shards else None
    whole = shards is not None and all(_size(folder / name) >= size for name, size in shards.items())
    return Weights(
        folder=folder,
        present=present,
        total=total,
        complete=whole and (folder / "mlc-chat-config.json").is_file(),
        remote=remote,
        revision=revision_of(folder),
    )


def read_json(path: Path) -> Mapping[str, Any]:
    """The object in a JSON file; empty where there is none, or something else."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def revision_of(folder: Path) -> str | None:
    """The commit that the weights in ``folder`` were taken from: as ``models pull`` wrote it, or of a git checkout."""
    return _commit(folder / REVISION_FILE) or _head(folder / ".git")


def _head(git: Path) -> str | None:
    text = _text(git / "HEAD")
    if text is None or not text.startswith("ref: "):
        return text if text is not None and _COMMIT.fullmatch(text) else None
    name = text.removeprefix("ref: ").strip()
    if (commit := _commit(git / name)) is not None:
        return commit
    lines = (_text(git / "packed-refs") or "").splitlines()
    return next((line[:40] for line in lines if line[41:] == name and _COMMIT.fullmatch(line[:40])), None)


def _commit(path: Path) -> str | None:
    text = _text(path)
    return text if text is not None and _COMMIT.fullmatch(text) else None


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes()[: 1 << 20].decode("utf-8", "replace").strip()
    except OSError:
        return None


def _shards(folder: Path) -> dict[str, int] | None:
    """File name and bytes of every shard; None while there is no list of them."""
    for name in CACHES:
        try:
            records = json.loads((folder / name).read_bytes())["records"]
            return {str(record["dataPath"]): int(record["nbytes"]) for record in records}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            # Absent, or being written or a pointer of git-lfs at this moment: the other name may be whole.
            continue
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _sizes(folder: Path) -> int:
    return sum(_size(path) for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0


def free_bytes(folder: Path) -> int | None:
    """Free bytes of the disk that ``folder`` is or would be on; None if that cannot be found out."""
    nearest = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        return None if nearest is None else shutil.disk_usage(nearest).free
    except OSError:
        return None
