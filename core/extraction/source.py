"""Read one block of an answer as Python: as it stands, repaired, or the part of it that is complete."""

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from core.extraction import chunks
from core.extraction.fences import Block
from core.extraction.names import Kind, defines, definitions, is_stub
from core.extraction.parsing import MAX_SOURCE, Failure, parse
from core.extraction.repairs import REPAIRS, TAB_REPAIRS

_AT_THE_END = ("was never closed", "unexpected EOF", "unterminated triple-quoted")
_MAX_PIECES = 4_000
"""Pieces of a broken block that are tried one by one."""


@dataclass(frozen=True)
class Source:
    """A block and what could be read of it.

    ``text`` parses to ``tree``; both are empty if nothing did, and ``failure`` says why. ``dropped`` is set when
    ``text`` is only a part of the block: ``lost`` are then names that the left out parts seem to define, and
    ``cut`` says that the answer ended in the middle of the last of them.
    """

    block: Block
    text: str
    tree: ast.Module
    notes: tuple[str, ...] = ()
    failure: Failure | None = None
    dropped: bool = False
    lost: frozenset[str] = frozenset()
    cut: bool = False

    @cached_property
    def definitions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """What the text defines, by name."""
        return definitions(self.tree)

    def quality(self, name: str, kind: Kind) -> int:
        """How good a definition of ``name`` stands here: 0 none, 1 a stub, 2 by assignment or of the other kind,
        3 the asked one."""
        how: Literal["definition", "other kind", "assignment", "no"] = defines(self.tree, name, kind)
        if how == "no":
            return 0
        node = self.definitions.get(name)
        if node is not None and is_stub(node):
            return 1
        return 3 if how == "definition" else 2

    def mentions(self, name: str) -> bool:
        """True if the block, parsed or not, holds the header of a definition of ``name``."""
        return header_pattern(name).search(self.block.text) is not None


def header_pattern(name: str) -> re.Pattern[str]:
    """Matches the start of a ``def`` or ``class`` of ``name`` anywhere in a text."""
    return re.compile(rf"\b(?:def|class)[ \t]+{re.escape(name)}\b")


def read(block: Block) -> Source:
    """Read ``block``; never raises. Of a block beyond ``MAX_SOURCE`` the beginning is read: a model that runs on
    repeats itself."""
    if len(block.text) > MAX_SOURCE:
        head = block.text[:MAX_SOURCE]
        shorter = replace(block, text=head[: head.rfind("\n") + 1] or head, closed=False)
        source = read(shorter)
        return replace(
            source, block=block, notes=(*source.notes, f"only its first {MAX_SOURCE:,} characters were read")
        )
    first = parse(block.text)
    if isinstance(first, ast.Module):
        return Source(block=block, text=block.text, tree=first)
    return _repaired(block) or _salvaged(block, first)


def _empty() -> ast.Module:
    return ast.Module(body=[], type_ignores=[])


def _repaired(block: Block) -> Source | None:
    text = block.text
    notes: list[str] = []
    for note, repair in REPAIRS:
        changed = repair(text)
        if changed == text:
            continue
        text = changed
        notes.append(note)
        tree = parse(text)
        if isinstance(tree, ast.Module):
            return Source(block=block, text=text, tree=tree, notes=tuple(notes))
    for note, repair in TAB_REPAIRS:
        changed = repair(text)
        expanded = parse(changed) if changed != text else None
        if isinstance(expanded, ast.Module):
            return Source(block=block, text=changed, tree=expanded, notes=(*notes, note))
    return None


def _salvaged(block: Block, failure: Failure) -> Source:
    """The complete top-level statements of a block that is cut off or has prose in it."""
    pieces = chunks.split(block.text)
    lines = block.text.split("\n")
    last = max((index for index, piece in enumerate(pieces) if piece.kind == "code"), default=-1)
    kept: list[str] = []
    lost: set[str] = set()
    cut = False
    for index, piece in enumerate(pieces):
        if piece.kind == "comment":
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            if following is not None and following.kind == "code" and piece.lines[-1].strip():
                kept.append(piece.text)
            continue
        if piece.kind == "prose" or index >= _MAX_PIECES:
            continue
        tree = parse(piece.text)
        if isinstance(tree, ast.Module):
            kept.append(piece.text)
            continue
        binds = piece.binds
        if binds:
            lost.add(binds)
            failure = Failure(tree.message, None if tree.line is None else tree.line + piece.start)
        ends_here = index == last and not any(line.strip() for line in lines[piece.end :])
        cut = cut or (ends_here and _at_end(tree, piece) and not block.closed)
    text = "\n".join(kept)
    whole = parse(text)
    if isinstance(whole, Failure):
        return Source(block=block, text="", tree=_empty(), failure=failure, dropped=True, cut=cut)
    return Source(block=block, text=text, tree=whole, failure=failure, dropped=True, lost=frozenset(lost), cut=cut)


def _at_end(failure: Failure, piece: chunks.Chunk) -> bool:
    """True if what is wrong with ``piece`` is that it ends too early."""
    if any(sign in failure.message for sign in _AT_THE_END):
        return True
    filled = [number for number, line in enumerate(piece.lines, 1) if line.strip()]
    return failure.line is not None and bool(filled) and failure.line >= filled[-1]
