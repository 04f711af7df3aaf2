"""TC: what the examples say against what the signature, the text and the other examples say."""

import builtins
import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from analyzers.facts import fact
from analyzers.rules.model import Hit, Rule
from analyzers.rules.type_clash import bound_calls, is_bindable, type_clashes
from analyzers.rules.untestable import untestable
from analyzers.same_input import excludes, input_of
from analyzers.spec import Example
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_MANY_RESULTS = (
    # chance and time
    r"\brandom\w*|\bshuffl\w+|\bprobabilit\w+|\bnon-?deterministic\w*|\bsampl(?:es?|ing) from\b|\bdice\b|"
    r"\bseed(?:ed)?\b|\bcurrent (?:date|time|day|year|timestamp)\b|\bnow\b|\btoday\b|"
    r"\b(?:system|wall|real[- ]time) clock\b|\buuid\w*|"
    # memory of earlier calls
    r"\b(?:each|every|next|previous|later|second|subsequent|successive|repeated|earlier|first|last|past) "
    r"(?:time|calls?)\b|\bcall(?:ed|s|ing)? (?:it |again|twice|before|repeatedly)|\bstate(?:ful)?\b|\bremember\w*|"
    r"\bcache[sd]?\b|\bmemoi[sz]\w*|\bglobal\b|\bso far\b|\baccumulat\w+|\bregister(?:s|ed)?\b|\bcounter\b|"
    r"\balready (?:seen|called|used)\b|"
    # several right answers
    r"\bany order\b|\bany (?:one )?of\b|\bany valid\b|\bany such\b|\bone (?:possible|of the possible)\b|"
    r"\b(?:multiple|several|more than one|different) (?:valid |correct |possible )?"
    r"(?:answers?|results?|solutions?|outputs?)\b|"
    r"\beither (?:answer|result|of them|is)\b|\bnot unique\b|\bacceptable\b|\baccepted\b|\bwould also\b"
)
_BRINGS_CHANCE = r"(?m)^[ \t]*(?:import|from)[ \t]+[^\n]*\b(?:random|secrets|uuid|time|datetime)\b"
_OTHER_TIMES = (
    r"wrong(?:ly)?|incorrect(?:ly)?|previous(?:ly)?|former(?:ly)?|currently|used to|legacy|deprecated|old|before|"
    r"bug|buggy|instead|python ?2|invalid|mode|locale|version|on (?:windows|linux|macos)"
)
_OTHER_TERMS = rf"(?i)\b(?:{_OTHER_TIMES}|not|never|when|if|with|unless|or)\b"
_OTHER_TIMES_ABOVE = rf"(?i)\b(?:{_OTHER_TIMES})\b|\b(?:when|if|with|unless)\b[^\n]*:[ \t]*\Z"
_EXAMPLE = r">>>|\bassert\b|[-=]>|→|➞"
_NEAR = 200
"""Characters around an example that are looked at."""
_LONGEST_NAME = 80
"""Longer names are not compared, which takes the square of their lengths."""
_ALIKE = 0.75


def _wrong_calls(subject: Subject) -> Iterator[Hit]:
    name = subject.spec.name or "the function"
    for rejected in subject.spec.rejected:
        if rejected.reason == "name":
            yield Hit(
                span=rejected.span,
                message=f"The example calls {rejected.called}, and the spec defines {name}.",
                hint=f"Call {name} in the example, or name the function {rejected.called}.",
            )
    for example, called in _slips(subject):
        yield Hit(
            span=example.span,
            message=f"The example calls {called}, and the spec defines {name}.",
            hint=f"Call {name} in the example, or name the function {called}.",
        )
    if not is_bindable(subject):
        return
    bound = bound_calls(subject)
    for trial in subject.trials:
        # That too many arguments raise TypeError is a legitimate example.
        if isinstance(trial.outcome, Raises) or "**" in trial.call:
            continue
        problem = bound[id(trial)].problem
        if problem:
            yield Hit(
                span=trial.example.span,
                message=f"The example does not fit the signature: {problem}.",
                hint="Give the example the parameters of the signature, or mend the signature.",
            )


