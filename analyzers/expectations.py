"""Compare and classify expected results that a model or a spec wrote, without ever executing them."""

import ast
import math
from typing import Any

from analyzers.pysource import parse_expression


def raised_name(expectation: str) -> str | None:
    """The exception's name of an expectation such as ``raises ValueError``, None for a value."""
    words = expectation.strip().split(None, 2)
    if len(words) >= 2 and words[0].lower() in {"raises", "raise"}:
        name = words[1].strip("`:.,()").split("(", 1)[0].rpartition(".")[2]
        return name if name.isidentifier() else None
    return None


def same_expression(left: str, right: str) -> bool:
    """Whether two sources are the same expression, white space and quoting aside."""
    a, b = parse_expression(left), parse_expression(right)
    return a is not None and b is not None and ast.dump(a) == ast.dump(b)


def same_expectation(left: str, right: str) -> bool:
    """Whether two expectations agree: the same exception, equal literals, or the same expression."""
    raised = raised_name(left), raised_name(right)
    if raised != (None, None):
        return raised[0] == raised[1]
    a, b = parse_expression(left), parse_expression(right)
    if a is None or b is None:
        return False
    try:
        return _equal(ast.literal_eval(a), ast.literal_eval(b))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ast.dump(a) == ast.dump(b)


def _equal(a: Any, b: Any) -> bool:
    # bool is an int in Python; to a specification True and 1 are different answers.
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
        return numbers and (a == b or math.isclose(a, b, rel_tol=1e-9))
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


_ALLOWED: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "list": (list,),
    "List": (list,),
    "dict": (dict,),
    "Dict": (dict,),
    "tuple": (tuple,),
    "Tuple": (tuple,),
    "set": (set,),
    "Set": (set,),
    "None": (type(None),),
}


def contradicts_annotation(value_source: str, annotation: str | None) -> bool:
    """Whether a literal certainly is not of the annotated type; False wherever that cannot be told.

    Only the outermost type counts: ``[1]`` contradicts ``str`` but not ``list[str]``.
    """
    if annotation is None:
        return False
    allowed = _outer_types(parse_expression(annotation))
    node = parse_expression(value_source)
    if allowed is None or node is None:
        return False
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    if isinstance(value, bool):
        return bool not in allowed and int not in allowed
    return not isinstance(value, allowed)


def _outer_types(node: ast.expr | None) -> tuple[type, ...] | None:
    """The types an annotation admits at its outermost level, None if unknown."""
    match node:
        case ast.Constant(value=None):
            return (type(None),)
        case ast.Constant(value=str() as quoted):
            return _outer_types(parse_expression(quoted))
        case ast.Name(id=name):
            return _ALLOWED.get(name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            a, b = _outer_types(left), _outer_types(right)
            return a + b if a is not None and b is not None else None
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            types = _outer_types(inner)
            return (*types, type(None)) if types is not None else None
        case ast.Subscript(value=ast.Name(id=name)):
            return _ALLOWED.get(name)
    return None
