"""What bodies, headers and status codes of a refusal mean."""

import json

import pytest

from core.engines.replies import Asked, context_overflow, http_failure, message_of, retry_after
from tests.core.engines.talk import one_sentence


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", None),
        (b"<html>", None),
        (b"plain words", "plain words"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (json.dumps(json.dumps({"message": "twice"})).encode(), "twice"),
        (b'{"error": {"message": "m", "code": 1}}', "m"),
        (b'{"detail": "d"}', "d"),
        (b'{"object": "error", "message": "o"}', "o"),
        (b"[" * 100_000, "[" * 100_000),
        (b'{"error": null}', None),
        (b"3", None),
    ],
)
def test_a_message_is_found_in_any_form_of_body(body: bytes, message: str | None) -> None:
    assert message_of(body) == message


def test_overflows_of_known_servers_are_recognised() -> None:
    assert context_overflow("Request prompt has 9 tokens in total, larger than the model input length limit 8.") == (
        9,
        8,
    )
    text = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
    assert context_overflow(text) == (9001, 8192)
    text = "'max_tokens' is too large. This model's maximum context length is 4096 tokens and your request has 99 input"
    assert context_overflow(text) == (99, 4096)
    assert context_overflow("request (70 tokens) exceeds the available context size (64 tokens), try") == (70, 64)
    assert context_overflow("unknown field") is None


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after({"retry-after": "1.5"}) == 1.5
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 413, 418, 422, 429, 500, 501, 503, 504, 301])
def test_every_status_gives_one_sentence(status: int) -> None:
    error = http_failure(status, {}, b"", Asked(model="m", url="http://h/v1"))
    assert one_sentence(str(error)), str(error)
