"""Find what a text asks to define: in Python headers, and in sentences that name it."""

import ast
import keyword
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from analyzers.calls import called_name, read_arrows
from analyzers.excerpt import Excerpt
from analyzers.found import Context, lines_with, matches_on_lines, places
from analyzers.lazy import lazy
from analyzers.pysource import Positions, parse_module
from analyzers.scan import BUILTINS, Scanner
from analyzers.spec import Parameter, Signature

_DEF = lazy(r"(?<![\w.])(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(")
_CLASS = lazy(r"^[ \t>#`*]*(class[ \t]+([A-Za-z_]\w*)[ \t]*(?:\([^()\n]*\))?)[ \t]*:", re.M)
_RETURNS = lazy(r"[ \t]*(?:->|→)[ \t]*")
_VALUE = lazy(r"[ \t]*[\[({0-9\"'.+~-]")
"""What no parameter begins with: then it is a call."""
_ASKED = lazy(
    r"\b(function|class|method|procedure|routine)[ \t\n]+(?:(named|called)[ \t\n]+)?([`\"'*]*)([A-Za-z_]\w*)([`\"'*]*)",
    re.I,
)
_NAMED = lazy(r"\b(?:named|called|name it|call it)[ \t\n]+([`\"'*]+)([A-Za-z_]\w*)[`\"'*(]", re.I)
_SHOWN = lazy(r"(?:^[ \t]*(?:#{1,6}[ \t]+)?(?:signature[ \t]*:?[ \t]*)?|(?<=`))[`*]{0,4}+([A-Za-z_]\w*)\(", re.M | re.I)
_LEFT_ALONE = lazy(r"[ \t]*[`*:.,;]*[ \t]*(?:$|[—–-]{1,2}[ \t]|`)", re.M)
_ASSERTED = lazy(r"^[ \t>`*#-]*(assert\b.*)", re.M)
_ASKING = ("funct", "cla", "method", "procedure", "rout")
_NAMING = ("name", "call")
_COMMON = frozenset(
    "a an the that which to for of in it is named called with who and or takes must should will".split()
)


def from_definition(node: ast.stmt, positions: Positions) -> Signature | None:
    """The signature of a ``def`` or ``class`` statement."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returns = positions.source(node.returns) if node.returns else None
        header = header_of(positions, node)
        return Signature("function", node.name, _parameters(node.args, positions), returns, header)
    if isinstance(node, ast.ClassDef):
        init = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
        parameters = _parameters(init.args, positions)[1:] if init else ()
        return Signature("class", node.name, parameters, None, header_of(positions, node))
    return None


def header_of(positions: Positions, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """The header from ``def`` or ``class`` up to its colon."""
    start = positions.offset(node.lineno, node.col_offset)
    end = positions.offset(node.body[0].lineno, node.body[0].col_offset)
    if isinstance(node.body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        end = positions.start(node.body[0])
    text = positions.text[start:end]
    scanner = Scanner(text)
    keywords = re.match(r"(?:async\s+)?\w+\s+", text)
    at = (keywords.end() if keywords else 0) + len(node.name)
    while 0 <= at < len(text) and text[at] != ":":
        if text[at] in "([{":
            at = scanner.balanced(at) or len(text)
        elif text[at] in "\"'":
            at = scanner.string(at) or len(text)
        else:
            at += 1
    return text[: at + 1] if at < len(text) else text.rstrip()


def _parameters(args: ast.arguments, positions: Positions) -> tuple[Parameter, ...]:
    def one(arg: ast.arg, default: ast.expr | None, kind: str) -> Parameter:
        annotation = positions.source(arg.annotation) if arg.annotation else None
        shown = positions.source(default) if default else None
        return Parameter(arg.arg, annotation, shown, kind)  # type: ignore[arg-type]

    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults))
    kinds = ["positional_only"] * len(args.posonlyargs) + ["positional"] * len(args.args)
    found = [one(*item) for item in zip(plain, [*defaults, *args.defaults], kinds, strict=True)]
    if args.vararg:
        found.append(one(args.vararg, None, "varargs"))
    found += [one(arg, value, "keyword_only") for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg:
        found.append(one(args.kwarg, None, "varkw"))
    return tuple(found)


def from_text(text: str) -> tuple[Signature, tuple[int, int]] | None:
    """The signature that prose states, and where; the most explicit statement wins.

    ``def solve(xs)`` beats "function `solve(xs)`", which beats a heading or code that shows ``solve(xs)``, which
    beats a bare name.
    """
    scanner = Scanner(text)
    low = text.lower()
    for match in matches_on_lines(_DEF, "def", text):
        if found := _shown(scanner, match.start(), match.end() - 1, ""):
            return found
    for at in lines_with("class", text):
        if stated := _CLASS.match(text, at):
            return Signature("class", stated[2], (), None, stated[1] + ":"), stated.span(1)
    asked = [match for match in _beginning(_ASKED, _ASKING, text, low) if match[4].lower() not in _COMMON]
    for match in asked:
        bracket = match.end(4)
        if text[bracket : bracket + 1] == "(" and (found := _shown(scanner, match.start(4), bracket, "def ")):
            return found
    for match in _shown_in(text):
        found = _shown(scanner, match.start(1), match.end() - 1, "def ") if match[1] not in BUILTINS else None
        # "solve(a) == 2" is a statement about solve, not its signature.
        if found and _LEFT_ALONE.match(text, found[1][1]):
            return found
    for match in asked:
        name = match[4]
        if match[2] or "`" in match[3] or "_" in name or text[match.end(4) : match.end(4) + 1] == "(":
            kind = "class" if match[1].lower() == "class" else "function"
            return Signature(kind, name, (), None, ""), match.span(4)  # type: ignore[arg-type]
    if (named := next(_beginning(_NAMED, _NAMING, text, low), None)) is not None:
        return Signature("function", named[2], (), None, ""), named.span(2)
    return None


def _shown_in(text: str) -> Iterator[re.Match[str]]:
    """Headings and code that show a call or a signature, in order; only lines with a bracket are searched."""
    if "`" in text:
        yield from matches_on_lines(_SHOWN, "(", text)
    else:
        yield from (match for at in lines_with("(", text) if (match := _SHOWN.match(text, at)))


def _beginning(pattern: re.Pattern[str], words: tuple[str, ...], text: str, low: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begins with one of ``words`` in whichever case; ``low`` is the text in lower case.

    They are parts of words without the letters that have more than two forms, such as "s" and "i".
    """
    if len(low) != len(text):
        yield from pattern.finditer(text)
        return
    done = 0
    for place in sorted(place for word in words for place in places(word, low)):
        if place >= done and (match := pattern.match(text, place)) is not None:
            done = match.end()
            yield match


