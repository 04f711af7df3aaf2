"""TC704: a requirement that no test could show to be met."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from analyzers.lexicon import Phrase, Put, Wording, phrases
from analyzers.rules.model import Hit
from analyzers.subject import Subject

# Only qualities of the code itself: the same words about data ("a clean string", "a fast runner") are content.
_SURELY = (
    r"efficient|performant|scalable|robust|elegant|maintainable|intuitive|user[- ]friendly|bug[- ]free|bullet-?proof|"
    r"pythonic|idiomatic|extensible|modular|well[- ](?:written|documented|structured|designed|organi[sz]ed|commented)|"
    r"production[- ](?:ready|quality|grade)|high[- ]quality|easy to (?:use|read|understand|maintain|extend|follow)|"
    r"readable|reusable|future[- ]proof|optimi[sz]ed|high[- ]performance|fast"
)
_MAYBE = rf"{_SURELY}|quick|clean|reliable|flexible|lightweight|simple|secure|responsive|beautiful|nice|concise|neat"
_CODE = (
    r"function|code|solution|implementation|algorithm|program|method|class|approach|api|interface|module|script|"
    r"library|design|logic|routine"
)
_MUST = r"(?:must|should|shall|needs? to|ha(?:s|ve) to|ought to|is expected to|are expected to)"
_BE = r"(?:also )?(?:be|run|work|perform|remain|stay|execute)"
_DEGREE = r"(?:(?:as|very|reasonably|sufficiently|both|highly|more|fairly|really|quite|extremely) )*"
_NOUN_PHRASE = rf"(?:the |your |this |that |its |our )?(?:\w+ )?(?:{_CODE})"

_OBLIGING = "must should shall need needs has have ought expected"
# By pattern, the words of which a sentence must have one. Compiled when first needed: an import should cost little.
_FORMS = {
    # "the function should be fast", "it must be robust", "make sure the code is clean"
    rf"\b{_NOUN_PHRASE} {_MUST} {_BE} {_DEGREE}(?P<word>{_MAYBE})\b": _OBLIGING,
    rf"\b(?:it|this) {_MUST} {_BE} {_DEGREE}(?P<word>{_SURELY})\b": _OBLIGING,
    (
        rf"\b(?:make sure|ensure|be sure)(?: that)? (?:it|{_NOUN_PHRASE}) (?:is|are|stays|remains) "
        rf"{_DEGREE}(?P<word>{_MAYBE})\b"
    ): "sure ensure",
    rf"\b(?:keep|make) {_NOUN_PHRASE} {_DEGREE}(?P<word>{_MAYBE})\b": "keep make",
    # "write an efficient function", "provide a clean and robust implementation"
    (
        rf"\b(?:write|implement|create|provide|design|develop|use|build|produce|find|want|need)s? "
        r"(?:an?|some|the|your) "
        rf"{_DEGREE}(?P<word>{_SURELY}|clean|reliable|flexible|quick|secure)"
        rf"(?:,? (?:and )?\w+)? (?:python )?(?:{_CODE})\b"
    ): (
        "write implement create provide design develop use build produce find want need "
        "writes implements creates provides designs develops uses builds produces finds wants needs"
    ),
    rf"\b(?:write|keep|produce)s? (?:only )?{_DEGREE}(?P<word>{_SURELY}|clean|concise|neat) code\b": "code",
    # "run as fast as possible", "compute it efficiently"
    (
        r"\b(?:runs?|works?|executes?|computes?|computed|performs?|finish(?:es)?|completes?|processes|process|handles?|"
        r"calculates?|implemented|done|do (?:it|this|so)|returns?)\b(?: [\w'`]+){0,6}? "
        r"(?P<word>as (?:fast|quickly|efficiently) as possible)\b"
    ): "possible",
    (
        r"\b(?:to|must|should|shall|will|it|function)(?: be)? (?P<word>efficiently) "
        r"(?:comput|calculat|find|implement|handl|process|perform|search|sort|run)\w*"
    ): "efficiently",
    (
        r"\b(?:must|should|shall|needs? to|ha(?:s|ve) to)\b(?: [\w'`]+){0,8}? "
        r"(?P<word>efficiently|gracefully|elegantly|robustly|cleanly|intuitively|with (?:good|high|acceptable|great|"
        r"reasonable|optimal) performance|in an? (?:clean|elegant|robust|efficient|user[- ]friendly|graceful|"
        r"readable|maintainable|timely) (?:manner|way|fashion))\b"
    ): _OBLIGING,
    (
        r"\bhandl(?:e|es|ing)\b(?: [\w'`-]+){0,6}? (?P<word>gracefully|elegantly|robustly|cleanly|"
        r"in an? (?:clean|elegant|robust|graceful|user[- ]friendly) (?:manner|way|fashion))\b"
    ): "handle handles handling",
}
_FORMS_AFTER = [(form, frozenset(words.split())) for form, words in _FORMS.items()]
# "be efficient: O(n log n)" can be tested; so can "fast: under 50 ms".
_MEASURED = (
    r"\bo\s?\(|\bθ\(|\b(?:linear|constant|logarithmic|quadratic|polynomial|sublinear|amorti[sz]ed)\b|\blog n\b|"
    r"\b(?:single|one) pass\b|"
    r"\b\d[\d_,.]*(?:e\d+)? ?(?:ms|µs|us|ns|s|secs?|seconds?|milliseconds?|minutes?|[kmg]i?b|bytes|%|percent|items|"
    r"elements|entries|calls|lines|characters|records|rows|nodes|requests|digits|words|numbers|integers|values)\b|"
    r"\b10\s?(?:\^|\*\*)\s?\d|\b(?:up to|at most|no more than|fewer than|less than|under|within) [\d`]"
)
_RESCUED = (
    r"\b(?:that is|i\.e\.|meaning|namely|which means|so that|by (?:return|rais|ignor|skipp|using|memo|cach)\w*|"
    r"without)\b|[:—–]"
)
_HELD = (
    "efficient efficiently performant performance scalable robust robustly elegant elegantly maintainable intuitive "
    "intuitively friendly free bulletproof proof pythonic idiomatic extensible modular written documented structured "
    "designed organized organised commented production quality easy readable reusable optimized optimised fast quick "
    "quickly clean cleanly reliable flexible lightweight simple secure responsive beautiful nice concise neat graceful "
    "gracefully timely"
)
"""No form matches without one of these words; most sentences have none."""


class _Asked(NamedTuple):
    """A requirement on the code: its word, and whether the sentence says what is meant by it."""

    word: str
    measured: bool


def _asked(phrase: Phrase) -> _Asked | None:
    low, runs = phrase.low, phrase.runs
    searched = (re.search(form, low) for form, words in _FORMS_AFTER if not words.isdisjoint(runs))
    match = next(filter(None, searched), None)
    if match is None:
        return None
    return _Asked(match["word"], _MEASURES.first(phrase) is not None or bool(re.search(_RESCUED, low[match.end() :])))


_REQUIRED = Wording(_asked, _HELD, listed=True)
_MEASURES = Put(_MEASURED)


def untestable(subject: Subject) -> Iterator[Hit]:
    """Sentences that ask for a quality of the code and give nothing to measure it by, here or in the next sentence."""
    required = [(phrase, asked.word) for phrase, asked in _REQUIRED.all(subject) if not asked.measured]
    if not required:
        return
    after = {id(phrase): following for phrase, following in pairwise(phrases(subject))}
    for phrase, word in required:
        following = after.get(id(phrase))
        if following is not None and _MEASURES.first(following) is not None:
            continue
        yield Hit(
            span=phrase.sentence.span,
            message=f'No test can show that this is met: "{word}" has no measure.',
        )
