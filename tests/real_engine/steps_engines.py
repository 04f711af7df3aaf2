"""Steps: an engine process for each role, engines that take turns, one that crashes in the middle of a run, and
answers that fill the window."""

import asyncio
import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from answers import ENDLESS, SCRIPTS
from backends import SWAP, TIGHT, TIGHT_CONTEXT, TWO, Backend, MlcBackend
from learned_set import write_learned_set
from programs import SECONDPASS, Home, run_program
from report import CheckError, Report, Step, expect
from steps_specs import must_be_fixed
from steps_trouble import learned, open_engines

from core.config import load_configuration
from core.engines.mlc import MlcEngine
from core.engines.mlc_serve import MARGIN
from core.engines.protocol import Role, TextDelta
from core.events import Notice, StageFinished
from core.placement.figures import figures_of

_ROLES: tuple[Role, Role] = ("coder", "reviewer")
_LOOK = 0.05
_MIB = 1 << 20
_NEAR = 0.1
"""Share by which MLC-LLM's own figure for the KV cache may differ from the planner's."""


def check_engines(report: Report, home: Home, backend: Backend, conversations: Path, work: Path) -> None:
    """Two roles in two engine processes, side by side and in turns."""
    data = work / "learned.jsonl"
    write_learned_set(data)
    with report.step("two roles, an engine process for each") as step:
        step.saw(backend.start_both())
        asyncio.run(_both_answer(step, home, backend, conversations))
        done = run_program(home, ["run", str(SCRIPTS[0].path), "--pair", TWO, "--output", "json"])
        must_be_fixed(SCRIPTS[0], done)
        step.saw(f"secondpass run: fix accepted, {done.seconds:.1f} s")
    with report.step("the reviewer's engine crashes in the middle of a bench run") as step:
        step.saw(backend.start_both())
        _crash(step, home, backend, data)
    with report.step("swap: one engine alive at a time") as step:
        _swap(step, home, backend, data)
    with report.step("an answer that fills the window, and the KV cache") as step:
        step.saw(backend.start())
        _fill_the_window(step, home)
        if isinstance(backend, MlcBackend):
            asyncio.run(_hold_against_the_plan(step, home))


async def _both_answer(step: Step, home: Home, backend: Backend, conversations: Path) -> None:
    known = learned(conversations)
    pair = open_engines(home, TWO)
    try:
        for role in _ROLES:
            await pair.start(role)
        alive = backend.alive(os.getpid())
        expect(len(alive) == 2, f"{len(alive)} engine processes are alive, not 2")
        before = backend.answers(pair)
        for role, (request, answer) in zip(_ROLES, known, strict=False):
            deltas = [delta async for delta in pair.engine(role).chat(request)]
            text = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
            expect(text == answer, f"the {role}'s answer is not the learned one: {text[:80]!r}")
        asked = [now - then for then, now in zip(before, backend.answers(pair), strict=True)]
    finally:
        await pair.close()
    expect(asked == [1, 1], f"the coder's and the reviewer's engine were asked {asked} times, not once each")
    step.saw("both alive, each has answered for its role")


def _crash(step: Step, home: Home, backend: Backend, data: Path) -> None:
    """Nothing that was answered is asked again, and the run ends as if nothing had been."""

    def kill(program: int, event: dict[str, Any]) -> bool:
        if event["type"] == "stage" and (event["stage"], event["phase"]) == ("review", "asking"):
            backend.kill_reviewer(program)
            return True
        return False

    run = _bench(home, TWO, data, kill)
    expect(run.interfered, "no review was asked for")
    asked = run.asked
    if backend.restarts:
        expect(run.exit_code == 0, f"the engine is started again, but the exit code is {run.exit_code}: {run.said}")
        step.saw("the engine was started again, and the run went on")
    else:
        expect(run.exit_code == 3, f"exit code 3 was expected, not {run.exit_code}: {run.said}")
        expect(f"--resume {run.id}" in run.said, f"it does not say how to go on: {run.said}")
        shown = _shown(home, run.id)
        expect(shown["finished"] < shown["planned"], "the run is said to be complete")
        step.saw(f"exit 3 after {run.failures} failed tries, {shown['finished']} of {shown['planned']} samples kept")
        step.saw(f"the engine started again: {backend.start_both()}")
        resumed = _bench(home, TWO, data, resume=run.id)
        expect(resumed.exit_code == 0, f"--resume ended with {resumed.exit_code}: {resumed.said}")
        expect("draft" not in resumed.stages, f"drafts were asked for again: {resumed.asked}")
        asked = asked + resumed.asked
        step.saw("--resume completed it")
    drafts = [task for stage, task in asked if stage == "draft"]
    expect(sorted(drafts) == sorted(set(drafts)), f"a draft was asked for twice: {asked}")
    step.saw(_must_be_solved(home, run.id))


def _swap(step: Step, home: Home, backend: Backend, data: Path) -> None:
    """All drafts, all reviews, all fixes: each engine is loaded when its turn comes, and never beside the other."""
    backend.stop_engines()
    seen = _Seen()
    with _watching(backend, seen) as started:
        run = _bench(home, SWAP, data, started=started)
    expect(run.exit_code == 0, f"the run ended with {run.exit_code}: {run.said}")
    expect(seen.most == 1, f"{seen.most} engines were alive at the same time")
    order = [stage for stage, _ in run.asked]
    turns = "".join("r" if stage in ("review", "opinion") else "c" for stage in order)
    changes = sum(one != other for one, other in pairwise(turns))
    expect(changes == 2, f"the roles changed {changes} times: {order}")
    expect(len(seen.pids) == 3, f"{len(seen.pids)} engines were loaded, not 3 (coder, reviewer, coder)")
    step.saw("3 loads for 3 phases, never two engines alive")
    step.saw(_must_be_solved(home, run.id))


