"""EE: what a spec leaves open at its edges: empty input, failure, and the other branch of a condition."""

import re
from collections.abc import Iterator

from analyzers.about import about, shows_empty, span_of
from analyzers.kinds import Value, inputs, result
from analyzers.lazy import lazy
from analyzers.lexicon import Phrase, Put, Wording, phrases, place
from analyzers.rules import failures, in_place
from analyzers.rules.model import Hit, Rule
from analyzers.subject import UNKNOWN, Subject

_PICKS = lazy(
    r"\b(?:(?:find|finds|finding|returns?|get|gets|computes?|calculates?|gives?|yields?|pick|picks|selects?|and|is|of) "
    r"(?:(?:the|a|an|its|their) )?(?:\w+ ){0,3}?(?P<pick>maximum|minimum|max|min|largest|smallest|biggest|highest|"
    r"lowest|"
    r"greatest|"
    r"longest|shortest|most (?:frequent|common)\w*|least (?:frequent|common)\w*|average|mean|median|mode|variance|"
    r"(?:first|last)(?= (?:element|item|value|character|letter|word|number|entry|digit)\b)|"
    r"(?:standard|absolute) deviation)|(?:averages?|mean|median|variance|standard deviation) of)\b"
)
_PICKING = (
    *"maximum minimum max min largest smallest biggest highest lowest greatest longest shortest most least".split(),
    *"average averages mean median mode variance first last deviation".split(),
)
_MEASURE = lazy(
    r"\b(?:length|size|lengths|number|count|sum|occurrences?|difference|index|indices|without|except|second|third|"
    r"2nd|3rd|kth|nth|k-th|n-th|remov\w+|delet\w+|"
    r"swap\w*|interchang\w+|all|than|exchang\w+|omit\w*|each|every|whose|check|whether|sort\w*|order\w*|subsequences?|"
    r"substrings?|subarrays?|prefix(?:es)?|suffix(?:es)?|factors?|divisors?|starts?|ends?|starting|ending|"
    r"number of|multiple|palindrom\w*)\b[^.;]{0,40}\Z"
)
_UNEMPTY = lazy(
    r"\b(?:subsequences?|substrings?|subarrays?|prefix(?:es)?|suffix(?:es)?|sub-?(?:array|list|sequence|string)s?|"
    r"factors?|"
    r"divisors?|multiples?|power|prime|palindrom\w*|sum|sums|product|products|length|difference|parenthes[ei]s)\b"
)
_COUNT = lazy(r"(?<!with maximum)(?<!with minimum) (?:number of|run of|count|steps|cost|moves|score)\b")
_EMPTY = Put(
    r"\b(?:empty|non-?empty|at least (?:one|two|three|a|an|\d+|\w+ (?:elements?|items?|numbers?|characters?))|"
    r"(?:has|have|having|with|contains?|holds?|are|is|of) (?:no|zero|any|one or more) (?:\w+ )?"
    r"(?:elements?|items?|numbers?|values?|characters?|letters?|words?|entries|keys?|length|such|integers?|strings?)|"
    r"(?:if|when) (?:there (?:is|are) )?(?:no|none|nothing|not any)|length (?:is |of )?(?:at least|greater|more|not|"
    r"zero|0)|"
    r"no (?:elements?|items?|values?|numbers?|words?)|(?:returns?|or|gives?) [`'\"]?none|one or more|zero elements|"
    r"blank|no such|not exist|"
    r"(?:of|has|have) (?:exactly )?(?:\d+|two|three|four|five) (?:\w+ )?(?:elements?|items?|numbers?|characters?|"
    r"words?)|"
    r"(?:pair|triple) of|(?:two|three|four)-(?:element|item)|(?:length|size) (?:n|k|m|\d+))\b|\blen\(|"
    r"\blength\b[^.;]{0,12}(?:[<>≤≥]|>=|<=)",
)
_FIXED = lazy(r"^(?:typing\.)?[tT]uple\[(?!.*\.\.\.)")
_ZERO_DOMAIN = Put(
    r"\b(?:(?:number|count) of digits|(?:first|leading|last) digits?|divisors?|factors?|greatest common divisor|gcd|"
    r"least common multiple|"
    r"lcm|logarithm|roman)\b",
    "digit digits divisor divisors factor factors gcd multiple lcm logarithm roman",
)
_FROM_ZERO = Put(r"\bnon-?\s?negative\b(?! digits?\b)", "negative nonnegative")
_ZERO = Put(r"\b(?:zero|0|none of)\b|(?<!non-)(?<!non)\bpositive\b", "zero 0 none positive")


