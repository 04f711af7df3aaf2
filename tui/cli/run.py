"""``secondpass run``: one spec through a pattern."""

import asyncio
import json
import signal
import sys
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.config import Configuration, ResolvedPair
from core.engines.pair import EnginePair, open_pair
from core.errors import ExitCode, SecondpassError, UsageError
from core.event_log import encode
from core.events import Candidate, CheckResult, Event, Finding, RunFailed, RunFinished, RunStopped
from core.patterns.registry import PATTERNS
from core.request import RunRequest
from core.run import Run
from core.saving import check_writable, write_atomically
from core.sessions import SessionLog
from tui.cli.configured import configured
from tui.cli.crash import start_logging
from tui.cli.narration import Narrator
from tui.cli.spec_input import SpecInput, read_spec
from tui.visible import visible

_RETRY = "review-then-fix-retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The command's arguments and options, as given."""

    file: str | None
    pattern: str
    pair: str | None
    rounds: int | None
    guard: Any
    output: str
    destination: Path | None
    dry_run: bool
    quiet: bool
    models: Path | None
    allow_weak_sandbox: bool


def run_command(options: RunOptions) -> int:
    """Run a spec through a pattern; returns the exit code.

    Raises:
        SecondpassError: anything the user should correct, before an engine was asked.
    """
    start_logging()
    source = read_spec(options.file)
    if options.destination is not None:
        check_writable(options.destination)
    configuration = configured(options.models)
    narrator = Narrator(quiet=options.quiet)
    resolved = configuration.pair(options.pair)
    request = RunRequest(
        spec=source.text,
        filename=source.filename,
        name=source.name,
        pattern=options.pattern,
        guard=options.guard,
        rounds=options.rounds,
        allow_weak_sandbox=options.allow_weak_sandbox,
    )
    if options.dry_run:
        print(_plan(configuration, resolved, source, request))
        return ExitCode.OK
    return asyncio.run(_run(options, request, open_pair(resolved, program="secondpass run"), narrator))


async def _run(options: RunOptions, request: RunRequest, pair: EnginePair, narrator: Narrator) -> int:
    log = _session_log()
    try:
        run = Run(request, pair, log=log)
        _stop_on_signals(run)
        outcome = _Outcome()
        async with aclosing(run.events()) as events:
            async for event in events:
                outcome.see(event)
                narrator.see(event)
                if options.output == "jsonl" and options.destination is None:
                    print(encode(event), flush=True)
                elif options.output == "jsonl":
                    outcome.lines.append(encode(event))
    finally:
        if log is not None:
            log.close()
        await pair.close()
    try:
        return _report(options, outcome, log)
    except UsageError as error:
        if log is None:
            raise
        raise UsageError(f"{error} The code is kept: `secondpass sessions show {log.id} --output code`.") from None


def _session_log() -> SessionLog | None:
    """The log of this run; a log that cannot be made is told about and costs nothing else."""
    try:
        return SessionLog.create()
    except (SecondpassError, OSError) as error:
        print(f"secondpass: this run is not kept as a session: {visible(str(error))}", file=sys.stderr)
        return None


def _stop_on_signals(run: Run) -> None:
    """Ctrl+C or a polite kill stops the run; what had arrived is kept. A second Ctrl+C ends the program at once."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        run.stop()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # as nohup wants it
        try:
            loop.add_signal_handler(number, stop, number)
        except NotImplementedError:  # Windows has no such handlers; Ctrl+C raises KeyboardInterrupt there
            return


class _Outcome:
    """What a report needs of the events."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.checks: list[CheckResult] = []
        self.problem: str | None = None
        self.end: RunFinished | RunStopped | RunFailed | None = None
        self.lines: list[str] = []

    def see(self, event: Event) -> None:
        match event:
            case Finding():
                self.findings[event.id] = event
            case CheckResult():
                self.checks.append(event)
            case Candidate():
                self.problem = event.problem
            case RunFinished() | RunStopped() | RunFailed():
                self.end = event

    def failing(self, candidate: str | None) -> list[CheckResult]:
        """The examples that ``candidate`` fails."""
        return [check for check in self.checks if check.candidate == candidate and check.outcome != "pass"]


