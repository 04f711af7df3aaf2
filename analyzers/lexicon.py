"""The words of a spec and what they are bound to: parameters, the result, or nothing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
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
_BLANKED = bytes(ord(char) if char.isalnum() or char == "_" else 32 for char in map(chr, range(128))) + bytes(128)
"""What becomes of each ASCII character where a text is cut into its runs of word characters."""
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
_ABOUT = {
    (result, given): frozenset(["return"] * result + [""] * given)
    for result in (False, True)
    for given in (False, True)
}
"""What a sentence mentions that names no parameter: by whether it speaks of the result, and of an input."""
_DEFINED = lazy(
    r"(?::?\s*(?:param|type|arg)\s+(?:\w+\s+)?)?[`*]*([A-Za-z_]\w*)[`*]*\s*(?:\([^()]*\))?\s*(?::|[–—-]+\s)"
)
_COMMON_NAMES = frozenset({"a", "i"})
_SIGNS = lazy("[<>=≤≥]")
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
    words: Sequence[str]
    runs: frozenset[str]
    """Every run of letters, digits and underscores."""
    names: frozenset[str]
    """The parameters of the spec."""
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
    words: Sequence[str]
    runs: frozenset[str]
    names: frozenset[str]
    says: bool
    about: frozenset[str]
    bound: bool
    kept: dict[Any, Any]

    @property
    def mentions(self) -> list[Mention]:
        """What it mentions, with the places: parameters and the result first, then other inputs."""
        known: list[Mention] | None = self.kept.get(Mention)
        if known is None:
            known = self.kept[Mention] = _mentions(self.text, self.low, self.names, self.runs)
        return known


class Wording(Generic[T]):
    """Something that a sentence may say, by what its words alone tell: found in it once, and kept with it.

    While somebody types, all sentences but one are those of the moment before, and nothing of them is searched again.
    """

    def __init__(
        self, find: Callable[[Phrase], T | None], held: str | Iterable[str] = (), *, listed: bool = False
    ) -> None:
        """``find`` says what is found, None if nothing; it may find something only where one of ``held`` stands.

        These are words in lower case (as one text with blanks between, or one by one), the beginnings of words, marked
        by a star ("sort*"), and signs that are no part of words. Without any, every sentence is searched. ``listed``:
        nearly every spec is asked for it, so that its words are looked up together with those of all others.
        """
        self._find = find
        held = held.split() if isinstance(held, str) else list(held)
        self._whole = frozenset([word for word in held if word.isalnum()])
        self._begun = tuple([word[:-1] for word in held if word[:-1].isalnum() and word[-1] == "*"])
        self._signs = tuple([word for word in held if not word[:-1].isalnum() and not word.isalnum()])
        self._parts = (*self._begun, *self._signs)
        self._anywhere = not held
        self._listed = listed and bool(held)
        if self._listed:
            for word in self._whole:
                _WHOLE[word].append(self)
            for start in self._begun:
                _BEGUN[start[:_HEAD]].append((start, self))
            for sign in self._signs:
                _MARKS[sign].append(self)

    def may_stand(self, phrase: Phrase) -> bool:
        """Whether something of what it needs stands in a sentence: elsewhere it is not looked for."""
        if self._anywhere or not self._whole.isdisjoint(phrase.runs):
            return True
        return bool(self._parts) and any(map(phrase.low.__contains__, self._parts))

    def first(self, phrase: Phrase) -> T | None:
        """What is found in one sentence."""
        known = phrase.kept
        found: T | None = known.get(self, _NEW)
        if found is _NEW:
            found = known[self] = self._find(phrase) if self._anywhere or self.may_stand(phrase) else None
        return found

    def all(self, subject: Subject) -> Iterator[tuple[Phrase, T]]:
        """Every sentence of a spec in which something is found, in order; looked for as far as it is asked for."""
        if self._listed:
            for phrase in _holding(subject).get(self, {}).values():
                found = phrase.kept.get(self, _NEW)
                if found is _NEW:
                    found = phrase.kept[self] = self._find(phrase)
                if found is not None:
                    yield phrase, found
            return
        for phrase in phrases(subject):
            if (found := self.first(phrase)) is not None:
                yield phrase, found

    def standing(self, subject: Subject) -> Iterable[Phrase]:
        """The sentences of a spec in which something of what it needs stands."""
        return _holding(subject).get(self, {}).values() if self._listed else filter(self.may_stand, phrases(subject))

    def anywhere(self, subject: Subject) -> bool:
        """Whether any sentence of a spec says so."""
        return next(self.all(subject), None) is not None


_HEAD = 3
"""Letters by which the beginnings of words are told apart at first."""
_WHOLE: Final[defaultdict[str, list[Wording[Any]]]] = defaultdict(list)
_BEGUN: Final[defaultdict[str, list[tuple[str, Wording[Any]]]]] = defaultdict(list)
_MARKS: Final[defaultdict[str, list[Wording[Any]]]] = defaultdict(list)
"""What wordings need: by words, by the heads of their beginnings, by signs."""


@fact
def _holding(subject: Subject) -> dict[Wording[Any], dict[int, Phrase]]:
    """For each listed wording, the sentences that hold something of what it needs, by their numbers.

    Each different word of a spec is looked up once, however many wordings there are.
    """
    read = phrases(subject)
    words = frozenset[str]().union(*[phrase.runs for phrase in read])
    asking = {word: _WHOLE[word] for word in words if word in _WHOLE}
    for word in [word for word in words if word[:_HEAD] in _BEGUN]:
        if begun := [wording for start, wording in _BEGUN[word[:_HEAD]] if word.startswith(start)]:
            asking[word] = [*asking.get(word, ()), *begun]
    asked = frozenset(asking)
    text = "\n".join([phrase.low for phrase in read])
    signs = [sign for sign in _MARKS if sign in text]
    found: defaultdict[Wording[Any], dict[int, Phrase]] = defaultdict(dict)
    for number, phrase in enumerate(read):
        for word in phrase.runs & asked:
            for wording in asking[word]:
                found[wording][number] = phrase
        for sign in signs:
            if sign in phrase.low:
                for wording in _MARKS[sign]:
                    found[wording][number] = phrase
    return found


class Put(Wording["re.Match[str]"]):
    """How something is put: the first place of a pattern in the sentence in lower case, compiled when first needed.

    With ``bound`` only in sentences that state something about a parameter or the result.
    """

    def __init__(
        self, pattern: str, held: str | Iterable[str] = (), *, bound: bool = False, listed: bool = False
    ) -> None:
        super().__init__(self._search, held, listed=listed)
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

    def __init__(self, pattern: str, held: str, words: str) -> None:
        """``pattern`` has ``NAME`` where a name stands; ``words``: what else it may match of plain words, a pattern."""
        self._pattern = pattern
        self._shared = lazy(pattern.replace(NAME, _MARK))
        self._held = held
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

        return Wording(find, self._held)


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
    new = tuple.__new__
    for sentence in subject.spec.sentences:
        text = sentence.text
        read = _read_short(text, names) if len(text) <= _SHORT else _read(text, names)
        # What ``Phrase`` itself does, without the call.
        found.append(new(Phrase, (sentence, *read)))
    return tuple(found)


def place(subject: Subject, phrase: Phrase, match: re.Match[str], group: int = 0) -> Span:
    """The span in the original of a match in ``phrase.low``."""
    return sentence_span(subject.spec, phrase.sentence, *match.span(group))


def lowered(text: str) -> str:
    """Lower case of the same length: a few capitals grow when lowered (İ), and offsets matter more than they do."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _read(text: str, names: frozenset[str]) -> _Read:
    ascii_only = text.isascii()
    if ascii_only:
        low = text.lower()
        runs = low.encode().translate(_BLANKED).decode().split()
    else:
        low = lowered(text)
        runs = _RUN.findall(low)
    # Without these a word is a run of word characters.
    joined = "'" in low or "_" in low or "’" in low
    words = _TOKEN.findall(low) if joined else runs
    held = frozenset(runs)
    kept: dict[Any, Any] = {}
    about = _ABOUT[not _RESULTS.isdisjoint(held), not _INPUTS.isdisjoint(held)]
    # What names a parameter in ASCII is a run of word characters too.
    if names and not (ascii_only and _lower(names).isdisjoint(held)) and (named := _named(text, names)):
        given = held & _INPUTS
        if given and given <= {mention.about.lower() for mention in named}:
            # Only at its place can be seen whether a noun is the parameter of that name.
            kept[Mention] = named = _mentions(text, low, names, held)
            about = frozenset()
        about = about.union([mention.about for mention in named])
    # One in six, and one at least.
    glue = len(words) if len(words) > 6 else 6
    says = (
        (not joined and 6 * len(held & _GLUE) >= glue)
        or 6 * sum(map(_GLUE.__contains__, words)) >= glue
        or _SIGNS.search(low) is not None
    )
    if not says and names:
        defined = _DEFINED.match(text)
        says = defined is not None and defined[1] in names
    # What ``_Read`` itself does, without the call.
    return tuple.__new__(_Read, (text, low, words, held, names, says, about, says and bool(about), kept))


