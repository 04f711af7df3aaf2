"""EvalPlus itself, as it is installed here, judges what a run exported, and comes to the same verdicts."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.bench.datasets import open_dataset

PATTERNS = ("coder-only", "review-then-fix", "plan-then-code")


def secondpass(*arguments: str) -> None:
    program = [sys.executable, "-c", "from tui.cli import main; main()", "bench", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def judged_by_evalplus(samples: Path, home: Path) -> dict[str, list[dict[str, Any]]]:
    """Its results: judged anew, as no results lie beside ``samples``."""
    command = [sys.executable, "-m", "evalplus.evaluate", "--dataset", "humaneval", "--samples", str(samples)]
    problems = {"HUMANEVAL_OVERRIDE_PATH": str(open_dataset("demo").source), "HOME": str(home)}
    environment = {**os.environ, **problems, "XDG_CACHE_HOME": str(home / "cache")}
    done = subprocess.run(
        [*command, "--parallel", "2"], capture_output=True, text=True, check=False, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "Load from previous results" not in done.stdout
    content = json.loads(samples.with_name(f"{samples.stem}_eval_results.json").read_text(encoding="utf-8"))
    found: dict[str, list[dict[str, Any]]] = content["eval"]
    return found


def verdicts(tasks: dict[str, list[dict[str, Any]]]) -> dict[str, list[tuple[bool, bool]]]:
    """Whether base, and base and plus, pass; plus alone counts nowhere."""
    return {
        task: [
            (each["base_status"] == "pass", each["base_status"] == each["plus_status"] == "pass") for each in samples
        ]
        for task, samples in tasks.items()
    }


def test_evalplus_judges_the_exported_samples_of_a_run_as_they_were_judged_here(tmp_path: Path) -> None:
    chosen = [part for name in PATTERNS for part in ("--pattern", name)]
    rules = ["--profile", "evalplus-0.3.1", "--label", "shared"]
    secondpass("run", "--dataset", "demo", "--pair", "demo", *chosen, *rules, "--quiet")
    secondpass("export", "shared", "--format", "evalplus", "-o", str(tmp_path / "ours"))
    ours = [tmp_path / "ours" / f"{pattern}_eval_results.json" for pattern in PATTERNS]
    expected: dict[str, list[tuple[bool, bool]]] = {}
    for path in ours:
        for task, outcomes in verdicts(json.loads(path.read_text(encoding="utf-8"))["eval"]).items():
            expected.setdefault(task, []).extend(outcomes)
    # All patterns as samples of one file: EvalPlus sleeps up to 20 s at the end of every file.
    together = tmp_path / "together.jsonl"
    samples = [tmp_path / "ours" / f"{pattern}.jsonl" for pattern in PATTERNS]
    together.write_text("".join(path.read_text(encoding="utf-8") for path in samples), encoding="utf-8")
    assert verdicts(judged_by_evalplus(together, tmp_path)) == expected
    # Right ones, wrong ones, and some that only the added inputs find.
    found = {outcome for outcomes in expected.values() for outcome in outcomes}
    assert found == {(True, True), (False, False), (True, False)}
