"""Examples that are a call and its result on one line: asserts, arrows, comparisons, "f(2) should return 4"."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache

from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found, claim_lines, lines_with
from analyzers.lazy import lazy
from analyzers.plain import plain_assert
from analyzers.pysource import parse_module, walk
from analyzers.scan import BUILTINS, Scanner, closes, is_closed

_SYMBOL = r"={1,3}>|-{1,3}>|[➞→⇒⟶⟹↦➔➜]|===?|=(?!=)"
_VERB = (
    r"(?:(?:should|must|will|would|shall)\s+(?:be|return|give|yield|equal|produce|output|evaluate\s+to|result\s+in)"
    r"|returns?|gives|yields|equals|produces|outputs|evaluates\s+to|is\s+equal\s+to|results\s+in|is)\b"
)
_RAISES = r"(?:(?:should|must|will|would|shall)\s+)?(?:raises?|throws?)\b"
_NOUN = r"(?:(?:the|an?)\s+)?(?:(?:value|list|string|tuple|number|integer|array|set|dict|dictionary|boolean)\s+)?"
_CONNECTOR = lazy(
    rf"[ \t`*]*(?:(?P<mark>#|//)?[ \t]*(?P<symbol>{_SYMBOL})|(?P<mark2>#|//)?\s*(?P<verb>{_VERB})"
    rf"|(?P<raises>{_RAISES})|(?P<comment>#|//))[ \t]*(?:\n[ \t]*(?=\S))?(?:(?<=\s){_NOUN})?[`*]*"
)
_EXCEPTION = lazy(r"\s*(?:an?\s+)?[`*]*([A-Z]\w*)")
_CLOSING = lazy(r"[`*]*")
_END = lazy(
    r"[ \t]*(?:(?=\n|\Z)|\.(?=\s|\Z|[\"')])|[;!](?=\s|\Z)|(?=[)])|(?=#|//|—|–)|\((?!\s*(?:or|mod)\b)"
    r"|,?\s+(?:because|since|as|while|whereas|but|and\s+so)\b)"
)
_CONTINUES = lazy(r"[ \t]*\n[ \t]*(?!(?:because|since|and|but|while|whereas)\b)[a-z]+\b(?!\w*[(\[=])")
_REJECTED_BEFORE = frozenset(
    {"not", "never", "if", "unless", "whether", "than", "unlike", "instead", "without", "when"}
)
_ASSERT = lazy(r"^[ \t>]*(?:(?:[-*+•]|\d+[.)]|#)[ \t]+)?(`*)(assert\b)", re.M)
_CHAIN = lazy(r"[ \t]*=(?!=)[ \t]*")
_BLANK = frozenset(" \t")
_JOINS = frozenset("_.")


def read_asserts(excerpt: Excerpt, context: Context) -> list[Found]:
    """Lines that are an assert statement about the asked name; standard modules they use are imported."""
    text = excerpt.text
    found: list[Found] = []
    places = [match for at in lines_with("assert", text) if (match := _ASSERT.match(text, at))]
    if not places:
        return found
    scanner = Scanner(text)
    done = 0
    for match in places:
        start = match.start(2)
        end = scanner.statement(start, "`" if match[1] else "") if start >= done else None
        if end is None:
            continue
        source = checked_assert(text[start:end].strip(), context)
        if source is not None:
            done = start + len(text[start:end].rstrip())
            claim = claim_lines(text, start, done) or (match.start(), done)
            found.append(Found(kind="assert", source=source, want=None, start=start, end=done, claim=claim))
    return found


def checked_assert(source: str, context: Context) -> str | None:
    """The assert with the imports it needs, None if it does not test the asked name or cannot stand alone."""
    if (plain := plain_assert(source)) is not None:
        return source if plain[0] == context.name else None
    tree = parse_module(source)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
        return None
    test = tree.body[0].test
    called = {node.func.id for node in walk(test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if context.name is None or context.name not in called:
        return None
    modules = {
        node.value.id for node in walk(test) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    } & (sys.stdlib_module_names - context.names)
    if not is_closed(test, context.names | modules):
        return None
    return "".join(f"import {module}\n" for module in sorted(modules)) + source


def called_name(source: str) -> str | None:
    """The function that an assert tests: the first call in it of what is not a builtin, else its first call."""
    if (plain := plain_assert(source)) is not None:
        return plain[0]
    tree = parse_module(source)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
        return None
    test = tree.body[0].test
    first = test.left if isinstance(test, ast.Compare) else test
    for scope in (first, test):
        names = [node.func.id for node in walk(scope) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        if names:
            return next((name for name in names if name not in BUILTINS), names[0])
    return None


def read_arrows(excerpt: Excerpt, context: Context) -> list[Found]:
    """Calls of the asked name followed by what they give.

    Read only where nothing is left open: the call and the result can be evaluated as they stand, and after the
    result a sentence or line ends. If the text defines the name by an equation (``f(n) = f(n - 1) + 1``), then
    ``f(3) = 8`` is taken as mathematics and not as an example.
    """
    return list(_arrows(excerpt.text, context.name, context)) if context.name is not None else []


# What names an undeclared function is read for its examples first, and then for all there is.
@lru_cache(2)
def _arrows(text: str, name: str, context: Context) -> tuple[Found, ...]:
    scanner = Scanner(text)
    found: list[Found] = []
    equation = False
    done = 0
    for begin, bracket in _calls_of(name, text):
        if begin < done:
            continue
        start, inner = _outermost(text, begin)
        if start < done or not _may_start(text, start):
            continue
        end = scanner.balanced(inner if inner is not None else bracket)
        end = scanner.postfix(end)
        connector = _CONNECTOR.match(text, end) if end is not None else None
        if end is None or connector is None:
            continue
        source = _unprinted(text[start:end], name)
        if not closes(source, context.names):
            equation = equation or connector["symbol"] == "="
            continue
        result = _result(scanner, connector, context)
        if result is None:
            continue
        want, done = result
        symbol = connector["symbol"] or connector[0].strip()
        claim = claim_lines(text, start, done)
        found.append(
            Found(kind="arrow", source=source, want=want, start=start, end=done, claim=claim, connector=symbol)
        )
    return tuple([example for example in found if not (equation and example.connector == "=")])


def _calls_of(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Where ``name`` is called, and where its bracket opens; names of its own like ``x.name`` are others."""
    size = len(name)
    at = text.find(name)
    while at >= 0:
        bracket = at + size + (text[at + size : at + size + 1] in _BLANK)
        before = text[at - 1 : at]
        if text[bracket : bracket + 1] == "(" and before not in _JOINS and not before.isalnum():
            yield at, bracket
            at = bracket
        at = text.find(name, at + 1)


