"""ST: how a spec is built: too little of it, more than a model can hold, or broken fences, quotes and indentation."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from analyzers.bound import behaviour_words
from analyzers.locate import head_span
from analyzers.rules.model import Edit, Fix, Hit, Rule
from analyzers.spec import Span
from analyzers.subject import Subject
from analyzers.tokens import count_tokens

TOKEN_BUDGET = 4096
"""Tokens of a spec, unless a project sets its own: a quarter of a context window of 16,384, the configured default.
Spec, draft, findings and answer share that window."""
_FEWEST_WORDS = 3
_FEWEST_EXAMPLES = 2


def with_token_budget(rules: Iterable[Rule], budget: int, tokenizer: Path | None = None) -> tuple[Rule, ...]:
    """``rules``, of which ST602 counts against ``budget`` tokens; the others are left as they are.

    Args:
        rules: Any selection.
        budget: Tokens that one spec may have, at least 1.
        tokenizer: The model's tokenizer.json; without it counts are estimates.

    Raises:
        ValueError: ``budget`` is below 1.
    """
    if budget < 1:
        raise ValueError(f"A token budget must be 1 or more, not {budget}.")
    return tuple(
        replace(rule, check=lambda subject: _over_budget(subject, budget, tokenizer)) if rule.code == "ST602" else rule
        for rule in rules
    )


def _thin(subject: Subject) -> Iterator[Hit]:
    words, examples = len(behaviour_words(subject)), len(subject.distinct_trials)
    if words >= _FEWEST_WORDS or examples >= _FEWEST_EXAMPLES:
        return
    name = f"`{subject.spec.name}`" if subject.spec.name else "the code"
    told = f"{words} {'word' if words == 1 else 'words'}" if words else "nothing"
    shown = "with one example beside it" if examples else "and no example shows it"
    yield Hit(
        span=head_span(subject.spec),
        message=f"The prose says {told} about what {name} does, {shown}.",
        hint=f"Write what {name} takes, what it returns, and two examples that differ.",
    )


def _within_budget(subject: Subject) -> Iterator[Hit]:
    return _over_budget(subject, TOKEN_BUDGET, None)


def _over_budget(subject: Subject, budget: int, tokenizer: Path | None) -> Iterator[Hit]:
    spec = subject.spec
    if spec.span.end - spec.span.start <= budget // 4:
        return  # at most four bytes a character, and never more tokens than bytes
    count = count_tokens(spec.text[spec.span.start : spec.span.end], tokenizer)
    if count.count > budget:
        yield Hit(
            span=head_span(spec),
            message=f"The spec is {count} tokens; the budget is {budget}.",
            hint="Move background and repetition out of it, or ask for its parts in specs of their own.",
        )


def _broken(subject: Subject) -> Iterator[Hit]:
    for flaw in subject.spec.flaws:
        fix = None
        if flaw.at is not None and flaw.repair is not None:
            fix = Fix(safe=True, edits=(Edit(Span(flaw.at, flaw.at), flaw.repair),))
        yield Hit(span=flaw.span, message=flaw.detail, hint=_MEND[flaw.kind], fix=fix)


_MEND = {
    "unclosed fence": "Close it with a line of the same marks where the code ends.",
    "unclosed docstring": "Close it with the same three quotes where the text ends.",
    "indentation": "Indent the line like the others of its block.",
    "syntax": "Write the line so that Python can read it.",
}

RULES: tuple[Rule, ...] = (
    Rule(
        code="ST601",
        name="too-thin",
        severity="warning",
        summary="Next to nothing is said about the task, and hardly anything shown.",
        why="Such a spec is a title. The model writes what usually goes by that name, and a reviewer has nothing to "
        "hold the draft against.",
        hint="Write what goes in, what comes out, and two examples that differ.",
        bad='def settle(entries: list[int]) -> int:\n    """Settle entries."""\n',
        good='''def settle(entries: list[int]) -> int:
    """Add up the positive entries and subtract those that a later zero cancels.

    >>> settle([3, 4])
    7
    >>> settle([3, 0])
    0
    """
''',
        check=_thin,
    ),
    Rule(
        code="ST602",
        name="over-token-budget",
        severity="info",
        summary="The spec is longer than its token budget.",
        why="Spec, draft, findings and answer share one context window. A server that cuts what does not fit says "
        "nothing, and the part of the spec that is lost is not checked. The default, 4096 tokens, is a quarter of a "
        "window of 16,384.",
        hint="Move background and repetition out of it, or split the task.",
        bad='def report(rows: list[str]) -> str:\n    """Join rows with newlines.\n\n    '
        + "Rows are printed as they were entered by the clerk. " * 300
        + '\n    """\n',
        good='def report(rows: list[str]) -> str:\n    """Join rows with newlines, as they were entered."""\n',
        check=_within_budget,
    ),
    Rule(
        code="ST603",
        name="broken-structure",
        severity="warning",
        summary="A fence or docstring that is never closed, or a line that Python cannot read.",
        why="Where the end is missing, prose is read as code or code as prose: examples are lost, and a model guesses "
        "anew. The fix closes what is open where only one place can be meant.",
        hint="Close the fence or docstring, and indent as the block does.",
        bad='def double(number: int) -> int:\n    """Return twice the number.\n',
        good='def double(number: int) -> int:\n    """Return twice the number.\n    """\n',
        check=_broken,
        fixable="safe",
    ),
)
