"""Assertions taken apart: what calls the code is evaluated inside, what is asserted of it is decided outside.

``assert f(2) == 4`` becomes the leaf ``f(2)``, whose value the code's process reports as data, and the comparison with
4, which never enters that process. Comparisons, ``not``, ``and``, arithmetic and a few built-in functions are computed
here; any other expression is a leaf as a whole. Python's own rules hold: nothing is "almost equal".

Where a leaf is an object of a class of the code, data cannot decide. Compared with a literal, such an object has to be
the same by the rules of ``compare``, whatever its ``__eq__`` says; otherwise the code's process is asked what the
assertion gave.
"""

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.sandbox import compare

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "round": round,
    "set": set,
    "sorted": sorted,
    "sum": sum,
    "tuple": tuple,
    "math.isclose": math.isclose,
}
_TYPES = {kind.__name__: kind for kind in (bool, bytes, complex, dict, float, int, list, set, str, tuple)}
_LARGEST = 1 << 64
_MOST_STEPS = 20


class _Undecidable(Exception):
    """The values are not plain data, or computing with them could take long."""


@dataclass(frozen=True, slots=True)
class Step:
    """One assertion: the expressions to evaluate inside, and the assertion with ``_leaf_N`` in their place.

    ``also``: calls of built-in functions on leaves, whose values are asked for in case a leaf is no plain data.
    ``secret``: ``test`` holds what the code is to come up with, so the code's process is not told it.
    """

    leaves: tuple[str, ...]
    also: tuple[str, ...]
    test: ast.expr
    secret: bool

    def asked(self) -> dict[str, Any]:
        """What the code's process is told."""
        test = None if self.secret else ast.unparse(self.test)
        return {"leaves": list(self.leaves), "also": list(self.also), "test": test}


@dataclass(frozen=True, slots=True)
class Plan:
    """Statements to execute first, then assertions that hold one after the other."""

    before: str
    steps: tuple[Step, ...]

    def asked(self) -> dict[str, Any]:
        """In the form that the runner takes."""
        return {"before": self.before, "steps": [step.asked() for step in self.steps]}


def plan(source: str, code: str) -> Plan | None:
    """How to judge ``source`` from outside; None where it is not statements that end in one assertion."""
    try:
        tree = ast.parse(source)
        if not tree.body or not isinstance(last := tree.body[-1], ast.Assert):
            return None
        tests = last.test.values if isinstance(last.test, ast.BoolOp) and isinstance(last.test.op, ast.And) else None
        parts = [last.test] if tests is None else tests
        if len(parts) > _MOST_STEPS:
            return None
        before = ast.unparse(ast.Module(body=tree.body[:-1], type_ignores=[]))
        return Plan(before, tuple(_step(part, code) for part in parts))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Taking:
    """Takes one assertion apart."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.leaves: list[str] = []
        self.also: list[str] = []
        self.secret = False

    def apart(self, node: ast.expr) -> ast.expr:
        match node:
            case _ if _is_literal(node):
                return node
            case ast.Compare() if not _searches(node):
                sides = [node.left, *node.comparators]
                bounds = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
                self.secret |= not bounds and any(map(_is_literal, sides))
                left, *others = map(self.apart, sides)
                return ast.Compare(left, node.ops, others)
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                return ast.UnaryOp(node.op, self.apart(node.operand))
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                self.secret |= _is_literal(node.left) or _is_literal(node.right)
                return ast.BinOp(self.apart(node.left), node.op, self.apart(node.right))
            case ast.Call() if _is_ours(node, self.code):
                return self._call(node)
        self.leaves.append(ast.unparse(node))
        return ast.Name(f"_leaf_{len(self.leaves) - 1}", ast.Load())

    def _call(self, node: ast.Call) -> ast.expr:
        kinds = isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        arguments = [self.apart(node.args[0]), node.args[1]] if kinds else [*map(self.apart, node.args)]
        call = ast.Call(node.func, arguments, node.keywords)
        # What is close to a literal is what the code is to come up with.
        self.secret |= ast.unparse(node.func) == "math.isclose"
        if len(arguments) == 1 and isinstance(arguments[0], ast.Name):
            self.also.append(ast.unparse(call))
        return call


def _searches(node: ast.Compare) -> bool:
    """Whether something is looked for in what the code made: only its own class may know how."""
    pairs = zip(node.ops, node.comparators, strict=True)
    return any(isinstance(op, ast.In | ast.NotIn) and not _is_literal(where) for op, where in pairs)


def _step(test: ast.expr, code: str) -> Step:
    taking = _Taking(code)
    return Step(test=taking.apart(test), leaves=tuple(taking.leaves), also=tuple(taking.also), secret=taking.secret)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_ours(node: ast.Call, code: str) -> bool:
    name = ast.unparse(node.func)
    if any(isinstance(each, ast.Starred) for each in node.args) or not node.args:
        return False
    if f"def {name}" in code or f"class {name}" in code or f"import {name}" in code.replace("import math", ""):
        return False
    if name == "isinstance":
        return len(node.args) == 2 and not node.keywords and _kinds(node.args[1]) is not None
    return name in _FUNCTIONS and all(each.arg and _is_literal(each.value) for each in node.keywords)


def _kinds(node: ast.expr) -> tuple[type, ...] | None:
    names: list[ast.expr] = node.elts if isinstance(node, ast.Tuple) else [node]
    kinds = tuple(_TYPES[each.id] for each in names if isinstance(each, ast.Name) and each.id in _TYPES)
    return kinds if len(kinds) == len(names) and not (int in kinds and bool not in kinds) else None


def holds(step: Step, values: Sequence[Any], also: Sequence[Any], claimed: bool) -> bool:
    """Whether the assertion holds of the leaves' values and those of ``step.also``, in the forms of ``child.encode``.

    ``claimed`` is what the code's process says of it, which counts only where the assertion is no secret and data
    cannot decide. Raises compare.Unreadable for malformed forms.
    """
    known = {f"_leaf_{number}": form for number, form in enumerate(values)}
    known |= dict(zip(step.also, also, strict=True))
    try:
        return bool(_compute(step.test, known))
    except (_Undecidable, ArithmeticError, TypeError, ValueError, LookupError, RecursionError, MemoryError):
        return _agrees(step.test, known) if step.secret else claimed


def _agrees(test: ast.expr, known: dict[str, Any]) -> bool:
    """Whether an object and a literal are the same, or not the same, by the rules of ``compare``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _agrees(test.operand, known)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.NotEq):
        return False
    leaf, other = test.left, test.comparators[0]
    if _is_literal(leaf):
        leaf, other = other, leaf
    literal, form = compare.literal(ast.unparse(other)), known.get(ast.unparse(leaf))
    if literal is None or form is None or form == ["..."]:
        return False
    return compare.same(compare.decode(form), literal[0]) is isinstance(test.ops[0], ast.Eq)


