"""One address of an OpenAI-compatible server: connections, one request, and what its failures mean.

This module imports httpx (0.2 s); it is itself imported when an engine is first used, never before.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
from httpx_sse import EventSource

from core.engines.background import to_its_end
from core.engines.failures import ClosedError, DroppedError, UnknownFieldError, UnreachableError
from core.engines.replies import Asked, http_failure, looks_like_html, message_of, quoted, web_page_failure
from core.engines.response_format import FORMS, response_format
from core.engines.stream import DONE, Chunk, MalformedChunkError, parse_chunk
from core.engines.timeouts import Timeouts
from core.errors import EngineError

_BODY_LIMIT = 1 << 20
_LINGER = 5.0
"""Seconds for a body of an error, and for what follows a finish reason."""

_WEIGHT = 0.3
"""Of the last answer in what is known of a server's pace."""


class Endpoint:
    """A base URL, its connections, and what is known of the server behind it.

    Attributes:
        active: Requests of ours that it is working on.
        pace: Seconds a token of its answers took of late, the prefill in it; None before the first one.
        idle: Cleared while it finishes a prefill of a request that was stopped.
        dead: Why it cannot be used, None while it can.
        dead_since, resting_until: Event loop time, in seconds.
        stopped: Requests stopped during their prefill since it last answered.
        served: The models it offers, as far as it said so.
        refused: Optional request fields, and ways to ask for JSON (``FORMS``), that it does not take.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        served_name: str | None,
        api_key: str | None,
        key_env: str | None,
        timeouts: Timeouts,
    ) -> None:
        self.url = url.rstrip("/")
        self.active = 0
        self.pace: float | None = None
        self.stopped = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self.dead: EngineError | None = None
        self.dead_since = 0.0
        self.resting_until = 0.0
        self.served: tuple[str, ...] = ()
        self.refused: set[str] = set()
        self._model, self._served_name = model, served_name
        self._key, self._key_env, self._timeouts = api_key, key_env, timeouts
        self._client = _client(self.url, api_key, timeouts)
        self._closed = False
        self._sending: set[asyncio.Task[httpx.Response]] = set()

    @property
    def model(self) -> str:
        """The name to ask for: the configured one, else ours, else the only one that the server offers."""
        if self._served_name is not None:
            return self._served_name
        return self.served[0] if len(self.served) == 1 else self._model

    @property
    def asked(self) -> Asked:
        """Who is asked, for error sentences."""
        return Asked(model=self.model, url=self.url, served=self.served, key_env=self._key_env, secret=self._key)

    def take_pace(self, seconds: float) -> None:
        """Take note of how long a token of an answer took."""
        self.pace = seconds if self.pace is None else self.pace + _WEIGHT * (seconds - self.pace)

    async def list_models(self) -> tuple[str, ...]:
        """Ask ``/models``; keeps and returns the names, () where the server has no such list or fails to make it.

        Raises:
            UnreachableError, DroppedError, UnavailableError, EngineError: see ``failures`` and ``replies``.
        """
        status, headers, body = await self._exchange("GET", "/models", None, self._timeouts.connect)
        if looks_like_html(headers, body):
            raise web_page_failure(self.url, status)
        # 500: transformers' server cannot make the list where no model was ever fetched, and serves a folder
        # all the same.
        if status in {404, 405, 500, 501}:
            return ()
        if status != 200:
            raise http_failure(status, headers, body, self.asked)
        self.served = _model_names(body)
        return self.served

    async def answers(self, seconds: float) -> bool:
        """Whether a one-token request is answered within ``seconds`` (by anything but "wait").

        Raises:
            UnreachableError, DroppedError: there is no server any more.
        """
        payload = {"model": self.model, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
        try:
            status, _, _ = await self._exchange("POST", "/chat/completions", payload, seconds)
        except TimeoutError:
            return False
        return status not in {429, 503}

    async def stream(self, payload: Mapping[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Send one chat request and yield its chunks; how long to wait is the caller's business.

        Raises:
            UnreachableError: no connection.
            DroppedError: the connection broke, or the stream ended before the answer did.
            UnavailableError, UnknownFieldError, EngineError: the server refused.
        """
        body = {name: value for name, value in payload.items() if name not in self.refused} | {"model": self.model}
        form = None
        if schema := body.pop("response_format", None):
            form = next((each for each in FORMS if each not in self.refused), None)
        if form is not None:
            body["response_format"] = response_format(form, schema)
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        request = self._client.build_request("POST", self.url + "/chat/completions", json=body, headers=headers)
        try:
            response = await self._send(request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._translate(error) from error
        try:
            await self._check(response, structured=form is not None)
            async for chunk in self._chunks(response):
                yield chunk
        except UnknownFieldError as error:
            if error.field != "response_format" or form is None:
                raise
            raise UnknownFieldError(str(error), field=form) from error
        except httpx.HTTPError as error:
            raise self._translate(error) from error
        finally:
            await to_its_end(response.aclose())

    async def close(self) -> None:
        """Close all connections, also those that are just being made; who uses them gets a ClosedError."""
        self._closed = True
        await to_its_end(self._close())

    async def _close(self) -> None:
        # A connection that stands only after the client was closed is in no pool any more: nobody would close it.
        await asyncio.gather(*(_drop(sending) for sending in self._sending))
        # Cancelled half-way, the client would forget the connections that are left.
        await self._client.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """The beginning of the answer, to be closed by the caller. Cancelling waits until nothing of it is left.

        Raises:
            ClosedError: the endpoint is closed, or was closed meanwhile.
            httpx.HTTPError, httpx.InvalidURL: no answer.
        """
        if self._closed:
            raise ClosedError(self._model)
        sending = asyncio.create_task(self._client.send(request, stream=True))
        self._sending.add(sending)
        try:
            await asyncio.wait({sending})
        except asyncio.CancelledError:
            await to_its_end(_drop(sending))
            raise
        finally:
            self._sending.discard(sending)
        if self._closed:
            await to_its_end(_drop(sending))
            raise ClosedError(self._model)
        return sending.result()

    async def _check(self, response: httpx.Response, *, structured: bool) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        if response.status_code == 200 and kind == "text/event-stream":
            return
        body = await _read_some(response)
        if response.status_code != 200:
            raise http_failure(response.status_code, response.headers, body, replace(self.asked, structured=structured))
        if looks_like_html(response.headers, body):
            raise web_page_failure(self.url, 200)
        said = quoted(message_of(body) or "", self._key)
        raise EngineError(
            f"The server at {self.url} answered without streaming ({kind or 'no content type'}"
            f"{': ' + said if said else ''}): use a server that streams chat completions."
        )

    async def _chunks(self, response: httpx.Response) -> AsyncGenerator[Chunk, None]:
        finished = False
        async with aclosing(EventSource(response).aiter_sse()) as events:
            while True:
                try:
                    # Once the answer is complete, a server that neither says so nor hangs up is not waited for.
                    async with asyncio.timeout(_LINGER if finished else None):
                        event = await anext(events, None)
                except TimeoutError:
                    return
                except httpx.HTTPError:
                    if finished:
                        return
                    raise
                if event is None:
                    break
                data = event.data.strip()
                if data == DONE:
                    return
                if not data:
                    continue
                if event.event == "error":
                    raise self._stream_error(message_of(data.encode()) or data)
                chunk = self._parse(data)
                finished = finished or chunk.finish_reason is not None
                yield chunk
        if not finished:
            raise DroppedError(
                f"The server at {self.url} ended the answer of {self.model} before it was complete: "
                "look into the server's log, then try again."
            )

    def _parse(self, data: str) -> Chunk:
        try:
            chunk = parse_chunk(data)
        except MalformedChunkError as error:
            raise EngineError(
                f"The server at {self.url} sent a line that is not a chat completion "
                f"({quoted(data[:80], self._key)}): check that it is OpenAI-compatible."
            ) from error
        if chunk.error is not None:
            raise self._stream_error(chunk.error)
        if chunk.finish_reason == "error":
            raise self._stream_error("finish reason error")
        return chunk

    def _stream_error(self, said: str) -> EngineError:
        return EngineError(
            f"The server at {self.url} failed while {self.model} answered ({quoted(said, self._key)}): "
            "look into the server's log, then try again."
        )

    async def _exchange(
        self, method: str, path: str, payload: Mapping[str, Any] | None, seconds: float
    ) -> tuple[int, httpx.Headers, bytes]:
        """One small question. TimeoutError only for a POST; a GET that takes too long is unreachable."""
        request = self._client.build_request(method, self.url + path, json=payload)
        try:
            async with asyncio.timeout(seconds):
                response = await self._send(request)
                try:
                    return response.status_code, response.headers, await _read_some(response)
                finally:
                    await to_its_end(response.aclose())
        except TimeoutError as error:
            if method == "POST":
                raise
            raise UnreachableError(
                f"The server at {self.url} accepts connections but does not answer within {seconds:g} s: "
                "see whether it hangs, and restart it."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._translate(error) from error

    def _translate(self, error: Exception) -> EngineError:
        """httpx's exception as a sentence; its own text may hold the URL's userinfo, so it is not quoted."""
        causes = _causes(error)
        if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)):
            return EngineError(
                f"The address {self.url} is not one that can be used: set base_url in models.toml to "
                'something like "http://127.0.0.1:8000/v1".'
            )
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return UnreachableError(
                f"No secure connection to {self.url} (TLS: {_tls_reason(causes)}): check whether the server speaks "
                "https and its certificate is trusted here."
            )
        if isinstance(error, httpx.ConnectTimeout):
            return UnreachableError(
                f"No connection to {self.url} within {self._timeouts.connect:g} s: check the address and the network."
            )
        if isinstance(error, httpx.ProxyError):
            return UnreachableError(f"The proxy refuses to reach {self.url}: check HTTP_PROXY and NO_PROXY.")
        if isinstance(error, httpx.ConnectError):
            if any(isinstance(cause, socket.gaierror) for cause in causes):
                return UnreachableError(
                    f"The name of the server in {self.url} cannot be resolved: check base_url in models.toml."
                )
            return UnreachableError(
                f"Nothing answers at {self.url}: start the server there, or correct base_url in models.toml."
            )
        return DroppedError(
            f"The server at {self.url} broke the connection while {self.model} answered: "
            "see whether it still runs, then try again."
        )


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def _tls_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return quoted(cause.verify_message)
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return quoted(str(cause.reason).replace("_", " ").lower())
    return "handshake failed"


