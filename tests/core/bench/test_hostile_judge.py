"""The part of the hostile corpus (tests/hostile/judge_*.py) that is after a verdict of the bench.

Each is a wrong solution of one task of the demo set. None is judged right, under rules that take no notice of flags,
and a right solution that is judged after it still is.
"""

import asyncio
from pathlib import Path

import pytest

from core.bench.datasets import open_dataset
from core.bench.judge import Judge
from core.bench.judge.profiles import Profile
from core.bench.judge.verdicts import Verdict

CORPUS = Path(__file__).parents[2] / "hostile"
TASK = "Demo/4"  # split_bill(total_cents, people)
NO_FLAGS = Profile(name="no flags", minimum_seconds=0.5, names_crashes=True)
PROGRAMS = sorted(CORPUS.glob("judge_*.py"))


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """Of every program, one after the other in one process, and of the reference solution after each of them."""

    async def all_of_them() -> dict[str, Verdict]:
        found = {}
        right = open_dataset("demo").problems[TASK].canonical
        async with Judge(open_dataset("demo"), profile=NO_FLAGS, workers=1) as judge:
            for path in PROGRAMS:
                found[path.stem] = await judge.judge(TASK, path.read_text(encoding="utf-8"))
                found[f"after {path.stem}"] = await judge.judge(TASK, f"{right}\n# {path.stem}\n")
        return found

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_wrong_solution_cannot_make_itself_right(program: Path, verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts[program.stem]
    assert verdict.problem is None
    assert verdict.base is not None
    assert verdict.base.status != "pass"
    assert not verdict.passes_base
    assert verdicts[f"after {program.stem}"].passes_plus


def test_there_are_such_programs() -> None:
    assert len(PROGRAMS) >= 10