def _empty(subject: Subject) -> Iterator[Hit]:
    yield from _empty_container(subject)
    yield from _zero(subject)


def _empty_container(subject: Subject) -> Iterator[Hit]:
    # What picks several gives an empty list for an empty one.
    if result(subject).many and result(subject).kind != "text":
        return
    fixed = {p.name for p in subject.parameters if p.annotation and _FIXED.match(p.annotation.strip("'\" "))}
    for value in inputs(subject):
        if not value.many or value.name in fixed or shows_empty(value):
            continue
        for phrase in about(subject, value):
            match = _PICKED.first(phrase)
            if match is not None:
                # Here and not first: few specs come this far.
                if _EMPTY.anywhere(subject):
                    return
                what = match[0].split(" ", 1)[-1] if match[0].startswith(("and ", "is ", "of ")) else match[0]
                kind = "no elements" if value.kind not in ("text",) else "no characters"
                yield Hit(
                    span=place(subject, phrase, match),
                    message=f"Nothing says what the result is if {value.label} has {kind} (“{what}”).",
                    hint=f"Write what it is then, for example: {_sentence(value)}",
                )
                return


def _sentence(value: Value) -> str:
    noun = "text" if value.kind == "text" else "set" if value.kind == "set" else "list"
    noun = "dictionary" if value.kind == "mapping" else noun
    return f"An empty {noun} raises ValueError; or: {value.label} is never empty."


def _excused(phrase: Phrase, match: re.Match[str]) -> bool:
    """Whether something is measured, left out or compared here, which the empty input answers by itself."""
    return bool(
        _MEASURE.search(phrase.low, max(0, match.start() - 60), match.start("pick") if match["pick"] else match.start())
        or _UNEMPTY.search(phrase.low, match.end(), match.end() + 40)
        or _COUNT.match(phrase.low, match.end())
    )


_PICKED = Wording(
    lambda phrase: next((match for match in _PICKS.finditer(phrase.low) if not _excused(phrase, match)), None),
    _PICKING,
)
"""Where one of several is picked, or all are reduced to one number."""


def _zero(subject: Subject) -> Iterator[Hit]:
    for value in inputs(subject):
        if value.kind not in ("integer", "number") or any(sample == 0 for sample in value.samples):
            continue
        told = about(subject, value)
        if not any(_FROM_ZERO.first(phrase) for phrase in told):
            continue
        for phrase in told:
            if (match := _ZERO_DOMAIN.first(phrase)) is not None:
                if _ZERO.anywhere(subject):
                    return
                yield Hit(
                    span=span_of(subject, value),
                    message=f"{value.label} may be 0, and nothing says what the result is then (“{match[0]}”).",
                    hint="Add a sentence or an example for 0.",
                )
                return


_CHOICE = Put(
    r"\b(?:return|returns|returned|output|outputs|print|prints|give|gives|yield|yields|result is|answer is)\b",
)
_IF = Put(r"\b(?:if|when|whenever|in case|unless|for (?:an? )?(?:even|odd|negative|positive|empty))\b")
_ELSE = lazy(
    r"\b(?:otherwise|else|or else|if not|in (?:all|any|every) other|(?:any|every|all) other|the (?:rest|others?)|"
    r"remaining|"
    r"unless|except|by default|default|unchanged|whether|always|instead|not|none of|neither|nothing|no|without|only|"
    r"respectively|assume|guaranteed|raises?|error|either)\b"
)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b"), re.compile(rf"\b(?:{other})\b"))
    for one, other in (
        ("even", "odd"),
        ("positive", "negative|zero"),
        (
            "greater|larger|more|higher|longer|above|over|exceeds?",
            "less|smaller|fewer|lower|shorter|below|under|at most|equal",
        ),
        ("true", "false"),
        ("empty", "non-?empty"),
        ("upper\\w*", "lower\\w*"),
        ("vowels?", "consonants?"),
        ("before", "after"),
        ("leap", "common"),
        ("first", "second"),
    )
)
_ENUMERATES = lazy(
    r"\A(?:(?:write|create|implement|define) (?:a |an |the )?(?:\w+ )?(?:function|program|method)[^.,;]{0,20}(?:that|"
    r"to|which)\s+)?"
    r"(?:you are|you're|given|classif\w+|categori[sz]e\w*|determine|decide|tell|say|check|choose|grade|rate|label|"
    r"compare|"
    r"if|when|for|return|returns|the function (?:should )?(?:returns?)|name|convert a (?:score|grade)|"
    r"it (?:should )?returns?)\b"
)
_LITERAL = r"(?:[`'\"“‘][^`'\"”’]{1,40}[`'\"”’]|-?\d+(?:\.\d+)?|none|null|[a-z_]\w*(?: [-+*/%]{1,2} \w+)?)"
_BRANCH = lazy(
    rf"\b(?:return|returns|output|outputs|print|prints|give|gives|yield|yields)\s+(?:the (?:string|value|number|"
    rf"text) )?{_LITERAL}"
    rf"\s*,?\s*(?:if|when|for)\b|\b(?:if|when)\b[^.;]{{2,80}}?,?\s*(?:then )?(?:it |the function |we |must |should )*"
    rf"(?:returns?|outputs?|prints?|gives?|yields?)\s+(?:the (?:string|value|number|text) )?{_LITERAL}"
)
_BOOLEAN = lazy(r"\b(?:true|false|whether|yes|boolean)\b")


