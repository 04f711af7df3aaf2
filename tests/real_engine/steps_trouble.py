"""Steps: stop in prefill and in streaming, a prompt that does not fit, a server that is killed and started again."""

import asyncio
import json
import random
import statistics
import subprocess
import time
from contextlib import aclosing
from pathlib import Path

from answers import ENDLESS, ENDLESS_LINE, SCRIPTS
from backends import CONTEXT, ORDINARY, PATIENT, WIDE, Backend
from programs import SECONDPASS, Home, ended, run_program
from report import Report, Step, expect
from steps_specs import must_be_fixed

from core.config import load_configuration
from core.engines.pair import EnginePair, open_pair
from core.engines.protocol import ChatRequest, Message, Phase, TextDelta
from core.events import EnginePhase, Event, RunFailed, RunStopped, StageFinished, StageStarted, TokenText
from core.request import RunRequest
from core.run import Run

BOUND = 0.1
"""Seconds within which a stop must give control back."""

STOPS = 5
_PIECES_BEFORE_STOP = 20
_EVENTS_BEFORE_STOP = 4
"""Pieces are gathered: an event is some twenty of them, and the engine has learned no more than the first hundreds."""


def check_stops(report: Report, home: Home, backend: Backend, conversations: Path) -> None:
    """Stop a stream and a prefill, at the engine and at the run."""
    endless, known = learned(conversations, "endless")[0], learned(conversations)[0]
    with report.step("stop while tokens stream") as step:
        asyncio.run(_stop_streaming(step, home, endless))
    with report.step("stop a run while tokens stream") as step:
        asyncio.run(_stop_run(step, home))
    with report.step("stop during prefill") as step:
        asyncio.run(_stop_prefill(step, home, backend, known))


def learned(conversations: Path, kind: str = "") -> list[tuple[ChatRequest, str]]:
    """The requests of the training file with their answers; only those with the flag ``kind``, if it is given."""
    found = []
    for line in conversations.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if bool(record.get(kind)) is bool(kind):
            messages = tuple(Message(each["role"], each["content"]) for each in record["messages"])
            found.append((ChatRequest(messages=messages, stage="draft", max_tokens=2000), record["answer"]))
    return found


def open_engines(home: Home, name: str) -> EnginePair:
    """The pair ``name``, made from the same configuration as the program makes it."""
    return open_pair(load_configuration(home.models, environ=home.environment).pair(name), environ=home.environment)


async def _stop_streaming(step: Step, home: Home, endless: tuple[ChatRequest, str]) -> None:
    request, answer = endless
    pair = open_engines(home, PATIENT)
    took: list[float] = []
    try:
        engine = await pair.start("coder")
        for _ in range(STOPS):
            text, pieces = "", 0
            stream = engine.chat(request)
            async for delta in stream:
                expect(isinstance(delta, TextDelta), "the draft that never ends has ended")
                text += delta.text if isinstance(delta, TextDelta) else ""
                pieces += 1
                if pieces == _PIECES_BEFORE_STOP:
                    break
            begun = time.perf_counter()
            await stream.aclose()
            took.append(time.perf_counter() - begun)
            expect(answer.startswith(text) and bool(text), f"what had arrived is not the answer: {text!r}")
    finally:
        await pair.close()
    expect(max(took) < BOUND, f"control came back after {max(took) * 1000:.0f} ms")
    step.saw(f"{STOPS} stops: control back after {_milliseconds(took)} (median), {max(took) * 1000:.1f} ms at most")


async def _stop_run(step: Step, home: Home) -> None:
    pair = open_engines(home, PATIENT)
    request = RunRequest(spec=ENDLESS.path.read_text(encoding="utf-8"), pattern="coder-only", allow_weak_sandbox=True)
    events: list[Event] = []
    stopped = 0.0
    try:
        run = Run(request, pair)
        pieces = 0
        async for event in run.events():
            events.append(event)
            pieces += isinstance(event, TokenText)
            if not stopped and pieces == _EVENTS_BEFORE_STOP:
                stopped = time.perf_counter()
                run.stop()
        took = time.perf_counter() - stopped
    finally:
        await pair.close()
    answers = [event for event in events if isinstance(event, StageFinished)]
    expect(isinstance(events[-1], RunStopped), f"the run ended with {events[-1]}")
    expect(len(answers) == 1 and answers[0].finish_reason == "stopped", f"the answer ended as {answers}")
    text = answers[0].text
    # A fast machine gets further than what was learned before the stop comes: the model goes on in the same way.
    endless = ENDLESS.answers["draft"] + ENDLESS_LINE * 1000
    expect(bool(text) and endless.startswith(text), f"the partial text is {text!r}")
    expect(took < BOUND, f"the run ended {took * 1000:.0f} ms after the stop")
    step.saw(f"the run ended after {took * 1000:.1f} ms, {len(text)} characters of the draft kept")


