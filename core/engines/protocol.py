"""What the rest of the program knows of an engine: one small protocol.

An engine is anything that answers chat completions as a stream. Implementations: ``demo`` (scripted),
``openai`` (a server that already runs) and ``mlc`` (a server that secondpass starts and supervises).
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

Role = Literal["coder", "reviewer"]
Stage = Literal["plan", "draft", "review", "opinion", "fix", "retry"]


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message. A system message may only stand first (MLC-LLM refuses it elsewhere)."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One request to a model.

    ``stage``, ``round``, ``pattern``, ``spec`` and ``request`` (what a further turn asks for) are labels: servers never
    see them. The demo engine picks its script by them, logs and errors name them.
    """

    messages: tuple[Message, ...]
    stage: Stage
    round: int = 1
    pattern: str = ""
    spec: str = ""
    request: str = ""
    max_tokens: int = 4096
    temperature: float = 0.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    schema: str = ""
    """A JSON schema, as JSON text, to which the answer is held by engines that can do that."""
    thinking: bool | None = None
    """False: the model is told not to reason; None: as it is configured."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer. ``estimated`` is set when the server sent no usage and we counted chunks."""

    prompt_tokens: int | None
    completion_tokens: int | None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning, which is never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The end of a stream. Times in seconds; ``ttft`` (time to first token) includes prefill."""

    finish_reason: Literal["stop", "length", "other"]
    usage: Usage
    ttft: float | None
    seconds: float
    warning: str | None = None
    """Something the user should know, such as a prompt that the server cut short."""


Delta = TextDelta | ReasoningDelta | Completed


class Phase(StrEnum):
    """Where an engine stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    DOWNLOADING = "downloading"
    COMPILING = "compiling"
    LOADING = "loading"
    READY = "ready"
    PREFILL = "prefill"
    STREAMING = "streaming"
    BUSY = "busy"
    """A stopped request is still being worked on inside the engine (a prefill cannot be cancelled)."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """A phase, and one short phrase about it ("3.1 of 8.3 GiB", "waiting for a stopped prefill")."""

    phase: Phase
    detail: str = ""
    progress: float | None = None
    """0 to 1 where it is known."""


class Engine(Protocol):
    """Something that answers chat requests, one at a time or several.

    ``chat`` yields deltas and ends with exactly one ``Completed``. Closing the generator (``aclose``)
    or cancelling the task that reads it stops the request and returns within 100 ms, whatever the
    server is doing; if the server goes on working, ``status`` says BUSY until it is done.
    """

    @property
    def model(self) -> str:
        """The model's name as it stands in models.toml."""

    @property
    def scripted(self) -> bool:
        """True for the demo engine only."""

    @property
    def context(self) -> int:
        """Context window in tokens, prompt and answer together."""

    @property
    def status(self) -> EngineStatus:
        """Where the engine stands now."""

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change of status; returns a function that ends it."""

    async def start(self) -> None:
        """Return when the engine can answer.

        Raises:
            EngineError: it cannot; the message says why and what to do.
        """

    def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the answer to ``request``.

        Raises:
            EngineError: the engine failed; text received before that was already yielded.
        """

    async def close(self) -> None:
        """Release everything; child processes are gone when this returns."""
