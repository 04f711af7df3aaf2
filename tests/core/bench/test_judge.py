"""The judge's verdicts: parts, limits, time-outs tried again, zygotes that die, and public data."""

import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from core.bench.datasets import open_dataset
from core.bench.judge import Judge
from core.bench.judge.profiles import PROFILES, Profile
from core.bench.judge.verdicts import Verdict, verdict_from_json
from core.errors import DataError

TASK = "Demo/4"
SHORT = Profile(name="short", minimum_seconds=0.2, flags_fail=True, names_crashes=True)


def solution(body: str) -> str:
    return f"def split_bill(total_cents, people):\n{body}"


async def judged(code: str, profile: Profile = PROFILES["strict"]) -> Verdict:
    async with Judge(open_dataset("demo"), profile=profile, workers=1) as judge:
        return await judge.judge(TASK, code)


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        ("def split_bill(:\n", "syntax"),
        ("raise KeyError('x')\n", "load"),
        ("def other(total_cents, people):\n    return []\n", "name"),
        (solution("    return 1 / 0\n"), "call"),
        (solution("    return [1]\n"), "compare"),
        (solution("    import os; os._exit(1)\n"), "ended"),
    ],
)
async def test_a_failure_says_in_which_phase_it_was(code: str, phase: str) -> None:
    verdict = await judged(code)
    assert verdict.base is not None
    assert verdict.base.failure is not None
    assert verdict.base.failure.phase == phase
    assert verdict.plus is None
    assert verdict_from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


async def test_plus_is_judged_only_where_base_passes() -> None:
    known = "{(1000, 3): [334, 333, 333], (1001, 4): [251, 250, 250, 250], (5, 2): [3, 2]}"
    verdict = await judged(solution(f"    return {known}.get((total_cents, people))\n"))
    assert verdict.passes_base
    assert verdict.plus is not None
    assert (verdict.plus.status, verdict.passes_plus) == ("fail", False)
    assert verdict.plus.failure is not None
    assert verdict.plus.failure.arguments is not None


async def test_a_time_out_is_run_again_and_both_outcomes_are_kept() -> None:
    verdict = await judged(solution("    while True:\n        pass\n"), SHORT)
    assert verdict.base is not None
    assert verdict.base.timed_out
    assert verdict.base.first is not None
    right = open_dataset("demo").problems[TASK].canonical
    assert (await judged(right, SHORT)).base is not None


async def test_time_outs_are_run_again_when_all_else_is_judged_and_beside_each_other() -> None:
    dataset = open_dataset("demo")
    endless = [solution(f"    while True:\n        pass  # {number}\n") for number in range(3)]
    right = [f"{dataset.problems[TASK].canonical}\n# {number}\n" for number in range(4)]
    order: list[str] = []
    async with Judge(dataset, profile=SHORT, workers=2) as judge:

        async def one(name: str, code: str) -> Verdict:
            verdict = await judge.judge(TASK, code)
            order.append(name)
            return verdict

        codes = [("endless", code) for code in endless] + [("right", code) for code in right]
        verdicts = await asyncio.gather(*(one(name, code) for name, code in codes))
    assert order == ["right"] * 4 + ["endless"] * 3
    bases = [verdict.base for verdict in verdicts]
    assert [base is not None and base.first is not None for base in bases] == [True] * 3 + [False] * 4


def slow_once(*, hides_its_end: bool) -> str:
    """Right code whose first call needs more than the first try gives an input, and less than the second."""
    return f"""{open_dataset("demo").problems[TASK].canonical}
import time
_right, _called = split_bill, []
def split_bill(*arguments):
    try:
        if not _called:
            _called.append(True)
            begun = time.process_time()
            while time.process_time() - begun < {SHORT.minimum_seconds / 2}:
                pass
    except BaseException:
        if {hides_its_end}:
            return "too slow"
        raise
    return _right(*arguments)
"""


@pytest.mark.parametrize("hides_its_end", [False, True], ids=["plainly", "hidden"])
@pytest.mark.parametrize("refereed", [True, False], ids=["refereed", "by itself"])
async def test_code_that_needs_more_than_the_first_try_gives_it_passes_in_the_second(
    refereed: bool, hides_its_end: bool
) -> None:
    verdict = await judged(slow_once(hides_its_end=hides_its_end), replace(SHORT, refereed=refereed))
    assert verdict.passes_plus
    assert verdict.base is not None
    assert (verdict.base.timed_out, verdict.base.first) == (False, "fail")


@pytest.mark.parametrize("refereed", [True, False], ids=["refereed", "by itself"])
async def test_an_input_after_many_short_ones_has_its_limit_all_the_same(refereed: bool) -> None:
    right = open_dataset("demo").problems[TASK].canonical
    late = f"""{right}
_right, _called = split_bill, []
def split_bill(*arguments):
    _called.append(True)
    while len(_called) == 3:
        pass
    return _right(*arguments)
"""
    verdict = await judged(late, replace(SHORT, refereed=refereed))
    assert verdict.base is not None
    assert verdict.base.timed_out
    assert verdict.base.passed == 2
    assert verdict.base.failure is not None
    assert verdict.base.failure.input == 2


