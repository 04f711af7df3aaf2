"""Fetching a model's weights from the hub to where MLC-LLM looks for them, through git and git-lfs.

What has arrived is kept in a folder beside the finished weights, so that the next try goes on where this one stopped;
the weights themselves appear in one step, whole or not at all.
"""

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.engines.mlc_serve import mlc_home
from core.errors import EngineError, UsageError
from core.hardware.asking import Said, in_thread
from core.locks import held
from core.weights.git import complaint, git, need_git
from core.weights.on_disk import REVISION_FILE, folder_of, free_bytes, repository, weights_in
from core.weights.revision import same_commit

HUB = "https://huggingface.co"

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*"
    rb"oid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d+)\n"
)
_LONGEST_POINTER = 1024
"""Bytes; the specification of git-lfs allows no longer ones."""

_LOOK = 0.25
"""Seconds between two looks at how much has arrived."""

_STALL = 300.0
"""Seconds without a byte after which a download is stopped."""

_SPARE = 64 << 20
"""Bytes that stay free of the disk."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: bytes that are here, and all bytes (None while only the list is fetched)."""

    present: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Weights that are on disk now. ``fetched`` is false if they were before; ``revision`` None if nobody knows it."""

    folder: Path
    revision: str | None
    size: int
    fetched: bool


@dataclass(frozen=True, slots=True)
class _Pointer:
    path: Path
    oid: str
    size: int


def url_of(source: str) -> str:
    """The repository's address on the hub.

    Raises:
        UsageError: ``source`` is a folder, or no repository's name.
    """
    name = repository(source)
    if name is None:
        raise UsageError(f"{source} is a folder on this machine, so there is nothing to fetch.")
    if not _NAME.fullmatch(name) or ".." in name:
        raise UsageError(f"{source} names no repository; it has to look like HF://user/repository.")
    return f"{HUB}/{name}"


async def pull(
    source: str, revision: str | None, environ: Mapping[str, str], show: Callable[[Progress], None]
) -> Pulled:
    """Fetch the weights of ``source`` (``HF://user/repository``) unless they are here.

    Args:
        source: The repository.
        revision: The commit to take, 7 to 40 digits of it; None takes what the repository has now.
        environ: The environment, for MLC-LLM's home and git's settings.
        show: Hears of the bytes that have arrived.

    Raises:
        UsageError: ``source`` is nothing that can be fetched.
        EngineError: it cannot be fetched; what has arrived is kept for the next try.
    """
    url, target = url_of(source), folder_of(source, environ)
    found = await in_thread(lambda: weights_in(target, remote=True))
    if found.complete and (revision is None or same_commit(revision, found.revision)):
        return Pulled(folder=target, revision=found.revision, size=found.present, fetched=False)
    await need_git(environ)
    # Beside the finished weights: the same disk, wherever a link may have put it.
    work = target.parents[1] / ".secondpass" / "--".join(target.parts[-2:])
    try:
        work.mkdir(parents=True, exist_ok=True)
        taken = EngineError(f"Another secondpass is fetching {source} now: wait for it, or stop it.")
        with held(work.with_name(f"{work.name}.lock"), taken):
            return await _Pull(url, work, target, environ, show).run(revision)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EngineError(
            f"The weights could not be written{where}: {error.strerror or error}; make room, or set MLC_LLM_HOME to a "
            "folder that can be written, and run the same command again."
        ) from None


class _Pull:
    """One download into ``work``, and its move to ``target``."""

    def __init__(
        self, url: str, work: Path, target: Path, environ: Mapping[str, str], show: Callable[[Progress], None]
    ) -> None:
        self._url, self._work, self._target = url, work, target
        self._environ, self._show = environ, show

    async def run(self, revision: str | None) -> Pulled:
        if not (self._work / ".git").is_dir():
            done = await in_thread(lambda: weights_in(self._work, remote=True))
            if done.complete and done.revision and (revision is None or same_commit(revision, done.revision)):
                # The last try was ended between its two last steps.
                return await self._finish(done.revision)
        commit = await self._fetch(revision)
        pointers = await in_thread(self._pointers)
        await self._large_files(commit, pointers)
        await in_thread(lambda: self._put_in_place(pointers))
        return await self._finish(commit)

    async def _git(self, *arguments: str, seconds: float | None = None, config: tuple[str, ...] = ()) -> Said:
        return await git(self._work, *arguments, environ=self._environ, seconds=seconds, config=config)

    async def _done(self, *arguments: str, seconds: float | None = None, config: tuple[str, ...] = ()) -> str:
        said = await self._git(*arguments, seconds=seconds, config=config)
        if said.code != 0:
            raise complaint(said, self._url)
        return said.out.strip()

    async def _fetch(self, revision: str | None) -> str:
        """Bring the repository's small files to ``revision``; its full commit."""
        self._show(Progress(0, None))
        await in_thread(self._drop_locks)
        await self._done("init", "--quiet")
        await self._done("config", "remote.origin.url", self._url)
        await self._done("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
        if revision is None:
            await self._done("fetch", "--quiet", "--depth", "1", "origin", "HEAD", seconds=_STALL)
            commit = await self._done("rev-parse", "FETCH_HEAD^{commit}")
        else:
            commit = await self._pinned(revision)
        # A link of a repository that is not trusted must not lead out of the folder.
        await self._done(*("checkout", "--quiet", "--force", "--detach", commit), config=("-c", "core.symlinks=false"))
        return commit

    def _drop_locks(self) -> None:
        """Remove what a git that was killed left locked. Our own lock says that no other one is at work here."""
        git = self._work / ".git"
        for lock in (*git.glob("*.lock"), *git.glob("refs/**/*.lock")):
            lock.unlink(missing_ok=True)

    async def _pinned(self, revision: str) -> str:
        known = await self._git("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
        if known.code == 0:
            return known.out.strip()
        if len(revision) == 40:
            direct = await self._git("fetch", "--quiet", "--depth", "1", "origin", revision, seconds=_STALL)
            if direct.code == 0:
                return revision
        # Only the start of a commit is known, or the server gives no single ones: all of the history.
        shallow = (self._work / ".git" / "shallow").is_file()
        more = ("--unshallow",) if shallow else ()
        await self._done("fetch", "--quiet", "--tags", *more, "origin", seconds=2 * _STALL)
        found = await self._git("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
        if found.code != 0:
            raise EngineError(
                f"{self._url} has no revision {revision}: correct the revision in models.toml (its page lists all)."
            )
        return found.out.strip()

    def _pointers(self) -> list[_Pointer]:
        """The files that git-lfs has to fetch."""
        found = []
        for folder, folders, files in os.walk(self._work):
            if ".git" in folders:
                folders.remove(".git")
            for name in files:
                path = Path(folder, name)
                if path.is_symlink() or path.stat().st_size > _LONGEST_POINTER:
                    continue
                if pointer := _POINTER.match(path.read_bytes()):
                    found.append(_Pointer(path, pointer["oid"].decode(), int(pointer["size"])))
        return found

    async def _large_files(self, commit: str, pointers: list[_Pointer]) -> None:
        sizes = {pointer.oid: pointer.size for pointer in pointers}
        total = sum(sizes.values())
        here = await in_thread(self._arrived)
        self._show(Progress(min(here, total), total))
        free = free_bytes(self._work)
        if free is not None and total - here + _SPARE > free:
            gib = 2**30
            raise EngineError(
                f"{self._url} needs another {(total - here) / gib:.1f} GiB, but only {free / gib:.1f} GiB are free in "
                f"{mlc_home(self._environ)}: make room, or set MLC_LLM_HOME to a folder on a larger disk."
            )
        if sizes and not all(self._object(oid, size) for oid, size in sizes.items()):
            await self._watched(commit, total)
        lost = [pointer for pointer in pointers if not self._object(pointer.oid, pointer.size)]
        if lost:
            raise EngineError(
                f"{self._url} did not send {lost[0].path.name} ({len(lost)} of {len(pointers)} files are missing): run "
                "the same command again."
            )
        self._show(Progress(total, total))

    async def _watched(self, commit: str, total: int) -> None:
        """Let git-lfs fetch, and look at what arrives."""
        fetching = asyncio.create_task(self._git("lfs", "fetch", "origin", commit))
        loop = asyncio.get_running_loop()
        most, moved = -1, loop.time()
        try:
            while not (await asyncio.wait({fetching}, timeout=_LOOK))[0]:
                present = await in_thread(self._arrived)
                if present > most:
                    most, moved = present, loop.time()
                    self._show(Progress(min(present, total), total))
                if loop.time() - moved > _STALL:
                    raise complaint(Said(None, "", ""), self._url)
        finally:
            fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await fetching
        said = fetching.result()
        if said.code != 0:
            raise complaint(said, self._url)

    def _arrived(self) -> int:
        """Bytes of large files that are here, whole or in part."""
        total = 0
        for name in ("objects", "incomplete", "tmp"):
            for folder, _, files in os.walk(self._work / ".git" / "lfs" / name):
                for file in files:
                    with contextlib.suppress(OSError):  # renamed meanwhile
                        total += os.stat(os.path.join(folder, file)).st_size
        return total

    def _object(self, oid: str, size: int) -> Path | None:
        path = self._work / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        try:
            return path if path.stat().st_size == size else None
        except OSError:
            return None

    def _put_in_place(self, pointers: list[_Pointer]) -> None:
        """Replace the pointers by the files themselves, without a second copy where the disk allows it."""
        for pointer in pointers:
            source = self._object(pointer.oid, pointer.size)
            assert source is not None  # looked at just now, under the lock
            new = pointer.path.with_name(f"{pointer.path.name}.new")
            new.unlink(missing_ok=True)
            try:
                os.link(source, new)
            except OSError:  # a file system without links
                shutil.copyfile(source, new)
            new.chmod(0o644)
            new.replace(pointer.path)

    async def _finish(self, commit: str) -> Pulled:
        """Write down the commit, and put the folder where MLC-LLM looks for it."""
        found = await in_thread(lambda: weights_in(self._work, remote=True))
        if not found.complete:
            raise EngineError(
                f"{self._url} at {commit[:12]} holds no model converted for MLC-LLM (mlc-chat-config.json, "
                "tensor-cache.json and the shards it lists): correct the model's source in models.toml."
            )
        await in_thread(lambda: self._move(commit))
        return Pulled(folder=self._target, revision=commit, size=found.present, fetched=True)

    def _move(self, commit: str) -> None:
        (self._work / REVISION_FILE).write_text(f"{commit}\n")
        leftovers = [self._work.with_name(f"{self._work.name}.{kind}") for kind in ("git", "replaced")]
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
        if (self._work / ".git").exists():
            (self._work / ".git").rename(leftovers[0])
        self._target.parent.mkdir(parents=True, exist_ok=True)
        if self._target.exists():
            self._target.rename(leftovers[1])
        self._work.rename(self._target)
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
