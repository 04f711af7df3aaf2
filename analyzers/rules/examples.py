"""EX: the examples of a spec, which are all of it that a machine can check an answer against."""

from collections.abc import Iterator
from typing import Any

from analyzers.facts import fact
from analyzers.lazy import lazy
from analyzers.locate import head_span
from analyzers.richness import is_edge
from analyzers.rules.doctest_form import written_as_doctests
from analyzers.rules.model import Edit, Fix, Hit, Rule
from analyzers.spec import Example, Rejected, Span
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_QUIET = ("None", "NoReturn")
_CLOSED = lazy(r"(?:typing\.)?Literal\[|bool\b")
"""Annotations whose values have no edge."""


@fact
def checks(subject: Subject) -> tuple[Example, ...]:
    """The examples that state an outcome, each once; steps of a session that only prepare one are left out."""
    trials = {id(trial.example) for trial in subject.trials}
    distinct = [trial.example for trial in subject.distinct_trials]
    others = [e for e in subject.spec.examples if id(e) not in trials and e.want != ""]
    seen: set[str] = set()
    for example in others:
        key = f"{example.source}\n{example.want}"
        if key not in seen:
            seen.add(key)
            distinct.append(example)
    return tuple(distinct)


def _no_example(subject: Subject) -> Iterator[Hit]:
    if checks(subject):
        return
    rejected = subject.spec.rejected
    if rejected:
        count = f"{len(rejected)} examples are" if len(rejected) > 1 else "An example is"
        yield Hit(span=rejected[0].span, message=f"{count} written here, but none can be run.")
    else:
        yield Hit(span=head_span(subject.spec), message="Nothing here can check an answer: there is no example.")


def _one_example(subject: Subject) -> Iterator[Hit]:
    found = checks(subject)
    if len(found) == 1:
        yield Hit(span=found[0].span, message="This is the only example.")


def _equal_outcomes(subject: Subject) -> Iterator[Hit]:
    trials = subject.distinct_trials
    signature = subject.spec.signature
    if len(trials) < 2 or len(checks(subject)) > len(trials) or (signature and signature.kind == "class"):
        return
    if signature and signature.returns and signature.returns.strip("'\" ") in _QUIET:
        return
    outcomes = {repr(trial.outcome) for trial in trials}
    inputs = {trial.input_key for trial in trials}
    if any(trial.outcome is UNKNOWN or trial.outcome is None for trial in trials) or len(outcomes) > 1:
        return
    if len(inputs) > 1:
        outcome = trials[0].outcome
        does = f"raises {outcome.name}" if isinstance(outcome, Raises) else f"returns {_short(repr(outcome))}"
        message = f"All {len(trials)} examples have the same outcome: a function that always {does} passes them."
        yield Hit(span=trials[1].example.span, message=message)


def _no_edge(subject: Subject) -> Iterator[Hit]:
    trials = subject.distinct_trials
    if not trials or len(checks(subject)) > len(trials):
        return
    if any(not trial.literal or not trial.inputs for trial in trials) or any(map(_is_at_edge, trials)):
        return
    closed = {parameter.name for parameter in subject.parameters if _CLOSED.match(parameter.annotation or "")}
    values = [value for trial in trials for name, value in _named(subject, trial) if name not in closed]
    kinds = dict.fromkeys(filter(None, map(_edge_of, values)))
    if not kinds:
        return
    yield Hit(
        span=trials[-1].example.span,
        message=f"No example shows what happens at the edge, such as for {', or for '.join(list(kinds)[:2])}.",
    )


def _named(subject: Subject, trial: Trial) -> Iterator[tuple[str, Any]]:
    """The arguments of a trial with the names of their parameters, as far as those are known."""
    names = [parameter.name for parameter in subject.parameters]
    for at, value in enumerate(trial.arguments):
        yield (names[at] if at < len(names) else ""), value
    yield from trial.keywords


def _is_at_edge(trial: Trial) -> bool:
    """An edge for the score too, or a collection that holds something empty, or a tuple that holds an edge."""
    return is_edge(trial) or any(_holds_edge(value, 3) for value in trial.inputs)


def _holds_edge(value: Any, depth: int) -> bool:
    match value:
        case dict():
            return any(_is_empty(item, depth) for item in value.values())
        case tuple():
            return any(_is_empty(item, depth) or _is_least(item) for item in value)
        case list() | set():
            return any(_is_empty(item, depth) for item in value)
    return False