# While somebody types, all sentences but one are those of the moment before.
_read_short = lru_cache(2048)(_read)


@lru_cache(256)
def _lower(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


def _named(text: str, names: frozenset[str]) -> list[Mention]:
    """Where a sentence names the parameters."""
    places = [(at, -len(name), name) for name in names if name in text for at in whole_words(name, text)]
    if not places:
        return []
    found = []
    done = 0
    # Longest first: letters that are no word characters let "x" stand in another name, and that one is meant.
    for start, _, name in sorted(places):
        end = start + len(name)
        if start < done:
            continue
        done = end
        if name.lower() not in _COMMON_NAMES or _as_name(text, start, end):
            found.append(Mention(name, start, end))
    return found


def _mentions(text: str, low: str, names: frozenset[str], held: frozenset[str]) -> list[Mention]:
    """What the sentence mentions; ``held`` are the runs of word characters in it."""
    named = _named(text, names)
    spoken = held & _SPOKEN
    results, inputs = [], []
    for word in spoken:
        for start in whole_words(word, low):
            end = start + len(word)
            if word not in _RESULTS:
                inputs += [Mention("", start, end)] if text[start:end] not in names else []
            else:
                article = word == "function" and start >= 4 and low.startswith("the ", start - 4)
                start -= 4 if article and _stands_alone(low, start - 4) else 0
                results.append(Mention("return", start, end))
    return [*named, *sorted(results), *sorted(inputs)]


def _stands_alone(low: str, start: int) -> bool:
    """Whether no word runs on into what starts here."""
    return start == 0 or not (low[start - 1].isalnum() or low[start - 1] == "_")


def _as_name(text: str, start: int, end: int) -> bool:
    """Whether "a" or "i" is the parameter and not the article or the pronoun."""
    before, after = text[max(0, start - 12) : start], text[end : end + 8]
    return bool(
        re.match(r"[`'\"\])]|\s*(?:[<>=≤≥+*/%^-]|is\b|must\b|and\s+\w\b|,\s*\w\b|[.,;:]|\Z)", after)
        or re.search(r"[`'\"(]\Z|(?:integers?|numbers?|strings?|floats?|and|of|by|than)\s\Z|[<>=≤≥+*/%^-]\s?\Z", before)
    )
