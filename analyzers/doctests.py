"""Interactive sessions (``>>>``) in any text.

The rules are those of the standard library's doctest, whose parser gives up on a whole docstring at the first
malformed line; here the other examples are kept. (Importing doctest also costs 30 ms: it pulls in pdb and unittest.)
"""

import ast
import re
from bisect import bisect_left

from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found, Kind, lines_with
from analyzers.lazy import lazy
from analyzers.plain import plain_call
from analyzers.pysource import parse_module
from analyzers.rejected import Left, rejected_session

_PROMPT = lazy(r"([ \t]*)>>>[ \t]?(.*)")
_CONTINUED = lazy(r"[ \t]*\.\.\.(?:[ ](.*)|[ \t]*)\Z")
_SKIP = lazy(r"#\s*doctest:[^\n'\"]*\+SKIP\b")
_PROSE = lazy(r"[A-Z][a-z']*(?:[ ,]+[A-Za-z'`]+){2,}")
_QUIET_RETURNS = lazy(r"None|Optional|Any|object|TypeVar|\bT\b")


def read_doctests(excerpt: Excerpt, context: Context) -> tuple[list[Found], list[tuple[int, int]], list[Left]]:
    """The examples, what of the text is session and not prose (skipped examples too), and what is no Python."""
    text = excerpt.text
    if ">>>" not in text:
        return [], [], []
    lines = list(excerpt.lines())
    found: list[Found] = []
    claims: list[tuple[int, int]] = []
    rejected: list[Left] = []
    number = 0
    starts = [start for start, _ in lines]
    for at in lines_with(">>>", text):
        first_line = bisect_left(starts, at)
        if first_line < number:
            continue  # part of the example before
        number = first_line
        start, end = lines[number]
        prompt = _PROMPT.match(text, start, end)
        number += 1
        if not prompt:
            continue
        source, indent, prompt_end = [prompt[2]], prompt[1], start + len(text[start:end].rstrip())
        while number < len(lines) and (more := _continued(text[slice(*lines[number])])) is not None:
            source.append(more[1] or "")
            end = lines[number][1]
            number += 1
        want: list[str] = []
        while number < len(lines) and _is_want(line := text[slice(*lines[number])]):
            want.append(line.removeprefix(indent) if line.startswith(indent) else line.lstrip())
            end = lines[number][1]
            number += 1
        kept = _without_prose(want)
        if len(kept) < len(want):
            number -= len(want) - len(kept)
            end = lines[number - 1][1]
        claims.append((start, end))
        statement = "\n".join(source)
        if "#" in statement and _SKIP.search(statement):
            continue
        statement = statement.strip()
        first = start + len(indent)
        if example := _example(statement, "\n".join(line.rstrip() for line in kept), context):
            kind, code, shown = example
            found.append(Found(kind=kind, source=code, want=shown, start=first, end=end, shared=True))
        elif left := rejected_session(statement, first, end, prompt_end if len(source) == 1 else None):
            rejected.append(left)
    return found, claims, rejected


def _continued(line: str) -> re.Match[str] | None:
    return _CONTINUED.match(line) if "..." in line else None


def _is_want(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith((">>>", "```"))


def _without_prose(want: list[str]) -> list[str]:
    """Cut a sentence that follows the result with no blank line between, if the result is plain without it."""
    for count in range(1, len(want)):
        if _PROSE.match(want[count].strip()):
            head = "\n".join(line.strip() for line in want[:count])
            return want[:count] if parse_module(head) is not None else want
    return want


def _example(source: str, want: str, context: Context) -> tuple[Kind, str, str | None] | None:
    if want and plain_call(source) is not None:
        return "doctest", source, want
    tree = parse_module(source)
    if tree is None or not tree.body:
        return None
    if want or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return "doctest", source, want
    # An expression that shows nothing: doctest expects None. Authors also write a comparison and mean that it holds.
    value = tree.body[0].value
    if isinstance(value, ast.Compare | ast.BoolOp) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    ):
        return "assert", f"assert {source}", None
    if not isinstance(value, ast.Call):
        return None
    asked = isinstance(value.func, ast.Name) and value.func.id == context.name
    if asked and context.returns and not _QUIET_RETURNS.search(context.returns):
        return None
    return "doctest", source, ""
