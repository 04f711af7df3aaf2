"""Stopping an answer, and what the engine is then."""

import asyncio
import statistics
import time
from contextlib import suppress

import pytest

from core.engines.openai import OpenAIEngine
from core.engines.protocol import Delta, Phase, TextDelta
from core.engines.timeouts import Timeouts
from tests.core.engines.talk import REQUEST, Heard, listen, reaches
from tests.standins.running import RunningServer, openai_server

TRIES = 5
BOUND = 0.1
"""Seconds; the median of the tries has to stay below."""


def engine_for(server: RunningServer, **timeouts: float) -> OpenAIEngine:
    return OpenAIEngine("coder", base_urls=[server.base_url], context=8192, timeouts=Timeouts(**timeouts))


async def test_cancelling_the_reader_while_tokens_stream_returns_at_once_with_the_text_so_far() -> None:
    took: list[float] = []
    with openai_server(answer="word " * 5000, rate=200) as server:
        engine = engine_for(server)
        await engine.start()
        for _ in range(TRIES):
            heard = Heard()
            reader = asyncio.create_task(listen(engine, into=heard))
            await heard.first.wait()
            began = time.perf_counter()
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
            took.append(time.perf_counter() - began)
            assert heard.text.startswith("word")
            assert heard.completed is None
            assert engine.status.phase is Phase.READY
        await server.saw("hung_up_while_streaming", TRIES)
        await engine.close()
    assert statistics.median(took) < BOUND


async def test_closing_the_generator_while_tokens_stream_returns_at_once() -> None:
    took: list[float] = []
    with openai_server(answer="word " * 5000, rate=200) as server:
        engine = engine_for(server)
        await engine.start()
        for _ in range(TRIES):
            deltas = engine.chat(REQUEST)
            first: Delta = await anext(deltas)
            assert isinstance(first, TextDelta)
            began = time.perf_counter()
            await deltas.aclose()
            took.append(time.perf_counter() - began)
            assert engine.status.phase is Phase.READY
        await server.saw("hung_up_while_streaming", TRIES)
        await engine.close()
    assert statistics.median(took) < BOUND


@pytest.mark.parametrize("headers_early", [False, True])
async def test_cancelling_during_prefill_returns_at_once_and_shows_busy_until_the_engine_is_done(
    headers_early: bool,
) -> None:
    took: list[float] = []
    with openai_server(ttft=0.6, serial=True, headers_early=headers_early) as server:
        engine = engine_for(server)
        await engine.start()
        for count in range(1, TRIES + 1):
            reader = asyncio.create_task(listen(engine))
            await reaches(engine, Phase.PREFILL)
            await server.saw("requests", count)
            began = time.perf_counter()
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
            took.append(time.perf_counter() - began)
            assert engine.status.phase is Phase.BUSY
            assert engine.status.detail == "waiting for a stopped prefill"
            await reaches(engine, Phase.READY)
            assert server.stats()["hung_up_in_prefill"] == count, "READY must wait for the prefill's end"
        await engine.close()
    assert statistics.median(took) < BOUND


async def test_a_request_after_a_stopped_prefill_waits_visibly_and_is_answered() -> None:
    with openai_server(ttft=0.4, serial=True) as server:
        engine = engine_for(server)
        await engine.start()
        reader = asyncio.create_task(listen(engine))
        await reaches(engine, Phase.PREFILL)
        await server.saw("requests", 1)
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        phases: list[Phase] = []
        engine.watch(lambda status: phases.append(status.phase))
        assert engine.status.phase is Phase.BUSY
        heard = await listen(engine)
        await engine.close()
    assert heard.error is None
    assert heard.completed is not None
    assert phases[-4:] == [Phase.PREFILL, Phase.STREAMING, Phase.READY, Phase.STOPPED]


async def test_a_server_that_stays_busy_is_given_up_with_a_sentence() -> None:
    with openai_server(ttft=30, serial=True) as server:
        engine = engine_for(server, busy=0.3)
        await engine.start()
        reader = asyncio.create_task(listen(engine))
        await reaches(engine, Phase.PREFILL)
        await server.saw("requests", 1)
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        status = await reaches(engine, Phase.FAILED)
        await engine.close()
    assert "has not answered for 0.3 s since a request was stopped" in status.detail


async def test_a_stop_while_waiting_for_a_busy_server_leaves_nothing_behind() -> None:
    with openai_server(ttft=0.5, serial=True) as server:
        engine = engine_for(server)
        await engine.start()
        for _ in range(2):
            reader = asyncio.create_task(listen(engine))
            await reaches(engine, Phase.PREFILL, Phase.BUSY)
            await server.saw("requests", 1)
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
        await reaches(engine, Phase.READY)
        stats = server.stats()
        await engine.close()
    assert len(stats["requests"]) == 1


async def test_closing_the_engine_ends_a_busy_wait() -> None:
    with openai_server(ttft=20, serial=True) as server:
        engine = engine_for(server)
        await engine.start()
        reader = asyncio.create_task(listen(engine))
        await reaches(engine, Phase.PREFILL)
        await server.saw("requests", 1)
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        waiting = asyncio.create_task(listen(engine))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await engine.close()
            heard = await waiting
    assert "was closed" in str(heard.error)