def _slips(subject: Subject) -> Iterator[tuple[Example, str]]:
    """Doctests that call a name which nothing in the text defines and which is nearly the asked one."""
    spec = subject.spec
    if spec.name is None or len(spec.name) > _LONGEST_NAME:
        return
    asked = f"{spec.name}("
    for example in spec.examples:
        # Most call the asked name.
        slips = example.kind == "doctest" and not example.source.startswith(asked)
        match = re.match(r"([A-Za-z_]\w*)\(", example.source) if slips else None
        called = match[1] if match else spec.name
        if called == spec.name or hasattr(builtins, called) or len(called) > _LONGEST_NAME:
            continue
        near = difflib.SequenceMatcher(None, called.lower(), spec.name.lower()).ratio() >= _ALIKE
        if near and called not in _known_names(spec.text):
            yield example, called


@lru_cache(maxsize=4)
def _known_names(text: str) -> frozenset[str]:
    """Names that a text defines, or speaks of without calling them: an import, an assignment, a sentence."""
    found = re.findall(r"\b(?:def|class)[ \t]+(\w+)|\b([A-Za-z_]\w*+)(?!\()", text)
    return frozenset(name for pair in found for name in pair if name)


def _two_results(subject: Subject) -> Iterator[Hit]:
    spec = subject.spec
    if spec.signature is not None and spec.signature.kind == "class":
        return
    parameters = subject.parameters if is_bindable(subject) else ()
    bound = bound_calls(subject) if parameters else {}
    first: dict[str, tuple[Trial, int]] = {}
    for trial, disturbed in _with_disturbances(subject):
        met = bound.get(id(trial))
        key = None if trial.outcome is UNKNOWN else input_of(trial, spec.name or "", parameters, met)
        if key is None:
            continue
        earlier, then = first.setdefault(key, (trial, disturbed))
        session = "doctest" in (earlier.example.kind, trial.example.kind)
        if (session and then != disturbed) or not excludes(earlier.outcome, trial.outcome):
            continue
        if may_give_many(subject):
            return
        if _is_qualified(subject, earlier) or _is_qualified(subject, trial):
            continue
        line = spec.line_of(earlier.example.span)
        where = "on this line" if line == spec.line_of(trial.example.span) else f"on line {line}"
        yield Hit(
            span=trial.example.span,
            message=f"{_cut(trial.call)} gives {_shown(trial)} here and {_shown(earlier)} {where}.",
        )


@fact
def may_give_many(subject: Subject) -> bool:
    """True if the text lets one input have several results: chance, the time, memory of earlier calls, free choice."""
    # Patterns are compiled when they are first needed: most specs never come here, and an import should cost little.
    return re.search(_MANY_RESULTS, subject.prose) is not None or bool(re.search(_BRINGS_CHANCE, subject.spec.preamble))


def _with_disturbances(subject: Subject) -> Iterator[tuple[Trial, int]]:
    """The trials, each with the number of other statements before it: those may have changed what a call gives."""
    trials = {id(trial.example): trial for trial in subject.trials}
    disturbed = 0
    for example in subject.spec.examples:
        trial = trials.get(id(example))
        if trial is None or not trial.literal:
            disturbed += 1
        else:
            yield trial, disturbed


def _is_qualified(subject: Subject, trial: Trial) -> bool:
    """True if the words around an example limit it: "before the fix, f(2) gave 3"."""
    text, span = subject.spec.text, trial.example.span
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    after = text[span.end : end if end >= 0 else len(text)][:_NEAR]
    before = text[max(start, span.start - _NEAR) : span.start]
    if re.search(_OTHER_TERMS, before) or re.search(_OTHER_TERMS, after):
        return True
    above = text[max(0, start - 1 - _NEAR) : max(0, start - 1)].rpartition("\n")[2]
    return not re.search(_EXAMPLE, above) and re.search(_OTHER_TIMES_ABOVE, above) is not None


def _shown(trial: Trial) -> str:
    return trial.outcome.name if isinstance(trial.outcome, Raises) else _cut(trial.want)


def _cut(source: str) -> str:
    return source if len(source) <= 60 else source[:59] + "…"


def _needs_drafts(_: Subject) -> Iterator[Hit]:
    """Deep rules are checked by ``core.deep``, which has what they need."""
    return iter(())


