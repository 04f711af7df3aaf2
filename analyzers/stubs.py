"""Tell a Python file that asks for code from one that holds it."""

import ast
from collections.abc import Iterator

from analyzers.pysource import parse_truncated, top_level_chunks

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_DECLARING = frozenset({"Protocol", "ABC", "ABCMeta", "TypedDict", "NamedTuple", "Enum"})
_DECLARED = frozenset({"overload", "abstractmethod", "abstractproperty"})


def asks_for_code(text: str) -> bool:
    """Whether a function of the file, or a method of its classes, is still to be written.

    The body of such a function is only a docstring, ``...``, ``pass`` or ``raise NotImplementedError``. What is
    complete as it stands does not count: protocols, abstract classes and methods, overloads, and the empty hooks of a
    class whose other methods are written.
    """
    return any(_asks(node) for node in _statements(text))


def _statements(text: str) -> Iterator[ast.stmt]:
    parsed = parse_truncated(text)
    if parsed is not None:
        yield from parsed[1].body
        return
    for start, end in top_level_chunks(text):
        if (parsed := parse_truncated(text[start:end])) is not None:
            yield from parsed[1].body


def _asks(node: ast.stmt) -> bool:
    if isinstance(node, _Function):
        return _is_stub(node)
    if not isinstance(node, ast.ClassDef) or any(_last_name(base) in _DECLARING for base in _bases(node)):
        return False
    methods = [item for item in node.body if isinstance(item, _Function)]
    return bool(methods) and all(_is_stub(item) or item.name == "__init__" for item in methods)


def _bases(node: ast.ClassDef) -> list[ast.expr]:
    return [*node.bases, *(keyword.value for keyword in node.keywords)]


def _is_stub(node: _Function) -> bool:
    if any(_last_name(decorator) in _DECLARED for decorator in node.decorator_list):
        return False
    return all(_is_blank(item) for item in node.body)


def _is_blank(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value is ... or isinstance(node.value.value, str)
    return isinstance(node, ast.Raise) and node.exc is not None and _last_name(node.exc) == "NotImplementedError"


def _last_name(node: ast.expr) -> str:
    """``overload`` of ``typing.overload``, ``Protocol`` of ``Protocol[T]``, the name of what is called."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
