"""Figures of stored runs, and two runs compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.bench.judge.verdicts import Failure, Verdict
from core.bench.reports import compare, read_run
from core.bench.reports.paper import paper_table
from core.bench.reports.taxonomy import failure_of
from core.bench.reports.words import difference_words, pair_words, richness_words
from core.bench.store import Result, SampleKey
from core.errors import UsageError
from tests.core.bench.making import PASSES, RAISES, SLOW, WRONG, config, part, result, stored

TASKS = [f"HumanEval/{number}" for number in range(30)]


def two_patterns(*, until: int = 30) -> dict[SampleKey, Result]:
    """coder-only solves the first 15 tasks; review-then-fix loses the first and wins ten more."""
    made = {}
    for number, task in enumerate(TASKS[:until]):
        one, other = SampleKey("coder-only", task), SampleKey("review-then-fix", task)
        drafted = PASSES if number < 15 else WRONG
        final = WRONG if number == 0 else PASSES if number < 25 else RAISES
        made[one] = result(one, drafted, richness=float(number))
        made[other] = result(other, final, draft=drafted, richness=float(number))
    return made


def test_rates_table_and_costs(tmp_path: Path) -> None:
    store, run = stored(tmp_path, two_patterns(), config(TASKS, ["coder-only", "review-then-fix"]))
    report = read_run(store, run.id)
    alone, reviewed = report.patterns
    assert (alone.passed, alone.samples, reviewed.passed) == (15, 30, 24)
    assert alone.rate is not None
    assert alone.rate.value == 0.5
    assert 0.3 < alone.rate.low < 0.4
    assert (reviewed.fixed, reviewed.broke, reviewed.draft_rate) == (10, 1, 0.5)
    assert reviewed.failures == {"raises ZeroDivisionError": 5, "wrong answer": 1}
    assert reviewed.base_rate == 29 / 30
    assert reviewed.cost.per_solved is not None
    assert reviewed.cost.per_solved.seconds == pytest.approx(60 / 24)
    assert reviewed.cost.per_solved.usd == pytest.approx(60 / 24 / 1000)
    (pair,) = report.pairs
    assert (pair.paired.fixed, pair.paired.broke, pair.paired.both, pair.paired.neither) == (10, 1, 14, 5)
    words = pair_words(pair, of=1)
    assert "solves 30.0 points more than coder-only on 30 tasks" in words
    assert "fixed 10, broke 1" in words
    assert [third.gain.value for third in pair.terciles] == pytest.approx([-0.1, 0.5, 0.5])
    assert "overlap" not in richness_words(pair)


def test_an_unfinished_run_compares_only_what_both_have_finished(tmp_path: Path) -> None:
    results = two_patterns()
    for task in TASKS[20:]:
        del results[SampleKey("review-then-fix", task)]
    store, run = stored(tmp_path, results, config(TASKS, ["coder-only", "review-then-fix"]))
    report = read_run(store, run.id)
    assert report.pairs[0].paired.tasks == 20
    assert any("unfinished: 50 of 60" in note for note in report.notes)


def test_unjudged_samples_and_those_the_judge_failed_on_count_nowhere(tmp_path: Path) -> None:
    key, other = SampleKey("coder-only", TASKS[0]), SampleKey("coder-only", TASKS[1])
    unjudged = replace(result(key, PASSES), draft_verdict=None, final_verdict=None)
    broken = result(other, Verdict(base=None, plus=None, problem="the judge's process ended twice"))
    store, run = stored(tmp_path, {key: unjudged, other: broken}, config(TASKS[:2], ["coder-only"]))
    report = read_run(store, run.id)
    assert (report.patterns[0].samples, report.patterns[0].unjudged, report.patterns[0].rate) == (0, 2, None)
    assert any("not judged" in note for note in report.notes)


def test_a_scripted_run_says_so(tmp_path: Path) -> None:
    store, run = stored(tmp_path, {}, config(TASKS, ["coder-only"], scripted=True))
    assert "SCRIPTED" in read_run(store, run.id).notes[0]


KEY = SampleKey("coder-only", "HumanEval/0")


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (PASSES, None),
        (WRONG, "wrong answer"),
        (RAISES, "raises ZeroDivisionError"),
        (SLOW, "time-out"),
        (None, "no code"),
        (Verdict(base=part("fail", Failure(phase="syntax")), plus=None), "syntax error"),
        (Verdict(base=part("fail", Failure(phase="name")), plus=None), "function missing or renamed"),
        (
            Verdict(base=part("fail", Failure(phase="load", exception="NameError")), plus=None),
            "fails to load (NameError)",
        ),
        (Verdict(base=part("crash", Failure(phase="ended")), plus=None), "ended the process"),
        (Verdict(base=part("fail", Failure(phase="integrity")), plus=None), "reached for the judge"),
        (Verdict(base=part("fail", Failure(phase="call", exception="<b>x</b>")), plus=None), "raises an exception"),
    ],
)
def test_failures_are_named_by_kind(verdict: Verdict | None, kind: str | None) -> None:
    assert failure_of(result(KEY, verdict)) == kind


def test_an_answer_that_was_cut_off_is_truncated() -> None:
    assert failure_of(result(KEY, None, truncated=True)) == "truncated"


def test_two_runs_are_compared_with_the_tasks_that_flipped(tmp_path: Path) -> None:
    store, one = stored(tmp_path, two_patterns(), config(TASKS, ["coder-only", "review-then-fix"]))
    better = {key: result(key, PASSES) for key in (SampleKey("coder-only", task) for task in TASKS[5:])}
    other = store.add_run(config(TASKS, ["coder-only"]))
    for each in better.values():
        store.add_result(other.id, each, [])
        store.add_verdict("0" * 32, each.key.task, each.final or "", "strict", PASSES)
    found = compare(store, one.id, other.id)
    (pattern,) = found.patterns
    assert pattern.paired.tasks == 25
    assert (pattern.paired.fixed, pattern.paired.broke) == (15, 0)
    assert [flip.task for flip in pattern.flips] == TASKS[15:]
    assert not found.regression
    back = compare(store, other.id, one.id)
    assert back.regression
    assert "fewer" in difference_words("a", "b", back.patterns[0].paired, back.patterns[0].p_holm)


@pytest.mark.parametrize("changes", [{"profile": "evalplus-master"}, {"dataset_digest": "1" * 32}])
def test_runs_that_were_judged_otherwise_are_not_compared(tmp_path: Path, changes: dict[str, object]) -> None:
    store, one = stored(tmp_path, two_patterns(), config(TASKS, ["coder-only"]))
    other = store.add_run(config(TASKS, ["coder-only"], **changes))
    with pytest.raises(UsageError, match="cannot be compared"):
        compare(store, one.id, other.id)


def test_no_difference_is_said_to_be_none(tmp_path: Path) -> None:
    results = two_patterns()
    for task in TASKS:
        key = SampleKey("review-then-fix", task)
        results[key] = result(key, results[SampleKey("coder-only", task)].final_verdict)
    store, run = stored(tmp_path, results, config(TASKS, ["coder-only", "review-then-fix"]))
    (pair,) = read_run(store, run.id).pairs
    assert "solve the same 15 of 30 tasks" in pair_words(pair, of=1)


def test_the_papers_table_stands_beside_whole_runs_of_real_models_only(tmp_path: Path) -> None:
    tasks = [f"HumanEval/{number}" for number in range(164)]
    results = {key: result(key, PASSES) for key in (SampleKey("coder-only", task) for task in tasks)}
    store, run = stored(tmp_path, results, config(tasks, ["coder-only"]))
    rows = {row.name: row for row in paper_table([read_run(store, run.id)])}
    assert rows["coder-only"].quoted == 78.0
    assert rows["coder-only"].measured is not None
    assert (rows["O1 Preview"].quoted, rows["O1 Preview"].measured) == (89.0, None)
    part_of_it, run = stored(tmp_path, two_patterns(), config(TASKS, ["coder-only"]), name="part.sqlite")
    assert all(row.measured is None for row in paper_table([read_run(part_of_it, run.id)]))


def test_several_samples_give_pass_at_k_and_intervals_by_task(tmp_path: Path) -> None:
    results = {}
    for number, task in enumerate(TASKS[:10]):
        for sample in range(5):
            key = SampleKey("coder-only", task, sample)
            results[key] = result(key, PASSES if sample < number % 3 else WRONG)
    store, run = stored(tmp_path, results, config(TASKS[:10], ["coder-only"], samples=5))
    (pattern,) = read_run(store, run.id).patterns
    assert (pattern.tasks, pattern.samples) == (10, 50)
    assert pattern.at_k.keys() == {1, 5}
    assert pattern.at_k[1] == pytest.approx(9 / 50)
    assert pattern.at_k[5] == pytest.approx(0.6)
