"""From the raw text of a model's answer to the one program it stands by. Nothing is run."""

import ast
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.extraction.assembly import assemble, missing_names
from core.extraction.binding import bind, complete
from core.extraction.choice import choose, richest
from core.extraction.examples import trim
from core.extraction.fences import Answer, Block, read_answer
from core.extraction.names import Function, Kind, is_stub, walk_module_level
from core.extraction.parsing import compiles, parse
from core.extraction.source import Source, read

Problem = Literal["no code", "syntax error", "definition missing", "cut off"]
_MAX_BLOCKS = 400
_MAX_BODIES = 4
_INDENTED_CODE = re.compile(r"(?:[ ]{2,}|\t)(?:async[ \t]+def|def|class|import|from|@)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What an answer gave.

    ``code`` is a complete program that compiles and, unless ``problem`` says otherwise, defines the asked name; it ends
    in a newline. It is None exactly when ``problem`` is set.
    """

    code: str | None
    problem: Problem | None
    detail: str
    """One phrase for people: "SyntaxError: '(' was never closed (line 3)", "defines solv instead of solve"."""
    renamed_from: str | None = None
    """The name under which the answer defined what was asked, if the asked name was bound to it."""
    notes: tuple[str, ...] = ()
    """What was repaired or chosen, in words."""


def extract_code(
    answer: str,
    *,
    entry_point: str | None,
    kind: Kind = "function",
    preamble: str = "",
    parameters: tuple[str, ...] = (),
    header: str = "",
) -> Extraction:
    """Take the program out of ``answer``; never raises, whatever the text, and takes time linear in its length.

    Args:
        entry_point: the name that the spec asks for; None if it names none, then the block that defines most is taken.
        kind: what ``entry_point`` should be.
        preamble: Python of the spec's stub (imports, helpers); what the code needs of it is put in front.
        parameters: names of the asked parameters, without ``self``; a function under another name is taken for the
            asked one only if it can be called with as many.
        header: the stub's ``def`` line or lines; makes a program of an answer that is only the function's body. Made
            from ``parameters`` if not given.
    """
    taken = read_answer(answer)
    sources = [read(block) for block in _select(taken.blocks, entry_point)]
    loose = _loose_blocks(taken)
    if entry_point is None:
        found = richest(sources) or richest([s for s in map(read, loose) if s.definitions])
        return _finish(found, sources, taken, None, preamble) if found else _nothing(sources, taken, None)
    if choose(sources, entry_point, kind) is None:
        # Only now: prose beside a fence that has the code is prose.
        sources += [source for source in map(read, loose) if source.definitions or source.lost]
    if found := choose(sources, entry_point, kind):
        return _finish(found, sources, taken, entry_point, preamble, _of_other_kind(found, entry_point, kind))
    broken = any(source.failure and source.mentions(entry_point) for source in sources)
    if not broken and (renamed := bind(sources, entry_point, kind, parameters)):
        text = renamed.source.text.rstrip() + f"\n\n\n{renamed.binding}\n"
        source = _with_text(renamed.source, text)
        note = f"the answer defines {renamed.found}; {entry_point} was bound to it"
        done = _finish(source, sources, taken, entry_point, preamble, (note,))
        return replace(done, renamed_from=renamed.found) if done.code else done
    if not broken and kind == "function":
        stub = header.strip() or f"def {entry_point}({', '.join(parameters)}):"
        for body in [block.text for block in taken.blocks[:_MAX_BODIES] if block.python] or [taken.prose]:
            if program := complete(body, stub):
                source = _with_text(Source(block=Block(text=body), text="", tree=ast.Module([], [])), program)
                note = "the answer is a function body; the spec's header was put above it"
                return _finish(source, sources, taken, entry_point, preamble, (note,))
    return _nothing(sources, taken, entry_point)


def _select(blocks: Sequence[Block], name: str | None) -> list[Block]:
    """At most ``_MAX_BLOCKS`` in the order of the answer: those that mention the name before others, and of them the
    first and the last, because a model that runs on repeats itself in between."""
    if len(blocks) <= _MAX_BLOCKS:
        return list(blocks)
    order = sorted(
        range(len(blocks)), key=lambda i: (name is not None and name not in blocks[i].text, min(i, len(blocks) - i))
    )
    return [blocks[i] for i in sorted(order[:_MAX_BLOCKS])]


def _loose_blocks(taken: Answer) -> list[Block]:
    """Code outside of fences: at the left margin among prose, or indented as Markdown does."""
    if not taken.prose.strip():
        return []
    found = [Block(text=taken.prose, closed=False, fenced=False)]
    lines = taken.prose.split("\n")
    at = 0
    while at < len(lines) and len(found) < _MAX_BLOCKS:
        if not _INDENTED_CODE.match(lines[at]):
            at += 1
            continue
        end = at
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
            end += 1
        found.append(Block(text=textwrap.dedent("\n".join(lines[at:end])), closed=end < len(lines), fenced=False))
        at = end
    return found


def _with_text(source: Source, text: str) -> Source:
    tree = parse(text)
    return replace(source, text=text, tree=tree if isinstance(tree, ast.Module) else ast.Module([], []))


def _finish(
    source: Source,
    sources: Sequence[Source],
    taken: Answer,
    name: str | None,
    preamble: str,
    notes: tuple[str, ...] = (),
) -> Extraction:
    """The program made of ``source``."""
    said = [*taken.notes, *notes, *source.notes]
    source, dropped = _without_late_stubs(source, name)
    said += dropped
    needs = missing_names(source.text, source.tree)
    if source.cut and needs & source.lost:
        return _cut_off(f"{min(needs & source.lost)}, which the code uses, is incomplete")
    if source.cut:
        said.append("the answer is cut off after the definition")
    elif source.dropped and source.block.fenced:
        said.append("lines that are no Python were left out")
    elif not source.block.closed and source.block.fenced:
        said.append("the closing fence is missing")
    position = [block for block in taken.blocks if block.python or block is source.block]
    if len(position) > 1 and any(block is source.block for block in position):
        at = next(i for i, block in enumerate(position, 1) if block is source.block)
        said.append(f"block {at} of {len(position)}")
    trimmed = trim(source.text, source.tree, name)
    if trimmed.removed:
        said.append(f"{trimmed.removed} top-level example{'s' * (trimmed.removed > 1)} removed")
    tree = parse(trimmed.text)
    if not isinstance(tree, ast.Module):
        return Extraction(code=None, problem="syntax error", detail=str(tree), notes=tuple(said))
    program = assemble(trimmed.text, tree, _others(source, sources, name), preamble)
    code = program.text.strip("\n").rstrip() + "\n"
    if failure := compiles(code):
        return Extraction(code=None, problem="syntax error", detail=str(failure), notes=tuple(said))
    node = source.definitions.get(name) if name else None
    if node is not None and is_stub(node):
        said.append(f"the body of {name} is empty")
    detail = _list(source.definitions) if name is None else f"defines {name}"
    return Extraction(code=code, problem=None, detail=detail, notes=(*said, *program.notes))


def _of_other_kind(source: Source, name: str, kind: Kind) -> tuple[str, ...]:
    """A note if ``name`` is a class where a function was asked, or the other way round: it may serve, so it is kept."""
    node = source.definitions.get(name)
    if node is None or isinstance(node, ast.ClassDef) == (kind == "class"):
        return ()
    other = "function" if kind == "class" else "class"
    return (f"{name} is a {other} where a {kind} was asked",)


def _without_late_stubs(source: Source, name: str | None) -> tuple[Source, list[str]]:
    """Models that run on repeat the stub after the solution; Python would take the last one."""
    if name is None or len(source.tree.body) < 2:
        return source, []
    node = source.definitions.get(name)
    top = [s for s in source.tree.body if isinstance(s, Function | ast.ClassDef) and s.name == name]
    if node is None or not is_stub(node) or all(is_stub(statement) for statement in top) or node not in top:
        return source, []
    lines = source.text.split("\n")
    last_whole = max(index for index, statement in enumerate(top) if not is_stub(statement))
    for statement in top[last_whole + 1 :]:
        for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
            lines[number] = ""
    return _with_text(source, "\n".join(lines)), [f"an empty repetition of {name} was left out"]


def _others(source: Source, sources: Sequence[Source], name: str | None) -> list[tuple[str, ast.Module]]:
    """The other Python blocks, the nearest one above first, then those below."""
    at = next((i for i, other in enumerate(sources) if other.block is source.block), len(sources))
    around = [*reversed(sources[:at]), *sources[at + 1 :]]
    return [
        (other.text, other.tree) for other in around if other.tree.body and other.block.python and other.block.fenced
    ]


def _nothing(sources: Sequence[Source], taken: Answer, name: str | None) -> Extraction:
    """Say why there is no code."""
    notes = taken.notes
    if taken.unfinished_reasoning:
        return _cut_off("the answer ends within the model's reasoning", notes)
    failed = [source for source in sources if source.failure and (source.block.fenced or name)]
    broken = [source for source in failed if source.lost or (source.block.fenced and source.block.python)]
    meant = [source for source in failed if name and source.mentions(name)] or broken
    defined = {d for source in sources for d in source.definitions}
    nested = name is not None and any(_defined_inside(source.tree, name) for source in sources)
    if meant and not nested and (not defined or any(name and s.mentions(name) for s in meant)):
        worst = meant[-1]
        if worst.cut:
            return _cut_off(f"the code is incomplete: {worst.failure}", notes)
        return Extraction(code=None, problem="syntax error", detail=str(worst.failure), notes=notes)
    if name is not None and (nested or any(source.tree.body and source.block.python for source in sources)):
        what = f"{_list(defined)} instead of {name}" if defined else f"the code does not define {name}"
        what = f"{name} stands inside another definition" if nested else what
        return Extraction(code=None, problem="definition missing", detail=what, notes=notes)
    detail = "the answer holds no Python code" if taken.blocks or taken.prose.strip() else "the answer is empty"
    return Extraction(code=None, problem="no code", detail=detail, notes=notes)


def _defined_inside(tree: ast.Module, name: str) -> bool:
    top = {id(node) for statement in tree.body for node in walk_module_level(statement)}
    return any(
        isinstance(node, Function | ast.ClassDef) and node.name == name and id(node) not in top
        for node in ast.walk(tree)
    )


def _cut_off(detail: str, notes: tuple[str, ...] = ()) -> Extraction:
    return Extraction(code=None, problem="cut off", detail=detail, notes=notes)


def _list(names: object) -> str:
    listed = sorted(str(name) for name in names) if isinstance(names, dict | set) else []
    if not listed:
        return "defines nothing"
    return "defines " + ", ".join(listed[:6]) + (" and more" if len(listed) > 6 else "")
