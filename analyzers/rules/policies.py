"""Policies that a spec leaves open: case and white space, duplicates, and where counting starts and stops."""

import re
from collections.abc import Iterator

from analyzers.about import about, shows_duplicates, spoken, texts_in
from analyzers.coverage import CONSTRAINTS
from analyzers.kinds import inputs, result
from analyzers.lazy import lazy
from analyzers.lexicon import Phrase, Put, Wording, phrases, place
from analyzers.rules.model import Hit, Rule
from analyzers.subject import Subject, Trial

_COMPARED = lazy(
    r"\b(?:palindrom\w*|anagrams?|vowels?|consonants?|alphabetical(?:ly)?|pangrams?|isograms?|"
    r"(?:distinct|unique|duplicate|repeated|common|same|identical|different|frequent|recurring) (?:\w+ )?"
    r"(?:characters?|letters?|words?|strings?|chars)|"
    r"(?:frequenc(?:y|ies)|occurrences?|count) of (?:each |every |the |a |all )?(?:\w+ )?(?:characters?|letters?|"
    r"words?|"
    r"substrings?|strings?)|(?:sort|compare)(?:s|d|ed|ing)? (?:\w+ ){0,3}?(?:words?|strings?|names?|letters?|"
    r"characters?)|(?:starts?|begins?|ends?) with|contains? (?:\w+ ){0,2}?(?:substring|word|letter|character))\b"
)
_NO_LETTERS = lazy(
    r"['\"‘“][a-z]['\"’”]|\b(?:regex\w*|regular expression|given character|binary|digits?|numeric|brackets?|"
    r"parenthes[ei]s|bracketing|hexadecimal|roman|dna|rna|morse|numbers|number(?! of)|dates?|"
    r"[01]s|ip addresse?s?|versions?|phone)\b"
)
_CASE_RULE = Put(
    r"\b(?:case|casing|capital\w*|lowercase\w*|uppercase\w*|(?:small|upper|lower) letters?|ascii|a-z)\b",
    "case casing capital* lowercase* uppercase* letter letters ascii z",
    listed=True,
)


def _letters(phrase: Phrase) -> re.Match[str] | None:
    match = _COMPARED.search(phrase.low)
    return match if match is not None and not _NO_LETTERS.search(phrase.low) else None


_CASE = Wording(
    _letters,
    "palindrom* anagram anagrams vowel vowels consonant consonants alphabetical alphabetically pangram pangrams "
    "isogram isograms distinct unique duplicate repeated common same identical different frequent recurring frequency "
    "frequencies occurrence occurrences count sort* compar* start starts begin begins end ends contain contains",
)
"""Where letters or words are compared or counted."""


def _case(subject: Subject) -> Iterator[Hit]:
    for value in inputs(subject):
        texts = list(texts_in(value))
        if value.kind != "text" and not (value.kind == "sequence" and value.element == "text"):
            continue
        if any(_mixed(text) for text in texts) or (
            texts and not any(char.isalpha() for text in texts for char in text)
        ):
            continue
        for phrase in about(subject, value):
            if (match := _CASE.first(phrase)) is not None:
                # Here and not first: few specs come this far.
                if _CASE_RULE.anywhere(subject) or CONSTRAINTS["text"].anywhere(subject):
                    return
                yield Hit(
                    span=place(subject, phrase, match),
                    message=(
                        f"Nothing says whether upper and lower case in {value.label} are the same here (“{match[0]}”)."
                    ),
                    hint="Write, for example: Upper and lower case are different; or: Case is ignored.",
                )
                return


def _mixed(text: str) -> bool:
    """Whether a text shows what case does: it holds both."""
    return text != text.lower() and text != text.upper()


