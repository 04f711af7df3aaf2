"""What an ``openai`` engine makes of a good answer, in every dialect."""

import json
from dataclasses import replace

import pytest

from core.engines.openai import OpenAIEngine
from core.engines.protocol import ChatRequest, Message, Phase, Usage
from core.engines.stream import MalformedChunkError, parse_chunk
from core.engines.truncation import truncation_warning
from tests.core.engines.talk import REQUEST, listen
from tests.standins.running import RunningServer, openai_server

ANSWER = "def add(a, b):\n    return a + b\n"


def engine_for(*servers: RunningServer, **options: object) -> OpenAIEngine:
    options.setdefault("context", 8192)
    return OpenAIEngine("coder", base_urls=[server.base_url for server in servers], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("style", ["think", "closed", "reasoning_content", "reasoning", "both"])
async def test_reasoning_is_told_from_the_answer_in_every_style(style: str) -> None:
    with openai_server(answer=ANSWER, reasoning="Adding is easy.", reasoning_style=style) as server:
        engine = engine_for(server, thinking=True)
        heard = await listen(engine)
        await engine.close()
    assert heard.error is None
    assert heard.text == ANSWER
    assert heard.reasoning.strip() == "Adding is easy."


async def test_usage_time_to_first_token_and_finish_reason_are_reported() -> None:
    with openai_server(answer=ANSWER, ttft=0.15, rate=200, prompt_tokens=11) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    done = heard.completed
    assert done is not None
    assert done.finish_reason == "stop"
    assert done.usage == Usage(11, 13, estimated=False)
    assert done.ttft is not None
    assert 0.15 <= done.ttft < done.seconds


async def test_tokens_are_counted_and_marked_when_the_server_sends_no_usage() -> None:
    with openai_server(answer=ANSWER, usage=False) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert heard.completed is not None
    assert heard.completed.usage.estimated
    assert heard.completed.usage.completion_tokens == 13
    assert heard.completed.usage.prompt_tokens


async def test_an_answer_cut_by_max_tokens_says_length() -> None:
    with openai_server(answer=ANSWER) as server:
        engine = engine_for(server)
        heard = await listen(engine, ChatRequest(messages=REQUEST.messages, stage="draft", max_tokens=4))
        await engine.close()
    assert heard.completed is not None
    assert heard.completed.finish_reason == "length"
    assert ANSWER.startswith(heard.text)


async def test_an_answer_with_a_finish_reason_but_no_done_line_is_complete() -> None:
    with openai_server(answer=ANSWER, faults=["no_done"]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert (heard.text, heard.error) == (ANSWER, None)


async def test_the_request_carries_what_was_asked_for_and_the_name_that_the_server_offers() -> None:
    request = ChatRequest(
        messages=(Message("system", "Be brief."), Message("user", "Go.")),
        stage="fix",
        max_tokens=50,
        temperature=0.2,
        seed=7,
        stop=("\n\n",),
    )
    with openai_server(models=["the-only-one"]) as server:
        engine = engine_for(server, thinking=False)
        await listen(engine, request)
        sent = server.stats()["requests"][0]
        await engine.close()
    assert sent == {
        "model": "the-only-one",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Go."}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 50,
        "temperature": 0.2,
        "seed": 7,
        "stop": ["\n\n"],
        "chat_template_kwargs": {"enable_thinking": False},
    }


@pytest.mark.parametrize(("asked", "told"), [(None, False), (False, True)])
async def test_a_request_can_tell_a_model_that_reasons_not_to(asked: bool | None, told: bool) -> None:
    with openai_server(answer=ANSWER) as server:
        engine = engine_for(server, thinking=True)
        heard = await listen(engine, replace(REQUEST, thinking=asked))
        sent = server.stats()["requests"][0]
        await engine.close()
    assert ("chat_template_kwargs" in sent) is told
    assert heard.text == ANSWER


async def test_a_field_that_the_server_refuses_is_left_out_from_then_on() -> None:
    with openai_server(answer=ANSWER, refuse_fields=["stream_options", "seed"]) as server:
        engine = engine_for(server)
        request = ChatRequest(messages=REQUEST.messages, stage="draft", seed=1)
        first, second = await listen(engine, request), await listen(engine, request)
        sent = server.stats()["requests"]
        await engine.close()
    assert (first.text, second.text) == (ANSWER, ANSWER)
    assert len(sent) == 4
    assert "seed" not in sent[-1]
    assert "stream_options" not in sent[-1]


async def test_max_tokens_leaves_room_for_the_prompt() -> None:
    with openai_server() as server:
        engine = engine_for(server, context=1000)
        await listen(engine, ChatRequest(messages=REQUEST.messages, stage="draft", max_tokens=4096))
        sent = server.stats()["requests"][0]
        await engine.close()
    assert 900 < sent["max_tokens"] < 1000


async def test_a_prompt_that_the_server_cut_short_is_warned_of() -> None:
    prompt = (Message("user", "some words of a rather long specification " * 800),)
    with openai_server(prompt_tokens=4090) as server:
        engine = engine_for(server, context=32768)
        heard = await listen(engine, ChatRequest(messages=prompt, stage="review"))
        await engine.close()
    assert heard.completed is not None
    assert heard.completed.warning is not None
    assert "4,090 tokens" in heard.completed.warning


@pytest.mark.parametrize(
    ("words", "counted", "warned"),
    [
        (5000, 5900, False),
        (5000, 5000, False),
        (5000, 2040, True),
        (5000, 700, True),
        (5000, 0, False),
        (5000, 1, False),
        (100, 60, False),
        (5000, 4500, False),
    ],
)
def test_the_warning_is_not_raised_lightly(words: int, counted: int, warned: bool) -> None:
    messages = (Message("user", "words " * words),)
    assert (truncation_warning(messages, Usage(counted, 10), 16384) is not None) is warned
    assert truncation_warning(messages, Usage(counted, 10, estimated=True), 16384) is None


async def test_the_status_follows_an_answer() -> None:
    seen: list[Phase] = []
    with openai_server(ttft=0.05, rate=300) as server:
        engine = engine_for(server)
        unwatch = engine.watch(lambda status: seen.append(status.phase))
        await listen(engine)
        unwatch()
        await engine.close()
    assert seen == [Phase.STARTING, Phase.READY, Phase.PREFILL, Phase.STREAMING, Phase.READY]
    assert engine.status.phase is Phase.STOPPED


async def test_an_answer_cut_for_lack_of_room_says_so() -> None:
    messages = (Message("user", "word " * 600),)
    with openai_server(answer="word " * 500) as server:
        engine = engine_for(server, context=1000)
        heard = await listen(engine, ChatRequest(messages=messages, stage="draft", max_tokens=4096))
        await engine.close()
    assert heard.completed is not None
    assert heard.completed.finish_reason == "length"
    assert "because the prompt leaves no more of the context of 1,000" in str(heard.completed.warning)


async def test_half_a_character_never_reaches_the_answer() -> None:
    with openai_server(chunks=["a", "\ud83d", "b\ud83d\ude00"]) as server:
        engine = engine_for(server)
        heard = await listen(engine)
        await engine.close()
    assert heard.text == "a\ufffdb\U0001f600"
    heard.text.encode()


def test_text_in_parts_and_unknown_fields_are_read() -> None:
    content = [{"type": "text", "text": "x"}, {"type": "image"}]
    parts = json.dumps({"choices": [{"delta": {"content": content}}], "new": 1})
    assert parse_chunk(parts).text == "x"
    assert parse_chunk('{"choices": [], "usage": {"prompt_tokens": true}}').usage is None
    for hostile in ("[]", "3", '{"choices": 3}', '{"choices": [3]}', '{"choices": [{"delta": 3}]}', "[" * 99_999):
        with pytest.raises(MalformedChunkError):
            parse_chunk(hostile)
