"""Comments that silence findings, and what is to be said about those that silence none.

In Python: ``# noqa: EX101`` behind the quotes that close a docstring (for the whole spec) or behind any other line (for
that line), and ``# secondpass: disable-file=EX101,CN``. In Markdown and prose, alone on a line and outside of fences:
``<!-- secondpass-disable-next-line EX101 -->``, ``<!-- secondpass-disable -->`` up to ``<!-- secondpass-enable -->``,
and ``<!-- secondpass-disable-file EX101 -->``. Without codes all rules are meant; after ``--`` a reason may follow.
``noqa`` also works behind a docstring in a fence of a Markdown file.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analyzers.comments import Comment, LineStarts, markup_comments, python_comments
from analyzers.rules import ALL_RULES
from analyzers.rules.model import Edit, Fix, LintFinding, Rule
from analyzers.rules.suppressions import UNKNOWN, UNUSED
from analyzers.spec import Span, Spec, SpecFormat
from analyzers.suppression_names import (
    COMMANDS,
    Named,
    nearest_command,
    read_names,
    read_noqa_names,
    why_unknown,
)

_NOQA = re.compile(r"#[ \t]*noqa\b(?![\w-])(?P<colon>[ \t]*:[ \t]*)?", re.I)
_PYTHON = re.compile(r"#[ \t]*secondpass:[ \t]*(?P<command>(?:disable|enable|ignore)[\w-]*)[ \t]*[=:]?[ \t]*")
_MARKUP = re.compile(r"<!--[ \t]*secondpass-(?P<command>[\w-]*\w)[ \t]*[=:]?[ \t]*")
_BEHIND_DOCSTRING = re.compile(r"(?P<quotes>\"\"\"|''')[ \t]*(?P<comment>#[^\r\n]*)")
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})")
_ABOUT_SUPPRESSIONS = frozenset((UNUSED.code, UNKNOWN.code))
_DEEP = frozenset(rule.code for rule in ALL_RULES if rule.deep)
_ALL = frozenset(rule.code for rule in ALL_RULES) - _DEEP


@dataclass(slots=True, kw_only=True)
class _Suppression:
    """One comment. ``covers`` tells for a finding whether it stands in its reach; ``named`` is None for all rules."""

    span: Span
    covers: Callable[[LintFinding], bool]
    named: list[Named] | None
    words: list[Span]
    removal: Span | None
    """What to delete to be rid of it, None where that would take more with it."""
    foreign: bool = False
    """Other tools read it too and may need it."""
    used: bool = False
    line: int | None = None
    """Where its line starts, if it speaks of one line; None if of more."""
    owner: int | None = None
    """The spec it speaks of besides."""
    is_range: bool = False
    """Whether ``enable`` may end it, at ``until``."""
    until: dict[str, int] = field(default_factory=dict)

    def silences(self, finding: LintFinding) -> bool:
        """Whether ``finding`` is silenced; remembers that it was of use."""
        start = finding.span.start
        if not self.covers(finding) or start >= self.until.get(finding.code, start + 1):
            return False
        if self.named is not None or finding.code in _ABOUT_SUPPRESSIONS:
            one = next((one for one in self.named or () if finding.code in one.codes), None)
            # What is wrong with suppressions is silenced by name only: else the one in question would silence it.
            if one is None or (finding.code in _ABOUT_SUPPRESSIONS and not one.codes <= _ABOUT_SUPPRESSIONS):
                return False
            one.used = True
        self.used = True
        return True

    @property
    def is_about_suppressions(self) -> bool:
        """Whether it names what is found about suppressions themselves."""
        return any(one.codes <= _ABOUT_SUPPRESSIONS for one in self.named or ())

    @property
    def codes(self) -> frozenset[str]:
        """What it is about."""
        return _ALL if self.named is None else frozenset().union(*(one.codes for one in self.named))


class Suppressions:
    """The suppressions of one text. Ask ``silences`` about every finding before ``findings``."""

    def __init__(self, text: str, specs: Sequence[Spec]) -> None:
        self._text = text
        self._specs = specs
        self._found: list[_Suppression] = []
        self._wide: list[_Suppression] = []
        self._of_line: dict[int, list[_Suppression]] = {}
        self._of_spec: dict[int | None, list[_Suppression]] = {}
        self._about: list[_Suppression] = []
        self._wrong: list[LintFinding] = []
        self._lines = LineStarts(text)
        if specs[0].format is SpecFormat.PYTHON:
            for comment in python_comments(text):
                self._read_python(comment)
        else:
            for comment in markup_comments(text):
                self._read_markup(comment)
            self._read_fenced()
        for one in self._found:
            (self._wide if one.line is None else self._of_line.setdefault(one.line, [])).append(one)
            if one.is_about_suppressions:
                self._about.append(one)
            if one.owner is not None:
                self._of_spec.setdefault(one.owner, []).append(one)

    def silences(self, finding: LintFinding) -> bool:
        """Whether a comment silences ``finding``; the comments that do are known to be of use from then on."""
        if finding.code in _ABOUT_SUPPRESSIONS:
            asked = self._about
        else:
            line = self._lines.line(finding.span.start)[0]
            asked = [*self._wide, *self._of_line.get(line, ()), *self._of_spec.get(finding.spec, ())]
        # All are asked: whoever could silence it is of use, even where another does already.
        return sum(suppression.silences(finding) for suppression in asked) > 0

    def findings(self, ran: Iterable[Rule]) -> tuple[tuple[LintFinding, ...], int]:
        """What is wrong with the suppressions themselves, and how much of that is silenced in turn.

        A suppression of a rule that is not among those that ``ran`` may be of use in another run.
        """
        codes = {rule.code for rule in ran}
        found = [finding for finding in self._wrong if finding.code in codes]
        if UNUSED.code in codes:
            found += [one for suppression in self._found for one in self._unused(suppression, codes)]
        kept = [finding for finding in found if not self.silences(finding)]
        return tuple(kept), len(found) - len(kept)

    def _unused(self, suppression: _Suppression, ran: set[str]) -> Iterator[LintFinding]:
        if suppression.named is None:
            if not suppression.used and not suppression.foreign and ran >= _ALL:
                yield self._finding(UNUSED, suppression.span, "This silences nothing.", fix=_removed(suppression))
            return
        idle = [one for one in suppression.named if not one.used and _is_judged(one.codes, ran)]
        if not idle:
            return
        names = [self._text[one.span.start : one.span.end] for one in idle]
        shown = f"{', '.join(names[:-1])} and {names[-1]} silence" if len(names) > 1 else f"{names[0]} silences"
        spans = {one.span for one in idle}
        kept = [self._text[word.start : word.end] for word in suppression.words if word not in spans]
        if kept:
            span = Span(suppression.words[0].start, suppression.words[-1].end)
            fix: Fix | None = Fix(safe=True, edits=(Edit(span, ", ".join(kept)),))
        else:
            fix = _removed(suppression)
        yield self._finding(UNUSED, Span(idle[0].span.start, idle[-1].span.end), f"{shown} nothing here.", fix=fix)

    def _read_python(self, comment: Comment) -> None:
        directive = _PYTHON.match(self._text, comment.start, comment.end)
        if directive is None:
            if (noqa := _NOQA.search(self._text, comment.start, comment.end)) is not None:
                self._read_noqa(noqa, comment)
        elif directive["command"] == "disable-file":
            self._add(self._alone(comment), directive.end(), comment.end, _everywhere)
        else:
            message = f"Python files have no suppression {directive['command']!r}."
            hint = "Write # secondpass: disable-file=CODES, or # noqa: CODES behind the docstring."
            self._wrong.append(self._finding(UNKNOWN, Span(comment.start, comment.end), message, hint))

    def _read_noqa(self, noqa: re.Match[str], comment: Comment) -> None:
        names = read_noqa_names(self._text, noqa.end(), comment.end) if noqa["colon"] else None
        if names is not None:
            self._say_unknown(names.unknown)
            if not names.named:
                return
        first, last = self._lines.line(comment.start)
        owner: int | None = None
        if comment.string is not None:
            first = comment.string[0]
            owner = next((at for at, spec in enumerate(self._specs) if _holds(spec, first)), None)
        end = names.words[-1].end if names else noqa.end()
        self._found.append(
            _Suppression(
                span=Span(noqa.start(), end),
                covers=lambda one: first <= one.span.start < last or (owner is not None and one.spec == owner),
                named=names.named if names else None,
                words=names.words if names else [],
                removal=self._behind_code(Span(noqa.start(), end), comment),
                foreign=names is None,
                line=self._lines.line(comment.start)[0] if owner is not None or comment.string is None else None,
                owner=owner,
            )
        )

    def _behind_code(self, span: Span, comment: Comment) -> Span | None:
        """``span`` with the blanks that go with it; None if a reason follows, which would be left alone."""
        rest = self._text[span.end : comment.end]
        if rest.strip(" \t,"):
            following = rest.find("#")
            return Span(span.start, span.end + following) if not rest[:following].strip(" \t,") else None
        return Span(len(self._text[: span.start].rstrip(" \t")), comment.end)

    def _alone(self, comment: Comment) -> Span:
        """The whole line where ``comment`` stands alone, else the comment with the blanks before it."""
        start, end = self._lines.line(comment.start)
        before = self._text[start : comment.start].rstrip(" \t")
        return Span(start + len(before), comment.end) if before else Span(start, end)

    def _read_markup(self, comment: Comment) -> None:
        directive = _MARKUP.match(self._text, comment.start, comment.end)
        if directive is None:
            return
        command, limit = directive["command"], comment.end - len("-->")
        line = self._paragraph(comment)
        after = directive.end(), limit
        if command == "enable":
            self._enable(line, *after)
        elif command == "disable-file":
            self._add(line, *after, _everywhere)
        elif command == "disable-next-line":
            start, end = self._next(comment.end)
            single = start if self._lines.line(start)[1] == end else None
            self._add(line, *after, lambda one: start <= one.span.start < end, line=single)
        elif command == "disable":
            self._add(line, *after, lambda one: one.span.start >= comment.end, is_range=True)
        else:
            message = f"There is no secondpass-{command}; did you mean secondpass-{nearest_command(command)}?"
            hint = f"There are {', '.join(f'secondpass-{known}' for known in COMMANDS)}."
            self._wrong.append(self._finding(UNKNOWN, Span(comment.start, comment.end), message, hint))

    def _paragraph(self, comment: Comment) -> Span:
        """What to delete of the lines around ``comment``, so that what it kept apart does not come together."""
        start, end = self._lines.line(comment.start)
        before = self._lines.line(start - 1)[0] if start else 0
        first, last = self._lines.line(end) if end < len(self._text) else (end, end)
        above, below = (bool(self._text[slice(*line)].strip()) for line in ((before, start), (first, last)))
        if above and below:
            return Span(start, comment.end)
        return Span(start, end if above or below else last)

    def _add(
        self,
        removal: Span,
        start: int,
        end: int,
        covers: Callable[[LintFinding], bool],
        *,
        line: int | None = None,
        is_range: bool = False,
    ) -> None:
        names = read_names(self._text, start, end) if _is_named(self._text, start, end) else None
        if names is not None:
            self._say_unknown(names.unknown)
        if names is None or names.named:
            self._found.append(
                _Suppression(
                    span=self._trimmed(removal),
                    covers=covers,
                    named=names.named if names else None,
                    words=names.words if names else [],
                    removal=removal,
                    line=line,
                    is_range=is_range,
                )
            )

    def _enable(self, line: Span, start: int, end: int) -> None:
        codes = _ALL
        if _is_named(self._text, start, end):
            names = read_names(self._text, start, end)
            self._say_unknown(names.unknown)
            if not names.named:
                return
            codes = frozenset().union(*(one.codes for one in names.named))
        ended = False
        for suppression in self._found:
            if suppression.is_range:
                for code in suppression.codes & codes - suppression.until.keys():
                    suppression.until[code] = line.start
                    ended = True
        if not ended:
            fix = Fix(safe=True, edits=(Edit(line, ""),))
            message = "Nothing is disabled here that this could enable."
            self._wrong.append(self._finding(UNUSED, self._trimmed(line), message, fix=fix))

    def _next(self, offset: int) -> tuple[int, int]:
        """The next line that is not blank; all of a fence, if it opens one."""
        _, start = self._lines.line(offset)
        end = start
        while start < len(self._text):
            start, end = self._lines.line(start)
            if self._text[start:end].strip():
                break
            start = end
        if (fence := _FENCE.match(self._text, start, end)) is not None:
            while end < len(self._text):
                first, end = self._lines.line(end)
                if self._text[first:end].strip(" \t>\r\n").startswith(fence[1]):
                    break
        return start, end

    def _read_fenced(self) -> None:
        for spec in self._specs:
            if spec.format is SpecFormat.MARKDOWN and spec.signature is not None and spec.signature.source:
                for match in _BEHIND_DOCSTRING.finditer(self._text, spec.span.start, spec.span.end):
                    comment = Comment(*match.span("comment"), string=match.span("quotes"))
                    if (noqa := _NOQA.search(self._text, comment.start, comment.end)) is not None:
                        self._read_noqa(noqa, comment)

    def _say_unknown(self, spans: Iterable[Span]) -> None:
        for span in spans:
            message, hint = why_unknown(self._text[span.start : span.end])
            self._wrong.append(self._finding(UNKNOWN, span, message, hint))

    def _trimmed(self, line: Span) -> Span:
        shown = self._text[line.start : line.end]
        start = line.start + len(shown) - len(shown.lstrip())
        return Span(start, start + len(shown.strip()))

    def _finding(
        self, rule: Rule, span: Span, message: str, hint: str | None = None, fix: Fix | None = None
    ) -> LintFinding:
        return LintFinding(
            code=rule.code,
            severity=rule.severity,
            message=message,
            hint=hint or rule.hint,
            span=span,
            fix=fix,
            spec=None,
        )


def _everywhere(_finding: LintFinding) -> bool:
    return True


def _holds(spec: Spec, offset: int) -> bool:
    return spec.span.start <= offset < spec.span.end


def _is_named(text: str, start: int, end: int) -> bool:
    """Whether anything is named before the reason."""
    return bool(text[start:end].split("--")[0].strip())


def _is_judged(codes: frozenset[str], ran: set[str]) -> bool:
    """Whether this run can tell that ``codes`` are not needed; those about suppressions are asked last."""
    judged = codes - _DEEP - _ABOUT_SUPPRESSIONS
    return bool(judged) and judged <= ran


def _removed(suppression: _Suppression) -> Fix | None:
    return Fix(safe=True, edits=(Edit(suppression.removal, ""),)) if suppression.removal else None
