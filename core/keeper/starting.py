"""Starting and stopping a keeper, from the side of the commands."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.engines.availability import why_unavailable
from core.engines.mlc_install import mlc_command
from core.engines.protocol import Phase
from core.engines.serverlog import ServerLog
from core.errors import EngineError
from core.keeper.link import KeeperGoneError, Show, ask, asking
from core.keeper.record import Record, fingerprint_of, keeper_is_there, running_keeper
from core.paths import log_dir

if TYPE_CHECKING:
    from core.config import ResolvedPair

_PROGRAM = (sys.executable, "-I", "-c", "from core.keeper.process import main; main()")

_REGISTER_SECONDS = 10.0
"""How long a keeper that somebody else has just started gets to write itself down."""

_STOPPING: tuple[tuple[signal.Signals | None, float], ...] = (
    (None, 30.0),
    (signal.SIGTERM, 10.0),
    (signal.SIGKILL, 5.0),
)
"""What ends a keeper, and for how many seconds it is then waited for; first it is asked."""

_NOTICING = 2.0
"""Seconds for a keeper to notice that a start was given up."""

_LOOK = 0.05


async def start_keeper(
    pair: "ResolvedPair",
    *,
    idle_minutes: float,
    show: Show,
    found: Callable[[Record], None],
    spawning: Callable[[], None] = lambda: None,
) -> Mapping[str, Any]:
    """Load ``pair`` in a keeper, or wait for the one that loads or has loaded it; its status when that is done.

    When this is cancelled and nobody else waits, nothing is left behind.

    Args:
        pair: The pair; at least one of its models runs here.
        idle_minutes: After how long without use it is unloaded; 0 is never.
        show: Hears of the engines' phases.
        found: Hears of a keeper that runs already.
        spawning: Called when a keeper is about to be started.

    Raises:
        EngineError: it could not be loaded, or another pair is kept loaded.
    """
    if (record := await _existing()) is not None:
        if record.fingerprint != fingerprint_of(pair, mlc_command(os.environ), os.environ):
            raise _other(record)
        found(record)
        return await _wait(record, show, own=False)
    if (reason := why_unavailable(pair)) is not None:
        raise EngineError(f"The pair {pair.name} cannot start. {reason}.".replace("..", "."))
    spawning()
    # Also when this is cancelled the process is there, and has to be ended.
    spawned = asyncio.ensure_future(_spawn(pair, idle_minutes))
    try:
        record = await asyncio.shield(spawned)
    except asyncio.CancelledError:
        with contextlib.suppress(EngineError):
            await _give_up(await spawned, own=True)
        raise
    return await _wait(record, show, own=True)


async def _wait(record: Record, show: Show, *, own: bool) -> Mapping[str, Any]:
    """Return the keeper's status when its models are loaded."""
    try:
        async with asking(record, "start", show=show) as status:
            return status
    except asyncio.CancelledError:
        with contextlib.suppress(EngineError):
            await _give_up(record, own=own)
        raise
    except EngineError:
        # It has said why, and leaves.
        await _gone(_STOPPING[0][1])
        raise


async def stop_keeper(record: Record | None, told: Callable[[str], None] = lambda _: None) -> None:
    """End the keeper and all that it has loaded; None is one that is just starting or leaving.

    ``told`` hears of every step that takes long.

    Raises:
        EngineError: it cannot be ended.
    """
    if record is not None:
        with contextlib.suppress(EngineError):
            # One that does not answer gets signals instead.
            await ask(record, "stop")
    for number, seconds in _STOPPING:
        if number is not None and record is not None:
            told(f"process {record.pid} does not end, sending {number.name}")
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(record.pid, number)
        if await _gone(seconds):
            return
    raise EngineError("The process that keeps the pair loaded cannot be ended: see secondpass engines status.")


async def _give_up(record: Record, *, own: bool) -> None:
    """Return when a keeper whose start nobody waits for any more has ended.

    It stays if others wait for it, or if it was not our ``own`` to begin with and is ready.
    """
    if await _gone(_NOTICING):
        return
    with contextlib.suppress(KeeperGoneError):
        status = await ask(record, "status")
        if status["starters"] or (status["phase"] == Phase.READY and not own):
            return
    await stop_keeper(record)


async def _gone(seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while keeper_is_there():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_LOOK)
    return True


async def _existing() -> Record | None:
    """The keeper that runs, also one that is just starting."""
    deadline = time.monotonic() + _REGISTER_SECONDS
    while keeper_is_there():
        if (record := running_keeper()) is not None:
            return record
        if time.monotonic() > deadline:
            raise EngineError("A process that keeps a pair loaded hangs: end it with secondpass engines stop.")
        await asyncio.sleep(_LOOK)
    return None


async def _spawn(pair: "ResolvedPair", idle_minutes: float) -> Record:
    from core.keeper.order import Order

    log = ServerLog(log_dir(), "engines", secret="")
    log.close()
    order = Order(pair=pair, idle_minutes=idle_minutes, log=str(log.path))
    with log.path.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM, stdin=PIPE, stdout=PIPE, stderr=file, start_new_session=True
        )
    said, _ = await process.communicate(order.encode())
    word, _, sentence = said.decode("utf-8", "replace").partition("\n")[0].partition(" ")
    if word == "error":
        raise EngineError(sentence)
    # Where another one was faster, that one is it.
    record = await _existing() if word in {"ready", "runs"} else None
    if record is None:
        raise EngineError(f"The process that is to keep the pair {pair.name} loaded ended at once: see {log.path}.")
    if record.fingerprint != fingerprint_of(pair, mlc_command(os.environ), os.environ):
        raise _other(record)
    return record


def _other(record: Record) -> EngineError:
    return EngineError(
        f"The pair {record.pair} is kept loaded (process {record.pid}), perhaps with other settings than now: unload "
        "it first with secondpass engines stop."
    )