def _is_least(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value <= 0


def _is_empty(value: Any, depth: int) -> bool:
    if isinstance(value, list | tuple) and value and depth:
        return any(_is_empty(item, depth - 1) for item in value)
    return value is None or (isinstance(value, str | list | tuple | dict | set) and not value)


def _edge_of(value: Any) -> str:
    """What a reader would try at the edge in place of ``value``; "" where there is no edge, as for a bool."""
    match value:
        case bool():
            return ""
        case str() | bytes():
            return "an empty text"
        case tuple() if value and all(isinstance(item, int | float) for item in value):
            return "the smallest numbers allowed"  # a pair of bounds, a point, a date
        case list() | tuple() | set():
            return "an empty or one-item collection"
        case dict():
            return "an empty dictionary"
        case int() | float():
            return "the smallest number allowed"
    return ""


def _unparsed(subject: Subject) -> Iterator[Hit]:
    for rejected in subject.spec.rejected:
        if rejected.reason != "name":
            message, hint = _told(subject, rejected)
            yield Hit(span=rejected.span, message=message, hint=hint, fix=_mend(rejected))
    text = subject.spec.text
    for example in subject.spec.examples:
        start = example.span.start
        if text.startswith(">>>", start) and text[start + 3 : start + 4] > " ":
            yield Hit(
                span=Span(start, start + 4),
                message="Without a space after >>>, doctest refuses every example of this text.",
                hint="Write a space after >>>.",
                fix=Fix(safe=True, edits=(Edit(Span(start + 3, start + 3), " "),)),
            )


def _told(subject: Subject, rejected: Rejected) -> tuple[str, str | None]:
    """The message about an example, and the hint where there is a better one than the rule's."""
    shown = _short(" ".join(rejected.text.split()))
    if rejected.mend:
        place, put = rejected.mend
        return f"This example is not Python: {shown}", f"Write {put}." if place.end > place.start else f"Add {put}."
    if rejected.names:
        names = [f"“{name}”" for name in rejected.names[:3]]
        stand = "stand" if len(names) > 1 else "stands"
        message = f"Nothing says what {' and '.join(names)} {stand} for: {shown}"
        return message, f"Put quotes around {names[0]} if it is a text; else write the value."
    if rejected.reason == "open":
        return f"This example uses a name that nothing defines: {shown}", None
    written = subject.spec.text[rejected.span.start : rejected.span.end]
    if rejected.kind == "doctest" and "\\" in written and "\\" not in rejected.text:
        message = f"Python replaces the backslash before doctest sees this example: {shown}"
        return message, 'Begin the docstring with r""", or write two backslashes.'
    return f"This example is not Python: {shown}", None


def _mend(rejected: Rejected) -> Fix | None:
    return Fix(safe=True, edits=(Edit(*rejected.mend),)) if rejected.mend else None


def _in_prose(subject: Subject) -> Iterator[Hit]:
    arrows = [e for e in subject.spec.examples if e.kind == "arrow" and "#" not in _written(subject, e)]
    fixed, edits = written_as_doctests(subject, arrows)
    mended = {id(one) for one in fixed}
    kept = [example for example in arrows if id(example) not in mended]
    for examples, fix in ((fixed, Fix(safe=True, edits=edits)), (kept, None)):
        if examples:
            many = len(examples) > 1
            count = f"{len(examples)} examples, from here on, are" if many else "This example is"
            where = "among" if many else "part of"
            yield Hit(
                span=examples[0].span, message=f"{count} {where} the prose: no doctest runner sees them.", fix=fix
            )


def _written(subject: Subject, example: Example) -> str:
    return subject.spec.text[example.span.start : example.span.end]


def _short(shown: str) -> str:
    return shown if len(shown) <= 60 else shown[:57] + "..."


_STUB = 'def count_vowels(text: str) -> int:\n    """Count the vowels (aeiou) in text, in upper or lower case.'

RULES: tuple[Rule, ...] = (
    Rule(
        code="EX101",
        name="no-example",
        severity="warning",
        summary="No example that can be run.",
        why=(
            "An example is the only part of a spec that a machine can check an answer against. Without one a review is "
            "opinion against opinion: a fix cannot be shown to be better than the draft it replaces."
        ),
        hint="Add two or three calls with their results, one of them at the edge.",
        bad=f'{_STUB}"""\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_no_example,
    ),
    Rule(
        code="EX102",
        name="one-example",
        severity="info",
        summary="Only one example that can be run.",
        why=(
            "One example is passed by many wrong functions, a constant among them. In the public data, specs with a "
            "single assertion are those on which a second model's review gains least."
        ),
        hint="Add an example whose result differs, and one at the edge.",
        bad=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    """\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_one_example,
    ),
    Rule(
        code="EX103",
        name="equal-outcomes",
        severity="warning",
        summary="Every example has the same outcome.",
        why=(
            "A function that ignores its input and returns that one value passes every example. Checking such a spec "
            "tells nothing about an answer."
        ),
        hint="Add an example whose result differs from the others.",
        bad=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("Otto")\n    2\n    """\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_equal_outcomes,
    ),
    Rule(
        code="EX104",
        name="no-edge-example",
        severity="warning",
        summary="No example has an edge input: empty, of one item, zero, negative, None, or one that fails.",
        why=(
            "Drafts that are wrong are mostly wrong at the edges: on the empty list, on zero, on one item. Where no "
            "example shows what is wanted there, neither model can know, and no check catches the slip."
        ),
        hint="Add an example with the smallest input that is allowed.",
        bad=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("Eve and Bob")\n    4\n    """\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_no_edge,
    ),
    Rule(
        code="EX105",
        name="unreadable-example",
        severity="warning",
        summary="An example that cannot be run as it is written.",
        why=(
            "It looks like a check and checks nothing. A reader has to guess what was meant, such as whether a bare "
            "word is a string; a model guesses too, and not always the same."
        ),
        hint="Write the call and the result as Python: quotes around strings, brackets closed, True instead of true.",
        bad=f'{_STUB}\n\n    >>> count_vowels("Anna"\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_unparsed,
        fixable="safe",
    ),
    Rule(
        code="EX106",
        name="example-in-prose",
        severity="info",
        summary="An example is written in prose or with an arrow instead of as a doctest.",
        why=(
            "It can be run here, as the linter reads it; doctest, pytest and the next reader's tools pass over it. As "
            "a doctest it stays true, because something runs it."
        ),
        hint="Write the call after >>> and its result on the next line; in Markdown inside of a fence.",
        bad=f'{_STUB}\n\n    count_vowels("Anna") -> 2\n    count_vowels("") -> 0\n    """\n',
        good=f'{_STUB}\n\n    >>> count_vowels("Anna")\n    2\n    >>> count_vowels("")\n    0\n    """\n',
        check=_in_prose,
        fixable="safe",
    ),
)
