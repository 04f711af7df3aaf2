"""Make one program of a block: what it lacks comes from the rest of the answer, then from the spec's stub."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.extraction.examples import segment, statement_texts
from core.extraction.names import BUILTINS, annotation_names, bound, bound_by
from core.extraction.parsing import global_names, parse


@dataclass(frozen=True, slots=True)
class Program:
    """The text of a program and what was added to it, in words."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    binds: frozenset[str]
    statement: ast.stmt


def missing_names(text: str, tree: ast.Module) -> frozenset[str]:
    """Names that ``text`` uses and neither binds nor finds among the builtins."""
    return (global_names(text) | annotation_names(tree)) - bound_by(tree.body) - BUILTINS


def assemble(text: str, tree: ast.Module, others: Sequence[tuple[str, ast.Module]], preamble: str) -> Program:
    """The program of ``text``.

    ``others`` are the other blocks of the answer, best first; from them come definitions, imports and assignments
    that ``text`` needs. ``preamble`` is the Python of the spec's stub: its imports and helpers fill what is still
    missing, and stand for a builtin of the same name, as they would in the spec's own file.
    """
    own = bound_by(tree.body)
    wanted = (global_names(text) | annotation_names(tree)) - own
    stub = _pieces(preamble)
    offered = frozenset().union(*(piece.binds for piece in stub)) if stub else frozenset()
    joined: list[_Piece] = []
    have = set(own)
    for other_text, other_tree in others:
        if not wanted - have - BUILTINS:
            break
        pieces = [piece for piece in _pieces(other_text, other_tree) if _can_move(piece)]
        taken = _needed(pieces, wanted - have - BUILTINS)
        joined = taken + joined
        for piece in taken:
            have |= piece.binds
            wanted |= _reads(piece)
    from_stub = _needed(stub, {name for name in wanted - have if name in offered or name not in BUILTINS})
    future = [piece for piece in stub if _is_future(piece.statement) and not any(_is_future(s) for s in tree.body)]
    if not (joined or from_stub or future):
        return Program(text, ())
    notes = []
    if from_stub or future:
        notes.append(_described(from_stub or future, "taken from the spec"))
    if joined:
        notes.append(_described(joined, "taken from another block of the answer"))
    head, rest = _split_future(text, tree)
    parts = [
        "\n".join([piece.text for piece in future] + head),
        _block([piece for piece in from_stub if not _is_future(piece.statement)]),
        _block(joined),
        rest.strip("\n"),
    ]
    return Program("\n\n".join(part for part in parts if part.strip()), tuple(notes))


def _pieces(text: str, tree: ast.Module | None = None) -> list[_Piece]:
    """The top-level statements of ``text``; none if it does not parse."""
    parsed = parse(text) if tree is None else tree
    if not isinstance(parsed, ast.Module):
        return []
    texts = statement_texts(text, parsed.body)
    return [_Piece(own, bound(statement), statement) for own, statement in zip(texts, parsed.body, strict=True)]


def _can_move(piece: _Piece) -> bool:
    """Definitions, imports (also conditional ones) and plain assignments may join another block."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    if isinstance(piece.statement, ast.If | ast.Try):
        return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(piece.statement))
    return isinstance(piece.statement, kinds) and not _is_future(piece.statement)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _reads(piece: _Piece) -> frozenset[str]:
    return (global_names(piece.text) | annotation_names(piece.statement)) - piece.binds


def _needed(pieces: Sequence[_Piece], wanted: Iterable[str]) -> list[_Piece]:
    """The pieces that bind ``wanted`` names and, in turn, what those read, in their order. A star import is taken
    while a name is left that nothing binds."""
    open_names = set(wanted)
    seen: set[str] = set()
    taken: set[int] = set()
    offers: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        for name in piece.binds:
            offers.setdefault(name, []).append(index)
    while open_names:
        name = open_names.pop()
        seen.add(name)
        for index in offers.get(name, offers.get("*", ()) if name not in BUILTINS else ()):
            if index not in taken and not _is_future(pieces[index].statement):
                taken.add(index)
                open_names |= _reads(pieces[index]) - seen
    return [pieces[index] for index in sorted(taken)]


def _described(pieces: Sequence[_Piece], where: str) -> str:
    imports = all(isinstance(piece.statement, ast.Import | ast.ImportFrom) for piece in pieces)
    if imports:
        return f"imports {where}"
    names = sorted(frozenset().union(*(piece.binds for piece in pieces)))
    return f"{', '.join(names[:5])}{' and more' if len(names) > 5 else ''} {where}"


def _block(pieces: Sequence[_Piece]) -> str:
    """Pieces under each other, definitions set off by blank lines."""
    out: list[str] = []
    for piece in pieces:
        simple = "\n" not in piece.text
        out.append(piece.text if simple or not out else "\n" + piece.text)
    return "\n".join(out)


def _split_future(text: str, tree: ast.Module) -> tuple[list[str], str]:
    """``from __future__`` imports must stay first; they are taken out of ``text``."""
    lines = text.split("\n")
    gone: set[int] = set()
    head: list[str] = []
    for statement in tree.body:
        if _is_future(statement):
            head.append(segment(lines, statement))
            gone.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return head, "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)
