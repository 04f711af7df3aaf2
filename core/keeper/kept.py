"""Using a model that a keeper has loaded, and the engine that uses it where there is one, else a server of its own."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from core.engines.failures import ClosedError, DroppedError, PrefillTimeoutError, StalledError, UnreachableError
from core.engines.mlc import MlcEngine, Served
from core.engines.openai import OpenAIEngine
from core.engines.protocol import ChatRequest, Delta, EngineStatus, Phase, Role
from core.engines.status import StatusBoard
from core.errors import EngineError
from core.keeper.link import ask, asking
from core.keeper.record import Record

_CHECK_SECONDS = 30.0
"""How long the keeper gets to find out whether a server hangs."""


class KeptEngine:
    """One role's model in a keeper's server. It is held for the time of a request, so that it can unload when idle."""

    scripted = False

    def __init__(self, record: Record, role: Role, *, model: str, context: int, thinking: bool | None) -> None:
        self.model, self.context = model, context
        self._record, self._role, self._thinking = record, role, thinking
        self._board = StatusBoard(EngineStatus(Phase.STOPPED))
        self._http: OpenAIEngine | None = None
        self._served: Served | None = None
        self._connecting = asyncio.Lock()
        self._closings = 0

    @property
    def status(self) -> EngineStatus:
        """Where the engine stands now."""
        return self._board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change of status; returns a function that ends it."""
        return self._board.watch(listener)

    async def start(self) -> None:
        """Return when the keeper has the model loaded.

        Raises:
            EngineError: it cannot be; the message says why.
        """
        async with self._held(self._closings):
            return

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the answer to ``request``; a server that crashes before any of it is asked once more.

        Raises:
            EngineError: as one sentence; text received before that was already yielded.
        """
        closings = self._closings
        answered = retried = False
        while True:
            async with self._held(closings) as (served, http):
                try:
                    async with aclosing(http.chat(request)) as deltas:
                        async for delta in deltas:
                            answered = True
                            yield delta
                    await ask(self._record, "answered", role=self._role)
                    return
                except (StalledError, PrefillTimeoutError, DroppedError, UnreachableError) as error:
                    stalled = isinstance(error, StalledError | PrefillTimeoutError)
                    said = await self._trouble(served, stalled=stalled)
                    if said is not None:
                        self._board.set(EngineStatus(Phase.FAILED, said))
                    if answered or retried or stalled or said is None:
                        raise (error if said is None else EngineError(said)) from error
                    retried = True

    async def close(self) -> None:
        """Leave the server to the keeper."""
        self._closings += 1
        await self._disconnect()
        self._board.set(EngineStatus(Phase.STOPPED))

    @contextlib.asynccontextmanager
    async def _held(self, closings: int) -> AsyncGenerator[tuple[Served, OpenAIEngine], None]:
        """The model, loaded for as long as this lasts; ``closings`` is how often it was closed before it was asked."""
        try:
            async with asking(self._record, "use", show=self._show, role=self._role) as answer:
                served = Served(base_url=answer["base_url"], key=answer["key"], log=Path(answer["log"]))
                yield served, await self._connected(served, closings)
        except ClosedError:
            if self._http is None:
                # The keeper told of its phases meanwhile.
                self._board.set(EngineStatus(Phase.STOPPED))
            raise
        except EngineError as error:
            if self._board.status.phase not in {Phase.READY, Phase.BUSY}:
                self._board.set(EngineStatus(Phase.FAILED, str(error)))
            raise

    def _show(self, role: Role, status: EngineStatus) -> None:
        if role == self._role and status.phase not in {Phase.STOPPED, Phase.PREFILL, Phase.STREAMING, Phase.BUSY}:
            self._board.set(status)

    async def _connected(self, served: Served, closings: int) -> OpenAIEngine:
        # One at a time: of two that connect side by side, the first would be forgotten and never closed.
        async with self._connecting:
            if self._closings != closings:
                raise ClosedError(self.model)
            if self._http is not None and self._served == served:
                self._board.set(self._http.status)
                return self._http
            await self._disconnect()
            http = OpenAIEngine(
                self.model,
                base_urls=[served.base_url],
                api_key=served.key,
                context=self.context,
                thinking=self._thinking,
                no_think="text",
            )
            try:
                await http.start()
                if self._closings != closings:
                    raise ClosedError(self.model)
            except BaseException:
                await http.close()
                raise
            self._http, self._served = http, served

        def show(status: EngineStatus) -> None:
            # What ended a server is said by the keeper, not by the connections that it refuses.
            if self._http is http and status.phase not in {Phase.FAILED, Phase.STOPPED}:
                self._board.set(status)

        http.watch(show)
        self._board.set(http.status)
        return http

    async def _disconnect(self) -> None:
        http, self._http, self._served = self._http, None, None
        if http is not None:
            await http.close()

    async def _trouble(self, served: Served, *, stalled: bool) -> str | None:
        answer = await ask(
            self._record, "trouble", seconds=_CHECK_SECONDS, role=self._role, url=served.base_url, stalled=stalled
        )
        sentence: str | None = answer["sentence"]
        return sentence


class LocalEngine:
    """One role's model on this machine: the one that a keeper has loaded after ``borrow``, else a server of our own."""

    scripted = False

    def __init__(self, own: MlcEngine, role: Role, *, thinking: bool | None) -> None:
        self.model, self.context = own.model, own.context
        self._own, self._role, self._thinking = own, role, thinking
        self._kept: KeptEngine | None = None
        self._board = StatusBoard(own.status)
        self._unwatch = own.watch(self._board.set)

    @property
    def status(self) -> EngineStatus:
        """Where the engine stands now."""
        return self._board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change of status; returns a function that ends it."""
        return self._board.watch(listener)

    def place(self, **where: Any) -> None:
        """Where and how large a server of our own is to be; see :class:`MlcEngine`."""
        self._own.place(**where)

    async def borrow(self, record: Record | None) -> None:
        """From now on use what this keeper has loaded, or with None a server of our own."""
        if record is None and self._kept is None:
            return
        await self.close()
        self._unwatch()
        self._kept = (
            None
            if record is None
            else KeptEngine(record, self._role, model=self.model, context=self.context, thinking=self._thinking)
        )
        self._unwatch = self._engine.watch(self._board.set)

    async def start(self) -> None:
        """Return when the model can answer; see :class:`core.engines.protocol.Engine`."""
        await self._engine.start()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the answer to ``request``; see :class:`core.engines.protocol.Engine`."""
        async with aclosing(self._engine.chat(request)) as deltas:
            async for delta in deltas:
                yield delta

    async def close(self) -> None:
        """Stop a server of our own, or leave the keeper's to it."""
        await self._engine.close()

    @property
    def _engine(self) -> "MlcEngine | KeptEngine":
        return self._own if self._kept is None else self._kept
