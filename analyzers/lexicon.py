"""The words of a spec and what they are bound to: parameters, the result, or nothing."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, Final, Generic, NamedTuple, TypeVar

from analyzers.facts import fact
from analyzers.lazy import lazy
from analyzers.locate import sentence_span
from analyzers.spec import Sentence, Span
from analyzers.subject import Subject

_TOKEN = lazy(r"[^\W_]+(?:['’][^\W_]+)*")
_GLUE = frozenset(
    "is are be was were must should shall will may can cannot has have having contains contain containing return "
    "returns returned returning if when where unless for in into of the a an with without to from by that which given "
    "each every all any not no it its this than as on at and raise raises otherwise assume takes do does "
    "don't don’t you".split()
)
_RUN = lazy(r"\w+")
_INPUTS = frozenset(
    "list lists array arrays sequence sequences string strings text texts word words sentence sentences number numbers "
    "integer integers float floats tuple tuples set sets dictionary dictionaries dict dicts mapping mappings matrix "
    "matrices sublist sublists input inputs argument arguments parameter parameters element elements item items value "
    "values key keys digit digits character characters".split()
)
_RESULTS = frozenset(
    "return returns returned returning result results output outputs answer answers yield yields print prints function "
    "functions".split()
)
_SPOKEN = _INPUTS | _RESULTS
_DEFINED = lazy(
    r"(?::?\s*(?:param|type|arg)\s+(?:\w+\s+)?)?[`*]*([A-Za-z_]\w*)[`*]*\s*(?:\([^()]*\))?\s*(?::|[–—-]+\s)"
)
_COMMON_NAMES = frozenset({"a", "i"})
_SIGNS = lazy("[<>=≤≥]")
_FEW = 3
"""So many new sentences are searched one by one."""
_NEW: Final = object()
T = TypeVar("T")
_SHORT = 400
"""Characters; what sentences up to this length say is kept for a while."""


class Mention(NamedTuple):
    """A word of a sentence that stands for a parameter (by name), the result ("return"), or an input ("")."""

    about: str
    start: int
    end: int


class _Read(NamedTuple):
    """What a sentence says, wherever it stands; ``low`` is its text in lower case, of the same length."""

    text: str
    low: str
    words: tuple[str, ...]
    runs: frozenset[str]
    """Every run of letters, digits and underscores."""
    mentions: tuple[Mention, ...]
    says: bool
    """It is put as a statement, and not as a row of keywords."""
    about: frozenset[str]
    """What it mentions."""
    bound: bool
    """It states something about a parameter or the result."""
    kept: dict[Any, Any]
    """What wordings have found in it: see ``Wording``."""


class Phrase(NamedTuple):
    """A sentence as rules read it; the other fields are those of ``_Read``."""

    sentence: Sentence
    text: str
    low: str
    words: tuple[str, ...]
    runs: frozenset[str]
    mentions: tuple[Mention, ...]
    says: bool
    about: frozenset[str]
    bound: bool
    kept: dict[Any, Any]


class Wording(Generic[T]):
    """Something that a sentence may say, by what its words alone tell: found in it once, and kept with it.

    While somebody types, all sentences but one are those of the moment before, and nothing of them is searched again.
    """

    def __init__(self, find: Callable[[Phrase], T | None], stems: str | Iterable[str] = ()) -> None:
        """``find`` says what is found, None if nothing; it may find something only where one of ``stems`` stands.

        Stems are parts of words in lower case ("_" is a blank where they are given as one text). Without any, every
        sentence is searched.
        """
        if isinstance(stems, str):
            stems = [stem.replace("_", " ") for stem in stems.split()]
        self._find = find
        self.stems = tuple(stems)
        self._parts = tuple(stem for stem in self.stems if stem.isalnum())
        self._others = tuple(stem for stem in self.stems if not stem.isalnum())

    def first(self, phrase: Phrase) -> T | None:
        """What is found in one sentence."""
        known = phrase.kept
        if self not in known:
            low = phrase.low
            held = not self.stems or any(map(low.__contains__, self.stems))
            known[self] = self._find(phrase) if held else None
        found: T | None = known[self]
        return found

    def all(self, subject: Subject) -> list[tuple[Phrase, T]]:
        """Every sentence of a spec in which something is found, in order."""
        asked = phrases(subject)
        results = [phrase.kept.get(self, _NEW) for phrase in asked]
        new = results.count(_NEW)
        if new == 0:
            pass
        elif self.stems and new > _FEW:
            holding = self._holding(subject)
            for number, phrase in enumerate(asked):
                if results[number] is _NEW:
                    results[number] = phrase.kept[self] = self._find(phrase) if number in holding else None
        else:
            results = [
                self.first(phrase) if found is _NEW else found for phrase, found in zip(asked, results, strict=True)
            ]
        return [(phrase, found) for phrase, found in zip(asked, results, strict=True) if found is not None]

    def anywhere(self, subject: Subject) -> bool:
        """Whether any sentence of a spec says so."""
        if self.stems:
            return bool(self.all(subject))
        return any(self.first(phrase) is not None for phrase in phrases(subject))

    def _holding(self, subject: Subject) -> set[int]:
        """The sentences that hold a stem. Where many are new, the different words of all are searched instead."""
        vocabulary, places = index(subject)
        found: set[int] = set()
        for stem in self._parts:
            at = vocabulary.find(stem)
            while at >= 0:
                end = vocabulary.find("\n", at)
                found.update(places[vocabulary[vocabulary.rfind("\n", 0, at) + 1 : end]])
                at = vocabulary.find(stem, end)
        if self._others:
            text, starts = _running(subject)
            for stem in self._others:
                at = text.find(stem)
                while at >= 0:
                    number = bisect_right(starts, at) - 1
                    found.add(number)
                    at = text.find(stem, starts[number + 1])
        return found


class Put(Wording["re.Match[str]"]):
    """How something is put: the first place of a pattern in the sentence in lower case, compiled when first needed.

    With ``bound`` only in sentences that state something about a parameter or the result.
    """

    def __init__(self, pattern: str, stems: str | Iterable[str] = (), *, bound: bool = False) -> None:
        super().__init__(self._search, stems)
        self._source = pattern
        self._bound = bound

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self._source)

    def _search(self, read: Phrase) -> re.Match[str] | None:
        return self.pattern.search(read.low) if read.bound or not self._bound else None


class Naming:
    """How something is put of a name. One pattern serves all names: compiling takes longer than a hundred searches."""

    def __init__(self, pattern: str, stems: str, words: str) -> None:
        """``pattern`` has ``NAME`` where a name stands; ``words``: what else it may match of plain words, a pattern."""
        self._pattern = pattern
        self._shared = lazy(pattern.replace(NAME, _MARK))
        self._stems = stems
        self._words = lazy(words)
        self.of = lru_cache(256)(self._of)

    def _of(self, name: str) -> Wording["re.Match[str]"]:
        """The same of ``name``, in lower case."""
        own = lazy(self._pattern.replace(NAME, re.escape(name)))
        plain = self._words.fullmatch(name) is None

        def find(phrase: Phrase) -> "re.Match[str] | None":
            low = phrase.low
            if plain and _MARK not in low:
                return self._shared.search(_marked(name, low))
            return own.search(low)

        return Wording(find, self._stems)


NAME: Final = "\0"
_MARK = "\ua66e"
"""A letter that no spec uses: it stands for the name."""


def _marked(name: str, low: str) -> str:
    """``low`` with the mark wherever ``name`` is a whole word."""
    parts: list[str] = []
    done = 0
    for at in whole_words(name, low):
        parts += (low[done:at], _MARK)
        done = at + len(name)
    return "".join(parts) + low[done:]


def whole_words(word: str, text: str) -> Iterator[int]:
    """Where ``word`` stands as a whole word, in order."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if before.isalnum() or before == "_" or after.isalnum() or after == "_":
            at = text.find(word, at + 1)
        else:
            yield at
            at = text.find(word, end)