def _called_names(text: str) -> Iterator[str]:
    """Names before a bracket that stand at the start of a line, or after white space, a backtick or a bracket.

    What "f(g(x))" calls is f.
    """
    done = 0
    for bracket in places("(", text):
        start = bracket
        while start > done and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        if start == bracket or not (text[start] == "_" or (text[start].isascii() and text[start].isalpha())):
            continue
        before = text[start - 1 : start]
        if not before or before == "\n" or (start > done and (before in "`(" or before.isspace())):
            done = bracket + 1
            yield text[start:bracket]


def _shown(scanner: Scanner, start: int, bracket: int, prefix: str) -> tuple[Signature, tuple[int, int]] | None:
    """Parse ``name(parameters) -> type`` at ``start``; None if it is a call rather than a signature."""
    text = scanner.text
    if _VALUE.match(text, bracket + 1):
        return None
    end = scanner.balanced(bracket)
    if end is None:
        return None
    arrow = _RETURNS.match(text, end)
    rest = re.match(r"[^`\n]*", text[arrow.end() : arrow.end() + 500]) if arrow else None
    candidates = [(arrow.end() + len(tail), tail) for tail in _type_texts(rest[0])] if arrow and rest else []
    is_result = False
    for stop, tail in [*candidates, (end, "")]:
        if is_result and not tail:
            return None
        header = prefix + text[start:end] + (f" -> {tail}" if tail else "")
        tree = parse_module(header + ": ...")
        if tree is None or not tree.body:
            continue
        signature = from_definition(tree.body[0], Positions(header + ": ..."))
        if signature is None or (prefix and not signature.parameters and not tail):
            return None
        if not prefix and text[stop : stop + 1] == ":":
            stop += 1
        shown = text[start:stop]
        if prefix and not _is_type(tree.body[0]):
            is_result = True  # unless a shorter tail is a type, as in "-> str. solve(1) is 2"
            continue
        if keyword.iskeyword(signature.name) or (prefix and signature.returns and signature.name in signature.returns):
            return None
        return Signature(signature.kind, signature.name, signature.parameters, signature.returns, shown), (start, stop)
    return None


def _is_type(node: ast.stmt) -> bool:
    """False for ``solve(a) -> 4``: that is a result."""
    returns = getattr(node, "returns", None)
    if isinstance(returns, ast.Constant):
        return returns.value is None or isinstance(returns.value, str)
    return returns is None or isinstance(returns, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp)


def _type_texts(rest: str) -> list[str]:
    """What may be the return type at the start of ``rest``, longest first."""
    cuts = [rest.rstrip(" \t:*.")]
    cuts += [rest[: match.start()].rstrip() for match in re.finditer(r":|\.(?=\s|\Z)|[ \t]", rest)][:20][::-1]
    return [cut for cut in cuts if cut]


def from_examples(excerpt: Excerpt) -> Signature | None:
    """The name that a text's examples call most, if nothing else names it."""
    names: Counter[str] = Counter()
    text = excerpt.text
    asserted = (match for at in lines_with("assert", text) if (match := _ASSERTED.match(text, at)))
    for match in islice(asserted, 50):
        name = called_name(match[1].rstrip("` "))
        names.update([name] if name else [])
    if not names:
        seen: list[str] = []
        for name in _called_names(text):
            if (
                name not in seen
                and name not in BUILTINS
                and name.lower() not in _COMMON
                and not keyword.iskeyword(name)
            ):
                seen.append(name)
            if len(seen) == 5:
                break
        for name in seen:
            prompt = re.compile(rf"[ \t]*>>>.*\b{re.escape(name)}\(")
            session = sum(prompt.match(text, at) is not None for at in lines_with(">>>", text))
            names[name] = session + len(read_arrows(excerpt, Context(name=name)))
    best = names.most_common(1)
    return Signature("function", best[0][0], (), None, "") if best and best[0][1] else None
