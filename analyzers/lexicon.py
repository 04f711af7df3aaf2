"""The words of a spec and what they are bound to: parameters, the result, or nothing."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from analyzers.facts import fact
from analyzers.locate import sentence_span
from analyzers.spec import Sentence, Span
from analyzers.subject import Subject

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_GLUE = frozenset(
    "is are be was were must should shall will may can cannot has have having contains contain containing return "
    "returns returned returning if when where unless for in into of the a an with without to from by that which given "
    "each every all any not no it its this than as on at and raise raises otherwise assume takes do does "
    "don't don’t you".split()
)
_INPUTS = re.compile(
    r"\b(?:lists?|arrays?|sequences?|strings?|texts?|words?|sentences?|numbers?|integers?|floats?|tuples?|sets?|"
    r"dictionar(?:y|ies)|dicts?|mappings?|matri(?:x|ces)|sublists?|inputs?|arguments?|parameters?|elements?|items?|"
    r"values?|keys?|digits?|characters?)\b"
)
_RESULT = re.compile(
    r"\b(?:returns?|returned|returning|results?|outputs?|answers?|yields?|prints?|the function|functions?)\b"
)
_DEFINED = re.compile(
    r"(?::?\s*(?:param|type|arg)\s+(?:\w+\s+)?)?[`*]*([A-Za-z_]\w*)[`*]*\s*(?:\([^()]*\))?\s*(?::|[–—-]+\s)"
)
_COMMON_NAMES = frozenset({"a", "i"})
_SIGNS = re.compile("[<>=≤≥]")
_SHORT = 400
"""Characters; what sentences up to this length say is kept for a while."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of a sentence that stands for a parameter (by name), the result ("return"), or an input ("")."""

    about: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A sentence as rules read it: ``low`` is its text in lower case, of the same length."""

    sentence: Sentence
    low: str
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    says: bool
    """It is put as a statement, and not as a row of keywords."""
    about: frozenset[str]
    """What it mentions."""
    bound: bool
    """It states something about a parameter or the result."""


class _Read(NamedTuple):
    """What a sentence says, wherever it stands; the fields are those of ``Phrase``."""

    low: str
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    says: bool
    about: frozenset[str]
    bound: bool


@fact
def phrases(subject: Subject) -> tuple[Phrase, ...]:
    """Every sentence of the spec, read once."""
    names = frozenset([parameter.name for parameter in subject.parameters])
    found = []
    for sentence in subject.spec.sentences:
        text = sentence.text
        read = _read_short(text, names) if len(text) <= _SHORT else _read(text, names)
        low, words, mentions, says, about, bound = read
        found.append(
            Phrase(sentence=sentence, low=low, words=words, mentions=mentions, says=says, about=about, bound=bound)
        )
    return tuple(found)


@fact
def index(subject: Subject) -> dict[str, tuple[int, ...]]:
    """For each word of the spec the sentences that hold it, so that a rule looks only where it may fire."""
    places: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases(subject)):
        for word in set(phrase.words):
            places.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in places.items()}


def holding(subject: Subject, words: Iterable[str]) -> Iterator[Phrase]:
    """The sentences that hold one of ``words``, in order, each once."""
    known = index(subject)
    found = sorted({number for word in words for number in known.get(word, ())})
    return (phrases(subject)[number] for number in found)


@fact
def _running(subject: Subject) -> tuple[str, tuple[int, ...]]:
    """All sentences in lower case, one a line, and where each begins."""
    lows = [phrase.low for phrase in phrases(subject)]
    return "\n".join(lows), tuple(accumulate((len(low) + 1 for low in lows), initial=0))


def with_stems(subject: Subject, stems: Iterable[str]) -> list[Phrase]:
    """The sentences that hold one of ``stems`` (parts of words, in lower case), in order, each once.

    Far cheaper than a search of every sentence: a rule with a long pattern looks only where it can match.
    """
    text, starts = _running(subject)
    held = [stem for stem in stems if stem in text]
    if not held:
        return []
    found: set[int] = set()
    for stem in held:
        at = text.find(stem)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            found.add(number)
            at = text.find(stem, starts[number + 1])
    known = phrases(subject)
    return [known[number] for number in sorted(found)]


def place(subject: Subject, phrase: Phrase, match: re.Match[str], group: int = 0) -> Span:
    """The span in the original of a match in ``phrase.low``."""
    return sentence_span(subject.spec, phrase.sentence, *match.span(group))


def lowered(text: str) -> str:
    """Lower case of the same length: a few capitals grow when lowered (İ), and offsets matter more than they do."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _read(text: str, names: frozenset[str]) -> _Read:
    low = lowered(text)
    words = tuple(_TOKEN.findall(low))
    mentions = tuple(_mentions(text, low, names))
    glue = sum(map(_GLUE.__contains__, words))
    says = glue >= max(1, len(words) / 6) or _SIGNS.search(low) is not None
    if not says and names:
        defined = _DEFINED.match(text)
        says = defined is not None and defined[1] in names
    about = frozenset([mention.about for mention in mentions])
    return _Read(low, words, mentions, says, about, says and bool(mentions))


# While somebody types, all sentences but one are those of the moment before.
_read_short = lru_cache(2048)(_read)


@lru_cache(256)
def _naming(names: frozenset[str]) -> re.Pattern[str]:
    # Longest first: of "x" and "x_max" the longer one is meant where it stands.
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")


def _mentions(text: str, low: str, names: frozenset[str]) -> list[Mention]:
    found = []
    if names:
        for match in _naming(names).finditer(text):
            if match[0].lower() not in _COMMON_NAMES or _as_name(text, match):
                found.append(Mention(match[0], *match.span()))
    found += [Mention("return", *match.span()) for match in _RESULT.finditer(low)]
    for match in _INPUTS.finditer(low):
        if text[match.start() : match.end()] not in names:
            found.append(Mention("", *match.span()))
    return found


def _as_name(text: str, match: re.Match[str]) -> bool:
    """Whether "a" or "i" is the parameter and not the article or the pronoun."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
    return bool(
        re.match(r"[`'\"\])]|\s*(?:[<>=≤≥+*/%^-]|is\b|must\b|and\s+\w\b|,\s*\w\b|[.,;:]|\Z)", after)
        or re.search(r"[`'\"(]\Z|(?:integers?|numbers?|strings?|floats?|and|of|by|than)\s\Z|[<>=≤≥+*/%^-]\s?\Z", before)
    )