@fact
def phrases(subject: Subject) -> tuple[Phrase, ...]:
    """Every sentence of the spec, read once."""
    names = frozenset([parameter.name for parameter in subject.parameters])
    found = []
    for sentence in subject.spec.sentences:
        text = sentence.text
        read = _read_short(text, names) if len(text) <= _SHORT else _read(text, names)
        found.append(Phrase(sentence, *read))
    return tuple(found)


@fact
def index(subject: Subject) -> tuple[str, dict[str, list[int]]]:
    """The different words of the spec, one a line, and for each the sentences that hold it."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(phrases(subject)):
        for word in phrase.words:
            places[word].append(number)
    return "\n".join(places) + "\n", places


@fact
def _running(subject: Subject) -> tuple[str, tuple[int, ...]]:
    """All sentences in lower case, one a line, and where each begins."""
    lows = [phrase.low for phrase in phrases(subject)]
    return "\n".join(lows), tuple(accumulate((len(low) + 1 for low in lows), initial=0))


def place(subject: Subject, phrase: Phrase, match: re.Match[str], group: int = 0) -> Span:
    """The span in the original of a match in ``phrase.low``."""
    return sentence_span(subject.spec, phrase.sentence, *match.span(group))


def lowered(text: str) -> str:
    """Lower case of the same length: a few capitals grow when lowered (İ), and offsets matter more than they do."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _read(text: str, names: frozenset[str]) -> _Read:
    low = lowered(text)
    runs = _RUN.findall(low)
    # Without these a word is a run of word characters.
    joined = "_" in low or "'" in low or "’" in low
    words = tuple(_TOKEN.findall(low) if joined else runs)
    held = frozenset(runs)
    mentions = tuple(_mentions(text, low, names, held))
    says = sum(map(_GLUE.__contains__, words)) >= max(1, len(words) / 6) or _SIGNS.search(low) is not None
    if not says and names:
        defined = _DEFINED.match(text)
        says = defined is not None and defined[1] in names
    about = frozenset([mention.about for mention in mentions])
    return _Read(text, low, words, held, mentions, says, about, says and bool(mentions), {})


