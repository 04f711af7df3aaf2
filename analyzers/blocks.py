"""Read one block of text: its examples, and the prose that is left."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from analyzers.bindings import read_bindings
from analyzers.calls import checked_assert, read_arrows, read_asserts
from analyzers.doctests import read_doctests
from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found, claim_lines, mask
from analyzers.pysource import Positions, parse_module
from analyzers.rejected import Left, read_rejected, settle
from analyzers.sentences import split_sentences
from analyzers.spec import Example, Rejected, Sentence

_SHORT = 4_000
"""Characters; what blocks up to this length hold is kept for a while."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one block holds."""

    excerpt: Excerpt
    examples: tuple[Found, ...]
    sentences: tuple[Sentence, ...] = ()
    left: tuple[Left, ...] = ()


def read_block(excerpt: Excerpt, context: Context, *, prose: bool = True) -> Reading:
    """Read a docstring, a paragraph, or a fence that holds no program (``prose`` False: without sentences)."""
    text = excerpt.text
    examples, told, left = (_take_apart_short if len(text) <= _SHORT else _take_apart)(text, context)
    sentences = split_sentences(Excerpt(told, excerpt.offsets)) if prose else ()
    return Reading(excerpt, examples, sentences, left)


def _take_apart(text: str, context: Context) -> tuple[tuple[Found, ...], str, tuple[Left, ...]]:
    """The examples, the text in which what is no prose is masked, and what is written as an example and is none."""
    here = range(len(text) + 1)
    examples, claims, left = read_doctests(Excerpt(text, here), context)
    rest = mask(text, claims)
    for reader in (read_asserts, read_bindings, read_arrows):
        found = reader(Excerpt(rest, here), context)
        examples += found
        claims += [example.claim for example in found if example.claim]
        rest = mask(rest, [(example.start, example.end) for example in found])
    examples.sort(key=lambda example: example.start)
    rejected = read_rejected(Excerpt(rest, here), context)
    return tuple(examples), mask(text, claims), (*left, *rejected)


# While somebody types, all stubs of a file but one are those of the moment before.
_take_apart_short = lru_cache(512)(_take_apart)


def read_program(excerpt: Excerpt, context: Context) -> Reading:
    """Read a fence of Python that is not a stub; asserts may need the statements before them."""
    tree = parse_module(excerpt.text)
    if tree is None or not any(isinstance(node, ast.Assert) for node in tree.body):
        return read_block(excerpt, context, prose=False)
    positions = Positions(excerpt.text)
    found: list[Found] = []
    pending: list[ast.stmt] = []
    for node in tree.body:
        if not isinstance(node, ast.Assert):
            pending.append(node)
            continue
        start, end = positions.start(node), positions.end(node)
        alone = checked_assert(excerpt.text[start:end], context)
        if alone is not None:
            found.append(_assert(excerpt.text, alone, start, end))
        elif context.name in _names([*pending, node]):
            parts = [excerpt.text[positions.start(part) : positions.end(part)] for part in [*pending, node]]
            found.append(replace(_assert(excerpt.text, "\n".join(parts), start, end), shared=True))
            pending = []
    context = replace(context, elsewhere=context.elsewhere | _bound(tree))
    rest = read_block(Excerpt(mask(excerpt.text, [(f.start, f.end) for f in found]), excerpt.offsets), context)
    both = sorted([*found, *rest.examples], key=lambda example: example.start)
    return Reading(excerpt, tuple(both), left=rest.left)


def _assert(text: str, source: str, start: int, end: int) -> Found:
    return Found(kind="assert", source=source, want=None, start=start, end=end, claim=claim_lines(text, start, end))


def _names(nodes: Iterable[ast.stmt]) -> set[str]:
    return {name.id for node in nodes for name in ast.walk(node) if isinstance(name, ast.Name)}


def _bound(tree: ast.Module) -> set[str]:
    """Every name that the program defines, at any depth."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
    return bound


def number(readings: Iterable[Reading], *, one_session: bool = False) -> tuple[Example, ...]:
    """The examples in the order of the text, each in its group.

    Sessions of one block share a namespace (with ``one_session`` all sessions do, as in a file that doctest runs);
    every other example stands alone.
    """
    placed = [
        (reading.excerpt.span(found.start, found.end), -1 if one_session else block, found)
        for block, reading in enumerate(readings)
        for found in reading.examples
    ]
    sessions: dict[int, int] = {}
    examples: list[Example] = []
    groups = 0
    for span, block, found in sorted(placed, key=lambda item: (item[0].start, item[0].end)):
        group = sessions.get(block, groups) if found.shared else groups
        if found.shared:
            sessions[block] = group
        groups += group == groups
        examples.append(Example(found.kind, found.source, found.want, group, span))
    return tuple(examples)


def rejections(readings: Iterable[Reading], examples: Iterable[Example], name: str | None) -> tuple[Rejected, ...]:
    """What is written as an example and cannot be run, in the order of the text."""
    return settle(((reading.excerpt, left) for reading in readings for left in reading.left), examples, name)
