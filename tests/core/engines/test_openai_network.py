"""Addresses that do not work, several addresses for one role, proxies."""

import asyncio
import socket
from contextlib import suppress

import pytest

from core.engines.endpoint import is_loopback
from core.engines.mlc_serve import free_port
from core.engines.openai import OpenAIEngine
from core.engines.protocol import Phase
from core.engines.timeouts import Timeouts
from core.errors import EngineError
from tests.core.engines.talk import Heard, listen, reaches
from tests.standins.running import openai_server


def engine_for(*urls: str, concurrency: int | None = None, connect: float = 5.0) -> OpenAIEngine:
    return OpenAIEngine(
        "coder", base_urls=urls, context=8192, timeouts=Timeouts(connect=connect), concurrency=concurrency
    )


async def error_of_start(*urls: str, connect: float = 5.0) -> str:
    engine = engine_for(*urls, connect=connect)
    with pytest.raises(EngineError) as caught:
        await engine.start()
    assert engine.status.phase is Phase.FAILED
    await engine.close()
    return str(caught.value)


async def test_an_address_where_nothing_listens_says_what_to_start() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    assert await error_of_start(url) == (
        f"Nothing answers at {url}: start the server there, or correct base_url in models.toml."
    )


async def test_a_name_that_cannot_be_resolved_is_said_so() -> None:
    said = await error_of_start("http://no-such-host.invalid/v1")
    assert "cannot be resolved" in said


@pytest.mark.parametrize("url", ["127.0.0.1:8000/v1", "ftp://127.0.0.1/v1", "http:///v1"])
async def test_an_address_that_is_none_is_said_so(url: str) -> None:
    assert "is not one that can be used" in await error_of_start(url)


async def test_https_to_a_server_that_speaks_http_is_a_tls_failure() -> None:
    with openai_server() as server:
        said = await error_of_start(f"https://127.0.0.1:{server.port}/v1")
    assert "No secure connection" in said


