"""What a server's refusal means, as one sentence: pure functions on status, headers and body."""

import email.utils
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.engines.failures import UnavailableError, UnknownFieldError
from core.errors import EngineError

OPTIONAL_FIELDS = ("stream_options", "chat_template_kwargs", "seed")
"""Fields of a request that a server may not know and that it can do without."""

_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who was asked, for the sentence. ``secret`` is the API key, which never reaches a message.

    ``structured``: for JSON of a schema, which the server may not know.
    """

    model: str
    url: str
    served: Sequence[str] = ()
    key_env: str | None = None
    secret: str | None = None
    structured: bool = False

    @property
    def key_advice(self) -> str:
        if self.key_env is None:
            return 'name a variable that holds the key as "api_key_env" of the endpoint in models.toml'
        return f"put the right key into the environment variable {self.key_env}"


def http_failure(status: int, headers: Mapping[str, str], body: bytes, asked: Asked) -> EngineError:
    """The error for an answer that is not 200."""
    message = message_of(body)
    said = quoted(message, asked.secret) if message else ""
    if status in {401, 403}:
        return EngineError(f"The server at {asked.url} refuses the API key (HTTP {status}): {asked.key_advice}.")
    if status in {400, 413, 422} and message and (overflow := context_overflow(message)):
        return overflow_failure(*overflow, asked)
    if status in {400, 422} and (field := _refused_field(message or "", asked)):
        return UnknownFieldError(
            f"The server at {asked.url} refuses the field {field!r} of the request ({said}): update the server.",
            field=field,
        )
    if status == 404 or (status == 400 and message and re.search(r"model .*(is not served|not found)", message)):
        return _not_found(said, asked)
    if status in {429, 503}:
        return _unavailable(status, headers, message, said, asked)
    if 300 <= status < 400:
        target = quoted(headers.get("location", "elsewhere"), asked.secret)
        return EngineError(
            f"The server at {asked.url} redirects to {target}: set base_url in models.toml to the final address."
        )
    if looks_like_html(headers, body):
        return web_page_failure(asked.url, status)
    if status in {400, 413, 422}:
        return EngineError(
            f"The server at {asked.url} refuses the request for {asked.model} (HTTP {status}: {said or 'no reason'}): "
            "check that it serves chat completions for this model."
        )
    return EngineError(
        f"The server at {asked.url} failed on the request for {asked.model} "
        f"(HTTP {status}{': ' + said if said else ''}): look into the server's own log, then try again."
    )


_FORMS = re.compile(r"response_format|json_(?:schema|object)|grammar|structured|guided")
"""What servers call the form that they cannot hold an answer to."""


def _refused_field(message: str, asked: Asked) -> str | None:
    if asked.structured and _FORMS.search(message):
        return "response_format"
    return next((field for field in OPTIONAL_FIELDS if field in message), None)


def overflow_failure(prompt: int | None, limit: int | None, asked: Asked) -> EngineError:
    """The error for a prompt that is longer than the server's context."""
    if prompt and limit:
        sentence = f"The prompt has {prompt:,} tokens but {asked.model} at {asked.url} takes at most {limit:,}"
    elif limit:
        sentence = f"The prompt is longer than the {limit:,} tokens that {asked.model} at {asked.url} takes"
    else:
        sentence = f"The prompt is longer than {asked.model} at {asked.url} takes"
    return EngineError(f"{sentence}: shorten the spec, or serve the model with a larger context.")


def web_page_failure(url: str, status: int) -> EngineError:
    """The error for a web page where JSON was expected: nearly always a wrong address."""
    return EngineError(
        f"The address {url} answers with a web page (HTTP {status}), not as an OpenAI-compatible server: "
        'check base_url in models.toml, which usually ends in "/v1".'
    )


def message_of(body: bytes) -> str | None:
    """The human message in an error body of any known form, None if there is none.

    Known forms: ``{"error": {"message": ..}}``, ``{"error": ".."}``, ``{"message": ..}``, ``{"detail": ..}``
    with a text or with FastAPI's list of problems, any of them encoded twice (MLC-LLM), and plain text.
    """
    text = body.decode("utf-8", "replace").strip()
    value: Any = text
    for _ in range(2):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
    if isinstance(value, str):
        return None if not value or value.startswith("<") else value
    return _find_message(value)