_COPIES = Put(
    r"\b(?:(?:common|shared|missing) (?:\w+ )?(?:elements?|items?|values?|numbers?|integers?)|intersections?|"
    r"(?:second|third|2nd|3rd|k['’-]?th|n['’-]?th|(?<=`k`)th|(?<=`n`)th)[ -](?:largest|smallest|highest|lowest|"
    r"greatest|biggest)|"
    r"(?:index|position) of (?:the |a |an )?(?:\w+ )?(?:elements?|items?|values?|number|maximum|minimum|largest|"
    r"smallest)|"
    r"remov(?:e|es|ing) (?:the |a |an )(?:\w+ )?(?:element|item|value|number)|"
    r"(?<!number of )pairs? (?:(?:of|from|in) \w+ )?(?:that|whose|with|which)|"
    r"permutations?|subsets)\b",
    "common shared missing intersection intersections largest smallest highest lowest greatest biggest index position "
    "remove removes removing pair pairs permutation permutations subsets",
)
_COPIES_RULE = Put(
    r"\b(?:duplicat\w*|distinct|unique|repeat\w*|repetition\w*|once|occurrences?|multiplicity|multisets?|set|sets|"
    r"different|"
    r"appears?|occurs?|(?:first|last) (?:index|one|position|occurr\w+)|all (?:the )?(?:indices|positions|occurr\w+)|"
    r"same (?:value|element)|"
    r"multiple|several|equal|smallest index|permutation of)\b",
    "duplicat* distinct unique repeat* repetition* once occurrence occurrences multiplicity multiset multisets set "
    "sets different appear appears occur occurs first last all same multiple several equal smallest permutation",
)


def _duplicates(subject: Subject) -> Iterator[Hit]:
    values = [value for value in inputs(subject) if value.kind == "sequence"]
    if not values or any(shows_duplicates(value) for value in values) or result(subject).kind == "set":
        return
    # "set(f(xs)) == {1, 2}": what is compared as a set may repeat.
    if any("set(" in example.source for example in subject.spec.examples):
        return
    for value in values:
        for phrase in about(subject, value):
            if (match := _COPIES.first(phrase)) is not None:
                if _COPIES_RULE.anywhere(subject):
                    return
                yield Hit(
                    span=place(subject, phrase, match),
                    message=f"Nothing says what happens if an element occurs twice in {value.label} ({match[0]}).",
                    hint="Write, for example: Duplicates count once; or: The elements are distinct.",
                )
                return


_INDEX = lazy(
    r"\breturn(?:s|ed|ing)? (?:\w+ ){0,3}?(?:index|indices|indexes|position|positions)\b|"
    r"\b(?:find|finds|get) (?:the )?(?:\w+ )?(?:index|position)\b|"
    r"\b(?:at|from|to) (?:the )?(?:given |specified )?(?:index|position|indices|positions) [`'\"]?[a-z_]\w*|"
    r"\b(?:given|specified|two|start|end) (?:index|position|indices|positions)\b"
)
_NO_INDEX = lazy(
    r"\b(?:same|alphabet\w*|even|odd|each|every|all|corresponding|board|chess|grid|coordinates?|refractive)\b"
)
_BASE_RULE = Put(
    r"\b(?:(?:0|1|zero|one)[- ]?(?:based|indexed|index)|(?:count|start|begin|number|index)\w* (?:\w+ ){0,2}?(?:at|"
    r"from|with) "
    r"(?:index |position )?(?:0|1|zero|one)|(?:index|position) (?:0|1|zero|one)|python(?:'s|’s|ic)? (?:ind\w+|slic\w+)|"
    r"(?:0|1|zero|one) (?:is|for|means) the first)\b|\[0\]",
)
_BETWEEN = lazy(
    r"\b(?:(?:numbers?|integers?|primes?|elements?|values?|items?|digits|sum|count|entries|rows|days|"
    r"random\w*) (?:\w+ ){0,3}?"
    r"(?:between|from|in (?:the )?range|within (?:the )?range)|in the range|range (?:from|of|between)) "
    r"[^.;]{0,50}"
)
_NO_BETWEEN = lazy(
    r"\b(?:difference|distance|differences|ratio|similarity|space|spaces|gap|conversion|convert\w*|choose|equal|"
    r"swap\w*|common|"
    r"comparison|relation\w*|greatest|correlation|overlap|alternat\w*|index|indices)\b"
)
_ENDS_RULE = lazy(
    r"\b(?:inclusive(?:ly)?|exclusive(?:ly)?|includ(?:ing|ed|es)|exclud(?:ing|ed|es)|both ends?|endpoints?|strictly|"
    r"half-open|closed (?:interval|range)|open interval|from 1|from 0|as in range)\b|[\[(]\s*\w+\s*,\s*\w+\s*[)\]]|"
    r"\brange\("
)


def _base(subject: Subject) -> Iterator[Hit]:
    yield from _index_base(subject)
    yield from _ends(subject)


def _position(phrase: Phrase) -> re.Match[str] | None:
    if not phrase.bound or _POSITIONS.isdisjoint(phrase.words):
        return None
    match = _INDEX.search(phrase.low)
    return match if match is not None and not _NO_INDEX.search(phrase.low) else None


