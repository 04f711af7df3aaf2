"""The bundled paired problems: judged right, and read alike by readers of the lean specs alone."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.bench.datasets import open_dataset
from core.bench.judge import Judge
from core.bench.judge.verdicts import Verdict


def script(repository: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(repository / "benchmarks" / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_file_is_what_its_script_writes(repository: Path) -> None:
    done = script(repository, "make_paired_set.py", "--check", "--unrun")
    assert done.stdout.strip() == "current", done.stderr


def test_a_problem_keeps_the_rules_and_its_inputs_tell_faults_from_its_reference(repository: Path) -> None:
    """The others are checked by the same two scripts, outside of the tests: all of them take minutes."""
    assert "keeps the rules" in script(repository, "make_paired_set.py", "--only", "mask_secrets").stdout
    done = script(repository, "paired_mutants.py", "mask_secrets")
    assert done.returncode == 0, done.stdout


async def judged(solutions: dict[str, str]) -> dict[str, Verdict]:
    async with Judge(open_dataset("paired"), workers=2) as judge:
        verdicts = await asyncio.gather(*(judge.judge(task, code) for task, code in solutions.items()))
    return dict(zip(solutions, verdicts, strict=True))


async def test_every_reference_passes_under_all_three_specs() -> None:
    problems = open_dataset("paired").problems
    assert len(problems) >= 3 * 60
    verdicts = await judged({task: problem.canonical for task, problem in problems.items()})
    assert [task for task, verdict in verdicts.items() if not verdict.passes_plus or verdict.integrity] == []


@pytest.mark.parametrize("reader", ["first", "second"])
async def test_readers_of_the_lean_specs_alone_agree_with_the_references(repository: Path, reader: str) -> None:
    """What a lean spec leaves open is not tested: two readings that saw nothing else pass every hidden input."""
    recorded = repository / "benchmarks" / "paired" / "readings" / f"{reader}.jsonl"
    rows = [json.loads(row) for row in recorded.read_text(encoding="utf-8").splitlines()]
    readings: dict[str, str] = {row["task_id"]: row["solution"] for row in rows}
    lean = [task for task in open_dataset("paired").problems if task.endswith("/lean")]
    assert sorted(readings) == sorted(lean)
    verdicts = await judged(readings)
    assert [task for task, verdict in verdicts.items() if not verdict.passes_plus] == []
