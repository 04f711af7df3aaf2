"""The ``mlc`` engine: one role answered by an MLC-LLM server that secondpass starts, supervises and stops."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from core.engines.background import BackgroundTasks
from core.engines.failures import ClosedError, DroppedError, PrefillTimeoutError, StalledError, UnreachableError
from core.engines.mlc_output import GpuMemory
from core.engines.mlc_serve import ServeOptions
from core.engines.mlc_server import MlcServer, StartLimits, start_server
from core.engines.openai import OpenAIEngine
from core.engines.protocol import ChatRequest, Delta, EngineStatus, Phase
from core.engines.status import StatusBoard
from core.engines.timeouts import Timeouts
from core.errors import EngineError

log = logging.getLogger(__name__)

_HEALTH = 10.0
"""Seconds that a stalled server gets to answer one token before it is ended."""

_LEAST_BUSY = 10.0
"""Seconds that a stopped prefill is waited for at least before the server is loaded anew."""

_DYING = 2.0
"""Seconds between a broken connection and the exit of the process that broke it."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a crashed server starts again; doubled for every further crash with no answer in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How a running server is reached. The key must not be shown or logged."""

    base_url: str
    key: str
    log: Path


class MlcEngine:
    """An MLC-LLM server of our own, on loopback with a random port and key.

    Args:
        model: The model's name in models.toml.
        source: ``HF://user/repo``, or a folder with a converted model.
        context: Context window in tokens.
        device: Such as ``cuda:0``; None lets MLC-LLM look, which can take 25 seconds.
        model_lib: A compiled library; None has one compiled at the first start.
        thinking: True: the model reasons first; False: it is told not to; None: whatever it does.
        log_dir: Where the server's output goes, one file per start.
        concurrency: Requests that may run side by side.
        total_tokens: KV cache over all requests; None is the least that works.
        revision: The commit that the weights have to be of; None takes them as they are.
        command: The Python, with options, that has ``mlc_llm``; None is this one.
    """

    scripted = False

    def __init__(
        self,
        model: str,
        *,
        source: str,
        context: int,
        log_dir: Path,
        device: str | None = None,
        model_lib: str | None = None,
        thinking: bool | None = None,
        concurrency: int = 1,
        total_tokens: int | None = None,
        revision: str | None = None,
        timeouts: Timeouts | None = None,
        limits: StartLimits | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        self.model = model
        self.context = context
        self._options = ServeOptions(
            source=source,
            context=context,
            concurrency=concurrency,
            total=total_tokens,
            device=device,
            model_lib=model_lib,
            revision=revision,
        )
        self._thinking = thinking
        self._log_dir = log_dir
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or StartLimits()
        self._command = command
        self._board = StatusBoard(EngineStatus(Phase.STOPPED))
        self._lock = asyncio.Lock()
        self._server: MlcServer | None = None
        self._http: OpenAIEngine | None = None
        self._replaced: MlcServer | None = None
        self._log_path: Path | None = None
        self._crashes = 0
        self._last_end: tuple[str, str] | None = None
        self._background = BackgroundTasks(model)
        self._closings = 0

    @property
    def status(self) -> EngineStatus:
        """Where the engine stands now."""
        return self._board.status

    @property
    def log_path(self) -> Path | None:
        """The log of the server that runs, or ran last."""
        return self._log_path

    @property
    def memory(self) -> GpuMemory | None:
        """What the running server says it needs on one GPU."""
        return self._server.memory if self._server is not None else None

    @property
    def served(self) -> Served | None:
        """How the running server is reached, for others than this engine."""
        server = self._server
        if server is None or not server.running or self._http is None:
            return None
        return Served(base_url=server.base_url, key=server.key, log=server.log.path)

    @property
    def crashes(self) -> int:
        """Crashes since an answer was complete."""
        return self._crashes

    def place(self, *, device: str, concurrency: int, total_tokens: int, prefill_chunk: int | None) -> None:
        """Where and how large the server is to be; it takes effect at the next start."""
        self._options = replace(
            self._options,
            device=device,
            concurrency=concurrency,
            total=total_tokens,
            prefill_chunk=prefill_chunk,
        )

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change of status; returns a function that ends it."""
        return self._board.watch(listener)

    async def start(self) -> None:
        """Return when the server answers; starts it where it does not run (any more).

        Raises:
            ClosedError: the engine was closed meanwhile.
            EngineError: it did not start; the message says why, what to do, and where its log is.
        """
        closings = self._closings
        async with self._lock:
            self._refuse_if_closed(closings)
            if self._server is not None and self._server.running and self._http is not None:
                return
            await self._end(politely=False)
            try:
                await self._back_off()
                self._server = await start_server(
                    self.model,
                    self._options,
                    log_dir=self._log_dir,
                    limits=self._limits,
                    command=self._command,
                    show=self._board.set,
                )
                self._log_path = self._server.log.path
                # Looking for devices takes up to 25 seconds; once is enough.
                self._options = replace(self._options, device=self._server.device)
                self._http = await self._connect(self._server)
            except EngineError as error:
                await self._end(politely=False)
                self._board.set(EngineStatus(Phase.FAILED, str(error)))
                raise
            except asyncio.CancelledError:
                await self._end(politely=False)
                self._board.set(EngineStatus(Phase.STOPPED))
                raise
            self._background.spawn(self._supervise(self._server))

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the answer to ``request``; see :class:`core.engines.protocol.Engine`.

        A server that crashes before it has answered anything is started again, and asked once more.

        Raises:
            EngineError: as one sentence; text received before that was already yielded.
        """
        closings = self._closings
        answered = retried = False
        while True:
            self._refuse_if_closed(closings)
            await self.start()
            server, http = self._server, self._http
            if server is None or http is None:
                continue
            try:
                async with aclosing(http.chat(request)) as deltas:
                    async for delta in deltas:
                        answered = True
                        yield delta
                self._crashes = 0
                return
            except (StalledError, PrefillTimeoutError) as error:
                raise await self._hung(server, http, error) from error
            except (DroppedError, UnreachableError) as error:
                self._refuse_if_closed(closings)
                if server is self._replaced and not answered:
                    # It was loaded anew because an earlier, stopped prefill kept it busy for too long.
                    continue
                if not await server.exited(_DYING):
                    raise
                if answered or retried:
                    raise server.death() from error
                retried = True
                log.warning("%s is asked again: %s", self.model, server.death())

    async def trouble(self, base_url: str, *, stalled: bool) -> str | None:
        """Somebody else's request to the server at ``base_url`` failed: end a server that hangs.

        Returns what was wrong with that server, None if it is well or nobody knows. ``stalled`` if the request got no
        more tokens, else its connection broke.
        """
        server, http = self._server, self._http
        if self._last_end is not None and self._last_end[0] == base_url:
            return self._last_end[1]
        if server is None or http is None or server.base_url != base_url:
            return None
        if stalled:
            sentence = EngineError("")
            hung = await self._hung(server, http, sentence)
            return None if hung is sentence else str(hung)
        return str(server.death()) if await server.exited(_DYING) else None

    async def well(self, seconds: float) -> bool:
        """Whether the server, where one runs, answers a small request within ``seconds``."""
        http = self._http
        return http is None or await http.answers(seconds)

    def answered(self) -> None:
        """Somebody else's request was answered: earlier crashes count no more."""
        self._crashes = 0

    async def close(self) -> None:
        """Stop the server; neither it nor anything it started is left when this returns."""
        self._closings += 1
        await self._background.end()
        async with self._lock:
            await self._end(politely=True)
            self._board.set(EngineStatus(Phase.STOPPED))

    def _refuse_if_closed(self, closings: int) -> None:
        """Who used the engine when it was closed must not start it again: nobody would stop that server."""
        if self._closings != closings:
            raise ClosedError(self.model)

    async def _connect(self, server: MlcServer) -> OpenAIEngine:
        http = OpenAIEngine(
            self.model,
            base_urls=[server.base_url],
            api_key=server.key,
            context=self.context,
            thinking=self._thinking,
            timeouts=self._timeouts,
            # MLC-LLM's templates have no switch for reasoning.
            no_think="text",
        )

        def show(status: EngineStatus) -> None:
            # A dead server is described by its exit, not by the connections that it refuses.
            if self._http is not http or not server.running or status.phase in {Phase.FAILED, Phase.STOPPED}:
                return
            if status.phase is Phase.BUSY and self._board.status.phase is not Phase.BUSY:
                self._background.spawn(self._reload_if_busy_for_long(server))
            self._board.set(status)

        try:
            await http.start()
        except BaseException:
            await http.close()
            raise
        http.watch(show)
        self._board.set(http.status)
        return http

    async def _supervise(self, server: MlcServer) -> None:
        await server.exited()
        if self._server is server:
            self._crashes += 1
            self._last_end = (server.base_url, str(server.death()))
            self._board.set(EngineStatus(Phase.FAILED, str(server.death())))

    async def _back_off(self) -> None:
        """Wait before a server that keeps crashing is started again."""
        if not self._crashes:
            return
        pause = min(_FIRST_PAUSE * 2 ** (self._crashes - 1), _LONGEST_PAUSE)
        self._board.set(EngineStatus(Phase.STARTING, f"again in {pause:g} s, after a crash"))
        await asyncio.sleep(pause)

    async def _hung(self, server: MlcServer, http: OpenAIEngine, error: EngineError) -> EngineError:
        """A server that gives no tokens: end it unless it still answers another request."""
        if await http.answers(_HEALTH):
            return error
        async with self._lock:
            if self._server is server:
                self._crashes += 1
                await self._end(politely=False)
        sentence = (
            f"MLC-LLM serving {self.model} hangs and was ended: it starts again with the next request "
            f"(log: {server.log.path})."
        )
        self._last_end = (server.base_url, sentence)
        self._board.set(EngineStatus(Phase.FAILED, sentence))
        return EngineError(sentence)

    async def _reload_if_busy_for_long(self, server: MlcServer) -> None:
        """Waiting for a stopped prefill must not take longer than loading the model anew."""
        await asyncio.sleep(max(server.load_seconds, _LEAST_BUSY))
        if self._server is not server or self._board.status.phase is not Phase.BUSY:
            return
        async with self._lock:
            self._replaced = server
            await self._end(politely=False)
            self._board.set(EngineStatus(Phase.STARTING, "loading anew instead of waiting for a stopped prefill"))
        try:
            await self.start()
        except EngineError:
            # start() has put the reason on the board, and the next request raises it.
            log.warning("%s could not be loaded anew", self.model)

    async def _end(self, *, politely: bool) -> None:
        http, self._http = self._http, None
        server, self._server = self._server, None
        # First the connections: the server waits for them when it is asked to leave.
        try:
            if http is not None:
                await http.close()
        finally:
            if server is not None:
                await server.stop(politely=politely)
