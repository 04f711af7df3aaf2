"""Specs in Markdown: headings, paragraphs, lists, fences and tables, each with its place in the text."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from analyzers.blocks import Reading, number, read_block, read_program, rejections
from analyzers.excerpt import Excerpt, join
from analyzers.flaws import fence_flaws, with_flaws
from analyzers.found import Context, claim_lines, mask
from analyzers.pysource import parse_module
from analyzers.python_stub import Module, Stub, read_module, read_stub, sentences_of
from analyzers.signatures import from_examples, from_text
from analyzers.spec import Flaw, Signature, Spec, SpecFormat
from analyzers.tables import Cell, Table, read_table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)\Z")
_AFTER_CODE = re.compile(r"#{2,6}[ \t]|[-*+][ \t]|\d+\.[ \t]|\||[A-Z`*](?:[^\n]*[ ]){3}")
_PYTHON = frozenset({"python", "py", "python3", "py3", "pycon", "doctest", "{code-block}", "{python}"})
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "console", "example", "examples", "output"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the document; ``line`` is its first line, 0-based."""

    kind: Literal["heading", "text", "fence", "table"]
    line: int
    excerpt: Excerpt
    language: str = ""
    table: Table | None = None


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Only blocks are parsed: spans inside of a paragraph are read from its source, where every position is known.
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.disable(["reference"])
    return parser


def markdown_specs(text: str, whole: Excerpt) -> tuple[Spec, ...]:
    """One spec for each stub in a fence of Python; without any, the document is one spec."""
    pieces, flaws = _document(whole)
    modules = [(piece, module) for piece in pieces if (module := _stub_module(piece)) is not None]
    stubs = [(piece, module, stub) for piece, module in modules for stub in module.stubs]
    if not stubs:
        return with_flaws([_unstubbed(text, whole, pieces)], flaws)
    preambles = _helpers(pieces, {stub.signature.name for _, _, stub in stubs})
    borders = _borders(pieces, [piece for piece, _, _ in stubs], len(whole.text.split("\n")))
    defined = frozenset().union(*(module.defined for _, module in modules), *(helper.known for helper in preambles))
    specs = []
    helping = frozenset().union(*(helper.known for helper in preambles))
    defining = {id(piece) for piece, _ in modules}
    lines = [piece.line for piece in pieces]
    starts = _starts(whole)
    for (_, module, stub), (first, last) in zip(stubs, borders, strict=True):
        known = helping | module.known
        module = replace(module, known=known, defined=defined)
        around = pieces[bisect_left(lines, first) : bisect_left(lines, last)]
        others = [other for other in around if id(other) not in defining]
        context = replace(_context(stub.signature, known), elsewhere=defined)
        readings = [*_read(others, context), *_own(module, stub)]
        preamble = "\n\n".join(part for part in (*(helper.preamble for helper in preambles), module.preamble) if part)
        specs.append(_spec(text, whole, stub.signature, preamble, readings, (starts[first], starts[last])))
    return with_flaws(specs, flaws)


def _starts(whole: Excerpt) -> list[int]:
    """Where each line begins, and where one after the last would."""
    return [*(start for start, _ in whole.lines()), len(whole.text) + 1]


def _own(module: Module, stub: Stub) -> list[Reading]:
    return read_stub(module, stub)


def _unstubbed(text: str, whole: Excerpt, pieces: list[Piece]) -> Spec:
    # Headings and text first: a fence may only show how the function is used.
    signature: Signature | None = None
    for piece in sorted(pieces, key=lambda piece: piece.kind == "fence"):
        shown = "# " + piece.excerpt.text if piece.kind == "heading" else piece.excerpt.text
        stated = from_text(shown) if piece.kind != "table" and _is_code(piece) else None
        if stated and (signature is None or (stated[0].source and not signature.source)):
            signature = stated[0]
            if piece.kind != "heading" and signature.source and (line := claim_lines(piece.excerpt.text, *stated[1])):
                masked = replace(piece, excerpt=Excerpt(mask(piece.excerpt.text, [line]), piece.excerpt.offsets))
                pieces = [masked if other is piece else other for other in pieces]
    readable = [piece.excerpt for piece in pieces if piece.kind in ("text", "fence") and _is_code(piece)]
    signature = signature or from_examples(join(readable))
    readings = _read(pieces, _context(signature, frozenset()))
    return _spec(text, whole, signature, "", readings, (0, len(whole.text) + 1))