def _find_message(value: Any) -> str | None:
    if isinstance(value, list):
        found = [message for item in value if (message := _find_message(item))]
        return "; ".join(found) or None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("msg"), str):
        place = ".".join(str(part) for part in value.get("loc") or () if part != "body")
        return f"{place}: {value['msg']}" if place else str(value["msg"])
    for key in ("error", "message", "detail"):
        inner = value.get(key)
        if isinstance(inner, str) and inner:
            return inner
        if isinstance(inner, (dict, list)) and (message := _find_message(inner)):
            return message
    return None


_OVERFLOWS = (
    # MLC-LLM
    re.compile(r"prompt has (?P<prompt>\d+) tokens.*?input length limit (?P<limit>\d+)", re.S),
    # vLLM, the newer wording first
    re.compile(r"maximum context length is (?P<limit>\d+) tokens and your request has (?P<prompt>\d+) input"),
    re.compile(r"maximum context length is (?P<limit>\d+) tokens.*?\((?P<prompt>\d+) in the messages", re.S),
    re.compile(r"maximum context length is (?P<limit>\d+) tokens.*?resulted in (?P<prompt>\d+) tokens", re.S),
    re.compile(r"maximum context length is (?P<limit>\d+) tokens.*?requested (?P<prompt>\d+)", re.S),
    # llama.cpp
    re.compile(r"request \((?P<prompt>\d+) tokens\) exceeds the available context size \((?P<limit>\d+)"),
    re.compile(r"exceeds? the available context size(?: \((?P<limit>\d+) tokens\))?(?P<prompt>)"),
    re.compile(r"(?:longer|larger|more) than the (?:model'?s? )?(?:maximum )?context(?P<prompt>)(?P<limit>)", re.I),
    re.compile(r"maximum context length(?: is (?P<limit>\d+))?(?P<prompt>)"),
)


def context_overflow(message: str) -> tuple[int | None, int | None] | None:
    """(tokens of the prompt, tokens that fit) where ``message`` says that a prompt is too long, else None."""
    for pattern in _OVERFLOWS:
        if found := pattern.search(message):
            prompt, limit = found["prompt"], found["limit"]
            return int(prompt) if prompt else None, int(limit) if limit else None
    return None


def quoted(text: str, secret: str | None = None) -> str:
    """A server's words, fit for the middle of a sentence of ours: one line, printable, short, without the key."""
    if secret:
        text = text.replace(secret, "***")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".!: ")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def looks_like_html(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "") or body.lstrip()[:1] == b"<"


def _not_found(said: str, asked: Asked) -> EngineError:
    if asked.served:
        shown = ", ".join(quoted(name) for name in asked.served[:8])
        more = f" and {len(asked.served) - 8} more" if len(asked.served) > 8 else ""
        return EngineError(
            f"The server at {asked.url} does not serve {asked.model!r} but {shown}{more}: "
            "set the model's served name in models.toml to one of these."
        )
    because = f" ({said})" if said else ""
    return EngineError(
        f"The server at {asked.url} knows neither the model {asked.model!r} nor another name to offer{because}: "
        'check the served name and that base_url in models.toml ends in "/v1".'
    )


def _unavailable(status: int, headers: Mapping[str, str], message: str | None, said: str, asked: Asked) -> EngineError:
    loading = status == 503 and "load" in (message or "").lower()
    if message and "quota" in message.lower():
        return EngineError(f"The server at {asked.url} reports a used-up quota ({said}): use another server or key.")
    if loading:
        sentence = f"The server at {asked.url} is still loading its model ({said}): try again when it has loaded."
    elif status == 429:
        sentence = f"The server at {asked.url} takes no further request now (HTTP 429{': ' + said if said else ''}): "
        sentence += "try again later, or let fewer programs use it."
    else:
        sentence = f"The server at {asked.url} is not available (HTTP 503{': ' + said if said else ''}): "
        sentence += "see whether it is still starting, then try again."
    return UnavailableError(sentence, after=retry_after(headers), loading=loading)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header (a number or an HTTP date), None without one."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    date = email.utils.parsedate_tz(value)
    return max(0.0, email.utils.mktime_tz(date) - time.time()) if date else None
