"""Python source as a tree, with positions as code points; never raises on what is not Python."""

import ast
import re
import threading
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

_LONGEST_LINE = 20_000
"""CPython's error path is quadratic in the length of a line: longer ones are not parsed."""

_DEFINITION = re.compile(r"^(?:@|(?:async[ \t]+)?def[ \t]|class[ \t])", re.M)
_LAST_INDENT = re.compile(r"^([ \t]*)\S.*\Z", re.M)
_RUNS_ON = re.compile(r"[0-9]\.?[A-Za-z_]")
_SHORT = 400
"""Characters; trees of sources up to this length are kept for a while."""

_quiet = threading.Lock()


def parse_module(source: str) -> ast.Module | None:
    """The tree of ``source``, None if it is not Python or too deep or too long to be parsed safely.

    Trees are shared: whoever gets one only reads it.
    """
    return _parse_short(source) if len(source) <= _SHORT else _parse(source)


def _parse(source: str) -> ast.Module | None:
    if len(source) > _LONGEST_LINE and any(len(line) > _LONGEST_LINE for line in source.split("\n")):
        return None
    # What the parser warns of: escapes, (3.14) leaving a finally block, and a number that runs into a word.
    if "\\" not in source and "finally" not in source and not _RUNS_ON.search(source):
        return _tree(source)
    # "\d" or "1or 2" in a spec must not print a SyntaxWarning over the screen.
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _tree(source)


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


# The readers of examples, the rules and the scores look at the same calls and results one after the other.
_parse_short = lru_cache(2048)(_parse)


def first_error(source: str) -> tuple[bool, int] | None:
    """Why ``source`` is not Python: whether its indentation is to blame, and the 1-based line.

    None if it is Python, or too long or too deep to be parsed safely.
    """
    if any(len(line) > _LONGEST_LINE for line in source.split("\n")):
        return None
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except SyntaxError as error:
            return isinstance(error, IndentationError), max(1, error.lineno or 1)
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return None
    return None


def walk(tree: ast.AST) -> list[ast.AST]:
    """Every node in the order of ``ast.walk``, contexts left out, in a quarter of its time."""
    found = [tree]
    for node in found:
        if node.__class__ is ast.Constant:
            continue
        for field in node._fields:
            value = getattr(node, field, None)
            if value.__class__ is list:
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and field != "ctx":
                found.append(value)
    return found


def parse_expression(source: str) -> ast.expr | None:
    """The tree of one expression (white space around it does not matter), or None."""
    tree = parse_module(source.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


def parse_truncated(source: str) -> tuple[str, ast.Module] | None:
    """Parse Python that may stop too early: after a header, or inside of a docstring.

    Returns the text that did parse, which is ``source`` or ``source`` with something appended.
    """
    tree = parse_module(source)
    if tree is not None:
        return source, tree
    last = source.rstrip()[-400:].rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())] + "    "
    quotes = [quote for quote in ('"""', "'''") if quote in source]
    for ending in (f"\n{indent}pass", *(f"\n{indent}{q}" for q in quotes), *quotes, f":\n{indent}pass"):
        repaired = source.rstrip() + ending + "\n"
        tree = parse_module(repaired)
        if tree is not None:
            return repaired, tree
    return None


def top_level_chunks(source: str) -> Iterator[tuple[int, int]]:
    """Pieces of a file that does not parse as a whole, each beginning at a definition in the first column."""
    starts = [match.start() for match in _DEFINITION.finditer(source)]
    # A decorator and the definition under it belong together.
    starts = [
        start
        for before, start in zip([None, *starts], starts, strict=False)
        if before is None or source[before] != "@" or "\n" in source[before:start].rstrip("\n")
    ]
    for start, end in zip([0, *starts], [*starts, len(source)], strict=False):
        if source[start:end].strip():
            yield start, end


class Positions:
    """Turns the line and UTF-8 column of a node into an offset in code points."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._columns: dict[int, list[int]] = {}

    def offset(self, line: int, column: int) -> int:
        """``line`` is 1-based, ``column`` 0-based in bytes, as in ``ast``."""
        text = self._lines[line - 1]
        if text.isascii():
            return self._starts[line - 1] + column
        if line not in self._columns:
            at, columns = 0, []
            for char in text:
                columns.append(at)
                at += len(char.encode())
            self._columns[line] = columns
        return self._starts[line - 1] + bisect_right(self._columns[line], column - 1)

    def start(self, node: ast.stmt | ast.expr) -> int:
        """Where the node begins, its decorators included."""
        first: ast.stmt | ast.expr = node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
            first = node.decorator_list[0]
            return self.text.rfind("@", 0, self.offset(first.lineno, first.col_offset))
        return self.offset(first.lineno, first.col_offset)

    def end(self, node: ast.stmt | ast.expr) -> int:
        """Where the node ends."""
        # ast.parse always sets both; only trees made by hand lack them.
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def source(self, node: ast.stmt | ast.expr) -> str:
        """The node as written, without decorators."""
        return self.text[self.offset(node.lineno, node.col_offset) : self.end(node)]

    def line_start(self, line: int) -> int:
        """Where a 1-based line begins."""
        return self._starts[line - 1]
