"""Turn the chunks of one streamed completion into deltas of the engine protocol, and account for it."""

from core.engines.protocol import ChatRequest, Completed, ReasoningDelta, Usage
from core.engines.reasoning import Piece, ReasoningSplitter
from core.engines.stream import Chunk
from core.engines.truncation import estimate_prompt, truncation_warning

_STOPS = {"stop", "eos", "eos_token", "stop_sequence", "end_turn"}
_LENGTHS = {"length", "max_tokens"}


class Answer:
    """One answer in the making. Times are event loop times, in seconds; ``max_tokens`` is what was asked for."""

    def __init__(
        self, request: ChatRequest, *, max_tokens: int, thinking: bool | None, context: int, began: float
    ) -> None:
        self._request = request
        self._max_tokens = max_tokens
        self._context = context
        self._began = began
        self._first: float | None = None
        self._tokens = 0
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._splitter = ReasoningSplitter(opened=thinking is True)

    def read(self, chunk: Chunk, now: float) -> list[Piece]:
        """The deltas that ``chunk``, received at ``now``, adds."""
        self._usage = chunk.usage or self._usage
        self._finish = chunk.finish_reason or self._finish
        if chunk.has_token:
            self._tokens += 1
            self._first = now if self._first is None else self._first
        pieces: list[Piece] = []
        if chunk.reasoning:
            self._splitter.reasoning_came_apart()
            pieces.append(ReasoningDelta(chunk.reasoning))
        if chunk.text:
            pieces += self._splitter.feed(chunk.text)
        return pieces

    def rest(self, *, complete: bool = True) -> list[Piece]:
        """What was held back to see whether a tag follows; call it once, when the stream has ended."""
        return self._splitter.finish(complete=complete and self._finish not in _LENGTHS)

    def completed(self, now: float) -> Completed:
        """The account of the whole answer."""
        usage = self._settled_usage()
        return Completed(
            finish_reason="stop" if self._finish in _STOPS else "length" if self._finish in _LENGTHS else "other",
            usage=usage,
            ttft=None if self._first is None else self._first - self._began,
            seconds=now - self._began,
            warning=truncation_warning(self._request.messages, usage, self._context) or self._cut_warning(),
        )

    def _cut_warning(self) -> str | None:
        """A warning where the answer was cut because its prompt left no room for more."""
        if self._finish not in _LENGTHS or self._max_tokens >= self._request.max_tokens:
            return None
        return (
            f"The answer was cut at {self._max_tokens:,} tokens because the prompt leaves no more of the context of "
            f"{self._context:,}: serve the model with a larger context, or shorten the spec."
        )

    def _settled_usage(self) -> Usage:
        sent = self._usage
        if sent is not None and sent.prompt_tokens is not None and sent.completion_tokens is not None:
            return sent
        prompt = sent.prompt_tokens if sent else None
        completion = sent.completion_tokens if sent else None
        return Usage(
            estimate_prompt(self._request.messages) if prompt is None else prompt,
            self._tokens if completion is None else completion,
            estimated=True,
        )
