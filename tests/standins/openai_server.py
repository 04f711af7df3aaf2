"""A stand-in for an OpenAI-compatible server, as a process of its own; standard library only.

It reads one JSON line from standard input, the scenario (see ``Scenario``), prints its port, and leaves when
standard input ends. ``running.py`` starts it from tests.
"""

import asyncio
import contextlib
import json
import os
import re
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

Headers = dict[str, str]


@dataclass(kw_only=True)
class Scenario:
    """How the server behaves.

    ``faults`` is used up one entry per chat request, and its last entry repeats if ``faults_repeat``. An entry
    is null (no fault), a name handled in ``_stream``, or an object with status, body, headers and type that is
    sent instead of an answer. ``models_faults`` does the same for /v1/models.
    """

    models: list[str] = field(default_factory=lambda: ["stand-in"])
    key: str | None = None
    answer: str = "def add(a, b):\n    return a + b\n"
    answers: list[tuple[str, str]] = field(default_factory=list)
    """(texts to look for in the messages, with | between, answer): the first that matches, else ``answer``."""
    reasoning: str = ""
    reasoning_style: str = "think"
    """think, closed (only the closing tag arrives), reasoning_content, reasoning, both."""
    chunks: list[str] | None = None
    """Exactly these pieces as content, in place of the answer cut into tokens."""
    ttft: float = 0.0
    rate: float = 0.0
    """Tokens a second; 0 does not wait."""
    serial: bool = False
    """One request at a time, and a prefill is finished even if the client has hung up."""
    batch: int = 0
    """Requests that are worked on at the same time, each at the full rate; the rest wait their turn. 0: all."""
    load: float = 0.0
    """Seconds until /v1/models answers, as if the model were loaded by whoever asks first."""
    headers_early: bool = False
    usage: bool = True
    prompt_tokens: int | None = None
    finish_reason: str = "stop"
    window: int | None = None
    """Longest prompt in tokens; longer ones are refused as MLC-LLM refuses them."""
    strict_model: bool = False
    refuse_fields: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=lambda: ["json_schema", "json_object"])
    """Types of ``response_format`` that are taken; others are refused as MLC-LLM refuses them."""
    faults: list[Any] = field(default_factory=list)
    faults_repeat: bool = False
    models_faults: list[Any] = field(default_factory=list)
    models_faults_repeat: bool = False


def count_tokens(text: str) -> int:
    return len(pieces(text))


def pieces(text: str) -> list[str]:
    """The text cut into what passes for tokens here."""
    return re.findall(r"\s*\w{1,6}|\s*[^\w\s]|\s+", text)


def double_encoded(message: str, code: int) -> str:
    """MLC-LLM's error body: a JSON string that holds JSON."""
    return json.dumps(json.dumps({"object": "error", "message": message, "code": code}))


