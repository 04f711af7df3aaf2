"""Branches of a draft against the distinct examples of its spec."""

import subprocess
import sys

import pytest

from analyzers.complexity import BranchCoverage, branch_coverage, count_branches, distinct_examples
from analyzers.parse import parse_spec

SPEC = parse_spec('''def sign(x: int) -> int:
    """Minus one, zero or one.

    >>> sign(5)
    1
    >>> sign( 5 )
    1
    >>> sign(-2)
    -1
    """
''')

DRAFT = """
def helper(x):
    return 1 if x else 2

def sign(x):
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0
"""


def test_branches_stand_against_distinct_examples() -> None:
    coverage = branch_coverage(DRAFT, SPEC)
    assert coverage is not None
    assert (coverage.branches, coverage.examples) == (3, 2)
    assert str(coverage) == "3 branches, 2 examples"
    assert coverage.short == 1
    assert BranchCoverage(branches=1, examples=2).short == 0


def test_one_is_written_in_the_singular() -> None:
    spec = parse_spec('def two() -> int:\n    """Two.\n\n    >>> two()\n    2\n    """\n')
    assert str(branch_coverage("def two():\n    return 2\n", spec)) == "1 branch, 1 example"


@pytest.mark.parametrize(
    ("body", "branches"),
    [
        ("    return 1", 1),
        ("    if x:\n        return 1", 2),
        ("    return 1 if x else 2", 2),
        ("    for i in x:\n        pass", 2),
        ("    while x and y:\n        pass", 3),
        ("    try:\n        pass\n    except ValueError:\n        pass", 2),
        ("    return [i for i in x if i]", 3),
        ("    def inner(y):\n        if y:\n            return 1\n    return inner(x)", 2),
        ("    return sorted(x, key=lambda y: 1 if y else 2)", 2),
    ],
)
def test_every_decision_adds_a_branch(body: str, branches: int) -> None:
    assert count_branches(f"def f(x):\n{body}\n", "f") == branches
    assert count_branches(f"async def f(x):\n{body}\n", "f") == branches


def test_a_class_is_the_sum_of_its_methods() -> None:
    code = "class C:\n    def a(self):\n        if self:\n            return 1\n    def b(self):\n        return 2\n"
    assert count_branches(code, "C") == 3
    assert count_branches("class C:\n    x = 1\n", "C") == 1


def test_the_last_definition_of_the_name_counts() -> None:
    assert count_branches("def f(x):\n    return 1\ndef f(x):\n    return 1 if x else 2\n", "f") == 2
    assert count_branches(DRAFT, "helper") == 2
    assert count_branches(DRAFT, None) == 3


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 1",
        "def g(): pass",
        "def f(:",
        "\x00",
        "def f(x):\n    return " + "not " * 50_000 + "x",
        "def f(x):\n    return " + "+".join(["x"] * 4_000),
        "def f():\n    pass\n" + "# " + "x" * 300_000,
    ],
    ids=range(8),
)
def test_code_that_cannot_be_measured_gives_nothing(code: str) -> None:
    assert count_branches(code, "f") is None
    assert branch_coverage(code, SPEC) is None


def test_asserts_and_statements_are_examples_too() -> None:
    spec = parse_spec(
        "Write a function f.\n\nassert f(1) == 2\nassert f(1)==2\nassert f(2) == 3\nassert abs(f(3) - 4) < 1e-6\n"
    )
    assert distinct_examples(spec) == 3
    assert distinct_examples(parse_spec("Write a function f that doubles.")) == 0


def test_radon_is_imported_only_to_measure() -> None:
    code = "import sys, analyzers.complexity as c; a = 'radon' in sys.modules; c.count_branches('def f(): pass', 'f')\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "print(a, 'radon' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]