RULES: tuple[Rule, ...] = (
    Rule(
        code="TC701",
        name="example-call-mismatch",
        severity="error",
        summary="An example's call does not fit the signature: another name, or arguments that it does not take.",
        why="The models take the name and the parameters from the signature and the meaning from the examples. Where "
        "the two disagree, one of them is wrong; the example cannot be run as it stands, so nothing checks the draft.",
        hint="Make the example's call fit the signature.",
        bad='''def clamp(value: int, low: int, high: int) -> int:
    """Limit value to the range from low to high, both included.

    >>> clamp(12, 10)
    10
    """
''',
        good='''def clamp(value: int, low: int, high: int) -> int:
    """Limit value to the range from low to high, both included.

    >>> clamp(12, 0, 10)
    10
    """
''',
        check=_wrong_calls,
    ),
    Rule(
        code="TC702",
        name="example-type-clash",
        severity="error",
        summary="An argument or a result in an example is not of the type that the signature states.",
        why="A draft that follows the signature fails the example, and a draft that follows the example breaks the "
        "signature. The reviewer then finds a defect in whichever it is given.",
        hint="Mend the example's value, or the annotation.",
        bad='''def initials(name: str) -> str:
    """Return the first letter of every word of name, upper case.

    >>> initials('ada lovelace')
    ['A', 'L']
    """
''',
        good='''def initials(name: str) -> str:
    """Return the first letter of every word of name, upper case.

    >>> initials('ada lovelace')
    'AL'
    """
''',
        check=type_clashes,
    ),
    Rule(
        code="TC703",
        name="contradictory-examples",
        severity="error",
        summary="Two examples give one input and two results that cannot both be right.",
        why="No program passes both, so every draft fails a visible example: a fix that is asked for can only trade "
        "one failure for the other, and the guard refuses it.",
        hint="Work the result out by hand and drop the example that is wrong.",
        bad='''def count_vowels(text: str) -> int:
    """Count the letters a, e, i, o and u in text.

    >>> count_vowels('banana')
    3
    >>> count_vowels(text="banana")
    2
    """
''',
        good='''def count_vowels(text: str) -> int:
    """Count the letters a, e, i, o and u in text.

    >>> count_vowels('banana')
    3
    >>> count_vowels(text="bnn")
    0
    """
''',
        check=_two_results,
    ),
    Rule(
        code="TC704",
        name="untestable-requirement",
        severity="warning",
        summary="A requirement asks for a quality that no test could show to be met.",
        why="Neither an example nor a reviewer can tell whether the code is efficient, robust or easy to read enough. "
        "Such a sentence invites findings that cannot be reproduced, and over-engineering.",
        hint="State what can be measured (a bound on time or memory, an input and its result), or drop the sentence.",
        bad='''def merge(left: list[int], right: list[int]) -> list[int]:
    """Merge two ascending lists into one ascending list.

    The function should be efficient.
    """
''',
        good='''def merge(left: list[int], right: list[int]) -> list[int]:
    """Merge two ascending lists into one ascending list.

    The function should take time linear in the length of both lists.
    """
''',
        check=untestable,
    ),
    Rule(
        code="TC705",
        name="drafts-contradict-example",
        severity="error",
        summary="Independent drafts agree with each other, and not with an example (needs --deep).",
        why="The drafts were written from the text without knowledge of each other. That all of them read it in one "
        "way, and the example in another, is strong evidence that the example is wrong, or that the text leaves out "
        "what makes it right.",
        hint="Work the example out by hand: mend it, or say in the text what makes it right.",
        bad='''def median(numbers: list[float]) -> float:
    """Return the median of numbers.

    >>> median([1, 2, 3, 10])
    6
    """
''',
        good='''def median(numbers: list[float]) -> float:
    """Return the median of numbers.

    >>> median([1, 2, 3, 10])
    2.5
    """
''',
        check=_needs_drafts,
        deep=True,
    ),
    Rule(
        code="TC706",
        name="drafts-diverge",
        severity="warning",
        summary="Independent drafts that pass the examples give different results for another input (needs --deep).",
        why="Each of them is a reading that the text allows. A reviewer would have to guess which one is meant; a "
        "person knows, and one more example settles it.",
        hint="Answer the question in the text, best as an example.",
        bad='''def average(numbers: list[float]) -> float:
    """Return the mean of numbers.

    >>> average([1, 2, 3])
    2.0
    """
''',
        good='''def average(numbers: list[float]) -> float:
    """Return the mean of numbers, 0.0 for an empty list.

    >>> average([1, 2, 3])
    2.0
    >>> average([])
    0.0
    """
''',
        check=_needs_drafts,
        deep=True,
    ),
)
