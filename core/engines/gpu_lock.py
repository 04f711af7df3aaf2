"""One lock per GPU: whoever loads a model holds it, and others are told who that is instead of running out of memory.

The locks are files that the system gives back however a process ends. They are one user's: another user's models show
only as memory that is not free.
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import re
import shlex
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.engines.protocol import Phase
from core.errors import EngineError
from core.locks import held
from core.paths import state_dir

log = logging.getLogger(__name__)

KEEPER = "secondpass engines"
"""The program that keeps a pair loaded for the others."""

_OWN_SECONDS = 15.0
"""How long an earlier pair of the same program gets to leave the GPU."""

_LOOK = 0.05

ENDED = frozenset({Phase.STOPPED, Phase.FAILED})
"""Phases in which an engine holds no memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a GPU. ``gpu`` is its number among all of this machine; ``since`` is Unix time in seconds."""

    gpu: str
    pid: int
    program: str
    pair: str
    since: float

    @property
    def sentence(self) -> str:
        """Who has it and what to do."""
        who = f"process {self.pid}, since {time.strftime('%H:%M', time.localtime(self.since))}"
        if self.program == KEEPER:
            return (
                f"GPU {self.gpu} holds the pair {self.pair}, which is kept loaded ({who}): use that pair "
                f"(--pair {shlex.quote(self.pair)}), or unload it with secondpass engines stop."
            )
        return (
            f"GPU {self.gpu} is in use by {self.program} with the pair {self.pair} ({who}): wait until it ends, or "
            "close it and let programs share a pair with secondpass engines start."
        )


class GpuTakenError(EngineError):
    """Another program of ours holds the GPU."""


def engines_dir(environ: Mapping[str, str] | None = None, *, create: bool = True) -> Path:
    """The folder of locks and of the kept pair, apart for every machine that shares the home folder."""
    folder = state_dir(create=create, environ=environ) / "engines" / re.sub(r"[^\w.-]+", "_", socket.gethostname())
    if create:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def gpu_of(device: str | None, environ: Mapping[str, str]) -> str | None:
    """The GPU that MLC-LLM means by ``device``, numbered among all of the machine; None for the CPU.

    Where nothing is said MLC-LLM takes the first.
    """
    kind, _, number = (device or "auto").partition(":")
    if kind == "cpu":
        return None
    index = int(number or 0)
    visible = [each.strip() for each in environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if each.strip()]
    if kind in {"cuda", "auto"} and index < len(visible):
        return visible[index]
    return str(index)


class GpuLocks:
    """The GPUs that one pair of this program holds."""

    def __init__(self, *, program: str, pair: str, environ: Mapping[str, str]) -> None:
        self._program, self._pair, self._environ = program, pair, environ
        self._held = contextlib.ExitStack()
        self._gpus: frozenset[str] = frozenset()

    async def take(self, devices: Iterable[str | None]) -> None:
        """Hold the GPUs of ``devices``, and no others; nothing changes hands where they are held already.

        Raises:
            GpuTakenError: another program holds one; then none is held.
        """
        wanted = frozenset(gpu for device in devices if (gpu := gpu_of(device, self._environ)) is not None)
        if wanted == self._gpus:
            return
        self.release()
        deadline = time.monotonic() + _OWN_SECONDS
        while True:
            try:
                self._take_all(sorted(wanted))
                return
            except _TakenError as error:
                # A pair that this program used before may still be leaving.
                if error.holder is None or error.holder.pid != os.getpid() or time.monotonic() > deadline:
                    raise GpuTakenError(error.sentence) from None
            await asyncio.sleep(_LOOK)

    def holder(self, devices: Iterable[str | None]) -> Holder | None:
        """Another program that holds one of the GPUs of ``devices``."""
        wanted = {gpu_of(device, self._environ) for device in devices} - self._gpus
        return next((each for each in holders(self._environ) if each.gpu in wanted), None)

    def release(self) -> None:
        """Give all of them back."""
        self._held.close()
        self._gpus = frozenset()

    def _take_all(self, gpus: list[str]) -> None:
        with contextlib.ExitStack() as taken:
            for gpu in gpus:
                path = _lock(gpu, engines_dir(self._environ))
                try:
                    taken.enter_context(held(path, _TakenError(gpu, _read(path))))
                except OSError as error:
                    # A file system without locks (some network mounts): the memory planner still sees what is free.
                    log.warning("GPU %s cannot be locked: %s", gpu, error)
                    continue
                me = Holder(gpu=gpu, pid=os.getpid(), program=self._program, pair=self._pair, since=time.time())
                path.write_text(json.dumps(asdict(me)), encoding="utf-8")
            self._held = taken.pop_all()
            self._gpus = frozenset(gpus)


class _TakenError(EngineError):
    def __init__(self, gpu: str, holder: Holder | None) -> None:
        self.holder = holder
        self.sentence = (
            holder.sentence
            if holder is not None
            else f"GPU {gpu} is in use by another program of secondpass: wait until it ends, then try again."
        )
        super().__init__(self.sentence)


def holders(environ: Mapping[str, str] | None = None) -> tuple[Holder, ...]:
    """Who holds GPUs of this machine now."""
    folder = engines_dir(environ, create=False)
    found = [_read(path) for path in sorted(folder.glob("gpu-*.lock")) if is_locked(path)]
    return tuple(each for each in found if each is not None)


def is_locked(path: Path, *, free: Callable[[], None] = lambda: None) -> bool:
    """Whether a process holds the lock at ``path``; if not, ``free`` is called while none can take it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        free()
    except BlockingIOError:
        return True
    except OSError:
        # A file system without locks: nobody can hold one.
        return False
    finally:
        os.close(descriptor)
    return False


def _lock(gpu: str, folder: Path) -> Path:
    return folder / f"gpu-{re.sub(r'[^A-Za-z0-9-]+', '_', gpu)}.lock"


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # It is being written at this moment, or by another version.
        return None
