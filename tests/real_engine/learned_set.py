"""The three learned specs as a data set of the bench, in the format of HumanEval+."""

import json
from pathlib import Path

from answers import SCRIPTS

# Inputs of the examples in the spec (base), and others (plus): in each part some that the learned draft gets wrong.
INPUTS: dict[str, tuple[list[list[object]], list[list[object]]]] = {
    "merge_ranges": ([[[[1, 3], [2, 6]]], [[[8, 9], [1, 2]]], [[]]], [[[[5, 6], [1, 5]]], [[[3, 4], [9, 9], [1, 2]]]]),
    "parse_minutes": ([["2h 5m"], [""]], [["90m"], ["   "], ["1h"]]),
    "initials": ([["ada lovelace"], ["jean-luc picard"]], [["mary-jane o"], ["x"]]),
}


def write_learned_set(path: Path) -> None:
    """The problems; the learned fix of each is its canonical solution."""
    lines = []
    for number, script in enumerate(SCRIPTS):
        fix = script.answers["fix"].removeprefix("```python\n").removesuffix("```")
        base, plus = INPUTS[script.name]
        problem = {
            "task_id": f"HumanEval/{number}",
            "prompt": script.path.read_text(encoding="utf-8"),
            "entry_point": script.name,
            "canonical_solution": fix.split('"""', 2)[2].removeprefix("\n"),
            "base_input": base,
            "plus_input": plus,
            "contract": "",
            "atol": 0,
        }
        lines.append(json.dumps(problem) + "\n")
    path.write_text("".join(lines), encoding="utf-8")
