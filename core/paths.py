"""The folders secondpass keeps things in, by platform convention.

``SECONDPASS_HOME`` moves all of them under one folder: for portable use, for tests, and for machines whose
home cannot be written to. A folder that is made here can be read by its owner only (mode 0700): sessions
hold other people's specs, logs may hold parts of them.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from core.errors import SecondpassError

Kind = Literal["config", "data", "log", "cache", "state"]


def config_dir(*, create: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of the user's own models.toml.

    Raises:
        SecondpassError: there is no such folder and it cannot be made; so for the others.
    """
    return _folder("config", create, environ)


def data_dir(within: str = "", *, create: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of what must be kept (sessions, runs, calibrations), or the one called ``within`` in it."""
    return _folder("data", create, environ, within)


def log_dir(*, create: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of log files: the program's own and those of the servers it starts."""
    return _folder("log", create, environ)


def cache_dir(within: str = "", *, create: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of what may be deleted at any time, or the one called ``within`` in it."""
    return _folder("cache", create, environ, within)


def state_dir(*, create: bool = True, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of what programs of one user tell each other: who holds a GPU, which pair is kept loaded."""
    return _folder("state", create, environ)


def absolute(path: str | Path, folder: Path | None = None) -> Path:
    """``path``, taken relative to ``folder`` (by default the working directory); links are not followed.

    Raises:
        SecondpassError: the path is relative and the working directory was deleted.
    """
    try:
        return Path(os.path.abspath(Path(folder or "") / path))
    except FileNotFoundError:
        raise SecondpassError(f"The working directory is gone, so {path} cannot be found; change to another.") from None


def _folder(kind: Kind, create: bool, environ: Mapping[str, str] | None, within: str = "") -> Path:
    path = _locate(kind, os.environ if environ is None else environ) / within
    if create:
        _make_private(path, kind)
    return path


def _locate(kind: Kind, environ: Mapping[str, str]) -> Path:
    if home := environ.get("SECONDPASS_HOME"):
        return absolute(os.path.expanduser(home)) / kind
    import platformdirs

    conventional: dict[Kind, Callable[..., str]] = {
        "config": platformdirs.user_config_dir,
        "data": platformdirs.user_data_dir,
        "log": platformdirs.user_log_dir,
        "cache": platformdirs.user_cache_dir,
        "state": platformdirs.user_state_dir,
    }
    path = Path(conventional[kind]("secondpass", appauthor=False))
    if not path.is_absolute():
        # No HOME and no entry in the user database: "~" stays as it is, and would become a folder of that name.
        raise SecondpassError(f"The home folder of this user is unknown ({path}); set SECONDPASS_HOME to a folder.")
    return path


def _make_private(path: Path, kind: Kind) -> None:
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        usable = path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK)
        reason = "it is not a folder that this user can write to"
    except OSError as error:
        usable, reason = False, error.strerror or str(error)
    if not usable:
        raise SecondpassError(
            f"The {kind} folder {path} cannot be used ({reason}); set SECONDPASS_HOME to a folder you can write to."
        )