# While somebody types, all sentences but one are those of the moment before.
_read_short = lru_cache(2048)(_read)


@lru_cache(256)
def _naming(names: frozenset[str]) -> re.Pattern[str]:
    # Longest first: of "x" and "x_max" the longer one is meant where it stands.
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")


def _mentions(text: str, low: str, names: frozenset[str], held: frozenset[str]) -> list[Mention]:
    """What the sentence mentions; ``held`` are the runs of word characters in it."""
    found = []
    if any(map(text.__contains__, names)):
        for match in _naming(names).finditer(text):
            if match[0].lower() not in _COMMON_NAMES or _as_name(text, match):
                found.append(Mention(match[0], *match.span()))
    spoken = held & _SPOKEN
    if not spoken:
        return found
    inputs = []
    for match in _RUN.finditer(low):
        run = match[0]
        if run not in spoken:
            continue
        start, end = match.span()
        if run in _RESULTS:
            if run == "function" and start >= 4 and low.startswith("the ", start - 4) and _stands_alone(low, start - 4):
                start -= 4
            found.append(Mention("return", start, end))
        elif text[start:end] not in names:
            inputs.append(Mention("", start, end))
    return found + inputs


def _stands_alone(low: str, start: int) -> bool:
    """Whether no word runs on into what starts here."""
    return start == 0 or not (low[start - 1].isalnum() or low[start - 1] == "_")


def _as_name(text: str, match: re.Match[str]) -> bool:
    """Whether "a" or "i" is the parameter and not the article or the pronoun."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
    return bool(
        re.match(r"[`'\"\])]|\s*(?:[<>=≤≥+*/%^-]|is\b|must\b|and\s+\w\b|,\s*\w\b|[.,;:]|\Z)", after)
        or re.search(r"[`'\"(]\Z|(?:integers?|numbers?|strings?|floats?|and|of|by|than)\s\Z|[<>=≤≥+*/%^-]\s?\Z", before)
    )
