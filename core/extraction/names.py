"""What the statements of a module bind, read and define."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from typing import Literal

Kind = Literal["function", "class"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__", "__annotations__"}
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def walk_module_level(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of ``statement`` that run in the module's own scope: bodies of functions and classes are left out."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, (*_SCOPES, ast.Lambda, *_COMPREHENSIONS)):
            continue
        stack.extend(ast.iter_child_nodes(node))


def bound(statement: ast.stmt) -> frozenset[str]:
    """The names that ``statement`` binds in the module; "*" stands for a star import."""
    names: set[str] = set()
    for node in walk_module_level(statement):
        if isinstance(node, _SCOPES):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return frozenset(names)


def bound_by(statements: Iterable[ast.stmt]) -> frozenset[str]:
    """The names that ``statements`` bind together."""
    return frozenset().union(*(bound(statement) for statement in statements))


def annotation_names(tree: ast.AST) -> frozenset[str]:
    """Names in annotations, also those that are written as strings."""
    names: set[str] = set()
    for node in ast.walk(tree):
        annotations: list[ast.expr | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            annotations.append(node.annotation)
        elif isinstance(node, Function):
            annotations.append(node.returns)
        for annotation in annotations:
            if annotation is None:
                continue
            for part in ast.walk(annotation):
                if isinstance(part, ast.Name):
                    names.add(part.id)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    names.update(_IDENTIFIER.findall(part.value))
    return frozenset(names)


def reads(statement: ast.stmt) -> frozenset[str]:
    """Every name that ``statement`` loads at module level, and those loaded in its functions too (a superset)."""
    return frozenset(n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def definitions(tree: ast.Module) -> dict[str, Function | ast.ClassDef]:
    """Functions and classes that the module defines, also within ``if`` and ``try``; the last of a name counts."""
    found: dict[str, Function | ast.ClassDef] = {}
    for statement in tree.body:
        # Reversed, because the walk is depth-first from the right.
        for node in reversed(list(walk_module_level(statement))):
            if isinstance(node, _SCOPES):
                found[node.name] = node
    return found


def defines(tree: ast.Module, name: str, kind: Kind) -> Literal["definition", "other kind", "assignment", "no"]:
    """How the module binds ``name``. An import or a plain value (``count = 3``) is no definition."""
    node = definitions(tree).get(name)
    if node is not None:
        return "definition" if isinstance(node, ast.ClassDef) == (kind == "class") else "other kind"
    for statement in tree.body:
        for part in walk_module_level(statement):
            if isinstance(part, ast.Assign) and _assigns_callable(part, name):
                return "assignment"
    return "no"


def _assigns_callable(node: ast.Assign, name: str) -> bool:
    if not any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
        return False
    value = node.value
    if isinstance(value, ast.Call):
        # `count = count(xs)` in a block of examples is a use, `solve = lru_cache(_solve)` is a definition.
        return not any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(value))
    return isinstance(value, ast.Lambda | ast.Attribute | ast.Name)


def is_stub(node: Function | ast.ClassDef) -> bool:
    """True if the body does nothing: a docstring, ``pass``, ``...`` or ``raise NotImplementedError``."""
    return all(_idle(statement) for statement in node.body)


def _idle(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def accepts(node: Function, count: int, *, method: bool = False) -> bool:
    """True if ``node`` can be called with ``count`` positional arguments (``self`` not counted for a method)."""
    arguments = node.args
    most = len(arguments.posonlyargs) + len(arguments.args) - method
    least = most - len(arguments.defaults)
    required_keywords = any(default is None for default in arguments.kw_defaults)
    return not required_keywords and least <= count and (count <= most or arguments.vararg is not None)