async def test_a_server_that_accepts_and_never_answers_is_not_waited_for_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = await error_of_start(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", connect=0.3)
    assert "accepts connections but does not answer within 0.3 s" in said


async def test_a_failed_start_can_be_repeated_once_the_server_runs() -> None:
    port = free_port()
    engine = engine_for(f"http://127.0.0.1:{port}/v1")
    with pytest.raises(EngineError, match="Nothing answers"):
        await engine.start()
    with openai_server(port=port, answer="fine"):
        await engine.start()
        assert engine.status.phase is Phase.READY
        assert (await listen(engine)).text == "fine"
        await engine.close()


async def test_a_server_killed_in_mid_answer_gives_one_error_and_works_again_when_it_is_back() -> None:
    with openai_server(answer="word " * 2000, rate=100) as server:
        engine = engine_for(server.base_url)
        heard = Heard()
        reader = asyncio.create_task(listen(engine, into=heard))
        await heard.first.wait()
        server.kill()
        await reader
        status = await reaches(engine, Phase.FAILED)
        port = server.port
    assert "broke the connection while stand-in answered" in str(heard.error)
    assert heard.text.startswith("word")
    assert "Nothing answers" in status.detail
    with openai_server(port=port, answer="back"):
        assert (await listen(engine)).text == "back"
        assert engine.status.phase is Phase.READY
        await engine.close()


async def test_a_proxy_from_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with openai_server(answer="direct") as server:
        engine = engine_for(server.base_url)
        assert (await listen(engine)).text == "direct"
        await engine.close()
    said = await error_of_start("http://192.0.2.1/v1")
    assert "192.0.2.1" in said


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.8.8.8/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:80/v1", True),
        ("http://0.0.0.0:80", True),
        ("http://192.168.1.2/v1", False),
        ("http://localhost.example.org/v1", False),
    ],
)
def test_loopback_is_recognised(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


async def test_requests_go_to_the_server_with_the_fewest() -> None:
    with openai_server(rate=50, answer="w " * 20) as one, openai_server(rate=50, answer="w " * 20) as two:
        engine = engine_for(one.base_url, two.base_url)
        heard = await asyncio.gather(*(listen(engine) for _ in range(4)))
        counts = [len(server.stats()["requests"]) for server in (one, two)]
        await engine.close()
    assert all(one_heard.error is None for one_heard in heard)
    assert counts == [2, 2]


async def test_what_waits_is_taken_by_the_server_that_is_free_first() -> None:
    with openai_server(rate=100, answer="w " * 20) as fast, openai_server(rate=4, answer="w " * 20) as slow:
        engine = engine_for(slow.base_url, fast.base_url, concurrency=1)
        heard = await asyncio.gather(*(listen(engine) for _ in range(8)))
        asked = {name: server.stats() for name, server in (("fast", fast), ("slow", slow))}
        await engine.close()
    assert [each.error for each in heard] == [None] * 8
    assert len(asked["slow"]["requests"]) <= 2
    assert len(asked["fast"]["requests"]) >= 6
    assert [each["most_at_work"] for each in asked.values()] == [1, 1]


async def test_a_slow_server_gets_the_next_request_only_if_the_fast_one_would_take_longer() -> None:
    with openai_server(rate=200, answer="w " * 20) as fast, openai_server(rate=20, answer="w " * 20) as slow:
        engine = engine_for(slow.base_url, fast.base_url)
        await asyncio.gather(listen(engine), listen(engine))
        for _ in range(3):
            await listen(engine)
        counts = [len(server.stats()["requests"]) for server in (slow, fast)]
        await engine.close()
    assert counts == [1, 4]


async def test_a_connection_that_breaks_before_the_first_token_is_tried_at_the_other_server() -> None:
    with (
        openai_server(faults=["drop_before_first"], faults_repeat=True) as broken,
        openai_server(answer="fine") as whole,
    ):
        engine = engine_for(broken.base_url, whole.base_url)
        heard = await listen(engine)
        assert (heard.text, heard.error) == ("fine", None)
        assert len(broken.stats()["requests"]) == 1
        await engine.close()


async def test_a_dead_server_is_left_out_with_a_notice() -> None:
    with openai_server(answer="fine") as server:
        engine = engine_for(f"http://127.0.0.1:{free_port()}/v1", server.base_url)
        await engine.start()
        assert engine.status.phase is Phase.READY
        assert engine.status.detail == "1 of 2 servers cannot be used"
        assert (await listen(engine)).text == "fine"
        await engine.close()


async def test_a_server_that_dies_between_two_requests_is_replaced_by_the_other() -> None:
    with openai_server(answer="one") as one, openai_server(answer="two") as two:
        engine = engine_for(one.base_url, two.base_url)
        assert (await listen(engine)).text == "one"
        one.kill()
        assert (await listen(engine)).text == "two"
        assert engine.status.detail == "1 of 2 servers cannot be used"
        await engine.close()


async def test_all_servers_dead_is_an_error_that_says_so() -> None:
    urls = [f"http://127.0.0.1:{free_port()}/v1" for _ in range(2)]
    assert "None of the 2 servers of coder can be used" in await error_of_start(*urls)


async def test_a_stopped_prefill_on_one_server_leaves_the_other_ready() -> None:
    with openai_server(ttft=5, serial=True) as slow, openai_server(answer="fast") as fast:
        engine = engine_for(slow.base_url, fast.base_url)
        await engine.start()
        reader = asyncio.create_task(listen(engine))
        await slow.saw("requests", 1)
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        assert engine.status.phase is Phase.READY
        async with asyncio.timeout(4):
            assert (await listen(engine)).text == "fast"
        await engine.close()


async def test_a_loading_server_does_not_hold_up_the_other() -> None:
    loading = {"status": 503, "body": {"error": {"message": "Loading model"}}}
    with openai_server(models_faults=[loading], models_faults_repeat=True) as one, openai_server(answer="two") as two:
        engine = engine_for(one.base_url, two.base_url)
        async with asyncio.timeout(10):
            await engine.start()
        assert (await listen(engine)).text == "two"
        await engine.close()
