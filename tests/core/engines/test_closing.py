"""An engine that is closed leaves no connection open, at whatever moment of a request that happens."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from core.engines.endpoint import Endpoint
from core.engines.failures import ClosedError
from core.engines.mlc import MlcEngine
from core.engines.openai import OpenAIEngine
from core.engines.protocol import Phase
from core.engines.timeouts import Timeouts
from tests.core.engines.talk import Heard, listen, no_socket_is_left, reaches
from tests.standins.running import openai_server

TURNS = 25
"""Turns of the event loop in which a question to a server on this machine has been asked."""


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def endpoint_at(url: str) -> Endpoint:
    return Endpoint(url, model="m", served_name=None, api_key=None, key_env=None, timeouts=Timeouts())


def engine_at(*urls: str) -> OpenAIEngine:
    return OpenAIEngine("m", base_urls=urls, context=4096)


async def closed_after(url: str, count: int) -> None:
    endpoint = endpoint_at(url)
    asking = asyncio.create_task(endpoint.list_models())
    await turns(count)
    await endpoint.close()
    await asyncio.gather(asking, return_exceptions=True)


async def cancelled_after(url: str, count: int) -> None:
    endpoint = endpoint_at(url)
    asking = asyncio.create_task(endpoint.list_models())
    await turns(count)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await endpoint.close()


async def closed_and_cancelled_after(url: str, count: int) -> None:
    endpoint = endpoint_at(url)
    asking = [asyncio.create_task(endpoint.list_models()) for _ in range(8)]
    await turns(count)
    await endpoint.close()
    for number, each in enumerate(asking):
        each.cancel()
        await turns(number % 2)
    await asyncio.gather(*asking, return_exceptions=True)


async def cancelled_while_it_closes(url: str, count: int) -> None:
    endpoint = endpoint_at(url)
    await asyncio.gather(*(endpoint.list_models() for _ in range(4)))
    closing = asyncio.create_task(endpoint.close())
    await turns(count + 1)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)


@pytest.mark.parametrize(
    "question", [closed_after, cancelled_after, closed_and_cancelled_after, cancelled_while_it_closes]
)
def test_an_endpoint_leaves_no_socket_behind(question: Callable[[str, int], Coroutine[Any, Any, None]]) -> None:
    with openai_server() as server:
        for count in range(TURNS):
            with no_socket_is_left():
                asyncio.run(question(server.base_url, count))


def test_an_engine_whose_closing_is_given_up_leaves_no_socket_behind() -> None:
    async def given_up(urls: list[str], count: int) -> None:
        engine = engine_at(*urls)
        await engine.start()
        closing = asyncio.create_task(engine.close())
        await turns(count)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        assert engine.status.phase is Phase.STOPPED

    with openai_server() as one, openai_server() as other:
        for count in range(1, 10):
            with no_socket_is_left():
                asyncio.run(given_up([one.base_url, other.base_url], count))


async def test_an_endpoint_that_was_closed_says_so() -> None:
    endpoint = endpoint_at("http://127.0.0.1:9/v1")
    await endpoint.close()
    with pytest.raises(ClosedError, match="The engine of m was closed while it was used"):
        await endpoint.list_models()


async def test_who_waits_for_an_engine_that_is_closed_does_not_open_it_again() -> None:
    with openai_server(load=600) as server:
        engine = engine_at(server.base_url)
        answers = [asyncio.create_task(listen(engine)) for _ in range(3)]
        await reaches(engine, Phase.STARTING)
        await engine.close()
        heard = await asyncio.gather(*answers)
    assert all("The engine of m was closed while it was used" in str(each.error) for each in heard)
    assert engine.status.phase is Phase.STOPPED


async def test_who_waits_for_a_start_that_is_given_up_makes_another() -> None:
    with openai_server(load=0.2) as server:
        engine = engine_at(server.base_url)
        starting = asyncio.create_task(engine.start())
        answer = asyncio.create_task(listen(engine))
        await reaches(engine, Phase.STARTING)
        starting.cancel()
        heard = await answer
        await engine.close()
    assert heard.error is None
    assert heard.completed is not None


async def test_closing_in_the_middle_of_an_answer_says_so_and_starts_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with openai_server(answer="word " * 5000, rate=50) as server, caplog.at_level(logging.WARNING):
        engine = engine_at(server.base_url)
        heard = Heard()
        answer = asyncio.create_task(listen(engine, into=heard))
        await heard.first.wait()
        await engine.close()
        await answer
        await turns(TURNS)
    assert heard.text
    assert "was closed while it was used" in str(heard.error)
    assert engine.status.phase is Phase.STOPPED
    assert caplog.text == ""


async def test_stopping_a_prefill_of_an_engine_that_is_closed_probes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with openai_server(ttft=600, headers_early=True) as server, caplog.at_level(logging.WARNING):
        engine = engine_at(server.base_url)
        answer = asyncio.create_task(listen(engine))
        await reaches(engine, Phase.PREFILL)
        await server.saw("requests", 1)
        answer.cancel()
        await engine.close()
        with suppress(asyncio.CancelledError):
            await answer
        await turns(TURNS)
    assert caplog.text == ""


async def test_an_answer_of_a_server_of_ours_that_is_closed_does_not_start_it_again(
    make_engine: Callable[..., MlcEngine],
) -> None:
    engine = make_engine(scenario={"ttft": 600})
    answer = asyncio.create_task(listen(engine))
    await reaches(engine, Phase.PREFILL)
    await engine.close()
    heard = await answer
    await engine.close()
    assert "was closed while it was used" in str(heard.error)
    assert engine.status.phase is Phase.STOPPED
