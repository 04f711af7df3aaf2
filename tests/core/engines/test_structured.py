"""Holding an answer to a JSON schema: as OpenAI asks for it, as MLC-LLM does, or not at all where neither is taken."""

import asyncio
import json
from dataclasses import replace

import pytest

from core.engines.openai import OpenAIEngine
from core.review import REVIEW_SCHEMA
from tests.core.engines.conftest import MakeEngine
from tests.core.engines.talk import REQUEST, listen
from tests.standins.running import openai_server

ASKED = replace(REQUEST, schema=REVIEW_SCHEMA)


@pytest.mark.parametrize("formats", [["json_schema", "json_object"], ["json_object"], []])
async def test_a_server_is_asked_in_the_form_that_it_takes_and_only_once_in_others(formats: list[str]) -> None:
    with openai_server(formats=formats) as server:
        engine = OpenAIEngine("coder", base_urls=[server.base_url], context=8192)
        first = await listen(engine, ASKED)
        again = await listen(engine, ASKED)
        await engine.close()
        sent = [each.get("response_format") for each in server.stats()["requests"]]
    assert (first.error, again.error) == (None, None)
    assert first.text
    taken = formats[0] if formats else None
    assert (sent[-1] or {}).get("type") == taken
    assert len(sent) == 2 + (2 - len(formats)), "what is refused is remembered"
    if taken == "json_object":
        assert sent[-1] == {"type": "json_object", "schema": REVIEW_SCHEMA}
    elif taken == "json_schema":
        assert sent[-1]["json_schema"]["schema"] == json.loads(REVIEW_SCHEMA)


async def test_requests_that_are_refused_side_by_side_are_all_answered() -> None:
    with openai_server(formats=[], ttft=0.05) as server:
        engine = OpenAIEngine("coder", base_urls=[server.base_url], context=8192)
        await engine.start()
        heard = await asyncio.gather(*(listen(engine, ASKED) for _ in range(4)))
        await engine.close()
    assert [each.error for each in heard] == [None] * 4


async def test_a_request_without_a_schema_asks_for_no_form() -> None:
    with openai_server() as server:
        engine = OpenAIEngine("coder", base_urls=[server.base_url], context=8192)
        await listen(engine)
        await engine.close()
        assert "response_format" not in server.stats()["requests"][0]


async def test_mlc_llm_is_asked_with_the_schema_as_text(make_engine: MakeEngine) -> None:
    engine = make_engine(scenario={"answer": '{"verdict": "NO DEFECT", "findings": []}'})
    heard = await listen(engine, ASKED)
    await engine.close()
    assert heard.error is None
    assert json.loads(heard.text)["verdict"] == "NO DEFECT"
