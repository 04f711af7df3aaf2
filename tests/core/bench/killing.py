"""A run that is killed at random moments and gone on with, until it is finished."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.bench.store import Store

_PROGRAM = [sys.executable, "-c", "from tui.cli import main; main()", "bench", "run", "--output", "jsonl"]


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of it: kills, samples told to be finished that the store lacks afterwards, and the results at the end
    as (pattern, task): (draft, final, draft passes, final passes)."""

    kills: int
    lost: int
    results: dict[tuple[str, str], tuple[Any, ...]]


def run_to_the_end(home: Path, models: Path, *, kills: int, draw: random.Random, longest: float) -> Killed:
    """A run of three patterns on the demo problems by the pair of ``models``; killed ``kills`` times, each at a random
    moment of its first ``longest`` seconds, and resumed; a run that comes to its end sooner is followed by another."""
    done = lost = 0
    store = home / "data" / "bench" / "runs.sqlite"
    options = ["--dataset", "demo", "--models", str(models)]
    patterns = ["--pattern", "coder-only", "--pattern", "review-then-fix", "--pattern", "review-then-fix-retry"]
    begin = [*options, *patterns]
    arguments = begin
    while True:
        process = subprocess.Popen(
            [*_PROGRAM, *(arguments if arguments is begin else ["--models", str(models), *arguments])],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "SECONDPASS_HOME": str(home)},
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=draw.uniform(0.2, longest) if done < kills else 120)
        except subprocess.TimeoutExpired:
            assert done < kills, "the run does not come to its end"
            os.kill(process.pid, 9)
            out, err = process.communicate()
            done += 1
        else:
            assert process.returncode == 0, err.decode()
        told = [json.loads(line) for line in out.decode(errors="replace").split("\n")[:-1]]
        if not store.exists():
            continue
        with Store(store) as opened:
            runs = opened.runs()
            if not runs:
                continue
            run = runs[0]
            results = opened.results(run)
            keys = {(each.key.pattern, each.key.task) for each in results}
            assert len(keys) == len(results), "a sample is there twice"
            lost += sum((line["pattern"], line["task"]) not in keys for line in told if line["type"] == "finished")
            whole = run.complete and all(each.judged for each in results)
        if whole and process.returncode == 0:
            if done >= kills:
                found = {
                    (each.key.pattern, each.key.task): (each.draft, each.final, each.draft_passes, each.passes)
                    for each in results
                }
                return Killed(done, lost, found)
            arguments = begin
        else:
            arguments = ["--resume", run.id]
