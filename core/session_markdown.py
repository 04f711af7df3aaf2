"""A session as a Markdown document: what was asked, what each model answered, what was proven, and the code."""

import re
from collections.abc import Iterable
from datetime import datetime

from core.event_log import LogFormatError
from core.events import (
    Candidate,
    CheckResult,
    ChecksFinished,
    CodeChosen,
    CodeSaved,
    Event,
    Finding,
    GuardDecision,
    Notice,
    ReviewVerdict,
    Rewound,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    SaveUndone,
    SessionRenamed,
    StageFinished,
    TokenText,
)
from core.fencing import fenced, in_ticks
from core.sessions import spec_title

# Brackets only where they make a link, underscores only where they make emphasis: code in a title stays readable.
_SPECIAL = re.compile(r"([\\`*<#|]|\[(?=[^\]]*\]\()|(?<!\w)_|_(?!\w))")


def session_markdown(events: Iterable[Event]) -> str:
    """The document. A log that is damaged somewhere is told up to there, with the reason at the end."""
    document = _Document()
    try:
        for event in events:
            document.take(event)
    except LogFormatError as error:
        document.damaged(str(error))
    return document.text()


class _Document:
    def __init__(self) -> None:
        self._title = ""
        self._parts: list[str] = []
        self._checks: list[CheckResult] = []
        self._streamed = ""
        self._open = False

    def text(self) -> str:
        if self._open:
            if self._streamed:
                self._parts.append(f"What had arrived of an answer:\n\n{fenced(self._streamed)}")
            self._parts.append("**Cut off:** the program was killed, or the machine went down, before the run ended.")
        head = [f"# {escaped(self._title) or 'An empty session'}"]
        return "\n\n".join([*head, *self._parts]) + "\n"

    def damaged(self, sentence: str) -> None:
        self._open = False
        self._parts.append(f"**Damaged:** {escaped(sentence)}")

    def take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._begin(event)
            case TokenText():
                self._streamed += event.text
            case StageFinished():
                self._streamed = ""
                self._answer(event)
            case Candidate():
                if event.code is None:
                    self._parts.append(f"No code was found in it: {escaped(event.problem or '')}")
            case ReviewVerdict():
                self._parts.append(f"Verdict on the {escaped(event.candidate)}: **{event.verdict}**")
            case Finding():
                self._finding(event)
            case CheckResult():
                self._checks.append(event)
            case ChecksFinished():
                self._checked(event)
            case GuardDecision():
                ruling = "accepted" if event.accepted else "refused"
                size = f"+{event.lines_added} -{event.lines_removed} lines"
                self._parts.append(f"{escaped(event.candidate)} **{ruling}** ({size}): {escaped(event.reason)}")
            case Notice():
                self._parts.append(f"> {escaped(event.text)}")
            case RunFinished() | RunStopped() | RunFailed():
                self._end(event)
            case CodeChosen():
                left_out = f", {len(event.rejected)} left out" if event.rejected else ""
                self._parts += [
                    "### The code as it was put together by hand",
                    f"{event.taken} changes taken{left_out}.",
                ]
                self._parts += [f"Left out because: {escaped(reason)}" for reason in event.rejected if reason]
                self._parts.append(fenced(event.code, "python"))
            case CodeSaved():
                self._parts.append(f"Saved to `{event.path}`.")
            case SaveUndone():
                self._parts.append(f"The save to `{event.path}` was **taken back**.")
            case Rewound():
                self._parts.append(f"**Gone back** to how things stood after turn {event.turn}.")
            case SessionRenamed():
                self._title = event.title

    def _begin(self, event: RunStarted) -> None:
        if event.turn == 1 and not self._parts:
            self._title = self._title or spec_title(event.spec)
        self._open, self._streamed = True, ""
        self._checks = []
        scripted = " (**scripted demo: no model answered**)" if event.scripted else ""
        cells = [
            f"turn {event.turn}",
            _when(event.started),
            f"pattern {event.pattern}",
            f"pair {escaped(event.pair)}{scripted}",
            f"coder {escaped(event.coder)}",
            f"reviewer {escaped(event.reviewer)}",
            f"guard {event.guard}",
            escaped(event.program),
        ]
        asked = event.requests[-1] if event.requests else ""
        self._parts += [f"## Turn {event.turn}" + (f": {escaped(_short(asked))}" if asked else ""), " · ".join(cells)]
        if asked:
            self._parts.append(fenced(asked, "text"))
        else:
            python = (event.filename or "").endswith(".py") or event.spec.lstrip().startswith(("def ", "class ", "@"))
            self._parts += ["### Spec", fenced(event.spec, "python" if python else "markdown")]
        for file in event.files:
            self._parts.append(f"Given with it: `{file.name}` ({len(file.text.splitlines())} lines)")

    def _answer(self, event: StageFinished) -> None:
        tokens = f"{event.completion_tokens} tokens, " if event.completion_tokens is not None else ""
        self._parts.append(f"### {event.stage.capitalize()} by the {event.role} ({tokens}{event.seconds:.1f} s)")
        if event.text.strip():
            self._parts.append(fenced(event.text.rstrip(), "markdown"))
        if event.finish_reason in ("stopped", "failed", "length"):
            self._parts.append(f"This answer ended early: {event.finish_reason}.")
        if event.warning:
            self._parts.append(f"> {escaped(event.warning)}")

    def _finding(self, event: Finding) -> None:
        if event.status == "checking":
            return
        rows = [f"- **{event.status}**: {escaped(event.title)}"]
        for label, text in (("call", event.call), ("expected", event.expected), ("got", event.got)):
            if text:
                rows.append(f"  - {label}: {in_ticks(text)}")
        if event.reason:
            rows.append(f"  - why: {escaped(event.reason)}")
        self._parts.append("\n".join(rows))

    def _checked(self, event: ChecksFinished) -> None:
        own = [check for check in self._checks if check.candidate == event.candidate]
        total = event.passed + event.failed
        told = f"{event.passed} of {total} examples pass." if total else "the spec has no example that can be run."
        rows = [f"Checks of the {escaped(event.candidate)}: {told}"]
        for check in own:
            if check.outcome != "pass":
                got = f", got {in_ticks(check.got)}" if check.got else ""
                rows.append(f"- {check.outcome}: {in_ticks(check.source)}, wanted {in_ticks(check.want or '')}{got}")
        self._parts.append("\n".join(rows))

    def _end(self, event: RunFinished | RunStopped | RunFailed) -> None:
        self._open = False
        match event:
            case RunFinished():
                total = event.passed + event.failed
                checks = f"{event.passed} of {total} examples pass" if total else "nothing to check it on"
                cost = f", ${event.usd:.4f}" if event.usd else ""
                what = f"**Result:** {escaped(event.candidate or 'no code')}; {checks}; {event.seconds:.1f} s{cost}"
            case RunStopped():
                what = f"**Stopped** after {event.seconds:.1f} s."
            case RunFailed():
                what = f"**Failed:** {escaped(event.message)}"
        self._parts.append(what)
        if event.code:
            self._parts += ["### Code", fenced(event.code, "python")]


def escaped(text: str) -> str:
    """``text`` on one line, with nothing in it that Markdown would obey."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= 70 else f"{one[:69]}…"


def _when(started: str) -> str:
    try:
        return datetime.fromisoformat(started).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return escaped(started)
