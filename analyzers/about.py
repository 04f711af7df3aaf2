"""What a spec says of one input, and what its examples show of it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from analyzers.facts import fact
from analyzers.kinds import Kind, Value, alone, inputs
from analyzers.lexicon import Phrase, Wording, whole_words
from analyzers.locate import head_span, parameter_span, sentence_span
from analyzers.spec import Span
from analyzers.subject import Subject

_NUMBER = r"numbers?|integers?|ints?|floats?|value"
_NOUNS: dict[Kind, str] = {
    "integer": _NUMBER,
    "float": _NUMBER,
    "number": _NUMBER,
    "text": r"strings?|texts?|words?|sentences?|characters?|letters?|phrases?|names?|vowels?",
    "sequence": r"lists?|arrays?|tuples?|sequences?|matri(?:x|ces)|sublists?|elements?|items?|numbers|integers|strings|"
    r"words|values|digits|pairs?",
    "mapping": r"dictionar(?:y|ies)|dicts?|mappings?|maps?|keys?|values?|entries",
    "set": r"sets?|elements?|items?",
}
_PLURALS: dict[Kind, str] = {
    "integer": "numbers|integers|ints|values",
    "float": "numbers|floats|values",
    "number": "numbers|values",
    "text": "strings|texts|words|sentences|names",
    "sequence": "lists|arrays|tuples|sequences|matrices|sublists",
    "mapping": "dictionaries|dicts|mappings",
    "set": "sets",
}
"""What several inputs of a kind are called together."""
_LETTER = r"[klmn](?=['’-]?(?:th)?\b)"


def spoken(subject: Subject, value: Value) -> str:
    """A pattern of what stands for ``value`` in the prose: its name, and its kind's nouns."""
    name = rf"(?<!\w){re.escape(value.name.lower())}(?!\w)" if value.name is not None else ""
    return "|".join(filter(None, (name, _nouns(subject, value)))) or r"(?!)"


def _nouns(subject: Subject, value: Value) -> str:
    """A pattern of the nouns that may mean ``value``; "" for none.

    Where several inputs are of its kind, only nouns in the plural, which may mean it among the others.
    """
    ways = []
    if value.name is None or alone(value, inputs(subject)):
        if nouns := _NOUNS.get(value.kind):
            ways.append(rf"\b(?:{nouns})\b")
        if value.name is None and value.numeric:
            ways.append(rf"\b{_LETTER}")
    elif plurals := _PLURALS.get(value.kind):
        ways.append(rf"\b(?:{plurals})\b")
    return "|".join(ways)


def about(subject: Subject, value: Value) -> tuple[tuple[Phrase, tuple[int, int]], ...]:
    """The sentences that say something about ``value``, each with where it is first mentioned."""
    known = _found(subject)
    if value.label not in known:
        known[value.label] = tuple(_search(subject, value))
    return known[value.label]


@fact
def _found(subject: Subject) -> dict[str, tuple[tuple[Phrase, tuple[int, int]], ...]]:
    """What ``about`` has found so far, by label: most rules ask for the same inputs."""
    return {}


def _search(subject: Subject, value: Value) -> Iterator[tuple[Phrase, tuple[int, int]]]:
    # Inputs of one label are looked for once; there are no two, but in a stub that Python would refuse.
    same = next((each for each in inputs(subject)[::-1] if each.label == value.label), None)
    if same is None:
        return iter(())
    name = same.name.lower() if same.name is not None else None
    return iter(_about(name, _nouns(subject, same), value.name).all(subject))


@lru_cache(256)
def _about(low: str | None, nouns: str, name: str | None) -> Wording[tuple[int, int]]:
    """Where a sentence that states something first mentions an input, by its name (``low``) or by one of the nouns."""
    pattern = _compiled(nouns) if nouns else None
    own = (name or "").lower()

    def search(phrase: Phrase) -> tuple[int, int] | None:
        if not phrase.bound:
            return None
        # "a" is the article, unless the lexicon took it for the parameter.
        named = name is not None and name in phrase.about
        places = [match.span() for match in _others(pattern, phrase.low, "" if named else own)]
        if low is not None and (named or low != own):
            places += [(at, at + len(low)) for at in islice(whole_words(low, phrase.low), 1)]
        return min(places, key=lambda place: place[0], default=None)

    return Wording(search)


def _others(pattern: re.Pattern[str] | None, text: str, left_out: str) -> Iterator[re.Match[str]]:
    """The first match that is not just the word that is left out."""
    return islice((match for match in pattern.finditer(text) if match[0] != left_out), 1) if pattern else iter(())


_compiled = lru_cache(64)(re.compile)


def span_of(subject: Subject, value: Value) -> Span:
    """Where a finding about ``value`` points: its name in the header, else its first mention."""
    if value.name is not None:
        return parameter_span(subject, value.name)
    for phrase, (start, end) in about(subject, value):
        return sentence_span(subject.spec, phrase.sentence, start, end)
    return head_span(subject.spec)


def shows_empty(value: Value) -> bool:
    """Whether an example passes something empty."""
    return any(hasattr(sample, "__len__") and len(sample) == 0 for sample in value.samples)


def shows_below_one(value: Value) -> bool:
    """Whether an example passes zero or a negative number."""
    return any(isinstance(sample, int | float) and sample <= 0 for sample in value.samples)


def shows_duplicates(value: Value) -> bool:
    """Whether an example passes a sequence that holds an element twice."""
    return any(isinstance(sample, list | tuple) and _repeats(sample) for sample in value.samples)


def texts_in(value: Value) -> Iterator[str]:
    """Every text that examples pass, those in sequences included."""
    for sample in value.samples:
        if isinstance(sample, str):
            yield sample
        elif isinstance(sample, list | tuple):
            yield from (item for item in sample if isinstance(item, str))


def _repeats(items: list[Any] | tuple[Any, ...]) -> bool:
    seen = [repr(item) for item in items[:1000]]
    return len(set(seen)) < len(seen)
