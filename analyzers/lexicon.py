"""The words of a spec and what they are bound to: parameters, the result, or nothing."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

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

    @property
    def about(self) -> frozenset[str]:
        """What it mentions."""
        return frozenset(mention.about for mention in self.mentions)

    @property
    def bound(self) -> bool:
        """It states something about a parameter or the result."""
        return self.says and bool(self.mentions)


@fact
def phrases(subject: Subject) -> tuple[Phrase, ...]:
    """Every sentence of the spec, read once."""
    names = {parameter.name for parameter in subject.parameters}
    # Longest first: of "x" and "x_max" the longer one is meant where it stands.
    ordered = sorted(names, key=len, reverse=True)
    wording = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)") if names else None
    return tuple(_phrase(sentence, names, wording) for sentence in subject.spec.sentences)


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
    found: set[int] = set()
    for stem in stems:
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


def _phrase(sentence: Sentence, names: set[str], wording: re.Pattern[str] | None) -> Phrase:
    low = lowered(sentence.text)
    words = tuple(_TOKEN.findall(low))
    mentions = tuple(_mentions(sentence.text, low, names, wording))
    defined = _DEFINED.match(sentence.text)
    glue = sum(map(_GLUE.__contains__, words))
    says = (
        glue >= max(1, len(words) / 6)
        or any(sign in low for sign in "<>=≤≥")
        or (defined is not None and defined[1] in names)
    )
    return Phrase(sentence=sentence, low=low, words=words, mentions=mentions, says=says)


def _mentions(text: str, low: str, names: set[str], wording: re.Pattern[str] | None) -> Iterator[Mention]:
    for match in wording.finditer(text) if wording is not None else ():
        if match[0].lower() not in _COMMON_NAMES or _as_name(text, match):
            yield Mention(match[0], *match.span())
    for match in _RESULT.finditer(low):
        yield Mention("return", *match.span())
    for match in _INPUTS.finditer(low):
        if text[match.start() : match.end()] not in names:
            yield Mention("", *match.span())


def _as_name(text: str, match: re.Match[str]) -> bool:
    """Whether "a" or "i" is the parameter and not the article or the pronoun."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
    return bool(
        re.match(r"[`'\"\])]|\s*(?:[<>=≤≥+*/%^-]|is\b|must\b|and\s+\w\b|,\s*\w\b|[.,;:]|\Z)", after)
        or re.search(r"[`'\"(]\Z|(?:integers?|numbers?|strings?|floats?|and|of|by|than)\s\Z|[<>=≤≥+*/%^-]\s?\Z", before)
    )
