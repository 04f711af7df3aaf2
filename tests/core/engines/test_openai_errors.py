"""Every way in which a server refuses or fails is one sentence that says what to do."""

from typing import Any

import pytest

from core.engines.openai import OpenAIEngine
from core.engines.protocol import ChatRequest, Message, Phase
from core.engines.timeouts import Timeouts
from core.errors import EngineError
from tests.core.engines.talk import listen, one_sentence
from tests.standins.openai_server import double_encoded
from tests.standins.running import RunningServer, openai_server

KEY = "sk-very-secret-0123456789"


def engine_for(server: RunningServer, *, key: str | None = None, **timeouts: float) -> OpenAIEngine:
    return OpenAIEngine(
        "coder",
        base_urls=[server.base_url],
        context=8192,
        api_key=key,
        api_key_env="LAB_KEY",
        timeouts=Timeouts(**timeouts),
    )


REFUSALS: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "MLC-LLM's doubly encoded overflow",
        {
            "status": 400,
            "body": double_encoded(
                "Request prompt has 5021 tokens in total, larger than the model input length limit 4096.", 400
            ),
        },
        ["5,021 tokens", "at most 4,096", "shorten the spec"],
    ),
    (
        "vLLM's overflow",
        {
            "status": 400,
            "body": {
                "error": {
                    "message": "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens "
                    "(8000 in the messages, 1000 in the completion).",
                    "code": 400,
                }
            },
        },
        ["8,000 tokens", "at most 4,096"],
    ),
    (
        "llama.cpp's overflow",
        {
            "status": 400,
            "body": {"error": {"message": "the request exceeds the available context size (2048 tokens), try more"}},
        },
        ["longer than the 2,048 tokens"],
    ),
    (
        "OpenAI's form",
        {"status": 400, "body": {"error": {"message": "temperature must be at most 2", "type": "invalid"}}},
        ["HTTP 400: temperature must be at most 2"],
    ),
    ("a plain error text", {"status": 400, "body": {"error": "bad thing"}}, ["bad thing"]),
    (
        "FastAPI's validation error",
        {"status": 422, "body": {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be x"}]}},
        ["HTTP 422: response_format.type: Input should be x"],
    ),
    (
        "a bare 500",
        {"status": 500, "body": "Internal Server Error", "type": "text/plain"},
        ["HTTP 500: Internal"],
    ),
    ("an empty 502", {"status": 502, "body": ""}, ["HTTP 502)"]),
    (
        "an unknown model",
        {"status": 404, "body": {"error": {"message": "model 'coder' not found"}}},
        ["does not serve 'stand-in'", "stand-in, other", "served name in models.toml"],
    ),
    (
        "MLC-LLM's unknown model",
        {"status": 400, "body": double_encoded('The requested model "coder" is not served.', 400)},
        ["but stand-in, other"],
    ),
    ("a web page", {"status": 404, "body": "<html>Not here</html>", "type": "text/html"}, ["does not serve"]),
    (
        "a proxy's page",
        {"status": 502, "body": "<html>Bad</html>", "type": "text/html"},
        ["web page (HTTP 502)"],
    ),
    (
        "a redirect",
        {"status": 308, "body": "", "headers": {"Location": "https://elsewhere.example/v1"}},
        ["redirects to https://elsewhere.example/v1"],
    ),
    ("a wrong key", {"status": 401, "body": {"detail": "Invalid API Key"}}, ["refuses the API key", "LAB_KEY"]),
    (
        "a used-up quota",
        {"status": 429, "body": {"error": {"message": "You exceeded your current quota"}}},
        ["used-up quota"],
    ),
    (
        "a web page with status 200",
        {"status": 200, "body": "<!doctype html><title>Hello</title>", "type": "text/html"},
        ["web page (HTTP 200)"],
    ),
    (
        "hostile words of a server",
        {"status": 500, "body": {"error": {"message": f"\x1b[31mkey {KEY}\nis [bold]{'bad ' * 300}"}}},
        ["key *** is [bold]bad"],
    ),
]


@pytest.mark.parametrize(("fault", "expected"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
async def test_a_refusal_is_one_sentence(fault: dict[str, Any], expected: list[str]) -> None:
    models = ["stand-in", "other"] if "does not serve" in expected[0] or "but" in expected[0] else ["stand-in"]
    with openai_server(models=[*models, "other"][:2], faults=[fault]) as server:
        engine = OpenAIEngine(
            "coder",
            base_urls=[server.base_url],
            served_name="stand-in",
            context=8192,
            api_key=KEY,
            api_key_env="LAB_KEY",
        )
        heard = await listen(engine)
        again = await listen(engine)
        await engine.close()
    said = str(heard.error)
    for part in expected:
        assert part in said
    assert one_sentence(said), said
    assert KEY not in said
    assert "\x1b" not in said
    assert again.error is None, "the next request works"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("drop_mid", "broke the connection while stand-in answered"),
        ("end_early", "ended the answer of stand-in before it was complete"),
        ("malformed", "sent a line that is not a chat completion ({this is not JSON)"),
        ("error_in_stream", "CUDA error: device lost"),
        ("error_event", "engine died"),
        ("finish_error", "finish reason error"),
    ],
)
async def test_a_failure_in_the_middle_keeps_the_text_and_is_one_sentence(fault: str, expected: str) -> None:
    with openai_server(answer="one two three four five six", faults=[fault]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        requests = len(server.stats()["requests"])
        again = await listen(engine)
        await engine.close()
    assert expected in str(heard.error)
    assert one_sentence(str(heard.error))
    assert heard.text.startswith("one two")
    assert heard.completed is None
    assert requests == 1, "after the first token nothing is sent again"
    assert again.error is None


async def test_an_answer_that_is_not_streamed_is_an_error() -> None:
    with openai_server(faults=["not_sse"]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert "answered without streaming (application/json)" in str(heard.error)


async def test_a_dropped_connection_before_the_first_token_is_tried_once_more() -> None:
    with openai_server(answer="fine", faults=["drop_before_first"]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert (heard.text, heard.error) == ("fine", None)


async def test_a_connection_dropped_twice_is_an_error() -> None:
    with openai_server(faults=["drop_before_first"], faults_repeat=True) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        requests = len(server.stats()["requests"])
        await engine.close()
    assert requests == 2
    assert "broke the connection" in str(heard.error)


async def test_no_first_token_in_time_and_no_further_token_are_told_apart() -> None:
    with openai_server(answer="one two three four", faults=["stall_prefill", "stall_mid"]) as server:
        engine = engine_for(server, prefill=0.3, stall=0.3)
        prefill = await listen(engine)
        stall = await listen(engine)
        await engine.close()
    assert "sent no first token within 0.3 s" in str(prefill.error)
    assert "sent no further token for 0.3 s in the middle of its answer" in str(stall.error)
    assert stall.text.startswith("one two")


async def test_a_long_prefill_is_not_a_stall() -> None:
    with openai_server(answer="fine", ttft=0.5) as server:
        engine = engine_for(server, stall=0.1)
        heard = await listen(engine)
        await engine.close()
    assert (heard.text, heard.error) == ("fine", None)


LOADING = {"status": 503, "body": {"error": {"message": "Loading model", "code": 503}}}
BUSY = {"status": 429, "body": {"error": {"message": "slow down"}}, "headers": {"Retry-After": "0"}}


async def test_a_loading_server_is_waited_for_at_the_start_and_shown_as_loading() -> None:
    with openai_server(models_faults=[LOADING, LOADING]) as server:
        engine = engine_for(server)
        phases: list[Phase] = []
        engine.watch(lambda status: phases.append(status.phase))
        await engine.start()
        await engine.close()
    assert phases == [Phase.STARTING, Phase.LOADING, Phase.READY, Phase.STOPPED]


async def test_a_server_that_asks_to_wait_is_asked_again() -> None:
    with openai_server(answer="fine", faults=[LOADING, BUSY, BUSY]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert (heard.text, heard.error) == ("fine", None)


async def test_waiting_has_an_end() -> None:
    with openai_server(faults=[LOADING], faults_repeat=True) as server:
        engine = engine_for(server, loading=0.6)
        loading = await listen(engine)
        await engine.close()
    with openai_server(faults=[{**BUSY, "headers": {"Retry-After": "120"}}]) as server:
        engine = engine_for(server, overloaded=60)
        busy = await listen(engine)
        await engine.close()
    assert "is still loading its model (Loading model)" in str(loading.error)
    assert "takes no further request now (HTTP 429: slow down)" in str(busy.error)


async def test_a_missing_or_wrong_key_names_the_variable_and_never_shows_the_key() -> None:
    with openai_server(key="right") as server:
        for key in (None, KEY):
            engine = engine_for(server, key=key)
            with pytest.raises(EngineError, match=r"refuses the API key \(HTTP 401\).*variable LAB_KEY") as caught:
                await engine.start()
            assert KEY not in str(caught.value)
            assert engine.status.phase is Phase.FAILED
            await engine.close()
        engine = engine_for(server, key="right")
        assert (await listen(engine)).error is None
        await engine.close()


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": {"detail": "Not Found"}},
        # transformers' server, where no model was ever fetched.
        {"status": 500, "body": "Internal Server Error", "type": "text/plain"},
    ],
    ids=["404", "500"],
)
async def test_a_server_without_a_list_of_models_is_good_enough(fault: dict[str, Any]) -> None:
    with openai_server(models_faults=[fault]) as server:
        engine = engine_for(server)
        await engine.start()
        assert engine.status.phase is Phase.READY
        await engine.close()


async def test_a_web_page_in_place_of_the_list_of_models_is_a_wrong_address() -> None:
    page = {"status": 404, "body": "<html>nginx</html>", "type": "text/html"}
    with openai_server(models_faults=[page]) as server:
        engine = engine_for(server)
        with pytest.raises(EngineError, match="answers with a web page"):
            await engine.start()
        await engine.close()


async def test_a_prompt_longer_than_the_window_of_mlc_names_both_numbers() -> None:
    with openai_server(window=50) as server:
        engine = engine_for(server)
        heard = await listen(engine, ChatRequest(messages=(Message("user", "word " * 80),), stage="draft"))
        await engine.close()
    assert "The prompt has 81 tokens but stand-in" in str(heard.error)
    assert "takes at most 50" in str(heard.error)
