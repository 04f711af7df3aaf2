"""Richness on the prompts of HumanEval+ and MBPP+: it tells them apart, and the anchors are where they are said."""

import gzip
import json
import statistics
from functools import cache
from pathlib import Path

import pytest

from analyzers.gain.published import HUMANEVAL_PLUS, MBPP_PLUS, PublishedSet
from analyzers.lint import FileReport, lint_text

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = {"HumanEval+": "HumanEvalPlus.jsonl.gz", "MBPP+": "MbppPlus.jsonl.gz"}


@cache
def reports(name: str) -> dict[str, FileReport]:
    path = DATA / FILES[name]
    if not path.exists():
        pytest.skip(f"{path.name} is not in {DATA}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {task["task_id"]: lint_text(task["prompt"]) for task in map(json.loads, lines)}


def scores(name: str) -> list[float]:
    return [report.specs[-1].richness.score for report in reports(name).values()]


def test_richness_tells_the_two_sets_apart() -> None:
    rich, lean = scores("HumanEval+"), scores("MBPP+")
    wins = sum((one > other) + 0.5 * (one == other) for one in rich for other in lean)
    assert wins / (len(rich) * len(lean)) >= 0.98


@pytest.mark.parametrize("published", [HUMANEVAL_PLUS, MBPP_PLUS], ids=lambda published: published.name)
def test_the_anchors_of_the_prediction_lie_at_the_means_of_the_sets(published: PublishedSet) -> None:
    found = scores(published.name)
    cuts = statistics.quantiles(found, n=20, method="inclusive")
    assert len(found) == published.tasks
    assert statistics.mean(found) == pytest.approx(published.richness, abs=1.5)
    assert cuts[0] == pytest.approx(published.p5, abs=3)
    assert cuts[18] == pytest.approx(published.p95, abs=3)


def test_few_prompts_get_an_error_and_the_known_ones_are_among_them() -> None:
    wrong = {
        id for id, report in reports("HumanEval+").items() if any(f.severity == "error" for f in report.all_findings)
    }
    assert "HumanEval/148" in wrong
    assert "HumanEval/134" not in wrong
    assert len(wrong) <= 3
