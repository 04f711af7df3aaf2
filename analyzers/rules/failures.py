"""EE402: a function that its types allow to fail, and no word about it."""

import re
from collections.abc import Iterator

from analyzers.kinds import inputs, result
from analyzers.lazy import lazy
from analyzers.lexicon import Put, phrases, place
from analyzers.rules.model import Hit, Rule
from analyzers.subject import Raises, Subject

_COVERED = Put(
    r"\b(?:rais(?:es?|ed|ing)|throws?|errors?|exceptions?|\w+error|invalid|malformed|illegal|ill-formed|ignor\w+|"
    r"skip\w*|valid|"
    r"well-?formed|guaranteed?|assum\w+|always|never|cannot|can't|none|null|nan|otherwise|default|else|empty|"
    r"(?:is|are|was|does|do|if|can|be) not|(?:isn|aren|doesn|don|can)['’]t|no (?:such|\w+ (?:is|are|exists?|with|"
    r"that|which))|"
    r"not (?:found|present|possible|in)|there (?:is|are) (?:no|none|not|exactly|always|only)|"
    r"exactly one|at least (?:one|\d+|two)|only one|unique|missing|unknown|(?<!-)zero(?!-)|0|non-?zero|positive|"
    r"natural|"
    r"consists? (?:only )?of|contain(?:s|ing)? only|only contains?|each (?:character|part)|-1|out of range|exceeds?|"
    r"fewer|less than|more than|greater than|longer|shorter)\b|returns? -1|-1\b|[≠]|!= ?0|[<>≤≥]=?",
)
_PARSED = Put(
    r"\b(?:pars(?:e|es|ing)\b|decod(?:e|es|ing)\b|evaluat(?:e|es|ing) (?:the |a |an |given )?(?:\w+ )?(?:expression|"
    r"formula)|"
    r"(?:convert|converts|converting|turn|turns|translate|translates)\b[^.;]{0,40}?\b(?:string|text|roman|numeral|"
    r"hex\w*|binary|"
    r"octal|date|time|duration|word|words|number words?)\b[^.;]{0,30}?\b(?:to|into)\b[^.;]{0,25}?\b"
    r"(?:int|ints|integers?|floats?|numbers?|decimal|seconds|minutes|dates?|bool\w*|value|list of int\w*)\b|"
    r"(?:read|reads|extract) (?:the |a |an )?(?:number|date|time|version|integer) (?:from|out of|of|in))",
    "parse parses parsing decode decodes decoding evaluate evaluates evaluating convert converts converting turn turns "
    "translate translates read reads extract",
)
_DIVIDES = Put(
    r"\b(?:divid(?:e|es|ed|ing)\b(?! (?:the |a |an |it |them |\w+ )?(?:list|array|string|text|into|in (?:half|"
    r"two)))[^.;]{0,40}?\bby\b|"
    r"(?:quotient|ratio|remainder|modulo|modulus)\b[^.;]{0,40}?\b(?:of|between|by|and)\b|division of\b|modulo\b)",
    "divide divides divided dividing quotient ratio remainder modulo modulus division",
)
_LOOKED_UP = Put(
    r"\b(?:look(?:s|ed)?[- ]?up|(?:value|entry|name|price|item|record|element)\s+(?:for|of|at|under|with|"
    r"stored under|associated with)"
    r" (?:the |a |an |this |that |given |specified )*(?:\w+ )?[`'\"]?(?:key|id|code|name|k)\b)",
    "look* value entry name price item record element",
)
_INDEX_OF = Put(
    r"(?<!same )\b(?:index|position)(?: number)? (?:of|at which|where)\b(?! (?:the )?(?:\w+ )?(?:largest|smallest|"
    r"maximum|"
    r"minimum|max|min|each|"
    r"every|last digit|element at))[^.;]{0,60}",
    "index position",
)
_NTH = Put(
    r"(?<!every )(?<!each )\b(?:[kn][`'\"]?['’-]?\s?th|[kn]-?th|(?:second|third|2nd|3rd)(?=[ -](?:largest|smallest|"
    r"highest|lowest|biggest|"
    r"most)))"
    r"[ -](?:\w+ ){0,2}?(?:element|item|largest|smallest|highest|lowest|column|row|character|word|most|node|value|"
    r"entry|line)\b"
    r"|\b(?:element|item|character|value) (?:at|with) (?:the )?(?:given |specified )?(?:index|position)\b",
    "th kth nth second third 2nd 3rd index position",
)
_SEARCHED = Put(
    r"\b(?:finds?|returns?|get|locate|search for) (?:the )?(?:\w+ )?(?:first|last|smallest|largest|only|two|"
    r"next)\b(?: \w+){0,4}? "
    r"(?:that|which|whose|who|where|with|such that|greater|larger|smaller|(?<=first )(?:non-)?repeat\w*)\b|"
    r"\bfirst (?:\w+ )?(?:non-?\s?repeat\w*|repeat\w*|duplicate\w*|even|odd|negative|positive|unique|missing|digit|"
    r"vowel|uppercase)\b",
    "first last smallest largest only two next",
)
_NO_SEARCH = Put(
    r"\b(?:number of|count|length of|sum of|primes?|fibonacci|power|multiple|divisible|check|whether|all|n numbers|"
    r"(?:with|has|have|having) (?:the |an? )?(?:smallest|largest|max\w*|min\w*|highest|lowest|"
    r"longest|shortest|most|fewest|greatest)|removes?|replace\w*|delet\w*|sort\w*|greater than n|larger than n|"
    r"than (?:a |the )?(?:given )?(?:number|n)|"
    r"palindrome|perfect square|digits?)\b",
)