def _between(phrase: Phrase) -> re.Match[str] | None:
    if not phrase.bound or _RANGES.isdisjoint(phrase.words):
        return None
    match = _BETWEEN.search(phrase.low)
    return match if match is not None and not _NO_BETWEEN.search(phrase.low) else None


_POSITIONS = frozenset("index indices indexes position positions".split())
_POSITION = Wording(_position, _POSITIONS)
_RANGES = frozenset("between range from".split())
_LIMITED = Wording(_between, _RANGES)


def _index_base(subject: Subject) -> Iterator[Hit]:
    if subject.trials or subject.spec.rejected or subject.spec.examples:
        return  # any example with a position shows where counting starts
    for phrase, match in _POSITION.all(subject):
        if _BASE_RULE.anywhere(subject):
            return
        yield Hit(
            span=place(subject, phrase, match),
            message=(
                f"“{phrase.sentence.text[match.start() : match.end()]}” does not say whether counting starts at 0 or "
                "at 1."
            ),
            hint="Write, for example: Positions are counted from 0.",
        )
        return


def _ends(subject: Subject) -> Iterator[Hit]:
    limits = [value for value in inputs(subject) if value.numeric]
    if not limits or any(_lists_an_end(trial) for trial in subject.trials):
        return
    for phrase, match in _LIMITED.all(subject):
        for value in limits:
            if value.name is None or value.name not in phrase.about:
                continue
            if re.search(rf"(?:between|from|to|and|range|of)\s+[`'\"(]*(?:{spoken(subject, value)})", match[0]):
                if any(
                    _ENDS_RULE.search(each.sentence.text) or _ENDS_RULE.search(each.low) for each in phrases(subject)
                ):
                    return
                yield Hit(
                    span=place(subject, phrase, match),
                    message=f"Nothing says whether {value.label} itself belongs to the range.",
                    hint=f"Write “inclusive” or “exclusive”, for example: {value.label} is included.",
                )
                return


def _lists_an_end(trial: Trial) -> bool:
    """Whether a result lists a number that was passed, and so shows that this end belongs to the range."""
    listed = trial.outcome
    return isinstance(listed, list | tuple | set) and any(
        isinstance(value, int | float) and value in listed for value in trial.inputs
    )


RULES: tuple[Rule, ...] = (
    Rule(
        code="CN304",
        name="text-without-case-rule",
        severity="info",
        summary="Characters or words are compared, and nothing says whether case or white space matters.",
        why=(
            "“Madam” is a palindrome to one reader and not to another. Where texts are compared, counted or sorted, "
            "the "
            "spec decides whether upper and lower case are the same. An example in mixed case settles it too."
        ),
        hint="Say whether case and white space matter.",
        bad='def is_palindrome(text: str) -> bool:\n    """Check whether the text is a palindrome."""\n',
        good=(
            'def is_palindrome(text: str) -> bool:\n    """Check whether the text is a palindrome; case is '
            'ignored."""\n'
        ),
        check=_case,
    ),
    Rule(
        code="CN305",
        name="duplicates-without-policy",
        severity="info",
        summary="The result depends on what becomes of equal elements, and nothing says it.",
        why=(
            "The second largest of 5, 5, 3 is 5 or 3; the common elements of two lists may or may not repeat. Both "
            "readings make sense, and drafts take either. An example with duplicates settles it too."
        ),
        hint="Say what happens to elements that occur more than once.",
        bad=(
            'def common(a: list[int], b: list[int]) -> list[int]:\n    """Return the common elements of the two '
            'lists."""\n'
        ),
        good=(
            'def common(a: list[int], b: list[int]) -> list[int]:\n    """Return the common elements of the two lists, '
            'each once."""\n'
        ),
        check=_duplicates,
    ),
    Rule(
        code="CN306",
        name="index-base-or-bounds-open",
        severity="warning",
        summary="A position without the base of counting, or a range without saying whether its ends belong to it.",
        why=(
            "Off by one is the most frequent mistake in drafts, and a spec that leaves the base or the bounds open "
            "gives "
            "the reviewer nothing to hold against it. An example whose index is 0 settles the base too."
        ),
        hint="Say “counted from 0” or “from 1”, and “inclusive” or “exclusive”.",
        bad='def find(xs: list[int], x: int) -> int:\n    """Return the index of x in xs."""\n',
        good='def find(xs: list[int], x: int) -> int:\n    """Return the zero-based index of x in xs."""\n',
        check=_base,
    ),
)
