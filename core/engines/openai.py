"""The ``openai`` engine: one role answered by servers that already run and speak OpenAI's protocol."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

from core.engines.answer import Answer
from core.engines.failures import ClosedError
from core.engines.protocol import ChatRequest, Delta, EngineStatus, Phase
from core.engines.status import StatusBoard
from core.engines.timeouts import Timeouts
from core.engines.truncation import estimate_prompt
from core.errors import EngineError

if TYPE_CHECKING:
    from core.engines.fleet import Fleet


class OpenAIEngine:
    """Chat completions from one or several servers, streamed.

    Args:
        model: The model's name in models.toml.
        base_urls: Where it is served, for instance ``http://127.0.0.1:8000/v1``. Several are used side by side.
        context: Context window in tokens.
        served_name: The name the servers know it by; None asks them.
        api_key: Sent as a bearer token. It never appears in a message or a log.
        api_key_env: The environment variable the key came from, for messages.
        thinking: True: the model reasons first, and the server's template may already open the ``<think>``
            block; False: reasoning is switched off; None: whatever the model does.
        no_think: How reasoning is switched off: a field for the server's chat template, or a text that
            Qwen3 was trained to obey, for servers without such a field (MLC-LLM).
        concurrency: Requests that each server is sent side by side; None sets no limit.
    """

    scripted = False

    def __init__(
        self,
        model: str,
        *,
        base_urls: Sequence[str],
        context: int,
        served_name: str | None = None,
        api_key: str | None = None,
        api_key_env: str | None = None,
        thinking: bool | None = None,
        timeouts: Timeouts | None = None,
        no_think: Literal["template", "text"] = "template",
        concurrency: int | None = None,
    ) -> None:
        if not base_urls:
            raise ValueError("an openai engine needs at least one base URL")
        self.model = model
        self.context = context
        self._urls = tuple(dict.fromkeys(base_urls))
        self._served_name = served_name
        self._key, self._key_env = api_key, api_key_env
        self._thinking, self._no_think = thinking, no_think
        self._timeouts = timeouts or Timeouts()
        self._concurrency = concurrency
        self._board = StatusBoard(EngineStatus(Phase.STOPPED))
        self._starting = asyncio.Lock()
        self._fleet: Fleet | None = None
        self._closings = 0

    @property
    def status(self) -> EngineStatus:
        """Where the engine stands now."""
        return self._board.status

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change of status; returns a function that ends it."""
        return self._board.watch(listener)

    async def start(self) -> None:
        """Return when at least one server can answer; waits while they load their models.

        Raises:
            ClosedError: the engine was closed meanwhile.
            EngineError: none can; the message says why and what to do.
        """
        closings = self._closings
        async with self._starting:
            # Who waits here while it is closed must not open it again: nobody would close that.
            if self._closings != closings:
                raise ClosedError(self.model)
            fleet = self._fleet or self._new_fleet()
            if fleet is self._fleet and fleet.usable:
                return
            self._fleet = fleet
            try:
                await fleet.connect()
            except asyncio.CancelledError:
                await self._disconnect()
                raise
            if self._closings != closings:
                raise ClosedError(self.model)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the answer to ``request``; see :class:`core.engines.protocol.Engine`.

        Raises:
            EngineError: as one sentence; text received before that was already yielded.
        """
        # A start of somebody else's may yet be given up, and would take this request's connection with it.
        if self._fleet is None or self._starting.locked():
            await self.start()
        assert self._fleet is not None
        clock = asyncio.get_running_loop().time
        thinking = self._thinking if request.thinking is None else request.thinking
        payload = self._payload(request, thinking)
        answer = Answer(
            request,
            max_tokens=payload["max_tokens"],
            thinking=thinking,
            context=self.context,
            began=clock(),
        )
        try:
            async with aclosing(self._fleet.chat(payload)) as chunks:
                async for chunk in chunks:
                    for piece in answer.read(chunk, clock()):
                        yield piece
        except EngineError:
            for piece in answer.rest(complete=False):
                yield piece
            raise
        for piece in answer.rest():
            yield piece
        yield answer.completed(clock())

    async def answers(self, seconds: float) -> bool:
        """Whether a server answers a one-token request within ``seconds``: a health probe."""
        return self._fleet is not None and await self._fleet.answers(seconds)

    async def close(self) -> None:
        """Close every connection. The engine may be started again."""
        self._closings += 1
        await self._disconnect()

    async def _disconnect(self) -> None:
        fleet, self._fleet = self._fleet, None
        try:
            if fleet is not None:
                await fleet.close()
        finally:
            self._board.set(EngineStatus(Phase.STOPPED))

    def _new_fleet(self) -> "Fleet":
        # These two import httpx, which no command needs before an engine is used.
        from core.engines.endpoint import Endpoint
        from core.engines.fleet import Fleet

        def show() -> None:
            if self._fleet is fleet:
                self._board.set(fleet.status)

        endpoints = [
            Endpoint(
                url,
                model=self.model,
                served_name=self._served_name,
                api_key=self._key,
                key_env=self._key_env,
                timeouts=self._timeouts,
            )
            for url in self._urls
        ]
        fleet = Fleet(endpoints, model=self.model, timeouts=self._timeouts, changed=show, concurrency=self._concurrency)
        return fleet

    def _payload(self, request: ChatRequest, thinking: bool | None) -> dict[str, Any]:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        # Servers such as vLLM refuse a request whose prompt and max_tokens together exceed the window.
        room = self.context - round(1.1 * estimate_prompt(request.messages)) - 16
        payload: dict[str, Any] = {
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": min(request.max_tokens, max(room, 64)),
            "temperature": request.temperature,
        }
        if request.seed is not None:
            payload["seed"] = request.seed
        if request.stop:
            payload["stop"] = list(request.stop)
        if request.schema:
            payload["response_format"] = request.schema
        if thinking is False and self._no_think == "template":
            payload["chat_template_kwargs"] = {"enable_thinking": False}
        if thinking is False and self._no_think == "text" and messages:
            messages[-1]["content"] += " /no_think"
        return payload