async def test_sleeping_is_no_way_around_the_limit() -> None:
    verdict = await judged(solution("    import time\n    time.sleep(3600)\n"), SHORT)
    assert verdict.base is not None
    assert verdict.base.timed_out


async def test_a_dead_zygote_is_started_again_and_its_job_retried() -> None:
    right = open_dataset("demo").problems[TASK].canonical
    async with Judge(open_dataset("demo"), workers=1) as judge:
        assert (await judge.judge(TASK, right)).passes_plus
        for pid in judge.pids:
            os.kill(pid, signal.SIGKILL)
        assert (await judge.judge(TASK, f"{right}\n# again\n")).passes_plus


async def test_a_zygote_that_dies_twice_of_a_sample_is_a_problem_of_the_judge() -> None:
    code = solution("    import time\n    time.sleep(1)\n    return []\n")
    async with Judge(open_dataset("demo"), workers=1) as judge:
        task = asyncio.create_task(judge.judge(TASK, code))
        killed: set[int] = set()
        while not task.done():
            for pid in set(judge.pids) - killed:
                await asyncio.sleep(0.3)
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                killed.add(pid)
            await asyncio.sleep(0.02)
        verdict = await task
    assert verdict.problem is not None
    assert (verdict.base, verdict.plus) == (None, None)
    assert not verdict.passes_base


async def test_the_same_code_is_judged_once() -> None:
    right = open_dataset("demo").problems[TASK].canonical
    async with Judge(open_dataset("demo"), workers=2) as judge:
        one, other = await asyncio.gather(judge.judge(TASK, right), judge.judge(TASK, right))
    assert one is other


@pytest.mark.parametrize("content", [b"", b"{", b'{"task_id": "X/0"}\n', b"\x1f\x8bnot gzip", b"\xff\xfe"])
def test_a_broken_data_set_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"set\.jsonl"):
        open_dataset("humaneval+", data=path)


async def test_every_canonical_solution_of_humaneval_passes(shared_data: Path) -> None:
    dataset = open_dataset("humaneval+", data=shared_data / "HumanEvalPlus.jsonl.gz")
    async with Judge(dataset) as judge:
        verdicts = await asyncio.gather(*(judge.judge(p.task_id, p.canonical) for p in dataset.problems.values()))
    assert sum(verdict.passes_plus for verdict in verdicts) == 164
    assert [verdict.integrity for verdict in verdicts if verdict.integrity] == []


async def test_canonical_solutions_of_mbpp_pass_the_heavy_ones_too(shared_data: Path) -> None:
    dataset = open_dataset("mbpp+", data=shared_data / "MbppPlus.jsonl.gz")
    chosen = [p for number, p in enumerate(dataset.problems.values()) if number % 12 == 0 and p.task_id != "Mbpp/599"]
    chosen += [dataset.problems[task] for task in ("Mbpp/255", "Mbpp/392")]
    async with Judge(dataset) as judge:
        verdicts = await asyncio.gather(*(judge.judge(p.task_id, p.canonical) for p in chosen))
    assert [p.task_id for p, verdict in zip(chosen, verdicts, strict=True) if not verdict.passes_plus] == []


async def test_verdicts_under_evalplus_rules_equal_the_recorded_ones(shared_data: Path) -> None:
    dataset = open_dataset("humaneval+", data=shared_data / "HumanEvalPlus.jsonl.gz")
    wanted: list[tuple[str, str, str, tuple[str, ...]]] = []
    for path in sorted((shared_data / "samples").glob("*.jsonl")):
        recorded = json.loads(path.with_suffix("").with_suffix(".verdicts.json").read_text())
        for line in path.read_text(encoding="utf-8").splitlines():
            sample = json.loads(line)
            task = sample["task_id"]
            if int(task.partition("/")[2]) % 12 in (5, 9):
                code = sample.get("solution") or dataset.problems[task].prompt + sample["completion"]
                wanted.append((path.stem, task, code, tuple(recorded[task])))
    async with Judge(dataset, profile=PROFILES["evalplus-0.3.1"]) as judge:
        verdicts = await asyncio.gather(*(judge.judge(task, code) for _, task, code, _ in wanted))
    differing = [
        (name, task, expected, found)
        for (name, task, _, expected), verdict in zip(wanted, verdicts, strict=True)
        # Plus counts only where base passes, and is not judged elsewhere.
        if (found := (verdict.passes_base, verdict.passes_plus))
        != (expected[0] == "pass", expected == ("pass", "pass"))
    ]
    assert differing == []
    assert len(wanted) > 100