_CONSTANT = lazy(r"\s*(?:the )?(?:\d|(?:two|three|ten|its|their|number of|length|each|all|every|itself)\b)")


def _failure(subject: Subject) -> Iterator[Hit]:
    if _covered(subject):
        return
    values = inputs(subject)
    kinds = [value.kind for value in values]
    out = result(subject)
    texts, many = "text" in kinds, any(kind in ("sequence", "text") for kind in kinds)
    numbers = sum(value.numeric for value in values)
    for phrase in phrases(subject):
        if not phrase.says:
            continue
        if texts and out.kind not in ("bool", "text") and (match := _PARSED.first(phrase)):
            yield Hit(
                span=place(subject, phrase, match),
                message="Not every text can be read this way, and nothing says what happens to one that cannot.",
                hint="Write, for example: Any other text raises ValueError; or: The text is always valid.",
            )
        elif (match := _DIVIDES.first(phrase)) and _by_an_input(subject, match, numbers):
            yield Hit(
                span=place(subject, phrase, match),
                message="The divisor can be 0, and nothing says what happens then.",
                hint="Write, for example: Division by 0 raises ZeroDivisionError; or: The divisor is never 0.",
            )
        elif "mapping" in kinds and len(values) > 1 and (match := _LOOKED_UP.first(phrase)):
            yield Hit(
                span=place(subject, phrase, match),
                message="Nothing says what happens if there is no such key.",
                hint="Write, for example: A key that is not there raises KeyError.",
            )
        elif many and out.kind != "bool" and len(values) > 1 and (match := _INDEX_OF.first(phrase)):
            yield Hit(
                span=place(subject, phrase, match),
                message="Nothing says what the result is if it does not occur.",
                hint="Write, for example: If there is none, return -1.",
            )
        elif many and out.kind != "bool" and (match := _NTH.first(phrase)):
            yield Hit(
                span=place(subject, phrase, match),
                message=(
                    f"Nothing says what happens if there is no such one (“{match[0]}”): the input may be too short."
                ),
                hint="Write, for example: Out of range raises IndexError; or: There are always enough elements.",
            )
        elif many and out.kind != "bool" and not _NO_SEARCH.first(phrase) and (match := _SEARCHED.first(phrase)):
            yield Hit(
                span=place(subject, phrase, match),
                message=f"Nothing says what the result is if nothing fits (“{match[0]}”).",
                hint="Write, for example: If there is none, return None.",
            )
        else:
            continue
        return


def _by_an_input(subject: Subject, match: re.Match[str], numbers: int) -> bool:
    """Whether the divisor is a number that is passed, and not one that the sentence gives."""
    if numbers < 2:
        return False
    rest = match.string[match.end() : match.end() + 30]
    return _CONSTANT.match(rest) is None


def _covered(subject: Subject) -> bool:
    signature = subject.spec.signature
    returns = signature.returns if signature is not None and signature.source else None
    if returns and re.search(r"\b(?:Optional|None)\b", returns):
        return True
    if any(parameter.name in ("default", "fallback", "errors", "strict") for parameter in subject.parameters):
        return True
    if any(isinstance(t.outcome, Raises) or t.outcome is None or (t.outcome == -1) for t in subject.trials):
        return True
    if any((example.want or "").strip() in ("None", "-1", "''") for example in subject.spec.examples):
        return True
    return _COVERED.anywhere(subject)


RULES: tuple[Rule, ...] = (
    Rule(
        code="EE402",
        name="failure-without-rule",
        severity="warning",
        summary="The function cannot succeed on every input that its types allow, and nothing says what happens then.",
        why=(
            "Text that cannot be parsed, a divisor of zero, a key that is not there, the fifth of three elements: the "
            "spec "
            "either says that this does not occur, or says what comes out. Otherwise a draft that raises, one that "
            "returns "
            "None and one that returns -1 are all right, and the hidden tests accept one of them."
        ),
        hint="Say what happens to input that cannot be handled, or that it does not occur.",
        bad='def to_seconds(text: str) -> int:\n    """Parse a duration such as 1h30m into seconds."""\n',
        good=(
            'def to_seconds(text: str) -> int:\n    """Parse a duration such as 1h30m into seconds; anything else '
            "raises "
            'ValueError."""\n'
        ),
        check=_failure,
    ),
)