def _spec(
    text: str,
    whole: Excerpt,
    signature: Signature | None,
    preamble: str,
    readings: list[Reading],
    begins: tuple[int, int],
) -> Spec:
    """``begins``: where the spec does, and where what follows it does."""
    start, end = begins[0], max(begins[0], begins[1] - 1)
    examples = number(readings, one_session=True)
    return Spec(
        text=text,
        format=SpecFormat.MARKDOWN,
        signature=signature,
        preamble=preamble,
        sentences=sentences_of(readings),
        examples=examples,
        span=whole.span(start, end),
        rejected=rejections(readings, examples, signature.name if signature else None),
    )


def _context(signature: Signature | None, known: frozenset[str]) -> Context:
    if signature is None:
        return Context(name=None, known=known)
    parameters = signature.parameters if signature.source else None
    return Context(name=signature.name, parameters=parameters, returns=signature.returns, known=known)


def _is_code(piece: Piece) -> bool:
    return piece.kind != "fence" or piece.language in _PYTHON | _PLAIN


def _stub_module(piece: Piece) -> Module | None:
    """The fence's program if something in it is left to write."""
    if piece.kind != "fence" or not _is_code(piece) or ">>>" in piece.excerpt.text.lstrip()[:3]:
        return None
    module = read_module(piece.excerpt)
    return module if module and not module.complete else None


def _helpers(pieces: list[Piece], asked: set[str]) -> list[Module]:
    """Fences of finished Python that the spec gives beside the stub; a solution of the stub is none."""
    found = []
    for piece in pieces:
        if piece.kind == "fence" and piece.language in _PYTHON and parse_module(piece.excerpt.text):
            module = read_module(piece.excerpt)
            if module and module.complete:
                name = module.stubs[0].signature.name
                helper = module.excerpt.text.strip()
                if name not in asked and not module.known & asked and not module.asserts:
                    found.append(replace(module, preamble=helper, known=module.known | {name}))
    return found


def _borders(pieces: list[Piece], stubs: list[Piece], lines: int) -> Iterator[tuple[int, int]]:
    """The lines of each stub's section: from the heading before it to the heading before the next stub."""
    starts = []
    for number_, stub in enumerate(stubs):
        before = stubs[number_ - 1].line if number_ else -1
        headings = [p.line for p in pieces if p.kind == "heading" and before < p.line < stub.line]
        starts.append(0 if number_ == 0 else headings[-1] if headings else stub.line)
    for number_, start in enumerate(starts):
        end = starts[number_ + 1] if number_ + 1 < len(starts) else lines
        yield start, max(start, end)


def _read(pieces: list[Piece], context: Context) -> list[Reading]:
    readings: list[Reading] = []
    run: list[Excerpt] = []

    def flush() -> None:
        if run:
            readings.append(read_block(join(run), context))
            run.clear()

    for piece in pieces:
        if piece.kind == "text":
            # A blank line between: no sentence spans two pieces, but an input and its output may.
            run.extend([piece.excerpt, Excerpt("", [piece.excerpt.offsets[-1]])])
            continue
        flush()
        if piece.kind == "table" and piece.table:
            rows, left = read_table(piece.table, context)
            readings += [Reading(excerpt, (found,)) for excerpt, found in rows]
            readings += [Reading(excerpt, (), left=(rejected,)) for excerpt, rejected in left]
        elif piece.kind == "fence" and _is_code(piece):
            program = piece.language in _PYTHON
            readings.append((read_program if program else _read_plain)(piece.excerpt, context))
    flush()
    return readings


def _read_plain(excerpt: Excerpt, context: Context) -> Reading:
    return read_block(excerpt, context, prose=False)


