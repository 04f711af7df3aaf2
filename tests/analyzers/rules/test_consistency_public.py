"""The consistency rules on the prompts of HumanEval+ and MBPP+: what is known to be wrong is found, and little else."""

import gzip
import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from analyzers.lint import lint_text
from analyzers.rules.model import LintFinding

JUSTIFIED = {
    ("HumanEval/81", "TC701"),  # calls grade_equation; the function is numerical_letter_grade
    ("HumanEval/148", "TC702"),  # ("Venus") where a tuple is due
    ("HumanEval/149", "TC701"),  # calls list_sort; the function is sorted_list_sum
}
"""docs/deep.md says for each what contradicts what."""


@cache
def prompts(folder: Path, name: str) -> dict[str, str]:
    path = folder / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"../shared/data/{path.name} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {task["task_id"]: task["prompt"] for task in map(json.loads, lines)}


@cache
def findings(folder: Path, name: str) -> dict[str, tuple[LintFinding, ...]]:
    return {task: lint_text(prompt).all_findings for task, prompt in prompts(folder, name).items()}


def errors(folder: Path, name: str) -> set[tuple[str, str]]:
    return {
        (task, finding.code)
        for task, found in findings(folder, name).items()
        for finding in found
        if finding.severity == "error"
    }


def test_three_prompts_of_humaneval_get_an_error_and_each_is_wrong(shared_data: Path) -> None:
    assert errors(shared_data, "HumanEvalPlus") == JUSTIFIED


def test_no_prompt_of_mbpp_gets_an_error(shared_data: Path) -> None:
    assert errors(shared_data, "MbppPlus") == set()


def test_the_string_where_a_tuple_is_due_is_marked(shared_data: Path) -> None:
    (found,) = [each for each in findings(shared_data, "HumanEvalPlus")["HumanEval/148"] if each.code == "TC702"]
    marked = prompts(shared_data, "HumanEvalPlus")["HumanEval/148"][found.span.start : found.span.end]
    assert marked == 'bf("Earth", "Mercury") ==> ("Venus")'
    assert found.hint == 'Write a comma after the only item: ("Venus",).'


def test_inputs_that_differ_in_a_blank_at_the_end_are_two(shared_data: Path) -> None:
    assert [each.code for each in findings(shared_data, "HumanEvalPlus")["HumanEval/134"] if each.code == "TC703"] == []


def test_a_requirement_without_a_measure_is_found_where_there_is_one(shared_data: Path) -> None:
    by_task: defaultdict[str, list[str]] = defaultdict(list)
    for name in ("HumanEvalPlus", "MbppPlus"):
        for task, found in findings(shared_data, name).items():
            by_task[task] += [each.message for each in found if each.code == "TC704"]
    assert {task for task, messages in by_task.items() if messages} == {"HumanEval/46", "HumanEval/63"}
