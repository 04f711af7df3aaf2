"""``secondpass bench`` as a child process: its lines come in, it can be stopped, and it never outlives the app."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncGenerator, Sequence

from core.reaping import kill_group, reap

_PROGRAM = (sys.executable, "-I", "-c", "from tui.benchmark.attached import main; main()")
_LONGEST = 1 << 24
"""Bytes of a line; an event of a run is far shorter."""
_GRACE = 3.0
"""Seconds between asking the child to stop and killing it."""
_LAST_WORDS = 0.3
"""Seconds to wait for what it said after it has ended,"""
_MOST_SAID = 1 << 16
"""and bytes of it that are kept."""
_BREATHER = 20
"""Lines after which others get a turn: a child that prints at once must not hold up the screen."""


class BenchChild:
    """One command of the bench.

    Args:
        arguments: What stands behind ``secondpass bench``.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = tuple(arguments)
        self._process: asyncio.subprocess.Process | None = None
        self._said = b""

    async def lines(self) -> AsyncGenerator[bytes, None]:
        """Start it and give its lines; returns when it has ended. Whoever stops listening ends it.

        Raises:
            OSError: It cannot be started.
        """
        self._process = process = await asyncio.create_subprocess_exec(
            *_PROGRAM,
            "bench",
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        _open.add(self)
        said = asyncio.create_task(self._listen(process.stderr))
        count = 0
        try:
            async for line in process.stdout:
                yield line
                count += 1
                if count % _BREATHER == 0:
                    await asyncio.sleep(0)
            await process.wait()
        finally:
            self.kill()
            # What the child has started may hold its standard error open for a moment longer.
            await asyncio.wait((said,), timeout=_LAST_WORDS)
            said.cancel()
            await reap(process)
            _open.discard(self)

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while piece := await stream.read(_MOST_SAID):
            self._said = (self._said + piece)[-_MOST_SAID:]

    async def output(self) -> str:
        """Everything that it prints. Raises OSError."""
        return b"".join([line async for line in self.lines()]).decode(errors="replace")

    @property
    def code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.returncode if self._process is not None else None

    @property
    def last_words(self) -> str:
        """The last sentence that it said on standard error, "" if none."""
        lines = self._said.decode(errors="replace").strip().splitlines()
        return lines[-1].removeprefix("secondpass: ") if lines else ""

    async def stop(self) -> None:
        """Stop it; returns when it has ended. What it had finished is kept."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), _GRACE)
        except TimeoutError:
            self.kill()
            await process.wait()

    def kill(self) -> None:
        """End it and everything it started, at once."""
        if self._process is not None and self._process.returncode is None:
            kill_group(self._process)


_open: set[BenchChild] = set()
"""Those that have not ended."""


async def end_children() -> None:
    """End every child at once, and return when the last has ended."""
    while _open:
        for child in _open:
            child.kill()
        await asyncio.sleep(0.01)
    await asyncio.sleep(0)