def _plain(form: Any) -> Any:
    """The value as Python's own types. Raises _Undecidable."""
    if form == ["..."]:
        raise _Undecidable
    return _own(compare.decode(form))


def _own(value: Any) -> Any:
    value = compare.as_number(value)
    match value:
        case compare.Opaque():
            raise _Undecidable
        case compare.Items(is_set=True):
            return {_own(item) for item, _ in value.pairs}
        case compare.Items():
            return {_own(key): _own(item) for key, item in value.pairs}
        case list():
            return [_own(item) for item in value]
        case tuple():
            return tuple(_own(item) for item in value)
    return value


def _compute(node: ast.expr, known: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return _plain(known[name])
        case ast.Compare():
            values = [_compute(each, known) for each in (node.left, *node.comparators)]
            pairs = zip(node.ops, values, values[1:], strict=False)
            return all(_relation(op, one, other) for op, one, other in pairs)
        case ast.UnaryOp(op=ast.Not()):
            return not _compute(node.operand, known)
        case ast.UnaryOp() if not _is_literal(node):
            return -_compute(node.operand, known)
        case ast.BinOp() if not _is_literal(node):
            return _arithmetic(node.op, _compute(node.left, known), _compute(node.right, known))
        case ast.Call():
            try:
                return _called(node, known)
            except (_Undecidable, TypeError):
                return _plain(known[ast.unparse(node)])
    return ast.literal_eval(node)


def _called(node: ast.Call, known: dict[str, Any]) -> Any:
    name = ast.unparse(node.func)
    if name == "isinstance":
        kinds = _kinds(node.args[1])
        assert kinds is not None
        return isinstance(_compute(node.args[0], known), kinds)
    keywords = {each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg}
    return _FUNCTIONS[name](*(_compute(each, known) for each in node.args), **keywords)


def _arithmetic(op: ast.operator, one: Any, other: Any) -> Any:
    if not all(isinstance(each, int | float | complex) and abs(each) < _LARGEST for each in (one, other)):
        raise _Undecidable
    match op:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
    return one / other


def _relation(op: ast.cmpop, one: Any, other: Any) -> bool:
    match op:
        case ast.Eq():
            return bool(one == other)
        case ast.NotEq():
            return bool(one != other)
        case ast.Lt():
            return bool(one < other)
        case ast.LtE():
            return bool(one <= other)
        case ast.Gt():
            return bool(one > other)
        case ast.GtE():
            return bool(one >= other)
        case ast.In():
            return one in other
        case ast.NotIn():
            return one not in other
    singletons = (None, True, False)
    if not any(one is each for each in singletons) and not any(other is each for each in singletons):
        raise _Undecidable
    return (one is other) is isinstance(op, ast.Is)
