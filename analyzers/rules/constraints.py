"""Constraints that a spec leaves open: ranges, order and ties, and the precision of results."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from analyzers.about import about, shows_below_one, span_of, spoken
from analyzers.coverage import CONSTRAINTS
from analyzers.kinds import Value, inputs, result
from analyzers.lazy import lazy
from analyzers.lexicon import Mention, Phrase, Put, Wording, place
from analyzers.rules import policies
from analyzers.rules.model import Hit, Rule
from analyzers.subject import UNKNOWN, Subject

_COUNTS = frozenset(
    "n k m count size length limit num times steps shift index idx pos position width height depth level capacity "
    "max_len maxlen total amount window chunk chunk_size batch_size page page_size retries rounds days year "
    "month".split()
)
_MOST = 20
"""Places of a sentence that are looked at; a sentence with more of them is data."""


class _Places(Wording[list["re.Match[str]"]]):
    """The first places of a pattern in a sentence."""

    def __init__(self, pattern: str, held: str) -> None:
        super().__init__(self._search, held)
        self._source = pattern

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._source)

    def _search(self, phrase: Phrase) -> list[re.Match[str]] | None:
        return list(islice(self._pattern.finditer(phrase.low), _MOST)) or None


_DOMAIN = _Places(
    r"\b(?:n['’-]?th|k['’-]?th|(?:first|last|largest|smallest|top) [`'\"]?[klmn]\b|[klmn][`'\"]? (?:first|last|largest|"
    r"smallest|biggest|highest|lowest|most)|number of (?:largest|smallest|items|elements|times)|factorials?|primes?|"
    r"digits?|divisors?|divisible|factors?|"
    r"fibonacci|lucas|power|square root|logarithm|binary|hexadecimal|roman|times|rotat\w+|shift\w*|steps?|chunks?|"
    r"groups?|split\w*|level|depth|pad\w*|repeat\w*|sequence of length|list of length|pages?|years?|months?)\b",
    "nth kth th first last largest smallest top biggest highest lowest most number factorial factorials prime primes "
    "digit digits divisor divisors divisible factor factors fibonacci lucas power square logarithm binary hexadecimal "
    "roman times rotat* shift* step steps chunk chunks group groups split* level depth pad* repeat* length page pages "
    "year years month months",
)
_INHERENT = _Places(
    r"\b(?:n['’-]?th|factorials?|primes?|digits?|divisors?|fibonacci|lucas|square root|logarithm|roman)\b",
    "nth th factorial factorials prime primes digit digits divisor divisors fibonacci lucas square logarithm roman",
)
_ADJECTIVE = r"\b(?:positive|non-?\s?negative|nonnegative|negative|natural|non-?zero|whole|binary|\d+-bit|\d+-digit)\b"
_LIMIT = (
    r"\b(?:positive|non-?\s?negative|nonnegative|negative|natural|non-?zero|zero|at least|at most|no (?:more|"
    r"less) than|"
    r"between|in (?:the )?(?:range|interval)|greater|less|larger|smaller|more than|exceeds?|minimum|maximum|valid|-?\d)"
)


_AND = lazy(r"[`'\"]*\s*(?:,\s*and|,|and|or|&)\s*[`'\"]*")
"""Between two names of which the same is said: "of a and b"."""
_FAR = 60


def _ranges(subject: Subject) -> Iterator[Hit]:
    open_ones = [
        value for value in inputs(subject) if value.numeric and value.kind != "float" and _open(subject, value)
    ]
    if not open_ones:
        return
    first = open_ones[0]
    label = (
        listed([value.label for value in open_ones]) if first.name is not None or len(open_ones) == 1 else "the numbers"
    )
    is_one = len(open_ones) == 1
    yield Hit(
        span=span_of(subject, first),
        message=f"Nothing says which values {label} may take: is 0 allowed, or a negative number?",
        hint=f"State the range, for example: {label} {'is' if is_one else 'are'} at least 1.",
    )


def _open(subject: Subject, value: Value) -> bool:
    """Whether a number counts, sizes or selects, and neither a sentence nor an example says from where on."""
    if shows_below_one(value):
        return False
    named = value.name is not None and any(value.name in phrase.about for phrase in about(subject, value))
    if not named and any(shows_below_one(other) for other in inputs(subject)):
        return False  # "two integers": what an example shows of one holds for the other
    counts = value.name is None or value.name.lower() in _COUNTS
    need = _DOMAIN if counts else _INHERENT
    return any(
        _nearest(value, phrase, place) for phrase in about(subject, value) for place in need.first(phrase) or ()
    ) and not _ranged(subject, value)


def _nearest(value: Value, phrase: Phrase, place: re.Match[str]) -> bool:
    """Whether no other parameter stands nearer to ``place``: in "x if n is a prime, else y" it is n that is a prime."""
    names = [mention for mention in phrase.mentions if mention.about not in ("", "return")]
    if value.name is None or value.name not in phrase.about:
        return True
    first = min(names, key=lambda mention: _gap(mention, place))
    least = _gap(first, place)
    return any(
        mention.about == value.name
        and (
            _gap(mention, place) == least
            or _AND.fullmatch(phrase.low, first.end, mention.start)
            or _AND.fullmatch(phrase.low, mention.end, first.start)
        )
        for mention in names
    )


def _gap(mention: Mention, place: re.Match[str]) -> int:
    gap = max(mention.start - place.end(), place.start() - mention.end, 0)
    if gap > _FAR:
        return gap
    between = place.string[place.end() : mention.start] or place.string[mention.end : place.start()]
    # A comma begins another thought: in "if n is prime, y otherwise" the prime is n.
    return gap + (_FAR if "," in between or " if " in between else 0)


def listed(labels: list[str]) -> str:
    """``a``, ``a and b``, or ``a, b and c``."""
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


_BOUND = Put(rf"{_ADJECTIVE}|{_LIMIT}|[<>≤≥]|\d")
"""Without one of these a sentence states no range, and the longer search for whose range it is can be left out."""


def _ranged(subject: Subject, value: Value) -> bool:
    told = [phrase for phrase in about(subject, value) if _BOUND.first(phrase)]
    if not told:
        return False
    # "all primes less than n" limits the primes, not n.
    stated = _ranging(spoken(subject, value))
    return any(stated.first(phrase) for phrase in told)


@lru_cache(256)
def _ranging(spoken: str) -> Put:
    """What states a range of that which ``spoken`` matches."""
    word = rf"(?:{spoken})"
    return Put(
        rf"{_ADJECTIVE}\s+(?:[\w-]+\s+){{0,3}}?[`'\"(]*{word}"
        rf"|{_ADJECTIVE}\s+(?:numbers|integers|values)\b"
        rf"|\d\s*(?:<=?|≤)\s*[`'\"(]*{word}"
        rf"|{word}[`'\")\]]*\s*(?:[<>≤≥]|(?:,|\(|:|is|are|be|must|should|will|can|may|ranges?|that|which|where)"
        rf"[^.;]{{0,40}}?{_LIMIT})"
        rf"|\b(?:from|between) -?\d+ (?:to|and) -?\d+\b"
    )


_SORTING = frozenset("sort sorts sorted sorting order ordered orders rank ranked ranks arrange arranged".split())
_SORT = lazy(
    r"\b(?:(?:re)?sort(?:s|ed|ing)?\b(?! of\b)|(?:order|rank|arrange)(?:ed|s|d)?\s+(?:[\w'`]+\s+){0,4}?(?:by|"
    r"according to)\b|"
    r"(?:in|into) (?:sorted )?order\b(?! (?:to|of|that|in|these|they|the|as|from|given|it|which|such)\b|\s*\())"
)
_SORTED_INPUT = lazy(
    r"\b(?:given|already|pre|two|three|input|is|are|takes in|takes|of|in|from|these|both)[ -](?:an?\s|the\s)?"
    r"(?:(?:not|two|three|already)\s)?sorted\b(?! order)|\b(?:given|is|are|already) in sorted\b|\bsorted (?:in|"
    r"by) (?:place|default)|\bun-?sorted\b|\bsorted\(|\bsorting (?:algorithm|network)|"
    r"\b(?:an?|the) sorted (?:list|array|sequence|tuple|matrix|input)\b(?=[^.]*\b(?:and|find|return|search|element|"
    r"its)\b)"
)
_DIRECTION = Put(
    r"\b(?:ascending|descending|(?:non-?)?(?:de|in)creasing|(?:small|short|low|high|larg|long|old|new|earl|lat|"
    r"great)\w*"
    r"(?: \w+)? (?:to|first|last)\b|alphabetic\w*|lexicograph\w*|dictionary order|chronological\w*|"
    r"numerical(?:ly)? order|"
    r"revers\w*|minimum|maximum|strange|original|same order|topological\w*|order of (?:their )?appearance)\b",
    "ascending descending increasing decreasing nonincreasing nondecreasing small* short* low* high* larg* long* old* "
    "new* earl* lat* great* alphabetic* lexicograph* order chronological* revers* minimum maximum strange original "
    "topological*",
)
_BY_KEY = lazy(
    r"\b(?:sort|order|rank|arrang)(?:s|ed|ing|"
    r"e)?\b[^.;]{0,60}?(?<!separated )(?<!divided )(?<!followed )(?<!replaced )(?<!delimited )\b(?:by|based on|"
    r"according to|using|in terms of)\s+"
    r"(?:the |their |its |each )?(?!(?:\w+ )?(?:ascii|alphabet|code|numerical|numeric|decimal|natural)|using|hand|"
    r"default|itself|merge|quick|shell|heap|bubble|insertion|selection|comb|"
    r"pancake|"
    r"counting|radix|a |an |two|recursion)((?:[\w'’-]+ ?){1,4})"
)
_KEYED = frozenset("by based according using terms".split())
_ONE = frozenset(
    "word string name element item key character letter sublist list tuple pair number value entry record row".split()
)
_ONE_OF = r"(word|string|name|element|item|key|character|letter|sublist|list|tuple|pair|number|value|entry|record|row)"
_EXTREME = lazy(
    r"\b(?:longest|shortest|most (?:frequent|common)(?:ly \w+)?|least (?:frequent|common)|closest|nearest|"
    rf"highest-scoring) {_ONE_OF}\b(?!s)"
    rf"|\b(?:the|an?|find|returns?) {_ONE_OF} (?:with|that has|which has|having) (?:the |an? )?(?:maximum|minimum|"
    rf"max|min|"
    r"highest|lowest|most|fewest|least|largest|smallest|longest|shortest|greatest|biggest)\b"
)
_MEASURED = lazy(r"\b(?:length|size|number|count|sum|frequency|lengths|index|whether|same|if)\b[^.;]{0,30}\Z")
_TIES = Put(
    r"\b(?:overlap\w*|disjoint|similar|ties?|tied|stable|stably|in case of|then by|equal|same|multiple|several|"
    r"more than one|whichever|earliest|leftmost|"
    r"first (?:one|of|occurr\w+)|last (?:one|of|occurr\w+)|(?:original|relative) order|any (?:one )?of|unique|distinct|"
    r"(?:comes?|appears?|occurs?) (?:first|last)|lexicograph\w*|all (?:of them|such|the longest))\b",
    "overlap* disjoint similar tie ties tied stable stably case then equal same multiple several than whichever "
    "earliest leftmost first last original relative any unique distinct lexicograph* all",
)


def _sorts(phrase: Phrase) -> re.Match[str] | None:
    """Where something is sorted that is not sorted when it comes in."""
    if not phrase.bound or _SORTING.isdisjoint(phrase.words):
        return None
    unneeded = [match.span() for match in _SORTED_INPUT.finditer(phrase.low)]
    for match in _SORT.finditer(phrase.low):
        if not any(start <= match.start() < end for start, end in unneeded):
            return match
    return None


_UNDIRECTED = Wording(_sorts, "sort* resort* order* rank* arrang*", listed=True)


class _Ranked(NamedTuple):
    """Where a sentence orders by a key, and where it selects the one that is extreme."""

    key: re.Match[str] | None
    extreme: re.Match[str] | None


def _ranks(phrase: Phrase) -> _Ranked | None:
    if not phrase.bound:
        return None
    key = _BY_KEY.search(phrase.low) if not _KEYED.isdisjoint(phrase.runs) else None
    extreme = _EXTREME.search(phrase.low) if not _ONE.isdisjoint(phrase.runs) else None
    if extreme is not None and _MEASURED.search(phrase.low[: extreme.start()]):
        extreme = None
    return _Ranked(key, extreme) if key or extreme else None


_RANKED = Wording(
    _ranks,
    "sort* order* rank* arrang* longest shortest most least closest nearest highest lowest maximum minimum max min "
    "fewest largest smallest greatest biggest",
    listed=True,
)


def _order(subject: Subject) -> Iterator[Hit]:
    yield from _direction(subject)
    yield from _ties(subject)


def _direction(subject: Subject) -> Iterator[Hit]:
    if result(subject).kind in ("bool", "integer", "float") or _shows_order(subject):
        return
    for phrase, match in _UNDIRECTED.all(subject):
        if _DIRECTION.anywhere(subject):
            return
        word = phrase.sentence.text[match.start() : match.end()]
        yield Hit(
            span=place(subject, phrase, match),
            message=f"“{word}” does not say in which direction.",
            hint="Write “in ascending order” or “largest first”.",
        )
        return


def _ties(subject: Subject) -> Iterator[Hit]:
    if (kind := result(subject).kind) == "bool":
        return
    for phrase, (key, extreme) in _RANKED.all(subject):
        if key is not None and kind not in ("integer", "float"):
            if _TIES.anywhere(subject):
                return
            yield Hit(
                span=place(subject, phrase, key),
                message=f"The order goes by {key[1].strip()}, and nothing says what comes first where that is equal.",
                hint="Write, for example: Those that are equal in it keep their original order.",
            )
            return
        if extreme is not None:
            if _TIES.anywhere(subject):
                return
            yield Hit(
                span=place(subject, phrase, extreme),
                message=f"Nothing says which one is meant if several fit (“{_bare(extreme[0])}”).",
                hint=f"Write, for example: If there are several, return the first {extreme[1] or extreme[2]} of them.",
            )
            return


def _bare(found: str) -> str:
    """What was found, without the article or the verb before it."""
    return re.sub(r"\A(?:the|an?|find|returns?) ", "", found)


def _shows_order(subject: Subject) -> bool:
    """Whether an example's result has three elements or more, and so shows the direction."""
    for trial in subject.trials:
        shown = trial.outcome
        if shown is not UNKNOWN and isinstance(shown, list | tuple | dict | str) and len(shown) > 2:
            return True
    return False


