"""Turn examples that stand on lines of their own into doctests, where that cannot change what they say."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from analyzers.lazy import lazy
from analyzers.rules.model import Edit
from analyzers.spec import Example, Span, SpecFormat
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_BULLET = lazy(r" {0,3}(?:[-*+][ \t]+)?`?\Z")
_TAIL = lazy(r"`?[.;,]?[ \t]*(#[^\n]*)?\Z")
_LINE_END = lazy(r"[\r\n]")
_NEXT_LINE = lazy(r"(?:\r\n?|\n)?([^\r\n]*)")
_LEAD, _REST = 80, 2_000
"""Characters before and after an example on its line; where there are more it is no line of its own."""
_NOTHING_ABOVE = lazy(r"(?:\A|(?:\r\n?|\n)[ \t]*(?:\r\n?|\n))\Z")
_WHOLE = lazy(r"\bint\b")
_FLOATS = lazy(r"float|complex|Real|Number|Decimal|Fraction")
_FENCE = lazy(r"(?:^|(?<=\r))[ \t]*(`{3,}|~{3,})", re.M)


def written_as_doctests(subject: Subject, examples: Sequence[Example]) -> tuple[tuple[Example, ...], tuple[Edit, ...]]:
    """The examples that can be rewritten, and the edits that do it.

    Rewritten are examples alone on their lines, in the docstring of a stub or in Markdown, whose result is a literal
    that a session shows as it is written. What a docstring would have to escape stays as it is.
    """
    text, form = subject.spec.text, subject.spec.format
    if form is SpecFormat.PROSE or (form is SpecFormat.PYTHON and not _has_docstring(subject)):
        return (), ()
    trials = {id(trial.example): trial for trial in subject.trials}
    numbers = _has_floats(subject)
    rewritten: list[tuple[Example, Span, str, str]] = []
    for example in examples:
        trial = trials.get(id(example))
        shown = _session(trial, numbers) if trial else None
        line = _own_line(text, example, form) if shown else None
        if shown and line:
            rewritten.append((example, line[0], shown, line[1]))
    edits: list[Edit] = []
    done: list[Example] = []
    runs = groupby(_runs(text, rewritten), key=lambda item: item[0])
    fenced = _fenced(text, subject.spec.span) if form is SpecFormat.MARKDOWN else ()
    for _, run in runs:
        lines = [item[1] for item in run]
        at = bisect_left(fenced, (lines[0][1].start, 0)) - 1
        inside = at >= 0 and lines[0][1].start < fenced[at][1]
        made = _edit(text, lines, form, inside)
        if made:
            edits.append(made)
            done += [line[0] for line in lines]
    return tuple(done), tuple(edits)


def _has_docstring(subject: Subject) -> bool:
    """Comments hold examples too; those are left alone."""
    return subject.spec.signature is not None and bool(subject.spec.signature.source)


def _session(trial: Trial, numbers: bool) -> str | None:
    """What a session shows of the call: two lines, without indentation. ``numbers``: a whole number may be a float."""
    call, outcome = trial.call, trial.outcome
    if outcome is UNKNOWN or isinstance(outcome, Raises) or "\n" in call or "\n" in trial.want:
        return None
    if outcome is None:
        call, outcome = f"{call} is None", True
    elif not _is_shown_so(outcome, numbers):
        call, outcome = f"{call} == {trial.want}", True
    shown = f">>> {call}\n{outcome!r}"
    needs_escape = "\\" in shown or '"""' in shown or "'''" in shown
    return None if needs_escape or shown.count("\n") != 1 or not shown.replace("\n", "").isprintable() else shown


def _is_shown_so(value: object, numbers: bool) -> bool:
    """True if every value that is equal to ``value`` is shown as it is, as far as results of one kind go.

    Sets and dictionaries have no order of display; a float may be shown as 0.30000000000000004, and 2 as 2.0.
    """
    match value:
        case bool() | str() | bytes() | None:
            return True
        case int():
            return not numbers
        case list() | tuple():
            return all(_is_shown_so(item, numbers) for item in value)
    return False


