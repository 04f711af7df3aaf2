"""What a keeper writes down for others to find it: a file that only the user can read, valid while its lock is held."""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.engines.gpu_lock import engines_dir, is_locked
from core.engines.mlc_serve import mlc_home
from core.errors import EngineError

if TYPE_CHECKING:
    from core.config import ResolvedPair

_LOCK, _FILE = "keeper.lock", "keeper.json"

_PATIENCE = 1.0
"""Seconds for those who only look whether the lock is held to let go of it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A running keeper.

    Attributes:
        pid: Its process.
        port: Where it listens on loopback.
        token: What a program has to say to be heard; as good as the keys of its servers.
        pair: The name of the pair that it keeps.
        fingerprint: What is loaded; see ``fingerprint_of``.
        started: Unix time in seconds.
        idle_minutes: After how long without use it ends; 0 is never.
        log: Its log file.
    """

    pid: int
    port: int
    token: str
    pair: str
    fingerprint: str
    started: float
    idle_minutes: float
    log: str


class KeeperRunsError(EngineError):
    """A keeper runs already."""


def fingerprint_of(pair: "ResolvedPair", mlc: Sequence[str] | None, environ: Mapping[str, str]) -> str:
    """A digest of all that decides what servers of ``pair`` load; how answers are sampled is not part of it."""
    kept = {"source", "context", "max_tokens", "device", "model_lib", "revision", "endpoint"}
    models = [
        [role, model.name, model.kind, model.config.model_dump(mode="json", include=kept)]
        for role, model in (("coder", pair.coder), ("reviewer", pair.reviewer))
    ]
    said = [models, pair.config.placement, list(mlc or ()), str(mlc_home(environ))]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def running_keeper(environ: Mapping[str, str] | None = None) -> Record | None:
    """The keeper that runs on this machine, None without one. What a dead one left is removed.

    Raises:
        SecondpassError: the folder of this user cannot be found.
    """
    folder = engines_dir(environ, create=False)
    if not is_locked(folder / _LOCK, free=lambda: (folder / _FILE).unlink(missing_ok=True)):
        return None
    try:
        return Record(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # It is about to write it.
        return None


def keeper_is_there(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a keeper runs, even if it has not written itself down (yet)."""
    return is_locked(engines_dir(environ, create=False) / _LOCK)


class Registration:
    """The keeper's side: holds the lock for as long as the process lives.

    Raises:
        KeeperRunsError: another keeper runs.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._folder = engines_dir(environ)
        self._descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(self._descriptor)
                    raise KeeperRunsError("A pair is kept loaded already.") from None
            time.sleep(0.02)
        self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return self._folder / _FILE

    def write(self, record: Record) -> None:
        """Let others find it."""
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(record), file)
        os.replace(part, self._path)

    def remove(self) -> None:
        """Nobody finds it any more; the lock goes with the process, when all that it kept is gone."""
        self._path.unlink(missing_ok=True)
