"""The safeguard: which fix may replace the code it was made from.

``proven`` and ``strict`` are the rules of the replay in docs/patterns.md: a fix that breaks what worked costs more
than a defect that stays, because the user has seen the examples pass. ``off`` is the published pattern.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.pysource import parse_module
from core.patterns.candidates import Checked
from core.request import Guard
from core.sandbox import Case


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a fix is accepted, and why, in words."""

    accepted: bool
    reason: str


def judge_fix(
    guard: Guard, base: Checked, fix: Checked, causes: Sequence[Case], *, name: str | None, approved: bool = False
) -> Ruling:
    """Judge ``fix`` against ``base``.

    Args:
        guard: The rule.
        base: The code that stands.
        fix: Its candidate successor; ``fix.extra`` holds the results of ``causes``.
        causes: The proven or supported cases that the fix must pass.
        name: The function or class asked for.
        approved: A person asked for this fix although nothing is checkable; then it only has to load.
    """
    if fix.code is None:
        return Ruling(False, f"the answer holds no usable code ({fix.problem})")
    if guard == "off":
        return Ruling(True, "the guard is off")
    if fix.load_error is not None:
        return Ruling(False, f"it does not load: {fix.load_error}")
    if fix.code == base.code:
        return Ruling(False, "it is the same code again")
    before, after = _parameters(base.code, name), _parameters(fix.code, name)
    if before is not None and after is not None and before != after:
        return Ruling(False, f"it changes the parameters from ({', '.join(before)}) to ({', '.join(after)})")
    lost = sorted(base.passed - fix.passed)
    if lost:
        return Ruling(False, f"it breaks {_examples(lost)}, which worked before")
    still = [case.source for case, result in zip(causes, fix.extra, strict=True) if result.outcome != "pass"]
    if still:
        return Ruling(False, f"{' and '.join(still)} is still wrong")
    gained = len(fix.passed) - len(base.passed)
    if guard == "strict" and not approved and gained <= 0:
        return Ruling(False, "the strict guard asks for more passing examples, and it passes no more than before")
    if approved:
        return Ruling(True, "you asked for it, and it loads")
    if not base.loads:
        return Ruling(
            True, f"the code before it did not load; it passes {len(fix.passed)} of {len(fix.results)} examples"
        )
    repaired = f"{len(causes)} proven or supported case{'s' if len(causes) != 1 else ''}"
    return Ruling(True, f"it breaks no example and repairs {repaired}" if causes else "it breaks no example")


def _examples(indices: Sequence[int]) -> str:
    numbers = ", ".join(str(index + 1) for index in indices)
    return f"example {numbers}" if len(indices) == 1 else f"examples {numbers}"


def _parameters(code: str | None, name: str | None) -> list[str] | None:
    """Parameter names of the last top-level function ``name`` of ``code``; None if there is none."""
    if code is None or name is None:
        return None
    tree = parse_module(code)
    if tree is None:
        return None
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            a = node.args
            every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
            return [argument.arg for argument in every if argument is not None]
    return None
