"""Mutants of a function: the same text with one small fault, as mutation testing makes them.

The operators are the usual ones (DeMillo, Lipton, Sayward 1978; those of mutmut and cosmic-ray): arithmetic, comparison
and boolean operators, negated conditions, boundaries and constants off by one, statements removed, results replaced,
arguments and bounds of slices dropped or swapped, functions replaced by their neighbours. Each mutant differs from the
reference by one of them, and no two mutants are the same text.

Left alone is what no comparison of results can see: the signature's annotations, docstrings, what is raised, and guards
that do nothing but raise.
"""

import ast
import copy
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one fault; ``was`` and ``becomes`` are the lines that differ, as ``ast.unparse`` writes them."""

    program: str
    was: str
    becomes: str


_Replace = Callable[[Any], None]

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv, ast.Add),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_NEIGHBOURS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "reversed": "list",
    "lower": "upper",
    "upper": "lower",
    "strip": "lstrip",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "startswith": "endswith",
    "endswith": "startswith",
    "find": "rfind",
    "rfind": "find",
    "index": "rindex",
    "partition": "rpartition",
    "rpartition": "partition",
    "split": "rsplit",
    "rsplit": "split",
    "floor": "ceil",
    "ceil": "floor",
    "bisect_left": "bisect_right",
    "bisect_right": "bisect_left",
    "isdigit": "isalpha",
    "isalpha": "isalnum",
    "isalnum": "isalpha",
    "match": "search",
    "fullmatch": "match",
    "popleft": "pop",
    "appendleft": "append",
}
_SPLITS = frozenset({"split", "rsplit"})
_SAME_WITHOUT = frozenset({"keys", "copy"})
"""Methods whose result serves as the object itself does, if nobody changes it."""
_KEPT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass)


def mutants(program: str, name: str) -> list[Mutant]:
    """All mutants of the function ``name`` of ``program``, in the order of its text.

    Args:
        program: Parses, and defines the function; its docstring is left out of the mutants.
        name: Of the function; what stands outside of it is not changed.
    """
    tree = _without_annotations(ast.parse(program), name)
    original = ast.unparse(tree)
    seen = {original}
    made = []
    for text in _texts(tree, name):
        if text not in seen:
            seen.add(text)
            made.append(Mutant(text, *_difference(original, text)))
    return made


def _without_annotations(tree: ast.Module, name: str) -> ast.Module:
    """Without the docstring and the annotations of the signature, which no input can reach."""
    function = _function(tree, name)
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:] or [ast.Pass()]
    function.returns = None
    for each in ast.walk(function.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return tree


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == name)


def _texts(tree: ast.Module, name: str) -> Iterator[str]:
    """Every mutant's text; ``tree`` is changed and changed back."""
    function = _function(tree, name)
    last = function.body[-1]
    for parent, field, node, put in _places(function):
        for new in _mutations(node, parent, field):
            if node is last and isinstance(node, ast.Return) and isinstance(new, ast.Pass):
                continue  # falls off the end, which returns None: another mutant does
            put(new)
            yield ast.unparse(ast.fix_missing_locations(tree))
            put(node)


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, str, ast.AST, _Replace]]:
    """Parent, field, node, and what puts another node in its place."""
    for field, value in list(ast.iter_fields(parent)):
        if field in ("annotation", "returns") or isinstance(parent, ast.Raise):
            continue
        if isinstance(value, list):
            items: list[Any] = value
            for index, item in enumerate(list(items)):
                if isinstance(item, ast.AST) and not _is_guard(item) and not _is_docstring(parent, field, index, item):
                    yield parent, field, item, partial(items.__setitem__, index)
                    yield from _places(item)
        elif isinstance(value, ast.AST):
            yield parent, field, value, partial(setattr, parent, field)
            yield from _places(value)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and not node.orelse and all(isinstance(each, ast.Raise) for each in node.body)


def _is_docstring(parent: ast.AST, field: str, index: int, node: ast.AST) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text and field == "body" and index == 0 and isinstance(parent, ast.FunctionDef | ast.ClassDef)


