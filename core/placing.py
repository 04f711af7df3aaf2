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
    imports: list[str] = []
    futures: list[str] = []
    fresh: list[tuple[ast.stmt, list[str]]] = []
    edits: list[tuple[int, int, int, list[str]]] = []  # first line, rank among equals, end, lines in their place
    for index, piece in enumerate(ours):
        node, text = piece.node, code_rows[piece.start : piece.end]
        if isinstance(node, ast.Import | ast.ImportFrom):
            if ast.unparse(node) not in known:
                (futures if _is_future(node) else imports).extend(text)
        elif index == 0 and _is_docstring(node):
            continue
        elif (twin := namesakes.get(_name(node) or "")) is not None:
            edits.append((twin.start, 3, twin.end, text))
        else:
            fresh.append((node, text))
    home = _home(theirs, [start for start, *_ in edits], len(rows))
    docstring = theirs[0].end if theirs and _is_docstring(theirs[0].node) else 0
    top = _end_of_imports(theirs)
    if fresh:
        edits.append((home, 2, home, _set_apart(rows, home, _spaced(fresh))))
    if imports:
        at = docstring if top is None else top
        lines = [*([""] if top is None and at else []), *imports, *_gap(rows, at)]
        edits.append((at, 1, at, lines))
    if futures:
        edits.append((docstring, 0, docstring, [*([""] if docstring else []), *futures, *_gap(rows, docstring)]))
    # From the end to the beginning, so that the places of what is still to be done stay true.
    for start, _, end, lines in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        rows = [*rows[:start], *lines, *rows[end:]]
    made = "\n".join(rows).rstrip("\n") + "\n"
    return made if parse_module(made) is not None else None


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


def _home(theirs: list[_Piece], namesakes: list[int], end: int) -> int:
    """Where new definitions go: before the first namesake, else before a main guard at the end, else to the end."""
    if namesakes:
        return min(namesakes)
    if theirs and _is_main_guard(theirs[-1].node):
        return theirs[-1].start
    return end


def _end_of_imports(theirs: list[_Piece]) -> int | None:
    """The line behind the last import before anything is defined, None if there is none."""
    end = None
    for piece in theirs:
        if isinstance(piece.node, _Definition):
            break
        if isinstance(piece.node, ast.Import | ast.ImportFrom):
            end = piece.end
    return end


def _set_apart(rows: list[str], at: int, new: list[str]) -> list[str]:
    before = ["", ""] if at and rows[at - 1].strip() else []
    return [*before, *new, *(["", ""] if at < len(rows) else [])]


def _gap(rows: list[str], at: int) -> list[str]:
    """Blank lines between an import that is put at ``at`` and a definition that follows at once."""
    return ["", ""] if at < len(rows) and rows[at].startswith(("def ", "class ", "async ", "@")) else []
