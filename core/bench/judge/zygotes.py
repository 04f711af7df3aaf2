"""One zygote process: started, asked, ended."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import SandboxError
from core.reaping import see_off
from core.sandbox import private, tier

_CHILD = str(Path(__file__).parent / "child" / "__main__.py")
_MAX_LINE = 8 << 20
_GOODBYE = 2.0


class ZygoteDied(Exception):
    """It ended in the middle of a request; the text is what it said last."""


class Zygote:
    """A zygote; starts with the first request."""

    def __init__(self, layers: Sequence[str]) -> None:
        self._layers = list(layers)
        self._process: asyncio.subprocess.Process | None = None
        self._base = ""

    @property
    def pid(self) -> int | None:
        """Of the running process, None while there is none."""
        return None if self._process is None else self._process.pid

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request (see ``child.zygote``).

        Raises:
            ZygoteDied: It ended before it answered; the next request starts another one.
            SandboxError: It cannot be started.
        """
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            raise ZygoteDied(await self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        self._base = private.make()
        try:
            # Not -I, which would ignore the seed: with another seed sets are walked in another order, and the same
            # program gets another verdict.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-s", "-X", "utf8", _CHILD),
                cwd=self._base,
                env=tier.environment() | {"PYTHONHASHSEED": "0"},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=_MAX_LINE,
            )
        except OSError as error:
            private.remove(self._base)
            raise SandboxError(
                f"The judge's process cannot be started: {error}; check the Python installation."
            ) from error
        self._process = process
        assert process.stdin is not None
        process.stdin.write(json.dumps({"layers": self._layers, "base": self._base}).encode() + b"\n")
        return process

    async def _last_words(self) -> str:
        process = self._process
        assert process is not None
        assert process.stderr is not None
        said = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                said = await process.stderr.read(65_536)
        await self.end()
        return said.decode(errors="replace").strip().rpartition("\n")[2][-300:] or "it ended without a word"

    async def end(self) -> None:
        """End the process and all it started, and remove its folder. Goes on to the end if it is cancelled."""
        process, self._process = self._process, None
        if process is not None:
            await asyncio.shield(_ended(process, self._base))


async def _ended(process: asyncio.subprocess.Process, base: str) -> None:
    if process.stdin is not None:
        process.stdin.close()
    await see_off(process, _GOODBYE)
    private.remove(base)
