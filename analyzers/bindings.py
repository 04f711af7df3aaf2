"""Examples that give arguments by name: "For lst = [1, 2] the output should be 3", "Input: n = 5 / Output: 1"."""

import re
from collections.abc import Iterator

from analyzers.calls import ends_plainly
from analyzers.excerpt import Excerpt
from analyzers.found import Context, Found, claim_lines, lines_with, places
from analyzers.lazy import lazy
from analyzers.scan import Scanner, closes

_FOR = lazy(r"\b(?:for|with|given)[ \t]+(?=`*[A-Za-z_]\w*[ \t]*=(?!=))", re.I)
_SHOULD = lazy(
    r"[`]*(?:,?\s*(?:(?:the|it|your)\s+)?(?:expected\s+)?(?:output|result|answer|return\s+value|function)?\s+"
    r"(?:(?:should|must|will)\s+(?:be|return)|is|returns)\s+|[ \t]*(?:[=-]{1,2}>|→|➞)[ \t]*)[`]*"
)
_INPUT = lazy(r"^[ \t>]*(?:[-*+][ \t]+)?[*_]*Inputs?[*_]*[ \t]*:[*_]*", re.M | re.I)
_OUTPUT = lazy(r"(?<![*_])[*_]*+(?:Expected[ \t]+)?Outputs?[*_]*[ \t]*:[*_]*[ \t]*\n?[ \t]*[`]*", re.I)
_NAMED = lazy(r"[\s,;`]*+(?:and[ \t]+)?[`]*+([A-Za-z_]\w*)[ \t]*[=:](?!=)[ \t]*\n?")
_POSITIONAL = lazy(r"[\s,;`]*")
_FARTHEST = 2_000


def read_bindings(excerpt: Excerpt, context: Context) -> list[Found]:
    """Read examples whose arguments match the parameters exactly, by name or, in Input/Output pairs, by number."""
    if not context.name or not context.parameters:
        return []
    if "=" not in excerpt.text and ":" not in excerpt.text:
        return []
    scanner = Scanner(excerpt.text)
    return sorted([*_read_for(scanner, context), *_read_pairs(scanner, context)], key=lambda example: example.start)


def call_of(context: Context, arguments: dict[str, str]) -> str | None:
    """The call with these arguments, None unless they are all that the parameters ask for."""
    parameters = context.parameters or ()
    if any(p.kind in ("varargs", "varkw") for p in parameters) or arguments.keys() - {p.name for p in parameters}:
        return None
    parts: list[str] = []
    by_name = False
    for parameter in parameters:
        if parameter.name not in arguments:
            if parameter.default is None:
                return None
            by_name = True
        else:
            keyword = by_name or parameter.kind == "keyword_only"
            parts.append(f"{parameter.name}={arguments[parameter.name]}" if keyword else arguments[parameter.name])
    return f"{context.name}({', '.join(parts)})"


def call_with(context: Context, values: list[str]) -> str | None:
    """The call with these positional arguments, None unless there is exactly one for each parameter."""
    required = [p.name for p in context.parameters or () if p.default is None]
    return call_of(context, dict(zip(required, values, strict=True))) if len(values) == len(required) else None


def _read_for(scanner: Scanner, context: Context) -> list[Found]:
    found: list[Found] = []
    text = scanner.text
    for match in _introduced(text):
        arguments, end = _named(scanner, match.end(), len(text), context)
        should = _SHOULD.match(text, end)
        source = call_of(context, arguments) if should and arguments else None
        if should and source:
            example = _finish(scanner, source, match.start(), should.end(), context)
            found.extend([example] if example else [])
    return found


def _introduced(text: str) -> Iterator[re.Match[str]]:
    """What stands before arguments by name, in order: looked for to the left of each "=", since few texts have many."""
    for equals in places("=", text):
        at = _before_word(text, _before(" \t", text, equals))
        at = _before_word(text, _before(" \t", text, _before("`", text, at)))
        if (match := _FOR.match(text, at)) is not None:
            yield match


def _before(chars: str, text: str, at: int) -> int:
    while at > 0 and text[at - 1] in chars:
        at -= 1
    return at


def _before_word(text: str, at: int) -> int:
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return at


def _read_pairs(scanner: Scanner, context: Context) -> list[Found]:
    found: list[Found] = []
    text = scanner.text
    if "nput" not in text.lower():
        return found
    inputs = [match for at in lines_with(":", text) if (match := _INPUT.match(text, at))]
    for match, following in zip(inputs, [*inputs[1:], None], strict=False):
        limit = min(len(text), match.end() + _FARTHEST, following.start() if following else len(text))
        output = _OUTPUT.search(text, match.end(), limit)
        if not output:
            continue
        arguments, end = _named(scanner, match.end(), output.start(), context)
        source = call_of(context, arguments)
        if not arguments:
            values, end = _positional(scanner, match.end(), output.start(), context)
            source = call_with(context, values) if values else None
        if source and not text[end : output.start()].strip(" \t\n`,;*-|"):
            example = _finish(scanner, source, match.start(), output.end(), context)
            found.extend([example] if example else [])
    return found


def _named(scanner: Scanner, at: int, limit: int, context: Context) -> tuple[dict[str, str], int]:
    arguments: dict[str, str] = {}
    while (name := _NAMED.match(scanner.text, at, limit)) and name[1] not in arguments:
        end = scanner.value(name.end())
        if end is None or end > limit or not closes(scanner.text[name.end() : end], context.known):
            break
        arguments[name[1]] = scanner.text[name.end() : end].strip()
        at = end
    return arguments, at


def _positional(scanner: Scanner, at: int, limit: int, context: Context) -> tuple[list[str], int]:
    values: list[str] = []
    while True:
        space = _POSITIONAL.match(scanner.text, at, limit)
        start = space.end() if space else at
        end = scanner.value(start) if start < limit else None
        if end is None or end > limit or not closes(scanner.text[start:end], context.known):
            return values, at
        values.append(scanner.text[start:end].strip())
        at = end


def _finish(scanner: Scanner, source: str, start: int, at: int, context: Context) -> Found | None:
    """Read the result at ``at`` and put the example together."""
    text, end = scanner.text, scanner.value(at)
    if end is None or not closes(text[at:end], context.names) or not ends_plainly(text, end, context):
        return None
    start += len(text[start:end]) - len(text[start:end].lstrip())
    claim = claim_lines(text, start, end)
    return Found(kind="arrow", source=source, want=text[at:end].strip(), start=start, end=end, claim=claim)
