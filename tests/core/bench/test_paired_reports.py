"""Runs of the paired set: by variant, with the slope, and with the specs of a problem taken as one problem."""

import json
from pathlib import Path

import pytest

from core.bench.datasets.known import is_short_for, paired_parts, problem_of
from core.bench.exports import rendered
from core.bench.exports.tables import report_json
from core.bench.reports import compare, read_run
from core.bench.reports.words import pair_words, richness_words
from core.bench.store import Result, RunConfig, SampleKey
from tests.core.bench.making import PASSES, WRONG, config, result, stored
from tui.benchmark.figures import richness_line
from tui.benchmark.live import LiveBench

RICHNESS = {"lean": 30.0, "medium": 55.0, "rich": 90.0}
PATTERNS = ("coder-only", "review-then-fix")
TASKS = [f"Paired/p{number:02}/{variant}" for number in range(20) for variant in RICHNESS]


def mended(*, tasks: list[str] = TASKS) -> dict[SampleKey, Result]:
    """Of twenty problems, drafted right for every second; review mends none of the lean specs, half of the medium ones
    and all of the rich ones."""
    made = {}
    for task in tasks:
        _, problem, variant = task.split("/")
        number = int(problem[1:])
        drafted = PASSES if number % 2 else WRONG
        fixes = variant == "rich" or (variant == "medium" and number % 4 == 0)
        for pattern in PATTERNS:
            final = PASSES if fixes and pattern == "review-then-fix" else drafted
            key = SampleKey(pattern, task)
            made[key] = result(key, final, draft=drafted, richness=RICHNESS[variant])
    return made


def paired_config(tasks: list[str] = TASKS) -> RunConfig:
    return config(tasks, PATTERNS, dataset="paired", dataset_title="Paired problems")


def test_the_gain_is_told_by_variant_and_as_a_slope_within_problems(tmp_path: Path) -> None:
    store, run = stored(tmp_path, mended(), paired_config())
    (pair,) = read_run(store, run.id).pairs
    assert pair.terciles == ()
    found = pair.by_variant
    assert found is not None
    assert [(each.variant, each.problems, each.gain.value, each.fixed) for each in found.variants] == [
        ("lean", 20, 0.0, 0),
        ("medium", 20, 0.25, 5),
        ("rich", 20, 0.5, 10),
    ]
    assert found.variants[1].gain.low < 0.25 < found.variants[1].gain.high
    assert found.slope is not None
    assert found.slope.value == pytest.approx(0.0826, abs=0.001)
    assert found.slope.claimed
    assert found.before_slope is not None
    assert not found.before_slope.claimed
    words = richness_words(pair)
    assert "rich (90) +50.0" in words
    assert "points of gain for ten points of richness (90 % interval" in words


def test_three_specs_of_a_problem_are_one_problem_in_every_interval(tmp_path: Path) -> None:
    store, run = stored(tmp_path, mended(), paired_config())
    report = read_run(store, run.id)
    (pair,) = report.pairs
    assert (pair.paired.tasks, pair.paired.unit, pair.paired.fixed) == (20, "problem", 10)
    assert "on 20 problems" in pair_words(pair, of=1)
    rate = report.pattern("coder-only").rate
    assert rate is not None
    assert rate.high - rate.low > 0.35, "twenty answers, not sixty"
    other, again = stored(tmp_path, mended(), paired_config(), name="other.sqlite")
    second = other.add_run(again.config)
    for each in mended().values():
        other.add_result(second.id, each, [])
    assert compare(other, again.id, second.id).patterns[0].paired.tasks == 20


def test_problems_that_are_not_whole_are_left_out(tmp_path: Path) -> None:
    tasks = [task for task in TASKS if task != "Paired/p04/rich"][:-3]
    store, run = stored(tmp_path, mended(tasks=tasks), paired_config(tasks))
    (pair,) = read_run(store, run.id).pairs
    assert pair.by_variant is not None
    assert pair.by_variant.variants[0].problems == 18
    lean = [task for task in TASKS if task.endswith("lean")]
    store, run = stored(tmp_path, mended(tasks=lean), paired_config(lean), name="lean.sqlite")
    assert read_run(store, run.id).pairs[0].by_variant is None


def test_exports_and_the_screen_say_the_same(tmp_path: Path) -> None:
    store, run = stored(tmp_path, mended(), paired_config())
    text, page = rendered(store, run.id, "md"), rendered(store, run.id, "html")
    slope = "+8.3 points of gain for ten points of richness"
    assert slope in text
    assert "| rich | 90.0 | 20 | 50.0 | 100.0 | +50.0" in text
    assert slope in page
    assert "rich (90)" in page
    report = report_json(read_run(store, run.id))
    live = LiveBench()
    live.board.take(
        json.dumps(
            {
                "type": "run",
                "id": run.id,
                "planned": 120,
                "finished": 0,
                "tasks": TASKS,
                "patterns": PATTERNS,
                "samples": 1,
                "dataset": "paired",
                "pair": "test",
                "scripted": False,
                "resumed": False,
            }
        )
    )
    assert "needs a problem whose three specs are finished" in richness_line(live).text
    for each in mended().values():
        done = {"type": "finished", "pattern": each.key.pattern, "task": each.key.task, "sample": 0}
        done |= {"passes": each.passes, "draft_passes": each.draft_passes, "failure": None, "tokens": 1, "seconds": 1.0}
        live.board.take(json.dumps(done | {"richness": each.summary.richness}))
    assert "lean ▁ +0.0   medium ▄ +25.0   rich █ +50.0" in richness_line(live).text
    live.report = json.loads(json.dumps(report))
    assert slope in richness_line(live).text


def test_names_of_paired_tasks() -> None:
    assert paired_parts("Paired/wrap_line/lean") == ("wrap_line", "lean")
    assert paired_parts("HumanEval/32") is None
    assert paired_parts("Paired/wrap_line/other") is None
    assert problem_of("Paired/wrap_line/rich") == "wrap_line"
    assert problem_of("Mbpp/3") == "Mbpp/3"
    assert is_short_for("32", "HumanEval/32")
    assert is_short_for("wrap_line", "Paired/wrap_line/rich")
    assert is_short_for("wrap_line/rich", "Paired/wrap_line/rich")
    assert not is_short_for("rich", "Paired/wrap_line/rich")
