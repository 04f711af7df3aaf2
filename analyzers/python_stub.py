"""Python files whose functions or classes are still to be written: stubs, with what they bring along."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzers.blocks import Reading, number, read_block, rejections
from analyzers.calls import called_name, checked_assert
from analyzers.excerpt import Excerpt, join
from analyzers.found import Context, Found
from analyzers.lazy import lazy
from analyzers.literals import decode
from analyzers.pysource import Positions, parse_truncated, top_level_chunks
from analyzers.rejected import Left, rejected_assert
from analyzers.signatures import from_definition
from analyzers.spec import Sentence, Signature, Spec, SpecFormat

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_COMMENT = lazy(r"^[ \t]*#[ \t!:]?(?![ \t]*(?:noqa|secondpass:|type:|pylint|fmt:|mypy|ruff|pragma))(.*)$", re.M)
_CARRIED = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
_CONDITIONAL = (ast.If, ast.Try)


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement and where it stands in the excerpt."""

    node: ast.stmt
    start: int
    end: int
    positions: Positions
    shift: int

    def excerpt(self, whole: Excerpt, node: ast.expr) -> Excerpt:
        """The piece of ``whole`` that ``node`` covers."""
        start = self.shift + self.positions.start(node)
        return whole[start : self.shift + self.positions.end(node)]


@dataclass(frozen=True, slots=True)
class Stub:
    """One definition to complete, before its examples are read."""

    signature: Signature
    statement: Statement
    prose: tuple[Excerpt, ...]
    """Docstrings and comments."""


@dataclass(frozen=True, slots=True)
class Module:
    """A Python text taken apart."""

    excerpt: Excerpt
    stubs: tuple[Stub, ...]
    preamble: str
    known: frozenset[str]
    asserts: dict[str, list[Statement]]
    """The assert statements of the file, by the name they test."""
    defined: frozenset[str]
    """Every name that the file defines, methods included."""
    docstring: Excerpt | None
    intact: bool
    """Whether the text is Python as it stands."""
    complete: bool
    """False if nothing is left to write: the last definition is then taken for the one meant."""


def read_module(excerpt: Excerpt) -> Module | None:
    """Take a Python text apart; None if it defines nothing."""
    parsed = parse_truncated(excerpt.text)
    statements = list(_statements(excerpt.text, parsed))
    intact = parsed is not None and parsed[0] is excerpt.text
    definitions = [s for s in statements if isinstance(s.node, Definition)]
    stubs = [s for s in definitions if _is_stub(s.node)]
    if any(not _is_marker_class(s.node) for s in stubs):
        stubs = [s for s in stubs if not _is_marker_class(s.node)]
    complete = not stubs
    if complete:
        stubs = definitions[-1:]
    if not stubs:
        return None
    names = {s.node.name for s in stubs if isinstance(s.node, Definition)}
    asked = {id(s) for s in stubs}
    carried = {id(s) for s in statements if id(s) not in asked and _is_carried(s.node, names)}
    limits = {
        id(s): following.start if following else len(excerpt.text)
        for s, following in zip(statements, [*statements[1:], None], strict=True)
    }
    first = statements[0].node
    docstring = None
    if isinstance(first, ast.Expr) and (value := _string(first)) is not None:
        docstring = decode(statements[0].excerpt(excerpt, first.value), value)
    return Module(
        excerpt=excerpt,
        stubs=tuple(_stub(excerpt, s, limits[id(s)]) for s in stubs),
        preamble=_preamble(excerpt.text, statements, carried),
        known=frozenset(name for s in statements if id(s) in carried for name in _bound(s.node)),
        asserts=_asserts(excerpt.text, statements, names),
        defined=frozenset(name for s in statements for name in _defined(s.node)),
        docstring=docstring,
        intact=intact,
        complete=complete,
    )


def read_stub(module: Module, stub: Stub) -> list[Reading]:
    """The examples and sentences of one stub, those of the whole file included if it is the only one."""
    signature = stub.signature
    context = Context(
        name=signature.name,
        parameters=signature.parameters,
        returns=signature.returns,
        known=module.known,
        elsewhere=module.defined,
    )
    readings = [read_block(piece, context) for piece in stub.prose]
    if module.docstring is not None and len(module.stubs) == 1:
        readings.append(read_block(module.docstring, context))
    found: list[Found] = []
    left: list[Left] = []
    for statement in module.asserts.get(signature.name, ()):
        start, end = statement.start, statement.end
        checked = checked_assert(module.excerpt.text[start:end], context)
        if checked:
            found.append(Found(kind="assert", source=checked, want=None, start=start, end=end))
        elif rejected := rejected_assert(module.excerpt.text[start:end], start, context):
            left.append(rejected)
    readings.append(Reading(module.excerpt, tuple(found), left=tuple(left)))
    return readings


def specs_of(text: str, module: Module) -> tuple[Spec, ...]:
    """One spec for each stub of a Python file."""
    specs = []
    for stub in module.stubs:
        readings = read_stub(module, stub)
        examples = number(readings)
        specs.append(
            Spec(
                text=text,
                format=SpecFormat.PYTHON,
                signature=stub.signature,
                preamble=module.preamble,
                sentences=sentences_of(readings),
                examples=examples,
                span=module.excerpt.span(stub.statement.start, stub.statement.end),
                rejected=rejections(readings, examples, stub.signature.name),
            )
        )
    return tuple(specs)


def sentences_of(readings: Iterable[Reading]) -> tuple[Sentence, ...]:
    """All sentences in the order of the text."""
    found = [sentence for reading in readings for sentence in reading.sentences]
    return tuple(sorted(found, key=lambda sentence: sentence.span.start))


