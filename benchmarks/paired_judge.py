"""Has the product's own judge, ``secondpass bench verify --dataset paired``, judge references and mutants."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from make_paired_set import lines
from mutants import Mutant
from paired_problems import VARIANTS, Problem

_PROGRAM = "from tui.cli import main; main()"
_PROFILE = "evalplus-0.3.1"
"""Its shortest limit of an input is 1 s, where strict's is 4: mutants that do not end would take four times as long."""


def judge_all(every: Sequence[tuple[Problem, Sequence[Mutant], Sequence[str]]]) -> bool:
    """Judge and print; whether all references pass and every mutant has the verdict that ``every`` says."""
    with tempfile.TemporaryDirectory(prefix="paired-") as name:
        folder = Path(name)
        data = folder / "paired.jsonl"
        data.write_text(lines([problem for problem, _, _ in every]), encoding="utf-8")
        references = [
            (f"Paired/{problem.name}/{variant}", problem.program(variant))
            for problem, _, _ in every
            for variant in VARIANTS
        ]
        passed = [_passes(each) for each in _verify(folder, data, references, "strict")]
        print(f"bench verify, references: {sum(passed)} of {len(passed)} pass")
        # One variant will do: the inputs and the solution of all three are the same.
        faulty = [
            (problem, mutant, end)
            for problem, mutants, ends in every
            for mutant, end in zip(mutants, ends, strict=True)
        ]
        programs = [(f"Paired/{problem.name}/rich", mutant.program) for problem, mutant, _ in faulty]
        verdicts = _verify(folder, data, programs, _PROFILE)
    killed = [not _passes(each) for each in verdicts]
    unjudged = [each for each in verdicts if each["problem"] is not None]
    print(f"bench verify, mutants: {sum(killed)} of {len(killed)} fail, {sum(killed) / len(killed):.1%}")
    differ = 0
    for (problem, mutant, end), dead in zip(faulty, killed, strict=True):
        if dead != (end != "survived"):
            differ += 1
            print(f"{problem.name}: {'fails' if dead else 'passes'} by bench verify, {end} here")
            print(f"  - {mutant.was}\n  + {mutant.becomes}")
    if unjudged:
        print(f"{len(unjudged)} were not judged: {unjudged[0]['problem']}")
    return all(passed) and not differ and not unjudged


def _passes(verdict: dict[str, Any]) -> bool:
    return bool(verdict["base"] == "pass" and verdict["plus"] == "pass")


def _verify(folder: Path, data: Path, programs: Sequence[tuple[str, str]], profile: str) -> list[dict[str, Any]]:
    samples = folder / "samples.jsonl"
    content = [json.dumps({"task_id": task, "solution": program}) + "\n" for task, program in programs]
    samples.write_text("".join(content), encoding="utf-8")
    command = [sys.executable, "-c", _PROGRAM, "bench", "verify", str(samples), "--dataset", "paired"]
    options = ["--data", str(data), "--profile", profile, "--no-cache", "--quiet", "--format", "json"]
    process = subprocess.run([*command, *options], stdout=subprocess.PIPE, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(process.stdout)["results"]
    return found
