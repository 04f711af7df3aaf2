"""Read one block of text: its examples, and the prose that is left."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analyzers.bindings import read_bindings
from analyzers.calls import checked_assert, read_arrows, read_asserts
from analyzers.doctests import read_doctests
from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found, claim_lines, mask
from analyzers.pysource import Positions, parse_module
from analyzers.sentences import split_sentences
from analyzers.spec import Example, Sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """What one block holds."""

    excerpt: Excerpt
    examples: tuple[Found, ...]
    sentences: tuple[Sentence, ...] = ()


def read_block(excerpt: Excerpt, context: Context, *, prose: bool = True) -> Reading:
    """Read a docstring, a paragraph, or a fence that holds no program (``prose`` False: without sentences)."""
    examples, claims = read_doctests(excerpt, context)
    rest = Excerpt(mask(excerpt.text, claims), excerpt.offsets)
    for reader in (read_asserts, read_bindings, read_arrows):
        found = reader(rest, context)
        examples += found
        claims += [example.claim for example in found if example.claim]
        rest = Excerpt(mask(rest.text, [(example.start, example.end) for example in found]), rest.offsets)
    examples.sort(key=lambda example: example.start)
    sentences = split_sentences(Excerpt(mask(excerpt.text, claims), excerpt.offsets)) if prose else ()
    return Reading(excerpt, tuple(examples), sentences)


def read_program(excerpt: Excerpt, context: Context) -> Reading:
    """Read a fence of Python that is not a stub; asserts may need the statements before them."""
    tree = parse_module(excerpt.text)
    if tree is None or not any(isinstance(node, ast.Assert) for node in tree.body):
        return read_block(excerpt, context, prose=False)
    positions = Positions(excerpt.text)
    found: list[Found] = []
    done = setup = 0
    for node in tree.body:
        start, end = positions.start(node), positions.end(node)
        if isinstance(node, ast.Assert):
            alone = checked_assert(excerpt.text[start:end], context)
            if alone is not None:
                found.append(_assert(excerpt.text, alone, start, end))
            elif context.name and context.name in _names(tree, setup, end, positions):
                source = excerpt.text[setup:end].strip()
                found.append(replace(_assert(excerpt.text, source, start, end), shared=True))
                setup = end
        elif setup < done or not found:
            setup = min(setup, start)
        done = end
    rest = read_block(Excerpt(mask(excerpt.text, [(f.start, f.end) for f in found]), excerpt.offsets), context)
    both = sorted([*found, *rest.examples], key=lambda example: example.start)
    return Reading(excerpt, tuple(both))


def _assert(text: str, source: str, start: int, end: int) -> Found:
    return Found(kind="assert", source=source, want=None, start=start, end=end, claim=claim_lines(text, start, end))


def _names(tree: ast.Module, start: int, end: int, positions: Positions) -> set[str]:
    return {
        name.id
        for node in tree.body
        if start <= positions.start(node) < end
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }


def number(readings: Iterable[Reading], *, one_session: bool = False) -> tuple[Example, ...]:
    """The examples in the order of the text, each in its group.

    Sessions of one block share a namespace (with ``one_session`` all sessions do, as in a file that doctest runs);
    every other example stands alone.
    """
    examples: list[Example] = []
    group, session = 0, -1
    for reading in sorted(readings, key=lambda reading: reading.excerpt.offsets[0]):
        session = session if one_session else -1
        for found in reading.examples:
            if found.shared and session < 0:
                session = group
                group += 1
            own = session if found.shared else group
            group += 0 if found.shared else 1
            span = reading.excerpt.span(found.start, found.end)
            examples.append(Example(found.kind, found.source, found.want, own, span))
    return tuple(examples)
