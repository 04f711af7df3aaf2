"""Silence a finding with a comment, at the narrowest place where the linter obeys one."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from analyzers.rules.model import Edit, LintFinding
from analyzers.spec import Span
from tui.workbench.spec_lint import Linted

_NOQA = re.compile(r"#[ \t]*noqa:[ \t]*[A-Za-z]+\d*(?:[ \t]*,[ \t]*[A-Za-z]+\d*)*")
_CLOSES_STRING = re.compile(r"(?:\"\"\"|''')[ \t]*(?:#.*)?$")
_LINE = re.compile(r"[^\r\n]*")
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.M)


async def silenced(
    linted: Linted, finding: LintFinding, lint: Callable[[str], Awaitable[Linted]]
) -> tuple[Edit, ...] | None:
    """The edit that silences ``finding``; None if no comment at a likely place does.

    Where a comment counts is known to the linter alone, so each place is tried on it: a comment that lands in a
    docstring would be text of the spec.
    """
    async for edit, after in _tried(linted, finding, lint):
        fewer = _count(after, finding.code) < _count(linted, finding.code)
        others = {each.code for each in after.findings} <= {each.code for each in linted.findings}
        if fewer and others and after.suppressed > linted.suppressed:
            return (edit,)
    return None


async def _tried(
    linted: Linted, finding: LintFinding, lint: Callable[[str], Awaitable[Linted]]
) -> AsyncIterator[tuple[Edit, Linted]]:
    places = _python_places if linted.python else _markup_places
    for edit in places(linted, finding):
        start, end = edit.span.start, edit.span.end
        yield edit, await lint(linted.text[:start] + edit.text + linted.text[end:])


def _count(linted: Linted, code: str) -> int:
    return sum(each.code == code for each in linted.findings)


def _python_places(linted: Linted, finding: LintFinding) -> Iterator[Edit]:
    """Behind the finding's line; else behind the lines that close a docstring, those after the finding first."""
    text, start = linted.text, finding.span.start
    yield _behind_line(text, start, finding.code)
    spec = linted.specs[finding.spec].span if finding.spec is not None else Span(0, len(text))
    closing = [
        match.start()
        for match in _LINE.finditer(text, spec.start, len(text))
        if match.start() < spec.end and _CLOSES_STRING.search(match.group())
    ]
    for at in sorted(closing, key=lambda each: (each < start, each))[:4]:
        yield _behind_line(text, at, finding.code)


def _behind_line(text: str, offset: int, code: str) -> Edit:
    line = text.rfind("\n", 0, offset) + 1
    match = _LINE.match(text, line)
    end = match.end() if match else offset
    if (known := _NOQA.search(text, line, end)) is not None:
        return Edit(Span(known.end(), known.end()), f", {code}")
    trimmed = line + len(text[line:end].rstrip())
    return Edit(Span(trimmed, end), f"  # noqa: {code}")


def _markup_places(linted: Linted, finding: LintFinding) -> Iterator[Edit]:
    """Above the finding's line, and above the fence that it stands in."""
    text, start = linted.text, finding.span.start
    newline = "\r\n" if "\r\n" in text else "\n"
    comment = f"<!-- secondpass-disable-next-line {finding.code} -->{newline}"
    line = text.rfind("\n", 0, start) + 1
    yield Edit(Span(line, line), comment)
    fences = [match.start() for match in _FENCE.finditer(text, 0, start)]
    if fences:
        yield Edit(Span(fences[-1], fences[-1]), comment)