def _fill_the_window(step: Step, home: Home) -> None:
    """An answer that never ends is cut off where the window ends, and that is said."""
    arguments = ["run", str(ENDLESS.path), "--pair", TIGHT, "--pattern", "coder-only"]
    done = run_program(home, arguments)
    expect(done.exit_code == 1, f"exit code 1 was expected; {done.last_words}")
    answer = next((event for event in done.events if isinstance(event, StageFinished)), None)
    if answer is None or answer.prompt_tokens is None or answer.completion_tokens is None:
        raise CheckError(f"no answer with its tokens was recorded; {done.last_words}")
    expect(answer.finish_reason == "length", f"the answer ended as {answer.finish_reason!r}")
    taken = answer.prompt_tokens + answer.completion_tokens
    expect(taken <= TIGHT_CONTEXT, f"{taken} tokens were used of a window of {TIGHT_CONTEXT}")
    notices = [event.text for event in done.events if isinstance(event, Notice)]
    said = [text for text in notices if "was cut off after" in text and "`max_tokens` or `context`" in text]
    expect(len(said) == 1, f"it is not said that the answer was cut off: {notices}")
    step.saw(f"{taken} of {TIGHT_CONTEXT} tokens used; {said[0]}")


async def _hold_against_the_plan(step: Step, home: Home) -> None:
    """What MLC-LLM says that its KV cache takes is what the planner counts, the margin included."""
    model = load_configuration(home.models, environ=home.environment).pair(TIGHT).coder
    pair = open_engines(home, TIGHT)
    try:
        engine = await pair.start("coder")
        memory = engine.memory if isinstance(engine, MlcEngine) else None
        # Such as it is started: the least that works for one request.
        tokens = TIGHT_CONTEXT + MARGIN
    finally:
        await pair.close()
    figures = figures_of(model.config, home.environment)
    if memory is None or figures is None:
        raise CheckError(f"MLC-LLM reports no memory ({memory}), or the planner knows no figures ({figures})")
    planned = figures.kv_bytes(tokens) / _MIB
    off = abs(memory.cache - planned) / planned
    expect(off < _NEAR, f"MLC-LLM reports {memory.cache:.2f} MiB of KV cache, {planned:.2f} MiB were planned")
    step.saw(f"KV cache for {tokens} tokens: {memory.cache:.2f} MiB reported, {planned:.2f} MiB planned")


@dataclass(slots=True)
class _BenchRun:
    """A ``bench run`` that has ended; ``asked`` holds stage and task of every request, in order."""

    exit_code: int = -1
    said: str = ""
    id: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0
    interfered: bool = False

    @property
    def stages(self) -> set[str]:
        return {stage for stage, _ in self.asked}


def _bench(
    home: Home,
    pair: str,
    data: Path,
    interfere: Callable[[int, dict[str, Any]], bool] = lambda program, event: False,
    *,
    resume: str | None = None,
    started: Callable[[int], None] = lambda program: None,
) -> _BenchRun:
    """Run the learned specs through the bench. ``interfere`` hears of every event until it has returned True."""
    planned = ["--dataset", "humaneval+", "--pattern", "coder-only", "--pattern", "review-then-fix"]
    # All drafts before all reviews, one request at a time: what happens when is then always the same.
    chosen = ["--resume", resume] if resume else [*planned, "--schedule", "phases"]
    how = ["--data", str(data), "--pair", pair, "--batch", "1", "--output", "jsonl"]
    run = _BenchRun()
    with subprocess.Popen(
        [SECONDPASS, "bench", "run", *how, *chosen],
        env=home.environment,
        cwd=home.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        started(program.pid)
        for line in program.stdout:
            event = json.loads(line)
            run.interfered = run.interfered or interfere(program.pid, event)
            match event["type"]:
                case "run":
                    run.id = event["id"]
                case "stage" if event["phase"] == "asking":
                    run.asked.append((event["stage"], event["task"]))
                case "failed":
                    run.failures += 1
        run.said = program.stderr.read()
        run.exit_code = program.wait(timeout=60)
    expect("Traceback" not in run.said, f"a traceback reached the user: {run.said[-600:]}")
    return run


def _must_be_solved(home: Home, run: str) -> str:
    """Raises CheckError where not every draft fails and not every fix passes."""
    content = _shown(home, run)
    passed = {each["pattern"]: (each["passed"], each["samples"]) for each in content["patterns"]}
    of = len(SCRIPTS)
    expect(passed == {"coder-only": (0, of), "review-then-fix": (of, of)}, f"solved: {passed}")
    return f"review-then-fix solves {of} of {of}, coder-only none, as learned"


def _shown(home: Home, run: str) -> dict[str, Any]:
    shown = subprocess.run(
        [SECONDPASS, "bench", "show", run, "--format", "json"],
        env=home.environment,
        cwd=home.folder,
        capture_output=True,
        text=True,
    )
    expect(shown.returncode == 0, f"bench show ended with {shown.returncode}: {shown.stderr[-300:]}")
    content: dict[str, Any] = json.loads(shown.stdout)
    return content


@dataclass(slots=True)
class _Seen:
    pids: set[int] = field(default_factory=set)
    most: int = 0


@contextmanager
def _watching(backend: Backend, seen: _Seen) -> Iterator[Callable[[int], None]]:
    """Look again and again which engines are alive, from the moment that what is yielded hears of a program."""
    over, programs = threading.Event(), list[int]()

    def look() -> None:
        while not over.wait(_LOOK):
            for program in programs:
                with contextlib.suppress(psutil.Error):
                    alive = backend.alive(program)
                    seen.pids.update(alive)
                    seen.most = max(seen.most, len(alive))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield programs.append
    finally:
        over.set()
        thread.join()
