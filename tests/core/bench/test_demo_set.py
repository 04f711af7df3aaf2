"""The bundled demo problems: current, judged right, and known to the demo pair under every pattern."""

import asyncio
import subprocess
import sys
from pathlib import Path

from core.bench.datasets import open_dataset
from core.bench.generation import generate, plan_run
from core.bench.generation.progress import Progress
from core.bench.judge import Judge
from core.bench.reports import read_run
from core.bench.store import Store
from core.choices import PATTERN_NAMES
from core.config import load_configuration
from core.engines.pair import open_pair


def test_the_file_is_what_its_script_writes(repository: Path) -> None:
    script = repository / "benchmarks" / "make_demo_set.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "current"


async def test_every_canonical_solution_passes() -> None:
    dataset = open_dataset("demo")
    assert dataset.title == "Demo problems"
    async with Judge(dataset, workers=2) as judge:
        verdicts = await asyncio.gather(*(judge.judge(p.task_id, p.canonical) for p in dataset.problems.values()))
    assert all(verdict.passes_plus for verdict in verdicts)
    assert [verdict.integrity for verdict in verdicts] == [()] * 6


async def test_the_demo_pair_plays_every_pattern_on_them(tmp_path: Path) -> None:
    dataset = open_dataset("demo")
    pair = open_pair(load_configuration().pair("demo"))
    told: list[Progress] = []
    with Store(tmp_path / "runs.sqlite") as store:
        run = store.add_run(plan_run(dataset, pair, patterns=PATTERN_NAMES, guard="proven", profile="strict"))
        async with Judge(dataset, workers=2) as judge:
            await generate(store, run, dataset, pair, judge, told=told.append)
        report = read_run(store, run.id)
    assert not [each for each in told if each.type == "failed"]
    passed = {each.pattern: each.passed for each in report.patterns}
    assert passed["coder-only"] < passed["review-then-fix"]
    assert report.pattern("plan-then-code").broke == 0
    assert "SCRIPTED" in report.notes[0]
