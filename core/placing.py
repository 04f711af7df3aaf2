"""Put code into a file that holds other code: definitions in the place of their namesakes, the rest beside them."""

import ast
from dataclasses import dataclass

from analyzers.pysource import parse_module

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class _Piece:
    """A top-level statement with the comments right above it. Lines are 0-based, ``end`` exclusive."""

    node: ast.stmt
    start: int
    end: int


def placed(existing: str, code: str) -> str | None:
    """``existing`` with what ``code`` defines in it.

    A function, class or constant replaces its namesake where that stands; imports that are missing are added; what is
    new goes before the first namesake, else to the end. None if one of the two does not parse, or if statements share
    a line.
    """
    ours, theirs = _pieces(code), _pieces(existing)
    if ours is None or theirs is None:
        return None
    code_rows, rows = code.split("\n"), existing.rstrip("\n").split("\n") if existing.strip() else []
    namesakes = {name: piece for piece in theirs if (name := _name(piece.node))}
    known = {ast.unparse(piece.node) for piece in theirs if isinstance(piece.node, ast.Import | ast.ImportFrom)}
    swaps: list[tuple[_Piece, list[str]]] = []
    imports, futures, fresh = [], [], []
    for index, piece in enumerate(ours):
        node, text = piece.node, code_rows[piece.start : piece.end]
        if isinstance(node, ast.Import | ast.ImportFrom):
            if ast.unparse(node) not in known:
                (futures if _is_future(node) else imports).extend(text)
        elif index == 0 and _is_docstring(node):
            continue
        elif (twin := namesakes.get(_name(node) or "")) is not None:
            swaps.append((twin, text))
        else:
            fresh.append((node, text))
    made = rows
    for twin, text in sorted(swaps, key=lambda swap: swap[0].start, reverse=True):
        made = [*made[: twin.start], *text, *made[twin.end :]]
    new = _spaced(fresh)
    if new:
        at = _home(theirs, [twin for twin, _ in swaps], len(made))
        made = _inserted(made, at, new)
    after_imports = max(
        (piece.end for piece in theirs if isinstance(piece.node, ast.Import | ast.ImportFrom)), default=None
    )
    docstring = theirs[0].end if theirs and _is_docstring(theirs[0].node) else 0
    if imports:
        at = docstring if after_imports is None else after_imports
        made = [*made[:at], *([""] if after_imports is None and at else []), *imports, *_gap(made, at), *made[at:]]
    if futures:
        made = [*made[:docstring], *([""] if docstring else []), *futures, *_gap(made, docstring), *made[docstring:]]
    text = "\n".join(made).rstrip("\n") + "\n"
    return text if parse_module(text) is not None else None


def holds_more(existing: str, code: str) -> bool:
    """Whether ``existing`` defines something that ``code`` does not, so that replacing all of it would lose that."""
    ours, theirs = _pieces(code), _pieces(existing)
    if ours is None or theirs is None:
        return False
    named = {_name(piece.node) for piece in ours}
    return any(_name(piece.node) not in named for piece in theirs if not _passive(piece.node))


def _passive(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node)


def _pieces(text: str) -> list[_Piece] | None:
    tree = parse_module(text)
    if tree is None:
        return None
    rows, found, free = text.split("\n"), [], 0
    for node in tree.body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) - 1
        if first < free:
            return None
        while first > free and rows[first - 1].startswith("#"):
            first -= 1
        free = node.end_lineno or node.lineno
        found.append(_Piece(node, first, free))
    return found


def _name(node: ast.stmt) -> str | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _spaced(pieces: list[tuple[ast.stmt, list[str]]]) -> list[str]:
    made: list[str] = []
    for node, text in pieces:
        if made and isinstance(node, _Definition):
            made += ["", ""]
        made += text
    return made


def _home(theirs: list[_Piece], twins: list[_Piece], end: int) -> int:
    """Where new definitions go: before the first namesake, else before a main guard at the end, else to the end."""
    if twins:
        return min(twin.start for twin in twins)
    if theirs and _is_main_guard(theirs[-1].node):
        return theirs[-1].start
    return end


def _inserted(rows: list[str], at: int, new: list[str]) -> list[str]:
    before = ["", ""] if at and rows[at - 1].strip() else []
    after = ["", ""] if at < len(rows) else []
    return [*rows[:at], *before, *new, *after, *rows[at:]]


def _gap(rows: list[str], at: int) -> list[str]:
    """Blank lines between an import that is put at ``at`` and a definition that follows at once."""
    return ["", ""] if at < len(rows) and rows[at].startswith(("def ", "class ", "async ", "@")) else []