def _statements(text: str, parsed: tuple[str, ast.Module] | None) -> Iterator[Statement]:
    if parsed is not None:
        yield from _placed(parsed, 0, len(text))
        return
    for start, end in top_level_chunks(text):
        parsed = parse_truncated(text[start:end])
        if parsed is not None:
            yield from _placed(parsed, start, end)


def _placed(parsed: tuple[str, ast.Module], shift: int, limit: int) -> Iterator[Statement]:
    source, tree = parsed
    positions = Positions(source)
    for node in tree.body:
        start, end = positions.start(node) + shift, positions.end(node) + shift
        # What a repair appended is no part of the text.
        yield Statement(node, min(start, limit), min(end, limit), positions, shift)


def _asserts(text: str, statements: list[Statement], asked: set[str]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        if isinstance(statement.node, ast.Assert):
            name = next(iter(asked)) if len(asked) == 1 else called_name(text[statement.start : statement.end])
            found.setdefault(name or "", []).append(statement)
    return found


def _string(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None


def _is_stub(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, Definition)]
        return any(_is_stub(item) for item in methods) if methods else _is_marker_class(node)
    return isinstance(node, Definition) and all(_is_blank(item) for item in node.body)


def _is_marker_class(node: ast.stmt) -> bool:
    """A class with nothing in it: a stub if it stands alone, else an exception or a marker for the stubs."""
    return isinstance(node, ast.ClassDef) and all(_is_blank(item) for item in node.body)


def _is_blank(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass) or _string(node) is not None:
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and node.value.value is ...
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False


def _is_carried(node: ast.stmt, asked: set[str]) -> bool:
    """True for what the candidate needs: imports, constants, helpers; not for what calls a stub while it loads."""
    if isinstance(node, Definition):
        return not _is_stub(node) or _is_marker_class(node)
    if isinstance(node, _CONDITIONAL):
        return any(isinstance(item, ast.Import | ast.ImportFrom) for item in ast.walk(node))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(item, ast.Name) and item.id in asked for item in ast.walk(node))
    return isinstance(node, _CARRIED) or type(node).__name__ == "TypeAlias"


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement defines for the rest of the file."""
    if isinstance(node, Definition):
        yield node.name
        return
    for item in ast.walk(node):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            yield item.id
        elif isinstance(item, ast.alias):
            yield (item.asname or item.name).split(".")[0]


def _defined(node: ast.stmt) -> Iterator[str]:
    yield from _bound(node)
    if isinstance(node, ast.ClassDef):
        yield from (item.name for item in node.body if isinstance(item, Definition))


def _preamble(text: str, statements: list[Statement], carried: set[int]) -> str:
    """What is carried, as written, with the comments and blank lines before each statement."""
    chunks: list[str] = []
    done = 0
    for statement in statements:
        newline = text.find("\n", statement.end)
        line_end = newline if newline >= 0 else len(text)
        rest = text[statement.end : line_end].strip()
        end = line_end if not rest or rest.startswith("#") else statement.end
        if id(statement) in carried:
            own_line = not text[text.rfind("\n", 0, statement.start) + 1 : statement.start].strip()
            chunks.append(text[done:end].strip("\n") if own_line else text[statement.start : end])
            if own_line and chunks[:-1]:
                blank = len(text[done:end]) - len(text[done:end].lstrip("\n"))
                chunks[-1] = "\n" * max(0, min(blank, 3) - 1) + chunks[-1]
        done = max(done, end)
    return "\n".join(chunks).strip("\n")


def _stub(excerpt: Excerpt, statement: Statement, limit: int) -> Stub:
    node = statement.node
    signature = from_definition(node, statement.positions)
    # Only definitions come this far: _is_stub lets nothing else pass.
    assert isinstance(node, Definition)
    assert signature is not None
    prose: list[Excerpt] = []
    inner = [item for item in node.body if isinstance(item, Definition)] if isinstance(node, ast.ClassDef) else []
    strings: list[tuple[int, int]] = []
    for owner in (node, *inner):
        value = _string(owner.body[0]) if owner.body else None
        if value is None:
            continue
        first = owner.body[0]
        assert isinstance(first, ast.Expr)
        prose.append(decode(statement.excerpt(excerpt, first.value), value))
        start = statement.shift + statement.positions.start(first)
        strings.append((start, min(limit, statement.shift + statement.positions.end(first))))
    comments = list(_comments(excerpt, statement.start, limit, strings))
    if comments:
        prose.append(join(comments))
    return Stub(signature, statement, tuple(prose))


def _comments(excerpt: Excerpt, start: int, limit: int, strings: list[tuple[int, int]]) -> Iterator[Excerpt]:
    """Comment lines right above the stub and inside of it, without the hash."""
    above = start
    while above > 0:
        line = excerpt.text.rfind("\n", 0, above - 1) + 1
        if not excerpt.text[line : above - 1].startswith("#"):
            break
        above = line
    text = excerpt.text
    at = text.find("#", above, limit)
    while at >= 0:
        line, newline = text.rfind("\n", 0, at) + 1, text.find("\n", at, limit)
        at = text.find("#", newline, limit) if newline >= 0 else -1
        match = _COMMENT.match(text, line, limit) if line >= above else None
        if match is None:
            continue
        inside = any(first <= match.start(1) < last for first, last in strings)
        indented = match.start() < start or excerpt.text[match.start()] in " \t"
        if indented and not inside:
            yield excerpt[match.start(1) : match.end(1)]
