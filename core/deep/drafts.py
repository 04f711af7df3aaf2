"""Drafts to compare: programs for one spec that were written without knowledge of each other."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.pysource import parse_module

_Documented = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Draft:
    """A complete program. ``origin`` says where it comes from, such as "draft 2" or "samples.jsonl, line 48"."""

    code: str
    origin: str


def different(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """``drafts`` without those that repeat an earlier one; layout, comments, docstrings and annotations do not count.

    A copy would count one reading of the spec twice.
    """
    first: dict[str, Draft] = {}
    for draft in drafts:
        first.setdefault(_program(draft.code), draft)
    return tuple(first.values())


def _program(code: str) -> str:
    tree = parse_module(code)
    if tree is None:
        return code
    for node in ast.walk(tree):
        if isinstance(node, _Documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    # Imports that are there for annotations differ without any consequence.
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    try:
        return ast.dump(tree)
    except RecursionError:
        return code