def _has_floats(subject: Subject) -> bool:
    """Whether results may be floats that are given as whole numbers."""
    signature = subject.spec.signature
    returns = signature.returns if signature else None
    if returns:
        return not _WHOLE.search(returns) or _FLOATS.search(returns) is not None
    return any(_holds_float(value) for trial in subject.trials for value in (*trial.inputs, trial.outcome))


def _holds_float(value: object) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return any(_holds_float(item) for item in value)
    return isinstance(value, float | complex)


def _own_line(text: str, example: Example, form: SpecFormat) -> tuple[Span, str] | None:
    """The line that holds nothing but the example (its newline not included), and its indentation."""
    start, end = example.span.start, example.span.end
    while start > 0 and text[start - 1] not in "\r\n":
        start -= 1
        if example.span.start - start > _LEAD:
            return None
    ended = _LINE_END.search(text, end, end + _REST)
    end = ended.start() if ended else len(text)
    if end - example.span.end >= _REST:
        return None
    lead = text[start : example.span.start]
    plain = not lead.strip(" \t") or (form is SpecFormat.MARKDOWN and _BULLET.match(lead))
    several = "\n" in text[example.span.start : example.span.end]
    if not plain or several or not _TAIL.match(text[example.span.end : end]):
        return None
    return Span(start, end), lead[: len(lead) - len(lead.lstrip(" \t"))]


def _runs(
    text: str, lines: Sequence[tuple[Example, Span, str, str]]
) -> list[tuple[int, tuple[Example, Span, str, str]]]:
    """The lines, numbered by the run of adjacent lines they belong to."""
    number, before = 0, -1
    found = []
    for line in lines:
        number += before < 0 or text[before : line[1].start] not in ("\n", "\r\n", "\r")
        before = line[1].end
        found.append((number, line))
    return found


def _edit(text: str, run: Sequence[tuple[Example, Span, str, str]], form: SpecFormat, inside: bool) -> Edit | None:
    """One edit for a run of lines. A blank line is put after it, so that what follows is not taken for a result."""
    span = Span(run[0][1].start, run[-1][1].end)
    after = _NEXT_LINE.match(text, span.end)
    follows = after[1].strip() if after else ""
    sessions = [(line[3], line[2].split("\n")) for line in run]
    comments = [_comment(text, line) for line in run]
    if form is SpecFormat.MARKDOWN and not inside:
        if follows or _NOTHING_ABOVE.search(text, max(0, span.start - _LEAD), span.start) is None:
            return None
        body = [part for _, session in sessions for part in session]
        return Edit(span, "\n".join(["```python", *body, "```"]))
    body = [
        f"{indent}{session[0]}{comment}\n{indent}{session[1]}"
        for (indent, session), comment in zip(sessions, comments, strict=True)
    ]
    closes = follows.startswith(('"""', "'''", ">>>", "```", "~~~")) or not follows
    return Edit(span, "\n".join(body) + ("" if closes else "\n"))


def _comment(text: str, line: tuple[Example, Span, str, str]) -> str:
    tail = _TAIL.match(text[line[0].span.end : line[1].end])
    return f"  {tail[1].rstrip()}" if tail and tail[1] else ""


def _fenced(text: str, span: Span) -> tuple[tuple[int, int], ...]:
    """Where the fences of a section are."""
    found: list[tuple[int, int]] = []
    opening: tuple[str, int] | None = None
    for match in _FENCE.finditer(text, span.start, span.end):
        if opening is None:
            opening = match[1], match.start()
        elif match[1].startswith(opening[0]):
            found.append((opening[1], match.end()))
            opening = None
    if opening is not None:
        found.append((opening[1], span.end))
    return tuple(found)