class Server:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.engine = asyncio.Lock()
        self.requests: list[dict[str, Any]] = []
        self.hung_up_in_prefill = 0
        self.hung_up_while_streaming = 0
        self.connections = 0
        self.at_work = 0
        self.most_at_work = 0
        """Chat requests at the same time: now, and at most so far."""
        self.places = asyncio.Semaphore(scenario.batch) if scenario.batch else None
        self.loads = 0
        self.worked: list[tuple[float, float, int]] = []
        """(begin, end, tokens) of each answer on the monotonic clock, without the wait for a place."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self.connections -= 1
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readexactly(1)
        if not head.isalpha():
            # Somebody speaks TLS to a server that does not.
            return await send(writer, 400, "Bad Request", "text/plain", {}) and False
        head += await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if path == "/stats":
            known = {k: v for k, v in vars(self).items() if isinstance(v, (int, list))}
            return await send_json(writer, 200, known)
        key = self.scenario.key
        if key is not None and headers.get("authorization") != f"Bearer {key}":
            return await send_json(writer, 401, {"detail": "Invalid API Key"})
        if path == "/v1/models":
            self.loads += 1
            await asyncio.sleep(self.scenario.load)
            fault = next_fault(self.scenario.models_faults, self.scenario.models_faults_repeat)
            if isinstance(fault, dict):
                return await send_fault(writer, fault)
            return await send_json(writer, 200, {"object": "list", "data": [{"id": m} for m in self.scenario.models]})
        if path == "/v1/chat/completions" and method == "POST":
            return await self._chat(json.loads(body), reader, writer)
        return await send_json(writer, 404, {"detail": "Not Found"})

    async def _chat(self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            async with self.places or contextlib.nullcontext():
                return await self._answer(request, reader, writer)
        finally:
            self.at_work -= 1

    async def _answer(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        scenario = self.scenario
        probe = not request.get("stream")
        fault = None
        if not probe:
            self.requests.append(request)
            fault = next_fault(scenario.faults, scenario.faults_repeat)
        if isinstance(fault, dict):
            return await send_fault(writer, fault)
        if fault == "crash_first":
            os._exit(70)
        if fault == "drop_before_first":
            abort(writer)
            return False
        refused = [name for name in scenario.refuse_fields if name in request]
        if refused:
            return await send_json(writer, 400, {"error": {"message": f"Unknown field: {refused[0]}"}})
        asked = (request.get("response_format") or {}).get("type")
        if asked is not None and asked not in scenario.formats:
            problem = {"loc": ["body", "response_format", "type"], "msg": "Input should be 'text' or 'json_object'"}
            return await send_json(writer, 422, {"detail": [problem]})
        if scenario.strict_model and request["model"] not in scenario.models:
            return await send_json(writer, 404, {"error": {"message": f"The model {request['model']} does not exist."}})
        prompt = " ".join(message["content"] for message in request["messages"])
        tokens = count_tokens(prompt)
        if scenario.window is not None and tokens > scenario.window:
            said = f"Request prompt has {tokens} tokens in total, larger than the model input length limit"
            return await send(writer, 400, double_encoded(f"{said} {scenario.window}.", 400), "application/json", {})
        ttft = 3600.0 if fault == "stall_prefill" else 0.01 if probe else scenario.ttft
        if scenario.headers_early and not probe:
            start_stream(writer)
            await writer.drain()
        if scenario.serial:
            async with self.engine:
                await asyncio.sleep(ttft)
                gone = reader.at_eof()
                if not gone and not probe:
                    return await self._stream(request, prompt, fault, writer)
        else:
            await asyncio.sleep(ttft)
            gone = reader.at_eof()
        if gone:
            self.hung_up_in_prefill += 1
            return False
        if probe:
            return await send_json(writer, 200, {"choices": [{"message": {"content": "x"}, "finish_reason": "length"}]})
        return await self._stream(request, prompt, fault, writer)

    async def _stream(self, request: dict[str, Any], prompt: str, fault: Any, writer: asyncio.StreamWriter) -> bool:
        scenario = self.scenario
        if fault == "not_sse":
            return await send_json(writer, 200, {"choices": [{"message": {"content": "whole"}}]})
        deltas = self._deltas(prompt, request["max_tokens"])
        if not scenario.headers_early:
            start_stream(writer)
        await event(writer, {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        middle = len(deltas) // 2
        clock = asyncio.get_running_loop()
        begun = clock.time()
        self.worked.append((begun, begun, 0))
        number = len(self.worked) - 1
        try:
            for index, delta in enumerate(deltas):
                if index == middle and await self._fault_in_the_middle(fault, writer):
                    return False
                await event(writer, {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
                if scenario.rate:
                    # By the clock: sleeps of a fixed length would make it slower than it says.
                    await asyncio.sleep(max(0.0, begun + (index + 1) / scenario.rate - clock.time()))
                self.worked[number] = (begun, clock.time(), index + 1)
            finish = "error" if fault == "finish_error" else scenario.finish_reason
            if len(deltas) >= request["max_tokens"]:
                finish = "length"
            await event(writer, {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
            if scenario.usage and (request.get("stream_options") or {}).get("include_usage"):
                read = count_tokens(prompt) if scenario.prompt_tokens is None else scenario.prompt_tokens
                usage = {"prompt_tokens": read, "completion_tokens": len(deltas), "total_tokens": read + len(deltas)}
                # "extra" as MLC-LLM sends it unless its debug mode is on.
                await event(writer, {"choices": [], "usage": {**usage, "extra": None}})
            if fault != "no_done":
                writer.write(chunk(b"data: [DONE]\n\n"))
            writer.write(chunk(b""))
            await writer.drain()
        except ConnectionError:
            self.hung_up_while_streaming += 1
            return False
        return True

    async def _fault_in_the_middle(self, fault: Any, writer: asyncio.StreamWriter) -> bool:
        if fault == "drop_mid":
            abort(writer)
            return True
        if fault == "crash_mid":
            os._exit(70)
        if fault in {"gpu_full", "gpu_fault"}:
            reason = "out of memory" if fault == "gpu_full" else "an illegal memory access was encountered"
            print(f"CUDAError: cuMemAlloc failed: {reason}\nClosing the engine", file=sys.stderr, flush=True)
            os._exit(1)
        if fault == "engine_dies":
            # As in MLC-LLM: the thread that makes tokens is gone, and the one that serves HTTP does not know.
            threading.Thread(target=die).start()
            await asyncio.sleep(3600)
        if fault == "stall_mid":
            await asyncio.sleep(3600)
        if fault == "end_early":
            writer.write(chunk(b""))
            await writer.drain()
            return True
        said = {
            "malformed": b"data: {this is not JSON\n\n",
            "error_in_stream": b'data: {"error": {"message": "CUDA error: device lost"}}\n\n',
            "error_event": b'event: error\ndata: {"message": "engine died"}\n\n',
        }.get(fault)
        if said is not None:
            writer.write(chunk(said))
            await writer.drain()
        return said is not None

    def _deltas(self, prompt: str, most: int) -> list[dict[str, str]]:
        scenario = self.scenario
        if scenario.chunks is not None:
            return [{"content": text} for text in scenario.chunks]
        answer = next(
            (text for needle, text in scenario.answers if all(part in prompt for part in needle.split("|"))),
            scenario.answer,
        )
        reasoning, style = scenario.reasoning, scenario.reasoning_style
        if not reasoning:
            return [{"content": piece} for piece in pieces(answer)][:most]
        if style in {"think", "closed"}:
            opening = "<think>\n" if style == "think" else ""
            return [{"content": piece} for piece in pieces(f"{opening}{reasoning}\n</think>\n\n{answer}")][:most]
        fields = ("reasoning_content", "reasoning") if style == "both" else (style,)
        thoughts = [dict.fromkeys(fields, piece) for piece in pieces(reasoning)]
        return [*thoughts, *({"content": piece} for piece in pieces(answer))][:most]


def next_fault(faults: list[Any], repeat: bool) -> Any:
    if not faults:
        return None
    return faults[0] if repeat and len(faults) == 1 else faults.pop(0)


def die() -> None:
    raise RuntimeError("Check failed: (page_id != -1) is false: the KV cache is full")


def abort(writer: asyncio.StreamWriter) -> None:
    transport = writer.transport
    transport.abort()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def start_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    )


async def event(writer: asyncio.StreamWriter, value: Any) -> None:
    if writer.is_closing():
        raise ConnectionResetError
    writer.write(chunk(b": ping\n\ndata: " + json.dumps(value).encode() + b"\n\n"))
    await writer.drain()


async def send_json(writer: asyncio.StreamWriter, status: int, value: Any) -> bool:
    return await send(writer, status, json.dumps(value), "application/json", {})


async def send_fault(writer: asyncio.StreamWriter, fault: dict[str, Any]) -> bool:
    body = fault.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    return await send(writer, fault["status"], text, fault.get("type", "application/json"), fault.get("headers", {}))


async def send(writer: asyncio.StreamWriter, status: int, body: str, kind: str, headers: Headers) -> bool:
    data = body.encode()
    head = [f"HTTP/1.1 {status} Status", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*head, "", ""]).encode() + data)
    await writer.drain()
    return True


async def main() -> None:
    """Serve the first scenario; each further line is a new one that connections from then on see."""
    loop = asyncio.get_running_loop()
    server: Server | None = None

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert server is not None
        await server.handle(reader, writer)

    listening: asyncio.Server | None = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        server = Server(Scenario(**order["scenario"]))
        listening = listening or await asyncio.start_server(handle, "127.0.0.1", order["port"])
        print(listening.sockets[0].getsockname()[1], flush=True)


if __name__ == "__main__":
    asyncio.run(main())
