"""When no block defines the asked name: the code may be there under another name, in a class, or without its header."""

import ast
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from core.extraction import chunks
from core.extraction.names import Function, Kind, accepts, is_stub, walk_module_level
from core.extraction.parsing import global_names, parse
from core.extraction.source import Source

_RUNNERS = re.compile(r"main|run|demo|example\w*|tests?|test_\w+|check\w*_examples?", re.I)
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Bound:
    """A source, the line that binds the asked name to what it defines, and the name that stands there."""

    source: Source
    binding: str
    found: str


def bind(sources: Sequence[Source], name: str, kind: Kind, parameters: Sequence[str]) -> Bound | None:
    """What defines ``name`` under another name; None if nothing does, or more than one thing could.

    ``parameters`` are the asked ones. A lone function of another arity answers another question.
    """
    candidates = [source for source in sources if source.definitions]
    for source in reversed(candidates):
        if kind == "function" and (method := _method(source, name)):
            return method
    for source in reversed(candidates):
        wrong = ast.ClassDef if kind == "function" else Function
        found = {
            defined: node
            for defined, node in source.definitions.items()
            if not isinstance(node, wrong) and not _RUNNERS.fullmatch(defined) and not is_stub(node)
        }
        if chosen := _alone(source, found, name, kind, parameters):
            return Bound(source, f"{name} = {chosen}", chosen)
        if found:
            return None  # An earlier block would be a guess against what the answer ended with.
    return None


def _alone(
    source: Source,
    found: dict[str, Function | ast.ClassDef],
    name: str,
    kind: Kind,
    parameters: Sequence[str],
) -> str | None:
    """The one definition that must be meant: the same name but for case and underscores, the only one there is, the
    only one with the asked parameters, or the only one that no other calls."""
    alike = [defined for defined in found if _plain(defined) == _plain(name)]
    if len(alike) == 1:
        return alike[0]
    count = sum(not parameter.startswith("*") for parameter in parameters)
    fitting = [
        defined
        for defined, node in found.items()
        if kind == "class" or (isinstance(node, Function) and accepts(node, count))
    ]
    if len(found) == 1 and fitting:
        return fitting[0]
    if kind == "class":
        return None
    same = [d for d in fitting if _names(found[d]) == [*parameters]]
    if len(same) == 1:
        return same[0]
    called = frozenset().union(*(_calls(source, node) - {defined} for defined, node in found.items()))
    roots = [defined for defined in fitting if defined not in called]
    return roots[0] if len(roots) == 1 else None


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _names(node: Function | ast.ClassDef) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return []
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def _calls(source: Source, node: Function | ast.ClassDef) -> frozenset[str]:
    return global_names(textwrap.dedent(ast.get_source_segment(source.text, node, padded=True) or ""))


def _method(source: Source, name: str) -> Bound | None:
    """``name`` as a method of the only class that has one, if an instance can be made without arguments."""
    holders = [
        (node, member)
        for node in source.definitions.values()
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, Function) and member.name == name and not is_stub(member)
    ]
    if len(holders) != 1:
        return None
    owner, method = holders[0]
    decorators = {d.id for d in method.decorator_list if isinstance(d, ast.Name)}
    path = f"{owner.name}.{name}"
    if decorators & {"staticmethod", "classmethod"}:
        return Bound(source, f"{name} = {path}", path)
    if decorators & {"property"} or not _makes_itself(owner):
        return None
    # A new instance for each call: calls of a function do not share state.
    wrapper = f"def {name}(*args, **kwargs):\n    return {owner.name}().{name}(*args, **kwargs)"
    if isinstance(method, ast.AsyncFunctionDef):
        wrapper = wrapper.replace("def ", "async def ", 1).replace("return ", "return await ", 1)
    return Bound(source, wrapper, path)


def _makes_itself(owner: ast.ClassDef) -> bool:
    """True if ``owner()`` needs no argument, as far as its own text tells."""
    if owner.keywords or owner.decorator_list:
        return False
    if any(not (isinstance(base, ast.Name) and base.id == "object") for base in owner.bases):
        return False
    makers = [m for m in owner.body if isinstance(m, Function) and m.name in ("__init__", "__new__")]
    return all(accepts(maker, 0, method=True) for maker in makers)


def complete(body: str, header: str) -> str | None:
    """The program that ``header`` (``def f(x):``) and ``body`` make together, if ``body`` is a function body that
    continues a stub; statements at the left margin after an indented body follow the function. None otherwise."""
    lines = body.strip("\n").split("\n")
    for candidate in (lines, [_INDENT + lines[0].lstrip(), *lines[1:]], [_INDENT + line for line in lines]):
        margin = (at for at, line in enumerate(candidate) if line.strip() and line[0] not in " 	")
        indented = next(margin, len(candidate))
        inside = textwrap.indent(textwrap.dedent("\n".join(candidate[:indented])), _INDENT)
        text = header + "\n" + inside
        tree = parse(text)
        if not isinstance(tree, ast.Module) or not tree.body or not isinstance(node := tree.body[-1], Function):
            continue
        own = (part for statement in node.body for part in walk_module_level(statement))
        if any(isinstance(part, ast.Return | ast.Yield | ast.YieldFrom) for part in own):
            return text + "\n" + _code_only("\n".join(candidate[indented:]))
    return None


def _code_only(text: str) -> str:
    """The definitions and imports that follow a completed body; prose and broken pieces are left out."""
    code = (piece.text for piece in chunks.split(text) if piece.kind == "code")
    kept = [piece for piece in code if isinstance(parse(piece), ast.Module)]
    return "\n".join(kept)
