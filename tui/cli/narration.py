"""Events told in plain lines, for people who watch a command: to stderr, never mixed with the data."""

import sys
import time

from analyzers.tokens import BYTES_PER_TOKEN
from core.events import (
    Candidate,
    CheckResult,
    ChecksFinished,
    Decision,
    EnginePhase,
    Event,
    Finding,
    GuardDecision,
    Notice,
    ReasoningText,
    ReviewVerdict,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SpecRead,
    StageFinished,
    StageStarted,
    TokenText,
)
from tui.visible import one_line

_QUIET_PHASES = frozenset({"prefill", "streaming", "ready", "stopped"})
_ERASE = "\r\x1b[K"


def tell(event: Event) -> str | None:
    """One line about ``event``, None if it is not worth one. Safe to print."""
    match event:
        case RunStarted():
            scripted = " (SCRIPTED DEMO: no model is running)" if event.scripted else ""
            return (
                f"{event.pattern} with the pair {event.pair}{scripted}, guard {event.guard}, sandbox: {event.sandbox}"
            )
        case SpecRead():
            name = event.name or "the code"
            if not event.checkable:
                return f"spec of {name}: no example that can be run, so review is advice only"
            return f"spec of {name}: {event.checkable} example{'s' if event.checkable != 1 else ''} that can be run"
        case EnginePhase() if event.phase not in _QUIET_PHASES:
            share = f" {event.progress:.0%}" if event.progress is not None else ""
            return f"{event.role}: {event.phase}{share} {one_line(event.detail)}".rstrip()
        case StageFinished():
            return _answer(event)
        case Candidate(problem=str() as problem):
            return f"{event.candidate}: {one_line(problem)}"
        case Candidate(notes=notes) if notes:
            return f"{event.candidate}: {one_line('; '.join(notes))}"
        case CheckResult() if event.outcome != "pass":
            got = f", got {one_line(event.got, 120)}" if event.got else ""
            want = f", expected {one_line(event.want, 120)}" if event.want else ""
            source = one_line(event.source, 120)
            return f"{event.candidate}: example {event.example + 1} {event.outcome}: {source}{want}{got}"
        case ChecksFinished() if event.passed + event.failed:
            return f"{event.candidate}: passes {event.passed} of {event.passed + event.failed} examples"
        case ReviewVerdict():
            return f"review of {event.candidate}: {event.verdict}"
        case Finding() if event.status != "checking":
            return f"finding, {event.status}: {one_line(event.title, 100)} ({one_line(event.reason, 200)})"
        case GuardDecision():
            ruling = "accepted" if event.accepted else "refused"
            size = f"+{event.lines_added} -{event.lines_removed} lines"
            return f"{event.candidate} {ruling}: {one_line(event.reason)} ({size})"
        case Decision(by="default"):
            return f"nobody was asked: {event.choice.lower()}"
        case Notice():
            return one_line(event.text)
        case RunFinished():
            return _finished(event)
        case RunStopped():
            return f"stopped after {event.seconds:.1f} s"
        case RunFailed() if event.code is not None:
            return f"failed after {event.seconds:.1f} s; {event.candidate} is kept in the session"
    return None


def _answer(event: StageFinished) -> str:
    parts = [f"{event.stage} by the {event.role}: {event.finish_reason}"]
    about = "≈" if event.tokens_estimated else ""
    if event.completion_tokens is not None:
        parts.append(f"{about}{event.completion_tokens} tokens")
    parts.append(f"{event.seconds:.1f} s")
    if event.ttft is not None:
        parts.append(f"first token after {event.ttft:.2f} s")
        decoding = event.seconds - event.ttft
        if event.completion_tokens and decoding > 0.05:
            parts.append(f"{about}{event.completion_tokens / decoding:.0f} tokens/s")
    warning = f" ({one_line(event.warning)})" if event.warning else ""
    return ", ".join(parts) + warning


def _finished(event: RunFinished) -> str:
    about = "≈" if event.tokens_estimated else ""
    cost = f", ${event.usd:.4f}" if event.usd else ""
    tokens = f"{about}{event.prompt_tokens} tokens in, {about}{event.completion_tokens} out"
    name = f"the {event.candidate}" if event.candidate and "draft" in event.candidate else event.candidate
    which = f"{name} stands" if name else "no code"
    total = event.passed + event.failed
    checks = f", {event.passed} of {total} examples pass" if total else ", nothing to check it on"
    return f"{which}{checks}; {event.seconds:.1f} s, {tokens}{cost}"


class Narrator:
    """Tells events on stderr as they come; on a terminal, one line that is rewritten shows a running answer."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live = not quiet and sys.stderr.isatty()
        self._bytes = 0
        self._stage = ""
        self._painted = 0.0

    def see(self, event: Event) -> None:
        """Tell one event."""
        if self._quiet:
            return
        match event:
            case StageStarted():
                self._bytes = 0
                self._stage = f"{event.stage} by the {event.role} ({event.model})"
                self._paint(f"{self._stage}: reading the prompt (≈{event.prompt_tokens} tokens)")
            case TokenText() | ReasoningText():
                self._bytes += len(event.text.encode("utf-8", "replace"))
                if time.monotonic() - self._painted > 0.2:
                    doing = "thinking" if isinstance(event, ReasoningText) else "writing"
                    self._paint(f"{self._stage}: {doing}, ≈{self._bytes / BYTES_PER_TOKEN:.0f} tokens")
        line = tell(event)
        if line is not None:
            erase = _ERASE if self._live else ""
            print(f"{erase}{line}", file=sys.stderr, flush=True)

    def _paint(self, text: str) -> None:
        if self._live:
            self._painted = time.monotonic()
            print(f"{_ERASE}{text[:100]}", end="", file=sys.stderr, flush=True)
