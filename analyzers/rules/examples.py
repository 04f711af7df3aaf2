"""EX: the examples of a spec, which are all of it that a machine can check an answer against."""

from collections.abc import Iterator
from typing import Any

from analyzers.facts import fact
from analyzers.locate import head_span
from analyzers.rules.doctest_form import written_as_doctests
from analyzers.rules.model import Edit, Fix, Hit, Rule
from analyzers.spec import Example, Rejected, Span
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_QUIET = ("None", "NoReturn")


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
    if any(UNKNOWN in trial.inputs or not trial.inputs for trial in trials) or any(map(_is_edge, trials)):
        return
    if all(isinstance(value, bool) for trial in trials for value in trial.inputs):
        return
    kinds = {_edge_of(value) for trial in trials for value in trial.inputs if not isinstance(value, bool)}
    wanted = " or ".join(sorted(kind for kind in kinds if kind)[:2]) or "a smallest input"
    yield Hit(
        span=trials[-1].example.span,
        message=f"No example shows what happens at the edge, such as for {wanted}.",
    )


def _is_edge(trial: Trial) -> bool:
    lone = len(trial.inputs) == 1 and trial.inputs[0] == 1 and not isinstance(trial.inputs[0], bool)
    return lone or isinstance(trial.outcome, Raises) or any(_is_small(value, 3) for value in trial.inputs)


def _is_small(value: Any, depth: int) -> bool:
    """Empty, of one item, zero, below zero or None; or a container that holds something empty."""
    match value:
        case None:
            return True
        case bool():
            return False
        case int() | float() | complex():
            return value == 0 or (not isinstance(value, complex) and value < 0)
        case str() | bytes():
            return len(value) < 2
        case dict():
            return len(value) < 2 or any(_is_empty(item, depth) for item in value.values())
        case list() | tuple() | set():
            return len(value) < 2 or any(_is_empty(item, depth) for item in value)
    return False


def _is_empty(value: Any, depth: int) -> bool:
    if isinstance(value, list | tuple) and value and depth:
        return any(_is_empty(item, depth - 1) for item in value)
    return value is None or (isinstance(value, str | list | tuple | dict | set) and not value)


def _edge_of(value: Any) -> str:
    match value:
        case str() | bytes():
            return "an empty text"
        case list() | tuple() | set():
            return "an empty or one-item collection"
        case dict():
            return "an empty dictionary"
        case int() | float():
            return "zero or a negative number"
    return ""


def _unparsed(subject: Subject) -> Iterator[Hit]:
    for rejected in subject.spec.rejected:
        if rejected.reason != "name":
            yield Hit(span=rejected.span, message=_reason(rejected), fix=_mend(rejected))
    text = subject.spec.text
    for example in subject.spec.examples:
        start = example.span.start
        if example.kind in ("doctest", "assert") and text.startswith(">>>", start) and text[start + 3 : start + 4] > " ":
            yield Hit(
                span=Span(start, start + 4),
                message="doctest reads no example where a space is missing after the prompt.",
                hint="Write a space after >>>.",
                fix=Fix(safe=True, edits=(Edit(Span(start + 3, start + 3), " "),)),
            )


def _reason(rejected: Rejected) -> str:
    shown = _short(" ".join(rejected.text.split()))
    if rejected.reason == "open":
        return f"This example uses a name that nothing defines: {shown}"
    return f"This example is not Python: {shown}"


def _mend(rejected: Rejected) -> Fix | None:
    return Fix(safe=True, edits=(Edit(*rejected.mend),)) if rejected.mend else None


def _in_prose(subject: Subject) -> Iterator[Hit]:
    arrows = [e for e in subject.spec.examples if e.kind == "arrow" and "#" not in _written(subject, e)]
    fixed, edits = written_as_doctests(subject, arrows)
    kept = [example for example in arrows if id(example) not in {id(one) for one in fixed}]
    for examples, fix in ((fixed, Fix(safe=True, edits=edits)), (kept, None)):
        if examples:
            many = len(examples) > 1
            count = f"{len(examples)} examples, from here on, are" if many else "This example is"
            where = "among" if many else "part of"
            yield Hit(span=examples[0].span, message=f"{count} {where} the prose: no doctest runner sees them.", fix=fix)


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
