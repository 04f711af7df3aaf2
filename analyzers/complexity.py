"""How many ways there are through a draft, held against how many of them the examples could tell apart."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analyzers.pysource import parse_module
from analyzers.spec import Spec
from analyzers.subject import Subject

_LONGEST = 200_000
"""Characters of code that are measured; no answer of a model is longer, and a hostile one must not hold up a run."""


@dataclass(frozen=True, slots=True)
class BranchCoverage:
    """Branches of the asked function (its cyclomatic complexity) and distinct examples of the spec.

    Fewer examples than branches cannot take every branch. More are no proof that they do.
    """

    branches: int
    examples: int

    @property
    def short(self) -> int:
        """How many examples are certainly missing to take every branch; 0 if that cannot be said."""
        return max(0, self.branches - self.examples)

    def __str__(self) -> str:
        return f"{_counted(self.branches, 'branch', 'branches')}, {_counted(self.examples, 'example', 'examples')}"


def branch_coverage(code: str, spec: Spec) -> BranchCoverage | None:
    """``code`` against the examples of ``spec``; None where the asked definition is not in it or cannot be parsed."""
    branches = count_branches(code, spec.name)
    return None if branches is None else BranchCoverage(branches, distinct_examples(spec))


def count_branches(code: str, name: str | None) -> int | None:
    """Cyclomatic complexity of the last top-level definition called ``name``, decision points counted by radon.

    Functions inside of it are counted with it, functions that it calls are not; a class is the sum of its methods.
    Without a name, the last definition counts. None if there is none or ``code`` cannot be parsed.
    """
    tree = parse_module(code) if len(code) <= _LONGEST else None
    if tree is None:
        return None
    found = list(_definitions(tree.body, name))
    if not found:
        return None
    # Imported here: only runs of a pattern and calibrations measure code.
    from radon.visitors import ComplexityVisitor

    try:
        visitor = ComplexityVisitor.from_ast(found[-1])
    except RecursionError:
        return None
    methods = [method for block in visitor.classes for method in block.methods]
    return max(1, sum(_decisions(each) + 1 for each in (*visitor.functions, *methods)))


def _decisions(function: Any) -> int:
    """Decision points of a radon Function, those of the functions inside it included."""
    return int(function.complexity) - 1 + sum(_decisions(inner) for inner in function.closures)


def distinct_examples(spec: Spec) -> int:
    """How many different examples ``spec`` has: layout, order and repetition do not count."""
    subject = Subject(spec)
    called = {trial.example.span for trial in subject.trials}
    others = {_folded(each.source) for each in spec.examples if each.span not in called and each.want != ""}
    return len(subject.distinct_trials) + len(others)


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(body: list[ast.stmt], name: str | None) -> Iterator[_Definition]:
    for node in body:
        if isinstance(node, _Definition) and name in (None, node.name):
            yield node


def _folded(source: str) -> str:
    return " ".join(source.split())


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
