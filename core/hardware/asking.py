"""How probes ask: programs of the machine in bounded time, and calls that may block for ever."""

import asyncio
import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from core.reaping import kill_group, reap

T = TypeVar("T")

_LAST_WORDS = 1.0
"""Seconds for the pipes of a program that was killed to come to their end."""
_LONGEST = 4 << 20
"""Bytes of output that are read; no tool that is asked here says more."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a program said. ``code`` is None if it did not end in time."""

    code: int | None
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The last line it wrote to standard error, or else to standard output."""
        lines = [line.strip() for line in (self.err.strip() or self.out.strip()).splitlines() if line.strip()]
        return lines[-1][:200] if lines else "it said nothing"


async def ask_program(*argv: str, seconds: float | None, environ: Mapping[str, str] | None = None) -> Said | None:
    """Run ``argv`` without input and in the C locale; None where there is no such program.

    A program that is still running after ``seconds`` (None: as long as it takes), or when the caller is cancelled, is
    killed with its children.
    """
    environ = os.environ if environ is None else environ
    path = shutil.which(argv[0], path=environ.get("PATH"))
    if path is None:
        return None
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            path,
            *argv[1:],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**environ, "LC_ALL": "C"},
            start_new_session=True,
        )
    )
    try:
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio would end the program alone; its children are there already, perhaps.
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise
    except OSError as error:
        return Said(-1, "", error.strerror or str(error))
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError:
        return Said(None, "", f"it did not answer within {seconds:g} s")
    finally:
        if process.returncode is None:
            await _end(process)
    return Said(process.returncode, _text(out), _text(err))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a program that leads a session, with its children."""
    kill_group(process)
    # To the end of what was written; who has left the session may hold the pipes open.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORDS):
            _ = await process.communicate()
    await reap(process)


async def in_thread(function: Callable[[], T]) -> T:
    """The value of ``function``, called in a thread that nobody waits for at exit (asyncio's own are waited for).

    A folder on a server that is gone hangs whoever looks into it; the program can be left all the same.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def hand_over(value: T | None, error: BaseException | None) -> None:
        if future.done():  # cancelled meanwhile
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]

    def work() -> None:
        value, failure = None, None
        try:
            value = function()
        except Exception as error:
            failure = error  # raised again where the value is awaited
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(hand_over, value, failure)

    threading.Thread(target=work, name="doctor", daemon=True).start()
    return await future


def _text(data: bytes) -> str:
    return data[:_LONGEST].decode("utf-8", "replace")
