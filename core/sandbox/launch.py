"""Running code and its cases in the sandbox."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from core.errors import SandboxError
from core.reaping import see_off
from core.sandbox import asserts, compare, judge, private, tier
from core.sandbox.cases import Case, CaseResult, Limits, Report

_SLACK = 15.0
"""Seconds beyond the total that the supervisor may take for its own work."""
_GOODBYE = 1.0
"""Seconds the supervisor gets to end its runner after its line was closed; then it is killed."""
_MAX_LINE = 6 << 20

_DEFAULT = Limits()


async def run_cases(code: str, cases: Sequence[Case], limits: Limits = _DEFAULT) -> Report:
    """Execute ``code`` and its cases in a child process under the best tier available (``available_tier``).

    Every group of cases starts from a fresh process and a fresh execution of the code. A case that hangs or ends
    the interpreter does not keep the others from being run. Without cases only ``load_error`` is found out.
    Cancelling ends the child and all it started at once. Raises SandboxError when nothing could be run.
    """
    found = await asyncio.to_thread(tier.proven_tier)
    return await run_in(found.layers, code, cases, limits)


async def run_in(layers: Sequence[str], code: str, cases: Sequence[Case], limits: Limits = _DEFAULT) -> Report:
    """``run_cases`` with a given choice of layers (those of a Tier)."""
    began = time.monotonic()
    plans = [asserts.plan(case.source, code) if case.kind == "assert" else None for case in cases]
    listed = [_asked(index, case, plan) for index, (case, plan) in enumerate(zip(cases, plans, strict=True))]
    base = private.make()
    process: asyncio.subprocess.Process | None = None
    answers: list[dict[str, Any]] = []
    ending = ""
    try:
        request = {
            "probe": False,
            "layers": list(layers),
            "limits": asdict(limits),
            "base": base,
            "code": code,
            "cases": listed,
        }
        process = await _start(base)
        try:
            async with asyncio.timeout(limits.total_seconds + _SLACK):
                ending = await _converse(process, request, answers, lambda answer: _judged(answer, cases, plans))
        except TimeoutError:
            ending = "it did not answer in time"
    finally:
        if process is None:
            private.remove(base)
        else:
            await _finish(process, base)
    return _report(answers, len(listed), ending, time.monotonic() - began)


def _asked(index: int, case: Case, plan: asserts.Plan | None) -> dict[str, Any]:
    """What the sandbox is told of a case: not what is wanted, but for an expression that only the code can evaluate."""
    asked: dict[str, Any] = {"index": index, "kind": case.kind, "source": case.source, "group": case.group}
    if plan is not None:
        asked |= plan.asked()
    want = case.want
    if case.kind == "value" and want and judge.wanted_exception(want) is None and compare.literal(want) is None:
        asked["want_expression"] = want
    return asked


def _judged(answer: dict[str, Any], cases: Sequence[Case], plans: Sequence[asserts.Plan | None]) -> dict[str, Any]:
    """``answer``, with a verdict instead of what was seen."""
    if "seen" not in answer:
        return answer
    number = answer["case"]
    case = cases[number]
    return {"case": number, **judge.verdict(case.kind, case.want, answer["seen"], plans[number])}


async def _start(base: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *tier.command(),
            cwd=base,
            env=tier.environment(),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,
            limit=_MAX_LINE,
        )
    except OSError as error:
        raise SandboxError(
            f"The sandbox's process cannot be started: {error}; check the Python installation."
        ) from error


async def _converse(
    process: asyncio.subprocess.Process,
    request: dict[str, Any],
    answers: list[dict[str, Any]],
    judged: Callable[[dict[str, Any]], dict[str, Any]],
) -> str:
    """Send the request and collect the answers as they come, ``judged``. Gives what the child said on stderr, normally
    nothing."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its last words are read below
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
    while line := await process.stdout.readline():
        try:
            answers.append(judged(json.loads(line)))
        except (ValueError, RecursionError):
            break  # cut off in the middle of a line
        if "end" in answers[-1] or "failed" in answers[-1]:
            return ""
    complaint = (await process.stderr.read(_MAX_LINE)).decode(errors="replace").strip()
    return complaint.rpartition("\n")[2][-300:] or "it ended early"


_finishing: set[asyncio.Task[None]] = set()


async def _finish(process: asyncio.subprocess.Process, base: str) -> None:
    """End the child, wait for it, remove its folder; goes on to the end even if the caller is cancelled again."""
    if process.stdin is not None:
        process.stdin.close()
    task = asyncio.get_running_loop().create_task(_end(process, base))
    _finishing.add(task)
    task.add_done_callback(_finishing.discard)
    await asyncio.shield(task)


async def _end(process: asyncio.subprocess.Process, base: str) -> None:
    try:
        await see_off(process, _GOODBYE)
    finally:
        private.remove(base)


def _report(answers: list[dict[str, Any]], count: int, ending: str, seconds: float) -> Report:
    results: list[CaseResult | None] = [None] * count
    load_error: str | None = None
    for answer in answers:
        if "failed" in answer:
            reasons = "; ".join(f"{layer}: {reason}" for layer, reason in answer["failed"].items())
            raise SandboxError(f"The sandbox could not be set up ({reasons}), so the code was not run; try again.")
        if "load_error" in answer:
            load_error = answer["load_error"]
        elif "case" in answer:
            results[answer["case"]] = CaseResult(
                outcome=answer["outcome"], got=answer["got"], exception=answer["exception"], line=answer["line"]
            )
    if ending and not answers:
        raise SandboxError(f"The sandbox's process gave no answer ({ending}), so the code was not run; try again.")
    lost = CaseResult(outcome="crash", got=f"the sandbox's process ended before the case did: {ending}")
    if load_error is None and ending and not any("case" in answer for answer in answers):
        load_error = lost.got
    return Report(
        results=tuple(result if result is not None else lost for result in results),
        load_error=load_error,
        seconds=seconds,
    )