async def _stop_prefill(step: Step, home: Home, backend: Backend, known: tuple[ChatRequest, str]) -> None:
    pair = open_engines(home, WIDE)
    # Random text has no tokens of several words, so there is about one token a character.
    letters = random.Random(1).choices("abcdefgh ijklm\n", k=min(backend.wide_context - 700, 24_000))
    long = ChatRequest(messages=(Message("user", "".join(letters)),), stage="draft", max_tokens=320)
    try:
        engine = await pair.start("coder")
        reading = asyncio.create_task(_read(pair, long))
        # Nothing tells from outside when a server is in the middle of a prefill.
        await asyncio.sleep(backend.into_prefill)
        before = engine.status.phase
        expect(before is Phase.PREFILL, f"{backend.into_prefill} s later the engine is not in its prefill: {before}")
        begun = time.perf_counter()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        took = time.perf_counter() - begun
        after = engine.status.phase
        expect(after is Phase.BUSY, f"after the stop the role is shown as {after}, not as busy")
        answer = await _read(pair, known[0])
        waited = time.perf_counter() - begun
    finally:
        await pair.close()
    expect(took < BOUND, f"control came back after {took * 1000:.0f} ms")
    expect(answer == known[1], f"the next answer is not the learned one: {answer[:80]!r}")
    step.saw(f"control back after {took * 1000:.1f} ms, role busy, next answer complete {waited:.1f} s after the stop")


async def _read(pair: EnginePair, request: ChatRequest) -> str:
    async with aclosing(pair.coder.chat(request)) as stream:
        return "".join([delta.text async for delta in stream if isinstance(delta, TextDelta)])


def check_overflow(report: Report, home: Home, work: Path) -> None:
    """A spec that is longer than the window: refused in one sentence, before anything is sent."""
    with report.step("a spec longer than the context window") as step:
        spec = SCRIPTS[0].path.read_text(encoding="utf-8")
        filler = "    The order of equal ranges is the order in which they come.\n" * (CONTEXT // 8)
        path = work / "too_long.py"
        path.write_text(spec.replace("    >>>", filler + "\n    >>>", 1), encoding="utf-8")
        done = run_program(home, ["run", str(path), "--pair", ORDINARY])
        expect(done.exit_code == 3, f"exit code 3 was expected; {done.last_words}")
        expect(len(done.sentences) == 1 and "context" in done.sentences[0], f"it says {done.sentences}")
        expect(isinstance(done.events[-1], RunFailed), f"the log ends with {done.events[-1].type}")
        expect(not any(isinstance(event, StageStarted) for event in done.events), "a request was sent")
        step.saw(f"exit 3: {done.sentences[0].removeprefix('secondpass: ').split(';')[0]}")


def check_killed_server(report: Report, home: Home, backend: Backend) -> None:
    """Kill the server in the middle of an answer, then start it again."""
    with report.step("server killed in the middle of an answer") as step:
        _kill_during_run(step, home, backend)
    with report.step("server started again") as step:
        step.saw(backend.start())
        done = run_program(home, ["run", str(SCRIPTS[0].path), "--pair", ORDINARY, "--output", "json"])
        must_be_fixed(SCRIPTS[0], done)
        step.saw("the next run is as good as the first")


def _kill_during_run(step: Step, home: Home, backend: Backend) -> None:
    before = home.sessions()
    begun = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        [SECONDPASS, "run", str(ENDLESS.path), "--pair", PATIENT, "--output", "jsonl", "--pattern", "coder-only"],
        env=home.environment,
        cwd=home.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        killed = 0.0
        pieces = 0
        for line in program.stdout:
            lines.append(line)
            pieces += json.loads(line)["type"] == "token"
            if not killed and pieces == _PIECES_BEFORE_STOP:
                backend.kill(program.pid)
                killed = time.monotonic()
        stderr = program.stderr.read()
        exit_code = program.wait(timeout=60)
    took = time.monotonic() - killed
    done = ended(home, before, exit_code, "".join(lines), stderr, time.monotonic() - begun)
    expect(bool(killed), f"the program ended before its answer was under way; {done.last_words}")
    expect(exit_code == 3, f"exit code 3 was expected; {done.last_words}")
    expect(len(done.sentences) == 1, f"not one sentence, but {done.sentences}")
    answers = [event for event in done.events if isinstance(event, StageFinished)]
    expect(isinstance(done.events[-1], RunFailed), f"the log ends with {done.events[-1].type}")
    expect(len(answers) == 1 and answers[0].finish_reason == "failed", f"the answer ended as {answers}")
    text = answers[0].text
    expect(bool(text) and ENDLESS.answers["draft"].startswith(text[:400]), f"the log keeps {text[:80]!r}")
    phases = [event.phase for event in done.events if isinstance(event, EnginePhase)]
    expect(Phase.STREAMING in phases, f"the engine's phases were {phases}")
    step.saw(
        f"exit 3 {took:.1f} s later: {done.sentences[0].removeprefix('secondpass: ')}"
        f" ({len(text)} characters kept in the log)"
    )


def _milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms"
