"""Cancelling, and what happens when either half of the sandbox goes away."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from core.errors import SandboxError
from core.sandbox import Case, Limits, available_tier, launch, run_cases, tier
from tests.core.sandbox.driven import ROOT

LOOP = Case(kind="assert", source="while True: pass")
needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="finds processes through /proc")


def descendants(pid: int) -> list[int]:
    """Processes below ``pid``."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in os.listdir(f"/proc/{pid}/task"):
            children = Path(f"/proc/{pid}/task/{task}/children").read_text().split()
            found += [int(child) for child in children]
    return found + [grandchild for child in found for grandchild in descendants(child)]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what other processes do, of which no event tells."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_both_halves_run(pid: int, besides: Collection[int] = ()) -> list[int]:
    """The supervisor and the runner below ``pid``, once both are there; ``besides`` are processes of other tests."""

    def found() -> list[int]:
        return [each for each in descendants(pid) if each not in besides]

    await until(lambda: len(found()) >= 2)
    return found()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@needs_proc
async def test_cancelling_ends_everything_at_once(own_temporary_folder: str) -> None:
    available_tier()
    others = descendants(os.getpid())
    task = asyncio.create_task(run_cases("", [LOOP], Limits(case_seconds=60, total_seconds=60)))
    processes = await until_both_halves_run(os.getpid(), others)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 5
    assert not any(alive(pid) for pid in processes)
    assert os.listdir(own_temporary_folder) == []


@needs_proc
async def test_cancelling_twice_still_cleans_up(own_temporary_folder: str) -> None:
    available_tier()
    others = descendants(os.getpid())
    task = asyncio.create_task(run_cases("", [LOOP], Limits(case_seconds=60, total_seconds=60)))
    processes = await until_both_halves_run(os.getpid(), others)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.gather(*launch._finishing)
    assert not any(alive(pid) for pid in processes)
    assert os.listdir(own_temporary_folder) == []


@needs_proc
async def test_when_our_program_is_killed_the_sandbox_ends_too(own_temporary_folder: str) -> None:
    code = (
        f"import asyncio, sys; sys.path.insert(0, {str(ROOT)!r})\nfrom core.sandbox import *\n"
        "available_tier(); print('tested', flush=True)\n"
        "asyncio.run(run_cases('while True: pass', [], Limits(case_seconds=60, total_seconds=60)))"
    )
    pipe, environment = asyncio.subprocess.PIPE, {**os.environ, "TMPDIR": own_temporary_folder}
    ours = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=pipe, env=environment)
    assert ours.stdout is not None
    assert await ours.stdout.readline() == b"tested\n"
    processes = await until_both_halves_run(ours.pid)
    ours.kill()
    await ours.wait()
    await until(lambda: not any(alive(pid) for pid in processes))
    assert os.listdir(own_temporary_folder) == []


@needs_proc
async def test_a_supervisor_that_is_killed_is_a_crash_of_the_case() -> None:
    available_tier()
    cases = [Case(kind="value", source="1", want="1"), LOOP, LOOP]
    limits = Limits(case_seconds=1.0, total_seconds=60)
    others = descendants(os.getpid())
    task = asyncio.create_task(run_cases("", [*cases, *[LOOP] * 9], limits))
    supervisor, first = (await until_both_halves_run(os.getpid(), others))[:2]
    await until(lambda: not alive(first))  # two cases are answered by then
    runner = (await until_both_halves_run(os.getpid(), others))[1]
    os.kill(supervisor, signal.SIGKILL)
    report = await task
    assert [result.outcome for result in report.results][:2] == ["pass", "timeout"]
    assert [result.outcome for result in report.results][-1] == "crash"
    await until(lambda: not alive(runner))


async def test_runs_side_by_side_do_not_disturb_each_other() -> None:
    jobs = [run_cases(f"n = {n}", [Case(kind="value", source="n", want=str(n))]) for n in range(8)]
    assert [report.results[0].outcome for report in await asyncio.gather(*jobs)] == ["pass"] * 8


async def test_an_interpreter_that_cannot_start_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(SandboxError, match="cannot be started"):
        await launch.run_in((), "", [])
    with pytest.raises(SandboxError):
        tier.ask(None)


async def test_a_layer_that_fails_stops_the_run_before_the_code_is_executed() -> None:
    with pytest.raises(SandboxError, match="could not be set up"):
        await launch.run_in(("seatbelt",) if sys.platform == "linux" else ("seccomp",), "raise ValueError", [])


async def test_a_full_disk_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(SandboxError, match="No space left on device"):
        await launch.run_in((), "", [])


def test_the_child_does_not_import_our_packages() -> None:
    code = f"import runpy, sys\ntry: runpy.run_path({tier.CHILD!r})\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "_secondpass_sandbox.supervise" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in ("core", "tui", "analyzers", "asyncio", "textual")}