def _mutations(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand in the place of ``node``."""
    if isinstance(node, ast.stmt):
        yield from _statements(node)
    elif isinstance(node, ast.expr):
        yield from _expressions(node)
        negated_already = isinstance(node, ast.UnaryOp) or (isinstance(node, ast.Compare) and len(node.ops) == 1)
        if field in ("test", "ifs") and not negated_already:
            yield ast.UnaryOp(op=ast.Not(), operand=node)
        if field == "ifs":
            yield ast.Constant(True)


def _statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(value=value):
            if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(value=ast.Constant(None))
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
            yield ast.Pass()
        case ast.AugAssign(op=op):
            for other in _ARITHMETIC.get(type(op), ()):
                changed = copy.copy(node)
                changed.op = other()
                yield changed
            yield ast.Assign(targets=[node.target], value=node.value)
            yield ast.Pass()
        case ast.If(orelse=orelse) if orelse:
            without = copy.copy(node)
            without.orelse = []
            yield without
            yield ast.Pass()
        case _ if not isinstance(node, _KEPT):
            yield ast.Pass()


def _expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=value):
            yield from (ast.Constant(each) for each in _constants(value))
        case ast.BinOp(op=op):
            for other in _ARITHMETIC.get(type(op), ()):
                changed = copy.copy(node)
                changed.op = other()
                yield changed
        case ast.Compare(ops=ops):
            for index, found in enumerate(ops):
                for replacement in _COMPARISONS[type(found)]:
                    comparison = copy.copy(node)
                    comparison.ops = [*ops[:index], replacement(), *ops[index + 1 :]]
                    yield comparison
        case ast.BoolOp(op=op, values=values):
            logical = copy.copy(node)
            logical.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield logical
            for index in range(len(values)):
                fewer = [*values[:index], *values[index + 1 :]]
                yield fewer[0] if len(fewer) == 1 else ast.BoolOp(op=op, values=fewer)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield ast.IfExp(test=node.test, body=orelse, orelse=body)
        case ast.Slice():
            yield from _slices(node)
        case ast.Call():
            yield from _calls(node)


def _constants(value: object) -> Iterator[bool | float | str]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            yield value - 1
        case str():
            yield value + "X"
            if value:
                yield ""


def _slices(node: ast.Slice) -> Iterator[ast.expr]:
    for bound in ("lower", "upper", "step"):
        value = getattr(node, bound)
        if value is not None:
            without = copy.copy(node)
            setattr(without, bound, None)
            yield without
            if bound != "step" and not isinstance(value, ast.Constant):
                for by in (ast.Add, ast.Sub):
                    moved = copy.copy(node)
                    setattr(moved, bound, ast.BinOp(left=value, op=by(), right=ast.Constant(1)))
                    yield moved


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    match node.func:
        case ast.Name(id="sorted"):
            yield ast.Call(func=ast.Name("list", ast.Load()), args=node.args, keywords=[])
        case ast.Name(id=called) if called in _NEIGHBOURS:
            yield _called(node, ast.Name(_NEIGHBOURS[called], ast.Load()))
        case ast.Attribute(attr=called) if called in _SPLITS and len(node.args) + len(node.keywords) < 2:
            pass  # without a limit both are the same
        case ast.Attribute(value=value, attr=called) if called in _NEIGHBOURS:
            yield _called(node, ast.Attribute(value, _NEIGHBOURS[called], ast.Load()))
    commutes = isinstance(node.func, ast.Name) and node.func.id in ("min", "max")
    for index in range(0 if commutes else len(node.args) - 1):
        swapped = copy.copy(node)
        before, first, second, after = node.args[:index], *node.args[index : index + 2], node.args[index + 2 :]
        swapped.args = [*before, second, first, *after]
        yield swapped
    for index in range(len(node.keywords)):
        fewer = copy.copy(node)
        fewer.keywords = [*node.keywords[:index], *node.keywords[index + 1 :]]
        yield fewer
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        at = 0 if len(node.args) == 1 else 1
        if at < len(node.args) and not isinstance(node.args[at], ast.Constant | ast.Starred):
            for by in (ast.Add, ast.Sub):
                longer = copy.copy(node)
                longer.args = list(node.args)
                longer.args[at] = ast.BinOp(left=node.args[at], op=by(), right=ast.Constant(1))
                yield longer
    alone = not node.args and not node.keywords
    if isinstance(node.func, ast.Attribute) and alone and node.func.attr not in _SAME_WITHOUT:
        yield node.func.value  # the method is not called: text.strip() is text


def _called(node: ast.Call, function: ast.expr) -> ast.Call:
    changed = copy.copy(node)
    changed.func = function
    return changed


def _difference(original: str, mutant: str) -> tuple[str, str]:
    """The lines that differ, joined by blanks."""
    before, after = original.splitlines(), mutant.splitlines()
    was: list[str] = []
    becomes: list[str] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            was += before[i1:i2]
            becomes += after[j1:j2]
    return _joined(was), _joined(becomes)


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
