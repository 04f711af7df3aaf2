"""The end of a child process, after which nothing of it is left in the event loop."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import Process


async def see_off(process: Process, seconds: float) -> None:
    """Wait ``seconds`` for a process that leads a group and was told to leave, then kill the group; close its pipes.

    Returns when nobody of the group holds a pipe any more, or after ``seconds`` more.
    """
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        kill_group(process)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await process.wait()
    finally:
        if process.returncode is None:  # the event loop itself is being closed
            kill_group(process)
        close_pipes(process)


def kill_group(process: Process) -> None:
    """Kill the group that ``process`` leads, if there is anybody left in it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def reap(process: Process) -> int:
    """End ``process`` if it has not ended, close its pipes and give its exit code (negative: the signal that ended it).

    Waiting alone is not enough: asyncio waits for the end of the pipes, too, which somebody else may hold open, unless
    the end of the process is known already; then it leaves them open, and when the loop is closed it complains, with
    a traceback.
    """
    close_pipes(process)
    return await process.wait()


def close_pipes(process: Process) -> None:
    """Close what leads to and from ``process``, and kill it if it has not ended."""
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
