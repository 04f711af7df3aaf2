"""From judged samples to outcomes and elements, and which calibrations are in use."""

from pathlib import Path

import pytest

from core.bench.datasets import open_dataset
from core.bench.datasets.known import problem_of
from core.bench.store import Result, SampleKey
from core.gain.elements import ELEMENTS, by_element, points_of
from core.gain.key import PairKey
from core.gain.measured import measured_outcomes
from core.gain.reading import read_scores
from core.gain.retired import use_of
from tests.core.bench.making import PASSES, WRONG, result

KEY = PairKey(coder="c", reviewer="r", quantisation="q4+q4", prompt_version="1")


def test_outcomes_are_those_of_reviewed_samples_and_know_their_problem() -> None:
    dataset = open_dataset("paired")
    lean, medium, rich, *_ = dataset.problems
    results: list[Result] = []
    for task, draft, final in ((lean, WRONG, PASSES), (medium, PASSES, WRONG), (rich, PASSES, PASSES)):
        results.append(result(SampleKey("review-then-fix", task), final, draft=draft))
        results.append(result(SampleKey("coder-only", task), draft))
    results.append(result(SampleKey("review-then-fix", "Gone/1"), PASSES))
    found = measured_outcomes(results, dataset)
    assert [(each.draft_right, each.final_right) for each in found] == [(False, True), (True, False), (True, True)]
    assert {each.cluster for each in found} == {problem_of(lean)}
    assert found[0].richness < found[1].richness < found[2].richness
    assert {each.benchmark for each in found} == {"paired"}


def scores() -> dict[str, tuple[float, ...]]:
    problems = open_dataset("paired").problems.values()
    return {
        each.task_id: points_of(read_scores(each.prompt, filename="x.py", name=each.entry_point).richness)
        for each in problems
    }


def test_elements_are_the_parts_of_richness_and_say_where_they_cannot_be_told_apart() -> None:
    points = scores()
    before = dict.fromkeys(points, 0.0)
    # Right from the medium spec on: whatever rises from lean to medium passes for the cause.
    after = {task: float(not task.endswith("/lean")) for task in points}
    found = by_element(before, after, points)
    assert [each.name for each in found] == list(ELEMENTS)
    examples = next(each for each in found if each.name == "examples")
    assert examples.gain is not None
    assert examples.gain.claimed
    assert examples.added > 20
    assert not examples.apart, "examples rise with everything else"
    whole = examples.from_lean_to_rich(examples.gain)
    assert whole.value == pytest.approx(examples.gain.value * examples.added / 10)
    assert all(each.draft is not None and not each.draft.claimed for each in found)


def test_an_element_that_alone_matters_is_found_beside_the_others() -> None:
    """An invented behaviour: a spec that says what happens on invalid input gains, whatever else it says."""
    points = scores()
    errors = list(ELEMENTS).index("errors")
    found = by_element(dict.fromkeys(points, 0.0), {task: own[errors] / 7 for task, own in points.items()}, points)
    own = next(each for each in found if each.name == "errors")
    assert own.gain_beside is not None
    assert own.gain_beside.value == pytest.approx(10 / 7)
    others = [each.gain_beside for each in found if each.name != "errors"]
    assert all(each is not None and abs(each.value) < 1e-6 for each in others)
    assert by_element({}, {}, points) == ()


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"p": KEY}, ""),
        ({"p": PairKey(coder="c", reviewer="r", quantisation="q8+q4", prompt_version="1")}, "quantisation was q4+q4"),
        ({"p": PairKey(coder="c", reviewer="r", quantisation="q4+q4", prompt_version="2")}, "prompts were 1, now 2"),
        (
            {"p": PairKey(coder="c", reviewer="new", quantisation="q4+q4", prompt_version="1")},
            "reviewer was r, now new",
        ),
        (
            {"other": PairKey(coder="x", reviewer="y", quantisation="", prompt_version="1")},
            "no pair of the configuration",
        ),
    ],
)
def test_a_calibration_is_retired_when_what_it_was_measured_with_changes(now: dict[str, PairKey], reason: str) -> None:
    use = use_of(KEY, now, measured_as="p")
    assert reason in use.reason
    assert bool(use.pairs) is not bool(use.reason)


def test_lint_predicts_with_the_default_pair_once_it_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from analyzers.gain.fitting import fit
    from core.config import load_configuration
    from core.gain.key import pair_key
    from core.gain.store import calibrations_dir, save_calibration
    from tests.analyzers.simulated_outcomes import simulate
    from tui.cli.commands import command

    monkeypatch.chdir(tmp_path)
    Path("spec.py").write_text('def last(values: list[int]) -> int:\n    """Give the last value."""\n')
    command(["lint", "spec.py"])
    assert "two published aggregates" in capsys.readouterr().out
    save_calibration(pair_key(load_configuration().pair()), fit(simulate(50, slope=0.05, seed=1), guard="proven"))
    command(["lint", "spec.py"])
    assert "50 outcomes of this pair" in capsys.readouterr().out
    (kept,) = calibrations_dir().glob("*.json")
    kept.write_text("{")
    command(["lint", "spec.py"])
    out, err = capsys.readouterr()
    assert "prior only" in out
    assert "cannot be used" in err