def _otherwise(subject: Subject) -> Iterator[Hit]:
    read = [phrase for phrase in phrases(subject)[:_LONGEST] if phrase.words]
    if len(read) == _LONGEST or not read or result(subject).kind in ("bool", "none"):
        return
    branch: tuple[Phrase, re.Match[str]] | None = None
    for phrase in read:
        if _IF.first(phrase) is None:
            # A sentence without a condition that says what comes out holds for every other input.
            if _CHOICE.first(phrase) or not _ENUMERATES.match(phrase.low):
                return
        elif (match := _BRANCH.search(phrase.low)) is not None:
            if not _ENUMERATES.match(phrase.low):
                return
            branch = branch or (phrase, match)
        elif _CHOICE.first(phrase):
            return
    if branch is None:
        return
    text = " ".join(phrase.low for phrase in read)
    if _ELSE.search(text) or _BOOLEAN.search(text) or any(a.search(text) and b.search(text) for a, b in _OPPOSITES):
        return
    if _shown_elsewhere(subject, text):
        return
    phrase, match = branch
    yield Hit(
        span=place(subject, phrase, match),
        message="Nothing says what the result is if this condition does not hold.",
        hint="Add a sentence that begins with “Otherwise”.",
    )


_LONGEST = 40


def _shown_elsewhere(subject: Subject, text: str) -> bool:
    """Whether an example's result is one that no sentence names: it shows the other branch."""
    for trial in subject.trials:
        shown = trial.outcome
        if shown is UNKNOWN or isinstance(shown, list | tuple | dict | set):
            continue
        if shown == "":
            return True  # a sentence would have to speak of an empty text, which covers it
        if re.search(rf"(?<!\w){re.escape(str(shown).lower())}(?!\w)", text) is None:
            return True
    return False


RULES: tuple[Rule, ...] = (
    Rule(
        code="EE401",
        name="empty-case-open",
        severity="warning",
        summary=(
            "An input can be empty or zero, its result is then not obvious, and neither a sentence nor an example "
            "says it."
        ),
        why=(
            "The largest of no numbers, the average of nothing, the digits of zero: there is no natural answer, and a "
            "draft "
            "that crashes is as good a reading as one that returns None. Hidden tests ask for it first. The rule is "
            "silent "
            "where the empty input has an obvious result, such as a sum or a filtered list."
        ),
        hint="Say what the result is for the empty input, or that it does not occur.",
        bad='def largest(xs: list[int]) -> int:\n    """Return the largest of the elements of xs."""\n',
        good=(
            'def largest(xs: list[int]) -> int:\n    """Return the largest of the elements of xs, 0 if xs is '
            'empty."""\n'
        ),
        check=_empty,
    ),
    *failures.RULES,
    Rule(
        code="EE403",
        name="condition-without-otherwise",
        severity="warning",
        summary="Results are given for some conditions, and nothing says what comes out for the rest.",
        why=(
            "Where every sentence about the result has a condition, an input that meets none of them has no result: "
            "one "
            "draft returns None, another an empty text, a third raises. “Return True if” needs no other half, and "
            "neither "
            "does a condition beside a general rule."
        ),
        hint="Add what happens otherwise.",
        bad='def fizz(n: int) -> str:\n    """If n is divisible by 3, return "fizz"."""\n',
        good='def fizz(n: int) -> str:\n    """If n is divisible by 3, return "fizz", otherwise an empty string."""\n',
        check=_otherwise,
    ),
    *in_place.RULES,
)
