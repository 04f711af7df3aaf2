"""Runs written for others: EvalPlus reads them and agrees, spreadsheets and browsers are not fooled."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.bench.exports import FORMATS, export, rendered
from core.bench.judge.verdicts import Failure, Verdict
from core.bench.store import Result, SampleKey
from core.errors import UsageError
from tests.core.bench.making import PASSES, RAISES, WRONG, config, part, result, stored

TASKS = ["HumanEval/0", "HumanEval/1"]
HOSTILE = "</pre><script>alert(1)</script>\x1b[2J"


def samples() -> dict[SampleKey, Result]:
    hostile = Verdict(base=part("fail", Failure(phase="compare", got=HOSTILE, arguments=HOSTILE)), plus=None)
    made = {}
    for task, verdict in zip(TASKS, (PASSES, hostile), strict=True):
        for pattern in ("coder-only", "review-then-fix"):
            key = SampleKey(pattern, task)
            made[key] = result(key, verdict, draft=WRONG, code=f"# {HOSTILE}\n")
    return made


def test_every_format_is_written_and_says_which_run_it_is(tmp_path: Path) -> None:
    store, run = stored(tmp_path, samples(), config(TASKS, ["coder-only", "review-then-fix"]))
    for form in FORMATS:
        for path in export(store, run.id, form, tmp_path / f"out-{form}"):
            assert path.read_text(encoding="utf-8")
    assert run.id in rendered(store, run.id, "md")


def test_the_page_loads_nothing_runs_nothing_and_escapes_what_models_wrote(tmp_path: Path) -> None:
    store, run = stored(tmp_path, samples(), config(TASKS, ["coder-only", "review-then-fix"], label=HOSTILE))
    page = rendered(store, run.id, "html")
    assert "<script" not in page
    assert "alert(1)" in page
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|\son\w+=""", page.replace("default-src", ""))
    assert "\x1b" not in page


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path: Path) -> None:
    key = SampleKey("coder-only", "=cmd()")
    store, run = stored(tmp_path, {key: result(key, PASSES)}, config(["=cmd()"], ["coder-only"]))
    (row,) = csv.DictReader(io.StringIO(rendered(store, run.id, "csv")))
    assert row["task_id"] == "'=cmd()"
    assert row["passes"] == "True"


def test_json_holds_figures_and_samples(tmp_path: Path) -> None:
    store, run = stored(tmp_path, samples(), config(TASKS, ["coder-only", "review-then-fix"]))
    content = json.loads(rendered(store, run.id, "json"))
    assert content["version"] == 1
    assert content["patterns"][0]["passed"] == 1
    assert {each["task_id"] for each in content["samples"]} == set(TASKS)
    assert content["samples"][0]["verdict"] == {"base": "pass", "plus": "pass", "integrity": [], "problem": None}


def test_the_markdown_names_table_and_failures(tmp_path: Path) -> None:
    store, run = stored(tmp_path, samples(), config(TASKS, ["coder-only", "review-then-fix"]))
    text = rendered(store, run.id, "md")
    assert "| coder-only | 1 of 2 |" in text
    assert "wrong answer" in text


def test_an_unknown_format_and_a_place_that_cannot_be_written_are_one_sentence(tmp_path: Path) -> None:
    store, run = stored(tmp_path, samples(), config(TASKS, ["coder-only"]))
    with pytest.raises(UsageError, match="no format 'pdf'"):
        export(store, run.id, "pdf")
    with pytest.raises(UsageError, match="could not be written"):
        export(store, run.id, "md", tmp_path / "nowhere" / "x.md")


def test_evalplus_reads_the_exported_results_and_agrees(tmp_path: Path, shared_data: Path) -> None:
    tasks = [f"HumanEval/{number}" for number in range(164)]
    results = {}
    for number, task in enumerate(tasks):
        key = SampleKey("coder-only", task)
        results[key] = result(key, PASSES if number < 120 else RAISES if number < 140 else WRONG)
    store, run = stored(tmp_path, results, config(tasks, ["coder-only"]))
    samples_file, _ = export(store, run.id, "evalplus", tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "evalplus.evaluate", "--dataset", "humaneval", "--samples", str(samples_file)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "HUMANEVAL_OVERRIDE_PATH": str(shared_data / "HumanEvalPlus.jsonl.gz"),
            "HOME": str(tmp_path),
        },
    )
    assert done.returncode == 0, done.stderr
    assert "Load from previous results" in done.stdout
    figures = re.findall(r"pass@1:\t([\d.]+)", re.sub(r"\x1b\[\d+m", "", done.stdout))
    assert [float(each) for each in figures] == [pytest.approx(140 / 164, abs=1e-3), pytest.approx(120 / 164, abs=1e-3)]
