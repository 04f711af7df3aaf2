"""Talking to a keeper: one connection to loopback for each question, lines of JSON.

The first line is ``{"token", "op", ...}``. What comes back are any number of ``{"status": {...}}``, then one ``{"done":
{...}}`` or ``{"error": "sentence"}``. After ``use`` the connection stays open for as long as the model is used.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from core.engines.protocol import EngineStatus, Phase, Role
from core.errors import EngineError
from core.keeper.record import Record

Show = Callable[[Role, EngineStatus], None]
"""Hears of the engines' phases."""

ANSWER_SECONDS = 5.0
"""How long a keeper gets to answer a question that needs no loading."""


class KeeperGoneError(EngineError):
    """The keeper ended, or does not answer."""


@contextlib.asynccontextmanager
async def asking(
    record: Record, op: str, *, show: Show | None = None, seconds: float | None = None, **request: Any
) -> AsyncGenerator[Mapping[str, Any], None]:
    """Ask the keeper for ``op`` and hold the connection; the value is its answer.

    ``seconds`` is the most that may pass until the answer; None is as long as it takes.

    Raises:
        KeeperGoneError: there is no keeper any more, or it does not answer in time.
        EngineError: its answer is no; the sentence says why.
    """
    gone = KeeperGoneError(
        f"The pair {record.pair}, which was kept loaded, has just been unloaded, or its process {record.pid} hangs "
        "(secondpass engines stop ends it): try again."
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", record.port)
    except (OSError, TimeoutError):
        raise gone from None
    try:
        try:
            writer.write(json.dumps({"token": record.token, "op": op, **request}).encode() + b"\n")
            async with asyncio.timeout(seconds):
                await writer.drain()
                answer = await _answer(reader, show)
        except (OSError, TimeoutError, ValueError):
            raise gone from None
        if answer is None:
            raise gone
        yield answer
    finally:
        writer.close()


async def ask(record: Record, op: str, *, seconds: float | None = ANSWER_SECONDS, **request: Any) -> Mapping[str, Any]:
    """One question and its answer; see ``asking``."""
    async with asking(record, op, seconds=seconds, **request) as answer:
        return answer


async def _answer(reader: asyncio.StreamReader, show: Show | None) -> Mapping[str, Any] | None:
    while line := await reader.readline():
        said = json.loads(line)
        if "error" in said:
            raise EngineError(str(said["error"]))
        if "done" in said:
            done: Mapping[str, Any] = said["done"]
            return done
        if show is not None:
            role, status = status_of(said["status"])
            show(role, status)
    return None


def status_json(role: Role, status: EngineStatus) -> dict[str, Any]:
    """A status as it is sent."""
    return {"role": role, "phase": str(status.phase), "detail": status.detail, "progress": status.progress}


def status_of(sent: Mapping[str, Any]) -> tuple[Role, EngineStatus]:
    """The status that was sent."""
    return sent["role"], EngineStatus(Phase(sent["phase"]), sent["detail"], sent["progress"])