_COMPUTED = Put(
    r"\b(?:(?:averages?|mean)(?! of (?:the )?(?:two|middle)\b)|variance|deviation|divid(?:e|es|ed|ing)|division|"
    r"quotients?|ratios?|percent(?:age|ages)?|"
    r"(?:square|cube|n-?th) roots?|sqrt|areas?|volumes?|circumference|hypotenuse|distances?|interest|probabilit(?:y|"
    r"ies)|"
    r"celsius|fahrenheit|logarithms?|sine|cosine|radians|interpolat\w+|normali[sz]\w+)\b",
    "average averages mean variance deviation divide divides divided dividing division quotient quotients ratio "
    "ratios percent percentage percentages root roots sqrt area areas volume volumes circumference hypotenuse "
    "distance distances interest probability probabilities celsius fahrenheit logarithm logarithms sine cosine "
    "radians interpolat* normali*",
    bound=True,
)
_EXACT = Put(
    r"\b(?:floor|ceil\w*|integer (?:division|part|quotient)|whole number|as an? (?:integer|fraction|int)|fractions?|"
    r"nearest|exact(?:ly)?|no rounding|not rounded|unrounded|full precision|double[- ]precision|decimal\.decimal)\b",
    "floor ceil* integer whole fraction fractions int nearest exact exactly rounding rounded unrounded precision "
    "decimal",
)