async def _drop(sending: "asyncio.Task[httpx.Response]") -> None:
    """Give up a request that is being sent, and close what came of it."""
    while not sending.done():
        # More than once, as httpx's own time-outs cancel too, and may take the one for the other.
        sending.cancel()
        await asyncio.wait({sending}, timeout=1)
    if not sending.cancelled() and sending.exception() is None:
        await sending.result().aclose()


def _client(url: str, api_key: str | None, timeouts: Timeouts) -> httpx.AsyncClient:
    # Reading has no timeout of httpx's: prefill, gaps between tokens and probes are timed apart from each other.
    patience = httpx.Timeout(None, connect=timeouts.connect, write=30.0)
    return httpx.AsyncClient(
        timeout=patience,
        headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
        # A proxy from the environment cannot reach this machine's own loopback, and must not see its traffic.
        trust_env=not is_loopback(url),
        # For plain http an empty context saves reading the certificate store; it would trust nobody.
        verify=True if url.lower().startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
    )


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine itself."""
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


async def _read_some(response: httpx.Response) -> bytes:
    """The beginning of a body: a wrong address may answer with megabytes, or slowly."""
    body = b""
    try:
        async with asyncio.timeout(_LINGER):
            async for part in response.aiter_bytes():
                body += part
                if len(body) >= _BODY_LIMIT:
                    break
    except (TimeoutError, httpx.HTTPError):
        # What did arrive, and the status, still say more than the broken connection does.
        return body[:_BODY_LIMIT]
    return body[:_BODY_LIMIT]


def _model_names(body: bytes) -> tuple[str, ...]:
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rows = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(rows, list):
        return ()
    return tuple(row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))
