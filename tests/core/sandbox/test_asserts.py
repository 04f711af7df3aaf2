"""Assertions are decided outside the code's process, by data that it has no say in."""

import ast

import pytest

from core.sandbox import Case, run_cases
from core.sandbox.asserts import plan

CODE = """
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from collections import Counter
import math


@dataclass
class Point:
    x: int


class Version:
    def __init__(self, text): self.parts = [int(p) for p in text.split(".") if int(p)]
    def __eq__(self, other): return self.parts == other.parts
    def __lt__(self, other): return self.parts < other.parts
    def __len__(self): return len(self.parts)
    def __contains__(self, part): return part in self.parts


def double(x): return 2 * x
def tenth(): return 0.1 + 0.2
def nothing(): return None
def loud(): raise KeyError("no")
def half(): return Fraction(1, 2)
def cents(): return Decimal("1.50")
def words(): return Counter("aab")
"""

HOLD = [
    "assert double(2) == 4",
    "assert 4 == double(2)",
    "x = double(2)\ny = x\nassert x == y == 4",
    "assert double([1]) == [1, 1]",
    "assert double(2) != 5 and not double(0)",
    "assert 1 < double(1) <= 2",
    "assert abs(tenth() - 0.3) < 1e-9",
    "assert math.isclose(tenth(), 0.3)",
    "assert round(tenth(), 2) == 0.3",
    "assert tenth() != 0.3",  # as Python has it: nothing is almost equal
    "assert nothing() is None",
    "assert double(2) is not None",
    "assert double(2) in (3, 4)",
    "assert double(3) not in [1, 2]",
    "assert sorted(double([2, 1])) == [1, 1, 2, 2]",
    "assert len(double('ab')) == 4",
    "assert isinstance(double(2), (int, bool))",
    "assert isinstance(Point(1), Point)",
    "assert Point(1) == Point(1)",
    "assert Point(2).x == 2",
    "assert Version('1.0') == Version('1')",
    "assert Version('1') < Version('2')",
    "assert len(Version('1.2')) == 2",
    "assert 2 in Version('1.2')",
    "assert half() == 0.5",
    "assert cents() == 1.5",
    "assert words() == {'a': 2, 'b': 1}",
    "assert all(double(n) % 2 == 0 for n in range(5))",
    "assert double(2) == 5 or double(2) == 4",
    "assert nothing() is None or nothing().missing == 1",
    "assert (lambda v: v == 4)(double(2))",
    "assert {1: double(1)} == {1: 2}",
    "assert -double(2) == -4",
]

FAIL = [
    "assert double(2) == 5, 'twice'",
    "assert tenth() == 0.3",
    "assert Point(1) == 1",
    "assert Point(1) == Point(2)",
    "assert half() == 0.25",
    "assert double(2) is None",
    "assert not double(2)",
    "assert nothing()",
    "assert double(2) == 4 and double(3) == 4",
    "assert double(0) and missing_name",
    "assert len(Version('1.2')) == 3",
    "assert abs(tenth() - 0.4) < 1e-9",
]


async def outcomes(code: str, sources: list[str]) -> dict[str, str]:
    cases = [Case(kind="assert", source=source) for source in sources]
    report = await run_cases(code, cases)
    return {source: result.outcome for source, result in zip(sources, report.results, strict=True)}


async def test_what_holds_in_python_passes() -> None:
    assert await outcomes(CODE, HOLD) == dict.fromkeys(HOLD, "pass")


async def test_what_does_not_hold_fails() -> None:
    assert await outcomes(CODE, FAIL) == dict.fromkeys(FAIL, "fail")


async def test_what_raises_is_an_error() -> None:
    sources = ["assert loud() == 1", "assert nothing().x == 1", "assert nothing() < 1", "assert missing == 2"]
    assert await outcomes(CODE, sources) == dict.fromkeys(sources, "error")


async def test_a_failed_assertion_says_what_the_parts_are() -> None:
    report = await run_cases(CODE, [Case(kind="assert", source="assert double(2) == 5")])
    assert report.results[0].got == "AssertionError: double(2) is 4"
    assert report.results[0].exception == "AssertionError"


LIAR = """
import builtins, math
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    def __lt__(self, other): return True
    def __len__(self): return 4
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
class YesInt(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __hash__(self): return 0
class YesList(list):
    def __eq__(self, other): return True
    def __len__(self): return 4
def f(x): return Yes()
def g(x): return YesInt(7)
def h(x): return YesList()
builtins.abs = lambda x: 0
builtins.sorted = lambda x: [1, 2]
builtins.len = lambda x: 4
math.isclose = lambda *a, **k: True
"""


@pytest.mark.parametrize(
    "source",
    [
        "assert f(2) == 4",
        "assert 4 == f(2)",
        "assert f(2) == 4 and f(3) == 6",
        "assert abs(f(2) - 4) < 1e-6",
        "assert g(2) == 4",
        "assert abs(g(2) - 4) < 1e-6",
        "assert math.isclose(g(2), 4)",
        "assert h(2) == [1, 2]",
        "assert sorted(h(2)) == [1, 2]",
        "assert not f(2) != 4",
        "assert g(2) in (4, 5)",
        "assert len(h(2)) == 4",
    ],
)
async def test_no_object_and_no_patched_function_can_make_an_assertion_hold(source: str) -> None:
    report = await run_cases(LIAR, [Case(kind="assert", source=source)])
    assert report.results[0].outcome in ("fail", "error")


def test_what_the_code_is_to_come_up_with_is_not_told() -> None:
    for source in ("assert f(2) == 4711", "assert abs(f(2) - 4711) < 1", "assert math.isclose(f(2), 4711)"):
        made = plan(source, "")
        assert made is not None
        assert "4711" not in str(made.asked())


@pytest.mark.parametrize("source", ["assert", "x = 1", "", "for x in []:\n    assert x", "assert (", "(" * 10_000])
def test_other_statements_are_left_as_they_are(source: str) -> None:
    assert plan(source, "") is None


def test_a_function_of_the_code_with_the_name_of_a_built_in_is_the_codes() -> None:
    made = plan("assert sorted(f(1)) == [1]", "def sorted(x): return [1]")
    assert made is not None
    assert made.steps[0].leaves == ("sorted(f(1))",)
    assert isinstance(made.steps[0].test, ast.Compare)
