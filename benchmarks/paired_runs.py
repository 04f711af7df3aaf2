"""What has to run to check a paired problem: its reference, its doctests, its richness, mutants of it."""

import ast
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from paired_problems import LEAST_INPUTS, SHARED_WITH_DOCTESTS, STEP, VARIANTS, Problem, as_key

from analyzers.lint import SpecReport, lint_text

LEAST_DOCTESTS: Final = {"lean": 0, "medium": 1, "rich": 3}
SECONDS: Final = 0.05
"""Of processor time for all calls of a reference."""
_SHOWN = 3
_PATIENCE, _PATIENCE_WITH_MUTANTS = 60.0, 900.0


class ChildFailed(Exception):
    """The process that runs a problem gave no answer; the text says why."""


def run_child(problem: Problem, *, hash_seed: int = 0, **request: Any) -> Any:
    """The answer of ``paired_child`` about a problem. Raises ChildFailed."""
    base = {"program": problem.program("rich"), "name": problem.name, "inputs": problem.inputs, "atol": problem.atol}
    script = Path(__file__).with_name("paired_child.py")
    patience = _PATIENCE_WITH_MUTANTS if "mutants" in request else _PATIENCE
    try:
        process = subprocess.run(
            [sys.executable, "-P", "-s", "-X", "utf8", str(script)],
            input=json.dumps(base | request),
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
            env={"PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": str(hash_seed)},
        )
        return json.loads(process.stdout)
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"no answer within {patience:.0f} s") from None
    except ValueError:
        said = process.stderr.strip().rpartition("\n")[2]
        raise ChildFailed(said or f"no answer (exit {process.returncode})") from None


def reports(problem: Problem) -> dict[str, SpecReport]:
    """What the linter says of the three specs, by variant."""
    return {variant: lint_text(text, filename=f"{problem.name}.py").specs[0] for variant, text in problem.specs.items()}


def broken_rules(problem: Problem) -> Iterator[str]:
    """One sentence for each rule that is broken, of those that need something to be run."""
    yield from _linted(problem)
    try:
        specs = {variant: problem.program(variant) for variant in VARIANTS}
        answer = run_child(problem, specs=specs)
        again = run_child(problem, specs={}, hash_seed=1)
    except ChildFailed as error:
        yield f"the reference cannot be run: {error}"
        return
    yield from answer["broken"][:_SHOWN]
    if len(answer["broken"]) > _SHOWN:
        yield f"and so for {len(answer['broken']) - _SHOWN} inputs more"
    if answer["results"] != again["results"]:
        yield "the reference gives other results in another process (does it go through a set?)"
    if answer["seconds"] > SECONDS:
        yield f"the reference takes {1000 * answer['seconds']:.0f} ms for all inputs; at most {1000 * SECONDS:.0f}"
    if len({json.dumps(each) for each in answer["results"]}) < 2:
        yield "all inputs have the same result"
    yield from _doctests(problem, answer["doctests"])


def _linted(problem: Problem) -> Iterator[str]:
    found = reports(problem)
    for variant, report in found.items():
        for finding in report.findings:
            if finding.severity == "error":
                yield f"{variant}: {finding.code} {finding.message}"
        if report.spec.name != problem.name:
            yield f"{variant}: the linter reads it as {report.spec.name}"
    scores = {variant: report.richness.score for variant, report in found.items()}
    for low, high in itertools.pairwise(VARIANTS):
        step = scores[high] - scores[low]
        if step < STEP:
            between = f"from {low} ({scores[low]}) to {high} ({scores[high]})"
            yield f"richness rises by {step:.1f} {between}; at least {STEP:.0f} is asked"


def _doctests(problem: Problem, found: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    shown: set[str] = set()
    for variant, each in found.items():
        for failure in each["failed"]:
            yield f"{variant}: {failure}"
        if len(each["calls"]) < LEAST_DOCTESTS[variant]:
            yield f"{variant}: {len(each['calls'])} doctests; at least {LEAST_DOCTESTS[variant]} are asked"
        shown |= set(_called_with(each["calls"], problem.name))
    if len(set(found["rich"]["wants"])) < 2:
        yield "rich: all doctests have the same outcome"
    shared = len(shown & {as_key(each) for each in problem.inputs})
    if shared > SHARED_WITH_DOCTESTS:
        yield f"{shared} hidden inputs stand in doctests; at most {SHARED_WITH_DOCTESTS}"
    elif len(problem.inputs) - shared < LEAST_INPUTS - SHARED_WITH_DOCTESTS:
        yield f"only {len(problem.inputs) - shared} inputs are hidden from the doctests"


def _called_with(calls: Sequence[str], name: str) -> Iterator[str]:
    """The arguments of each example that calls the function with literals, as ``as_key`` writes them."""
    for call in calls:
        for node in ast.walk(ast.parse(call)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                try:
                    yield as_key([ast.literal_eval(each) for each in node.args])
                except (ValueError, TypeError):
                    continue
