"""One chunk of a streamed chat completion, in whichever of the known dialects it came."""

import json
from dataclasses import dataclass
from typing import Any

from core.engines.protocol import Usage

DONE = "[DONE]"


class MalformedChunkError(ValueError):
    """A data line that is not a JSON object of a chat completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one data line says. ``finish_reason`` is the server's own word."""

    text: str = ""
    reasoning: str = ""
    other: bool = False
    """The model produced something that is neither, such as a tool call."""
    finish_reason: str | None = None
    usage: Usage | None = None
    error: str | None = None

    @property
    def has_token(self) -> bool:
        return bool(self.text or self.reasoning or self.other)


def parse_chunk(data: str) -> Chunk:
    """Read one ``data:`` line.

    Raises:
        MalformedChunkError: it is not a JSON object, or its parts have impossible types.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedChunkError(str(error)) from error
    if not isinstance(body, dict):
        raise MalformedChunkError("not an object")
    if body.get("error"):
        return Chunk(error=_error_text(body["error"]))
    choices = body.get("choices") or []
    if not isinstance(choices, list) or (choices and not isinstance(choices[0], dict)):
        raise MalformedChunkError("choices is not a list of objects")
    if not choices and body.get("object") == "error":
        return Chunk(error=str(body.get("message") or "no message"))
    choice: dict[str, Any] = choices[0] if choices else {}
    delta = choice.get("delta") or {}
    if not isinstance(delta, dict):
        raise MalformedChunkError("delta is not an object")
    finish = choice.get("finish_reason")
    return Chunk(
        text=_text(delta.get("content")),
        # Some servers send both fields with the same text while they rename one to the other.
        reasoning=_text(delta.get("reasoning_content")) or _text(delta.get("reasoning")),
        other=bool(delta.get("tool_calls")),
        finish_reason=str(finish) if finish else None,
        usage=_usage(body.get("usage")),
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        parts = (part.get("text") for part in value if isinstance(part, dict) and part.get("type") == "text")
        value = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    # JSON can carry half of a surrogate pair, which no file and no terminal takes.
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _error_text(error: object) -> str:
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or "no message")
    return str(error)


def _usage(value: object) -> Usage | None:
    if not isinstance(value, dict):
        return None
    prompt, completion = _count(value.get("prompt_tokens")), _count(value.get("completion_tokens"))
    return None if prompt is None and completion is None else Usage(prompt, completion)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
