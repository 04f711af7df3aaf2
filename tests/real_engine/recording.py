"""Record the conversations to learn: our own pipeline, run on scripted answers, says what the model will be asked.

The fix request holds what the sandbox found, so it can only come from a real run.
"""

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from answers import ENDLESS, SCRIPTS, Script

from core.engines.pair import EnginePair, Member
from core.engines.protocol import ChatRequest, Completed, Delta, EngineStatus, Phase, TextDelta, Usage
from core.errors import EngineError
from core.events import Event, Finding, RunFailed, RunFinished
from core.request import RunRequest
from core.run import Run


class RecordingError(Exception):
    """The scripted run did not go the way the check is about; the message says where it left it."""


@dataclass(slots=True)
class RecordingEngine:
    """Answers with a script, and keeps each request with its answer."""

    script: Script
    context: int
    conversations: list[dict[str, object]] = field(default_factory=list)
    model: str = "recording"
    scripted: bool = True
    status: EngineStatus = EngineStatus(Phase.READY)  # noqa: RUF009 - frozen

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        return lambda: None

    async def start(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        answer = self.script.answers.get(request.stage)
        if answer is None or request.round != 1:
            raise EngineError(
                f"The script of {self.script.name} has no answer for {request.stage}, round {request.round}."
            )
        conversation: dict[str, object] = {
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "answer": answer,
        }
        if self.script is ENDLESS:
            conversation["endless"] = True
        self.conversations.append(conversation)
        begun = time.monotonic()
        yield TextDelta(answer)
        yield Completed(finish_reason="stop", usage=Usage(None, None), ttft=0.0, seconds=time.monotonic() - begun)


async def record(context: int) -> list[dict[str, object]]:
    """Every conversation of the check, as ``train_tiny.py`` reads them.

    Raises:
        RecordingError: a script is not confirmed, fixed and accepted as it should be.
    """
    conversations: list[dict[str, object]] = []
    for script in SCRIPTS:
        engine = RecordingEngine(script, context)
        _must_be_fixed(script, await _run(script, engine))
        if len(engine.conversations) != len(script.answers):
            raise RecordingError(f"{script.name}: not every answer of the script was asked for")
        conversations += engine.conversations
    engine = RecordingEngine(ENDLESS, context)
    await _run(ENDLESS, engine, pattern="coder-only")
    return conversations + engine.conversations


async def _run(script: Script, engine: RecordingEngine, pattern: str = "review-then-fix") -> list[Event]:
    request = RunRequest(
        spec=script.path.read_text(encoding="utf-8"),
        filename=script.path.name,
        pattern=pattern,
        allow_weak_sandbox=True,
    )
    pair = EnginePair("recording", Member(engine), Member(engine))
    return [event async for event in Run(request, pair).events()]


def _must_be_fixed(script: Script, events: list[Event]) -> None:
    for event in events:
        if isinstance(event, RunFailed):
            raise RecordingError(f"{script.name}: {event.message}")
    found = {event.status for event in events if isinstance(event, Finding)}
    if script.status not in found:
        raise RecordingError(f"{script.name}: the finding is {found or 'missing'}, it should be {script.status}")
    last = events[-1]
    if not isinstance(last, RunFinished) or last.accepted != "fix" or last.failed:
        raise RecordingError(f"{script.name}: the fix was not accepted: {last}")