def _report(options: RunOptions, outcome: _Outcome, log: SessionLog | None) -> int:
    end = outcome.end
    kept = f"; `secondpass sessions show {log.id}` shows all of it" if log is not None and log.problem is None else ""
    if isinstance(end, RunFinished):
        _deliver(options, outcome, end, log)
        if end.code is None:
            why = f" ({outcome.problem})" if outcome.problem else ""
            _say(f"No answer held code that could be used{why}{kept}.")
            return ExitCode.NO
        if end.failed:
            failing = [str(check.example + 1) for check in outcome.failing(end.candidate)]
            examples = f"example{'s' if len(failing) > 1 else ''} {', '.join(failing)}"
            hint = "" if options.pattern == _RETRY else f"; --pattern {_RETRY} lets the coder try again on them"
            _say(f"The final code fails {examples} of the spec{hint}{kept}.")
            return ExitCode.NO
        return ExitCode.OK
    if options.output == "jsonl" and options.destination is not None:
        write_atomically(options.destination, "\n".join(outcome.lines) + "\n")
    if isinstance(end, RunFailed):
        _say(end.message + (f" What had arrived is kept{kept}." if kept else ""))
        return end.exit_code
    _say(f"Stopped{kept}.")
    return ExitCode.INTERRUPTED


def _deliver(options: RunOptions, outcome: _Outcome, end: RunFinished, log: SessionLog | None) -> None:
    if options.output == "jsonl":
        data = "\n".join(outcome.lines) + "\n"
    elif options.output == "json":
        data = json.dumps(_result(options, outcome, end, log), indent=2, ensure_ascii=False) + "\n"
    else:
        data = end.code or ""
    if options.destination is not None:
        if options.output != "text" or end.code is not None:
            write_atomically(options.destination, data)
    elif options.output != "jsonl":
        # A file gets the code byte for byte; a terminal must not obey what a model wrote.
        sys.stdout.write(visible(data) if sys.stdout.isatty() else data)
        sys.stdout.flush()


def _result(options: RunOptions, outcome: _Outcome, end: RunFinished, log: SessionLog | None) -> dict[str, Any]:
    return {
        "version": 1,
        "code": end.code,
        "accepted": end.accepted,
        "pattern": options.pattern,
        "checks": {"passed": end.passed, "failed": end.failed},
        "findings": [asdict(finding) for finding in outcome.findings.values()],
        "usage": {
            "prompt_tokens": end.prompt_tokens,
            "completion_tokens": end.completion_tokens,
            "estimated": end.tokens_estimated,
            "usd": end.usd,
        },
        "seconds": end.seconds,
        "session": log.id if log is not None else None,
    }


def _say(sentence: str) -> None:
    print(f"secondpass: {visible(sentence)}", file=sys.stderr)


def _plan(configuration: Configuration, resolved: ResolvedPair, source: SpecInput, request: RunRequest) -> str:
    """What ``--dry-run`` prints."""
    from analyzers.gain import gain_line
    from analyzers.tokens import estimate_tokens
    from core.gain.key import pair_key
    from core.gain.reading import forecast, read_scores
    from core.patterns.prompts import messages, prompt_version
    from core.run import select_spec
    from core.sandbox import available_tier

    spec = select_spec(request)
    pattern = PATTERNS[request.pattern]
    rounds = pattern.rounds if request.rounds is None else request.rounds
    key = None if resolved.scripted else pair_key(resolved)
    report = read_scores(source.text, filename=source.filename, name=spec.name)
    expected = forecast(report, key, request.guard)
    first = messages("draft", spec=spec.text, target=spec.name or "the code")
    lines = [
        f"spec      {source.filename or 'standard input'}: {spec.name or 'no name'}, "
        f"{len(spec.examples)} examples that can be run",
        f"pattern   {pattern.name}, at most {rounds} rounds, guard {request.guard}, prompts {prompt_version()}",
        f"pair      {resolved.name}{' (scripted demo)' if resolved.scripted else ''}",
        f"coder     {resolved.coder.name} ({resolved.coder.kind}), context {resolved.coder.config.context}",
        f"reviewer  {resolved.reviewer.name} ({resolved.reviewer.kind}), context {resolved.reviewer.config.context}",
        f"draft     ≈{sum(estimate_tokens(message.content) for message in first)} tokens of prompt",
        f"review    {gain_line(expected.gain)}",
        f"sandbox   {available_tier().name}",
        f"models    {', '.join(str(path) for path in configuration.sources)}",
    ]
    if expected.problem is not None:
        lines.append(f"note      {expected.problem}")
    return visible("\n".join(lines))