def _precision(subject: Subject) -> Iterator[Hit]:
    if result(subject).kind not in ("float", "number") or _EXACT.anywhere(subject):
        return
    if CONSTRAINTS["precision"].anywhere(subject):
        return
    for phrase, match in islice(_COMPUTED.all(subject), 1):
        yield Hit(
            span=place(subject, phrase, match),
            message=f"The result is a float ({match[0]}), and nothing says how precise it must be.",
            hint="Write, for example: The result is rounded to 2 decimal places; or: it is compared within 1e-6.",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        code="CN301",
        name="number-without-range",
        severity="warning",
        summary="A number that counts, sizes or selects, and nothing says which values it may take.",
        why=(
            "For a count, a position or a number whose digits or divisors are asked for, zero and negative values "
            "either "
            "cannot occur or need an answer. Where the range is not stated, one draft checks it, another one loops "
            "forever, and a reviewer cannot tell which of them is wrong. An example with such a value also settles it."
        ),
        hint="State the range, such as: `n` is at least 1.",
        bad='def fib(n: int) -> int:\n    """Return the n-th Fibonacci number."""\n',
        good='def fib(n: int) -> int:\n    """Return the n-th Fibonacci number, where n is at least 1."""\n',
        check=_ranges,
    ),
    Rule(
        code="CN302",
        name="order-without-direction-or-ties",
        severity="warning",
        summary="Something is sorted or selected by rank without a direction, or without a rule for ties.",
        why=(
            "Ascending or descending, and what becomes of elements that are equal in the key: both change the result, "
            "and "
            "hidden tests check them. A result of at least three elements in an example shows the direction, but "
            "seldom "
            "what happens to ties."
        ),
        hint="Say “ascending” or “descending”, and what comes first among equals.",
        bad='def rank(names: list[str]) -> list[str]:\n    """Return the names sorted by length."""\n',
        good=(
            'def rank(names: list[str]) -> list[str]:\n    """Return the names sorted by length, shortest first; '
            "names of "
            'the same length keep\n    their original order."""\n'
        ),
        check=_order,
    ),
    Rule(
        code="CN303",
        name="float-without-precision",
        severity="warning",
        summary="A computed float is returned, and nothing says how precise it must be.",
        why=(
            "0.1 + 0.2 is not 0.3. Without a rule for rounding or a tolerance, a right draft can fail a test that "
            "compares exactly, and a draft that rounds too early can pass. Floats that are only picked from the input "
            "need no rule."
        ),
        hint="Say how the result is rounded, or within which tolerance it is compared.",
        bad='def mean(xs: list[float]) -> float:\n    """Return the average of xs."""\n',
        good='def mean(xs: list[float]) -> float:\n    """Return the average of xs, rounded to 2 decimal places."""\n',
        check=_precision,
    ),
    *policies.RULES,
)