def _document(whole: Excerpt) -> tuple[list[Piece], list[Flaw]]:
    lines = list(whole.lines())
    pieces: list[Piece] = []
    unclosed: list[tuple[int, int]] = []
    for first, last, opening in _parts(whole.text.split("\n")):
        source = whole.text[lines[first][0] : lines[last - 1][1]]
        pieces += _tokens(_parser().parse(source), whole, lines[first:last], first)
        unclosed += [(opening, last)] if opening is not None else []
    return pieces, list(fence_flaws(whole, unclosed))


def _parts(lines: list[str]) -> Iterator[tuple[int, int, int | None]]:
    """Cut the document after a fence that is never closed, so that the fence does not swallow the rest.

    Each part comes with the line that opens the fence at its end which is never closed, if there is one.

    It is cut at the first line after a blank one that cannot be code, or at the next fence that names a language.
    """
    begin = opened = 0
    fence, cut = "", 0
    for at, line in enumerate(lines):
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not fence:
            if found:
                fence, cut, opened = found[1], 0, at
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""
        elif found and found[1] == fence:
            end = cut or at
            yield begin, end, opened
            begin, cut, opened = end, 0, at
            fence = found[1]
        elif not cut and at and not lines[at - 1].strip() and _AFTER_CODE.match(line) and parse_module(line) is None:
            cut = at
    if fence and cut:
        yield begin, cut, opened
        begin, fence = cut, ""
    yield begin, len(lines), opened if fence else None


def _tokens(tokens: "list[Token]", whole: Excerpt, lines: list[tuple[int, int]], shift: int) -> Iterator[Piece]:
    heading = False
    header: list[str] = []
    rows: list[tuple[Excerpt, tuple[Cell, ...]]] = []
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            heading = True
        elif token.type == "heading_close":
            heading = False
        elif token.type in ("fence", "code_block") and token.map:
            first = token.map[0] + (token.type == "fence")
            excerpt = _place(whole, lines, first, token.content.split("\n")[:-1])
            words = token.info.split()
            yield Piece("fence", token.map[0] + shift, excerpt, words[0].lower() if words else "")
        elif token.type == "table_open":
            header, rows = [], []
        elif token.type == "tr_open" and token.map:
            cells, row = [], token.map[0]
        elif token.type == "tr_close" and cells is not None:
            if header:
                rows.append(_row(whole[slice(*lines[row])], cells))
            header, cells = header or cells, None
        elif token.type == "table_close":
            start = rows[0][0] if rows else Excerpt("", [0])
            yield Piece("table", shift + row, start, table=Table(tuple(header), tuple(rows)))
        elif token.type == "inline" and cells is not None:
            cells.append(token.content)
        elif token.type == "inline" and token.map:
            excerpt = _place(whole, lines, token.map[0], token.content.split("\n"))
            yield Piece("heading" if heading else "text", token.map[0] + shift, excerpt)


def _place(whole: Excerpt, lines: list[tuple[int, int]], first: int, contents: list[str]) -> Excerpt:
    """The contents of a token, line by line, found again in the lines of the source."""
    pieces = []
    for (start, end), content in zip(lines[first : first + len(contents)], contents, strict=False):
        source = whole.text[start:end]
        at = len(source) - len(content) if source.endswith(content) else source.find(content)
        pieces.append(whole[start + at : start + at + len(content)] if at >= 0 else whole[start:end])
    return join(pieces) if pieces else Excerpt("", [lines[first - 1][1] if 0 < first <= len(lines) else 0])


def _row(excerpt: Excerpt, contents: list[str]) -> tuple[Excerpt, tuple[Cell, ...]]:
    cells = []
    at = 0
    for content in contents:
        written = content if content in excerpt.text[at:] else content.replace("|", "\\|")
        found = excerpt.text.find(written, at)
        start = found if found >= 0 else at
        at = start + (len(written) if found >= 0 else 0)
        cells.append(Cell(content, start, at))
    return excerpt, tuple(cells)
