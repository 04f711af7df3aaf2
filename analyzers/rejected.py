"""What is written as an example and cannot be run: a second look at what the readers of examples left over.

Precision decides: a line counts only if a call and an outcome are written out on it, so that it can have been meant as
nothing else.
"""

import ast
import difflib
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from analyzers.calls import called_name, is_exception
from analyzers.excerpt import Excerpt
from analyzers.found import Context, Kind, lines_with
from analyzers.lazy import lazy
from analyzers.pysource import parse_expression, parse_module
from analyzers.scan import BUILTINS, Scanner, closes
from analyzers.spec import Example, Rejected

Reason = Literal["syntax", "name", "open"]

_SYMBOL = r"(?:={1,3}>|-{1,3}>|[➞→⇒⟶⟹↦➔➜]|==)"
_CALL = lazy(
    r"^[ \t>]*(?:(?:[-*+•]|\d+[.)])[ \t]+)?(?:(?:e\.g\.|for example|examples?)[ \t]*[:,]?[ \t]+)?[`*\"]*"
    r"(?P<assert>assert[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]?\(",
    re.M | re.I,
)
_CONNECTOR = lazy(
    rf"[ \t`*]*(?:#[ \t]*)?(?P<symbol>{_SYMBOL}|should[ \t]+(?:return|be|give|equal)\b|returns\b)[ \t]*[`*]*"
)
_LATER_CONNECTOR = lazy(rf"[ \t]*{_SYMBOL}[ \t]*")
_ASSERT = lazy(r"^[ \t>]*(?:(?:[-*+•]|\d+[.)])[ \t]+)?`*(assert[ \t]+[A-Za-z_(][^\n]*)", re.M)
_TAIL = lazy(r"[`*\"]*[.;,!]?[ \t]*(?:(?:#|//)[^\n]*)?(?=\n|\Z)")
_WORD = lazy(r"[A-Za-z_]\w*(?=[`*\"]*[.;,!]?[ \t]*(?:(?:#|//)[^\n]*)?(?:\n|\Z))")
_CUT_VALUE = lazy(r"[\[({\"'][^\n]*")
_PROSE_IN_VALUE = lazy(r"(?:[A-Za-z]{2,}[ \t]+){3}|\.\.\.|…")
_FAILURES = lazy(
    r"(?:an?_?)?(?:\w*(?:error|exception)|raises?|throws?|fails?|invalid|undefined|infinit[ey]|inf|nan)\Z", re.I
)
_FOREIGN = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None"}
_ASSIGNED = lazy(
    r"(?:^|[\s`(,])(?:(?:for|as|import|lambda)[ \t]+)?([A-Za-z_]\w*+)[ \t]*+(?:=(?!=)|\bin\b|:[ \t]*[\[\d{\"'(])"
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Left:
    """A rejected example at ``start:end`` of the text it was read from. ``near``: the name called is a likely slip."""

    kind: Kind
    reason: Reason
    called: str | None
    start: int
    end: int
    near: bool = True
    mend: tuple[int, int, str] | None = None
    """What of the text to replace by what, where that is certain."""
    names: tuple[str, ...] = ()
    """The names that nothing defines."""


def read_rejected(rest: Excerpt, context: Context) -> list[Left]:
    """Lines of ``rest``, in which the examples that were read are masked, that hold an example all the same."""
    if context.name is None:
        return []
    calls, asserts = (
        [match for at in lines_with(mark, rest.text) if (match := pattern.match(rest.text, at))]
        for mark, pattern in (("(", _CALL), ("assert", _ASSERT))
    )
    if not calls and not asserts:
        return []
    # A name that the text gives a value is not open: the reader of the spec knows what it stands for.
    context = replace(context, elsewhere=context.elsewhere | set(_ASSIGNED.findall(rest.text)))
    found = [*_asserts(rest, asserts, context)]
    taken = {left.start for left in found}
    scanner = Scanner(rest.text)
    for match in calls:
        left = _line(scanner, match, context)
        if left is not None and left.start not in taken:
            found.append(left)
    return sorted(found, key=lambda left: left.start)


def rejected_session(source: str, start: int, end: int, at: int | None) -> Left | None:
    """A prompt's source that is not Python; ``>>>`` before plain words is a quotation. ``at``: where one line ends."""
    if "(" not in source or parse_module(source) is not None or _PROSE_IN_VALUE.match(source):
        return None
    called = re.match(r"[A-Za-z_]\w*(?=[ \t]?\()", source)
    mend = None
    if at is not None and called and _lacks_bracket(source, Context(name=None)):
        mend = (at, at, ")")
    return Left("doctest", "syntax", called[0] if called else None, start, end, mend=mend)


def rejected_row(inputs: list[str], result: str, place: tuple[int, int], context: Context) -> Left | None:
    """A table's row of a call or arguments and a result, if one of them is not Python; words only describe."""
    for cell in inputs:
        called = re.match(r"([A-Za-z_]\w*)[ \t]?\(", cell)
        tree = parse_expression(cell)
        if called and called[1] != context.name:
            if tree is None or not _is_other(called[1], context) or not _has_literals(tree):
                return None
            return Left("table", "name", called[1], *place, _is_near(called[1], context))
        if tree is None and (called or _CUT_VALUE.match(cell)) and not _PROSE_IN_VALUE.search(cell):
            return Left("table", "syntax", context.name, *place)
        if isinstance(tree, ast.Call) and called and (names := _open_names(tree, context)):
            return Left("table", "open", context.name, *place, names=names)
    if result.lower() in _FOREIGN and result not in BUILTINS:
        return Left("table", "open", context.name, *place)
    if _CUT_VALUE.match(result) and _is_cut(result) and not _PROSE_IN_VALUE.search(result):
        return Left("table", "syntax", context.name, *place)
    return None


def settle(left: Iterable[tuple[Excerpt, Left]], examples: Iterable[Example], name: str | None) -> tuple[Rejected, ...]:
    """The rejected examples of a spec in the order of the text.

    Calls of another name stand where nothing calls the asked one, or where the name is a likely slip of the pen:
    beside good examples they explain a helper.
    """
    left = list(left)
    if not left:
        return ()
    good = any(name and re.search(rf"(?<![\w.]){re.escape(name)}[ \t]?\(", example.source) for example in examples)
    kept = [
        Rejected(
            kind=item.kind,
            text=excerpt.text[item.start : item.end],
            reason=item.reason,
            called=item.called,
            span=excerpt.span(item.start, item.end),
            names=item.names,
            mend=(excerpt.span(*item.mend[:2]), item.mend[2]) if item.mend else None,
        )
        for excerpt, item in left
        if item.near or not good
    ]
    return tuple(sorted(kept, key=lambda rejected: rejected.span.start))


def rejected_assert(source: str, start: int, context: Context) -> Left | None:
    """An assert statement at ``start`` that is Python, and tests another name or uses what is not defined."""
    tree = parse_module(source)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
        return None
    test = tree.body[0].test
    calls = {item.func.id for item in ast.walk(test) if isinstance(item, ast.Call) and isinstance(item.func, ast.Name)}
    if context.name in calls:
        names = _open_names(test, context)
        return Left("assert", "open", context.name, start, start + len(source), names=names) if names else None
    called = called_name(source)
    if called and _is_other(called, context) and isinstance(test, ast.Compare | ast.Call | ast.UnaryOp):
        return Left("assert", "name", called, start, start + len(source), _is_near(called, context))
    return None


def _asserts(rest: Excerpt, places: Iterable[re.Match[str]], context: Context) -> Iterator[Left]:
    scanner = Scanner(rest.text)
    for match in places:
        end = scanner.statement(match.start(1), "`")
        if end is not None and end - match.start(1) <= _LONGEST:
            left = rejected_assert(rest.text[match.start(1) : end].rstrip(), match.start(1), context)
            if left is not None:
                yield left


def _line(scanner: Scanner, match: re.Match[str], context: Context) -> Left | None:
    text, name, start = scanner.text, match["name"], match.start("name")
    asked = name == context.name
    if not asked and not _is_other(name, context):
        return None
    end = scanner.postfix(scanner.balanced(match.end() - 1))
    if end is None:
        return _cut(text, match, start, context) if asked else None
    connector = _CONNECTOR.match(text, end)
    if connector is None or end - start > _LONGEST:
        return None
    arguments = parse_expression(text[start:end])
    value = scanner.value(connector.end())
    good = value is not None and _is_value(text[connector.end() : value], context) and _TAIL.match(text, value)
    # "assert f(1) => 2" is no assert either: it is taken for the arrow that stands in it.
    if value is not None and good:
        if not asked:
            closed = closes(text[start:end], context.names | {name})
            return Left("arrow", "name", name, start, value, _is_near(name, context)) if closed else None
        if arguments is None:
            return Left("arrow", "syntax", name, start, value)
        # "==" relates values, as an equation does.
        example = isinstance(arguments, ast.Call) and connector["symbol"] != "=="
        names = _open_names(arguments, context) if example else ()
        return Left("arrow", "open", name, start, value, names=names) if names else None
    if not asked or not _has_literals(arguments) or connector["symbol"] == "==":
        return None
    word = _WORD.match(text, connector.end())
    arrow = not connector["symbol"][0].isalpha()
    if word and (word[0].lower() in _FOREIGN or (arrow and not _is_described(word[0], context))):
        python = _FOREIGN.get(word[0].lower())
        mend = (word.start(), word.end(), python) if python else None
        return Left("arrow", "open", name, start, word.end(), mend=mend, names=() if mend else (word[0],))
    cut = _CUT_VALUE.match(text, connector.end())
    if value is None and cut and not _PROSE_IN_VALUE.search(cut[0]) and _is_cut(cut[0]):
        return Left("arrow", "syntax", name, start, connector.end() + len(cut[0].rstrip(" \t`*")))
    return None


def _cut(text: str, match: re.Match[str], start: int, context: Context) -> Left | None:
    """A call that is never closed on its line, with an outcome after it: ``f([1, 2) -> 3``."""
    newline = text.find("\n", start)
    line = text[start : newline if newline >= 0 else len(text)]
    connectors = list(_LATER_CONNECTOR.finditer(line[:_LONGEST]))
    if not connectors or len(line) > _LONGEST:
        return None
    shown = line[connectors[-1].end() :].rstrip(" \t`*.;,")
    if not _is_value(shown, context) or _PROSE_IN_VALUE.search(line):
        return None
    call = len(line[: connectors[-1].start()].rstrip())
    mend = (start + call, start + call, ")") if _lacks_bracket(line[:call], context) else None
    return Left("arrow", "syntax", match["name"], start, start + connectors[-1].end() + len(shown), mend=mend)


def _lacks_bracket(call: str, context: Context) -> bool:
    """True if only the bracket that closes the call itself is missing at the end of ``call``."""
    bracket = call.find("(")
    if bracket < 0 or _has_literals(parse_expression(call + ")")) is False:
        return False
    inside = call[bracket + 1 :]
    return not inside.strip() or _is_value(f"[{inside}]", context)


def _is_cut(shown: str) -> bool:
    """True if brackets or quotes are opened and not closed on the line."""
    inner = shown.rstrip(" \t`*.;,")
    return parse_expression(inner) is None and not inner.endswith(("]", ")", "}"))


def _is_value(source: str, context: Context) -> bool:
    return bool(source.strip()) and closes(source, context.names)


def _is_other(name: str, context: Context) -> bool:
    """True for a name that neither Python nor the spec defines."""
    defined = name in context.names or name in context.elsewhere or name in BUILTINS or keyword.iskeyword(name)
    return not defined and name != "assert"


def _is_near(name: str, context: Context) -> bool:
    return difflib.SequenceMatcher(None, name.lower(), (context.name or "").lower()).ratio() >= 0.75


def _open_names(tree: ast.expr, context: Context) -> tuple[str, ...]:
    """The names that nothing defines and that stand for values, in order; those of the parameters speak of any value.

    Without parameters a name may well be one.
    """
    if not context.parameters:
        return ()
    used = [item for item in ast.walk(tree) if isinstance(item, ast.Name)]
    used.sort(key=lambda item: (item.lineno, item.col_offset))
    names = dict.fromkeys(item.id for item in used if item.id not in context.names and item.id not in BUILTINS)
    if names.keys() & ({parameter.name for parameter in context.parameters} | context.elsewhere):
        return ()
    return tuple(names)


def _has_literals(call: ast.expr | None) -> bool:
    """True for a call whose arguments are all literals, at least one of them."""
    if not isinstance(call, ast.Call) or not (call.args or call.keywords):
        return False
    return not any(isinstance(item, ast.Name) for value in (*call.args, *call.keywords) for item in ast.walk(value))


def _is_described(word: str, context: Context) -> bool:
    """True for a word that stands for a failure or a type, which says what happens without being a value."""
    return bool(_FAILURES.match(word)) or word in BUILTINS or word in context.names or is_exception(word, context)
