"""A process such as a server of ours: started in a group of its own, read line by line, and ended for certain."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.reaping import close_pipes

_GRACE: tuple[tuple[signal.Signals, float], ...] = (
    (signal.SIGINT, 4.0),
    (signal.SIGTERM, 2.0),
    (signal.SIGKILL, 5.0),
)
"""What an orderly stop sends, and how many seconds it then waits."""

_LONGEST_LINE = 64 * 1024


class Child:
    """A running process group. Nothing of it reaches the terminal; everything it prints goes to ``on_line``.

    Its standard input stays open until it is stopped, so that a wrapper can notice the death of this program.
    """

    def __init__(self, process: Process, on_line: Callable[[str], None]) -> None:
        self._process = process
        self._on_line = on_line
        self._exit = asyncio.create_task(self._follow())

    @classmethod
    async def start(
        cls, command: Sequence[str], *, order: bytes, cwd: Path, env: Mapping[str, str], on_line: Callable[[str], None]
    ) -> "Child":
        """Start ``command`` and hand it ``order`` on standard input.

        Raises:
            OSError: it cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=cwd, env=env, start_new_session=True
        )
        child = cls(process, on_line)
        assert process.stdin is not None
        # A process that has died already is noticed by its exit, which says more than a broken pipe.
        with contextlib.suppress(ConnectionError):
            process.stdin.write(order)
            await process.stdin.drain()
        return child

    @property
    def pid(self) -> int:
        """Also the id of the process group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        return not self._exit.done()

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    async def exited(self, seconds: float | None = None) -> bool:
        """Wait until the process is gone and all it printed was read; False if ``seconds`` pass first."""
        done, _ = await asyncio.wait({self._exit}, timeout=seconds)
        return bool(done)

    def tell(self, text: bytes) -> None:
        """Write ``text`` to its standard input; one that has ended does not hear it."""
        assert self._process.stdin is not None
        if self.running:
            self._process.stdin.write(text)

    async def stop(self) -> None:
        """End the whole group: politely, then firmly. Nothing of it is left when this returns."""
        for number, seconds in _GRACE:
            if not self.running:
                break
            self._signal(number)
            if await self.exited(seconds):
                break
        await self.kill()

    async def kill(self) -> None:
        """End the whole group at once."""
        self._signal(signal.SIGKILL)
        await self.exited(5.0)
        close_pipes(self._process)

    def _signal(self, number: signal.Signals) -> None:
        # The group may outlive its leader: a compiler, a download.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def _follow(self) -> None:
        assert self._process.stdout is not None
        rest = b""
        while part := await self._process.stdout.read(16384):
            # A progress bar returns to the start of its line instead of ending it.
            *lines, rest = (rest + part).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            for line in lines:
                self._on_line(line.decode("utf-8", "replace"))
            if len(rest) > _LONGEST_LINE:
                self._on_line(rest.decode("utf-8", "replace"))
                rest = b""
        if rest:
            self._on_line(rest.decode("utf-8", "replace"))
        await self._process.wait()


def describe_exit(code: int | None) -> str:
    """In words how a process ended; codes above 128 are signals, as shells and our wrapper report them."""
    if code is None:
        return "did not end"
    number = -code if code < 0 else code - 128 if code > 128 else 0
    if number:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(number).name}"
        return f"was ended by signal {number}"
    return f"ended with exit code {code}"
