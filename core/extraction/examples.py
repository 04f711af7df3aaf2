"""Remove what an answer runs to show its code: example calls, prints, asserts, the main guard.

They are no part of the asked code, and run at import: they can fail, hang on ``input()`` or fill the screen. Kept are
definitions, imports, assignments that the code needs, and calls that set something up (``sys.setrecursionlimit``).
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.extraction.names import bound, bound_by, definitions, reads
from core.extraction.parsing import global_names

_RUNNERS = frozenset({"print", "input", "pprint", "display", "exit", "quit", "breakpoint", "help"})
_RUNNER_METHODS = frozenset(
    {("sys", "exit"), ("os", "_exit"), ("doctest", "testmod"), ("unittest", "main"), ("pytest", "main")}
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LASTING = (*_SCOPES, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The text without its examples, and how many statements were removed."""

    text: str
    removed: int


def trim(text: str, tree: ast.Module, asked: str | None) -> Trimmed:
    """Remove the examples from ``text``, which parses to ``tree``; ``asked`` is the name that must stay.

    A text that defines nothing is a script and stays as it is. What is kept is kept byte for byte.
    """
    defined = frozenset(definitions(tree)) | ({asked} if asked and asked in bound_by(tree.body) else set())
    if not defined:
        return Trimmed(text, 0)
    needed = _needed(text, tree, asked)
    removed: list[ast.stmt] = []
    shown: frozenset[str] = frozenset()
    for index, statement in enumerate(tree.body):
        if index == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if bound(statement) & needed or not _is_example(statement, defined, shown):
            continue
        removed.append(statement)
        shown |= bound(statement)
    return Trimmed(_without(text, tree.body, removed), len(removed)) if removed else Trimmed(text, 0)


def _needed(text: str, tree: ast.Module, asked: str | None) -> frozenset[str]:
    """Names of the module that its definitions use, and the names that those are made from."""
    lines = text.split("\n")
    needed: set[str] = {asked} if asked else set()
    simple: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, _SCOPES):
            needed |= global_names(segment(lines, statement))
        else:
            simple.append(statement)
    # Backwards, because a value is made before it is used; again, for the rare text that is out of order.
    for _ in range(3):
        before = len(needed)
        for statement in reversed(simple):
            if bound(statement) & needed:
                needed |= reads(statement)
        if len(needed) == before:
            break
    return frozenset(needed)


def segment(lines: Sequence[str], statement: ast.stmt) -> str:
    """The whole lines of ``statement``, decorators included."""
    return "\n".join(lines[first_line(statement) - 1 : statement.end_lineno])


def statement_texts(text: str, body: Sequence[ast.stmt]) -> list[str]:
    """The text of each statement of ``body``: whole lines, or the part of a line where several share it.

    ``ast.get_source_segment`` would split the whole text again for each of them.
    """
    lines = text.split("\n")
    shared = lines_of_several(body)
    return [
        segment(lines, statement)
        if shared.isdisjoint((first_line(statement), statement.end_lineno))
        else _cut_out(lines, statement)
        for statement in body
    ]


def _cut_out(lines: Sequence[str], statement: ast.stmt) -> str:
    """The statement without its neighbours on the same lines; columns of a tree count bytes."""
    raw = [line.encode() for line in lines[first_line(statement) - 1 : statement.end_lineno]]
    raw[-1] = raw[-1][: statement.end_col_offset]
    raw[0] = raw[0][statement.col_offset :]
    return b"\n".join(raw).decode()


def first_line(statement: ast.stmt) -> int:
    """The 1-based line on which ``statement`` begins, decorators included."""
    decorators = statement.decorator_list if isinstance(statement, _SCOPES) else []
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _is_example(statement: ast.stmt, defined: frozenset[str], shown: frozenset[str]) -> bool:
    if _is_main_guard(statement):
        return True
    if any(isinstance(node, _LASTING) for node in ast.walk(statement)):
        return False
    loads = reads(statement)
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    runs = bool(loads & shown) or any(_runs(call, defined) for call in calls)
    if isinstance(statement, ast.Expr | ast.Assert):
        # `Base.register(Thing)` sets something up; `solve(3) == 4` shows something.
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not loads & shown:
            return _runs(value.func, defined)
        return runs or bool(loads & defined)
    return runs


def _runs(function: ast.expr, defined: frozenset[str]) -> bool:
    """True if calling ``function`` runs the answer's own code, or talks to a terminal."""
    if isinstance(function, ast.Name):
        return function.id in defined or function.id in _RUNNERS
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name):
            return (function.value.id, function.attr) in _RUNNER_METHODS
        return isinstance(function.value, ast.Call) and _runs(function.value.func, defined)
    return False


def _is_main_guard(statement: ast.stmt) -> bool:
    if not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare)):
        return False
    sides = [statement.test.left, *statement.test.comparators]
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)


def _without(text: str, body: Sequence[ast.stmt], removed: Sequence[ast.stmt]) -> str:
    """``text`` without the ``removed`` statements and the comments that introduce them."""
    gone = {id(statement) for statement in removed}
    lines = text.split("\n")
    keep = [True] * len(lines)
    previous_end = 0
    previous_gone = False
    shared = lines_of_several(body)
    for statement in body:
        first, last = first_line(statement), statement.end_lineno or statement.lineno
        if id(statement) in gone:
            if shared.isdisjoint((first, last)):
                for number in range(previous_end, last):
                    keep[number] = number < previous_end or (number < first - 1 and _belongs_above(lines[number]))
            else:
                _blank_out(lines, statement)
        previous_end, previous_gone = last, id(statement) in gone
    if previous_gone:
        for number in range(previous_end, len(lines)):
            keep[number] = False
    return "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept)


def _belongs_above(line: str) -> bool:
    """An indented comment between two statements belongs to the one above."""
    return line[:1] in (" ", "\t") and bool(line.strip())


def lines_of_several(body: Sequence[ast.stmt]) -> set[int]:
    """Lines on which one statement ends and the next one begins (``a = 1; print(a)``)."""
    return {first_line(after) for before, after in pairwise(body) if before.end_lineno == first_line(after)}


def _blank_out(lines: list[str], statement: ast.stmt) -> None:
    """Replace a statement that shares its line by ``pass``; columns of a tree count bytes."""
    if statement.lineno != statement.end_lineno:
        return
    raw = lines[statement.lineno - 1].encode()
    # The same number of bytes, so that the columns of the statements after it stay right.
    filler = b"pass".ljust((statement.end_col_offset or 0) - statement.col_offset)
    lines[statement.lineno - 1] = (raw[: statement.col_offset] + filler + raw[statement.end_col_offset :]).decode()
