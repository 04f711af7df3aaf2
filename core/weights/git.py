"""Calls of git and git-lfs that ask nobody anything, and what their complaints mean."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from core.errors import EngineError
from core.hardware.asking import Said, ask_program

# Here and not in the doctor's probes, because the same command is proposed where a download fails for want of it.
from core.hardware.install import system_install

_POINTERS = ("-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false")
"""Large files stay what they are in git: pointers."""

_OURS = {
    # Nothing may ask a question on the terminal: the hub asks for a password where a repository does not exist.
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_LFS_PROGRESS": "",
}
_THEIRS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
"""Set inside git's hooks; they would lead every call to another repository."""

_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (
            r"could not resolve host|failed to connect|connection (refused|timed out|reset)|network is unreachable"
            r"|no such host|proxy connect|could not resolve proxy|i/o timeout|ssl",
            "the network does not reach it: check the connection, then run the same command again",
        ),
        (
            r"could not read username|repository .*not found|not found|does not appear to be a git repository"
            r"|does not exist|authentication failed|invalid username|error: 40[134]",
            "there is no such repository, or it is not public: correct the model's source in models.toml",
        ),
        (
            r"no space left on device|disk quota exceeded",
            "the disk is full: make room, or set MLC_LLM_HOME to a folder on a larger disk",
        ),
        (r"permission denied|read-only file system", "the folder cannot be written: set MLC_LLM_HOME to another one"),
    )
)


async def need_git(environ: Mapping[str, str]) -> None:
    """Find out whether git and git-lfs are there.

    Raises:
        EngineError: one of them is not.
    """
    git = await ask_program("git", "--version", seconds=20, environ=environ)
    if git is None:
        raise _missing("git is", "git git-lfs")
    lfs = await ask_program("git", "lfs", "version", seconds=20, environ=environ)
    if lfs is None or lfs.code != 0:
        raise _missing("git-lfs is", "git-lfs")


def _missing(what: str, packages: str) -> EngineError:
    command = system_install(packages, platform=sys.platform) or f"install {packages.replace(' ', ' and ')}"
    return EngineError(f"{what} needed to fetch weights and not installed: {command}")


def git_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of our calls of git."""
    return {name: value for name, value in environ.items() if name not in _THEIRS} | _OURS


async def git(
    folder: Path,
    *arguments: str,
    environ: Mapping[str, str],
    seconds: float | None = None,
    config: tuple[str, ...] = (),
) -> Said:
    """Run git in ``folder``; large files stay pointers. It is ended with its children when the caller is cancelled.

    Raises:
        EngineError: git is not there any more.
    """
    said = await ask_program(
        *("git", "-C", os.fspath(folder), *_POINTERS, *config, *arguments),
        seconds=seconds,
        environ=git_environment(environ),
    )
    if said is None:
        raise _missing("git is", "git git-lfs")
    return said


def complaint(said: Said, url: str) -> EngineError:
    """The error for a call of git about ``url`` that failed."""
    text = said.err or said.out
    for pattern, meaning in _KNOWN:
        if pattern.search(text):
            return EngineError(f"The weights could not be fetched from {url}, because {meaning}.")
    if said.code is None:
        return EngineError(f"Fetching from {url} stood still and was stopped: run the same command again, it goes on.")
    return EngineError(
        f"The weights could not be fetched from {url} ({said.complaint.rstrip('.')}): run the same command again, it "
        "goes on where it stopped."
    )
