"""Session logs for tests, written through the program's own writer."""

from pathlib import Path

from core.events import (
    Candidate,
    ChecksFinished,
    Event,
    RunFinished,
    RunStarted,
    StageFinished,
    StageStarted,
    TokenText,
)
from core.sessions import SessionLog

CODE = "def double(x):\n    return 2 * x\n"


def started(spec: str = "Write double(x).", *, turn: int = 1, requests: tuple[str, ...] = ()) -> RunStarted:
    """The first event of a turn."""
    return RunStarted(
        run_id="r",
        started="2026-01-02T03:04:05+00:00",
        program="secondpass 0",
        spec=spec,
        filename=None,
        pattern="coder-only",
        pair="lab",
        scripted=False,
        coder="coder-model",
        reviewer="reviewer-model",
        guard="proven",
        rounds=2,
        prompt_version="1",
        sandbox="none",
        usd_per_hour=0.0,
        turn=turn,
        requests=requests,
        base=CODE if requests else "",
    )


def draft(text: str = CODE, *, finished: bool = True) -> list[Event]:
    """The coder's answer; unfinished, as a killed program leaves it."""
    begun: list[Event] = [
        StageStarted(
            stage="draft", role="coder", round=1, model="m", candidate="draft", prompt_tokens=10, context=8192
        ),
        TokenText(stage="draft", role="coder", text=text),
    ]
    if not finished:
        return begun
    return [
        *begun,
        StageFinished(
            stage="draft",
            role="coder",
            round=1,
            candidate="draft",
            text=f"```python\n{text}```",
            prompt_tokens=10,
            completion_tokens=9,
            tokens_estimated=False,
            ttft=0.1,
            seconds=1.0,
            finish_reason="stop",
        ),
        Candidate(candidate="draft", role="coder", code=text, problem=None),
        ChecksFinished(candidate="draft", passed=0, failed=0, seconds=0.0),
    ]


def ended(code: str | None = CODE) -> RunFinished:
    """The end of a turn."""
    return RunFinished(
        accepted="draft",
        candidate="draft",
        code=code,
        passed=0,
        failed=0,
        prompt_tokens=10,
        completion_tokens=9,
        tokens_estimated=False,
        seconds=1.5,
        usd=0.0,
    )


def session(*events: Event, spec: str = "Write double(x).") -> Path:
    """A session on disk; without ``events`` one finished turn of ``spec``."""
    log = SessionLog.create()
    for event in events or (started(spec), *draft(), ended()):
        log.write(event)
    log.close()
    return log.path