def _outermost(text: str, start: int) -> tuple[int, int | None]:
    """Go left over calls that wrap this one: ``round(f(2), 1)``. Returns the start and the outermost bracket."""
    bracket = None
    for _ in range(4):
        if text[start - 1 : start] != "(" or start < 2:
            break
        word = start - 1
        while word > 0 and (text[word - 1].isalnum() or text[word - 1] in "_."):
            word -= 1
        if word == start - 1:
            break
        bracket, start = start - 1, word
    return start, bracket


def _may_start(text: str, start: int) -> bool:
    """True if no operator and no negation stands before the call."""
    before = text[max(0, start - 60) : start]
    if before and before[-1] not in '`*("' and not before[-1].isspace():
        return False
    before = before.rstrip(' \t`*"(')
    if "".join(before.rsplit(None, 1)[-1:]).lower() in _REJECTED_BEFORE:
        return False
    return (
        not before or before[-1] == "\n" or before[-1].isalnum() or before[-1] in ".,:;!?)'_|>-•" or before[-1] > "\x7f"
    )


def _unprinted(source: str, name: str) -> str:
    """``print(f(2))`` with a literal after it means the value of ``f(2)``."""
    if source.startswith("print(") and name != "print" and source.endswith(")"):
        return source[len("print(") : -1]
    return source


def _result(scanner: Scanner, connector: re.Match[str], context: Context) -> tuple[str, int] | None:
    text, at = scanner.text, connector.end()
    if connector["raises"]:
        error = _EXCEPTION.match(text, at)
        if error and is_exception(error[1], context):
            return f"raises {error[1]}", error.end(1)
        return None
    end = scanner.value(at)
    if end is None or not closes(text[at:end], context.names):
        return None
    want, after = text[at:end].strip(), _skip(_CLOSING, text, end)
    while chained := _CHAIN.match(text, after):
        # "= 19 - 5 - 6 = 8": every part says the same, so the first is the value; the others only have to be values.
        part = scanner.value(chained.end())
        if part is None or not closes(text[chained.end() : part], context.names):
            return None
        end = after = part
    if connector["verb"] and _CONTINUES.match(text, after):
        return None
    return (want, end) if _ends(text, after, context) else None


def _ends(text: str, at: int, context: Context) -> bool:
    if _END.match(text, at):
        return True
    return _following(context.name or "").match(text, at) is not None


@lru_cache(256)
def _following(name: str) -> re.Pattern[str]:
    return re.compile(rf",?\s+(?:and\s+)?(?:that\s+)?[`*]*{re.escape(name)}[ \t]?\(|,[ \t]*(?=\n)")


def ends_plainly(text: str, at: int, context: Context) -> bool:
    """True if after a result at ``at`` nothing follows that could change what the result means."""
    return _ends(text, _skip(_CLOSING, text, at), context)


def is_exception(name: str, context: Context) -> bool:
    """True for a built-in exception, or one that the preamble defines."""
    return name in context.known or (name in BUILTINS and name.endswith(("Error", "Exception", "Iteration", "Exit")))


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
