"""What a spec says of one input, and what its examples show of it."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from analyzers.facts import fact
from analyzers.kinds import Kind, Value, alone, inputs
from analyzers.lexicon import Phrase, phrases, whole_words
from analyzers.locate import head_span, parameter_span, sentence_span
from analyzers.spec import Span
from analyzers.subject import Subject

_NUMBER = "number numbers integer integers int ints float floats value"
_NOUNS: dict[Kind, str] = {
    "integer": _NUMBER,
    "float": _NUMBER,
    "number": _NUMBER,
    "text": "string strings text texts word words sentence sentences character characters letter letters phrase "
    "phrases name names vowel vowels",
    "sequence": "list lists array arrays tuple tuples sequence sequences matrix matrices sublist sublists element "
    "elements item items numbers integers strings words values digits pair pairs",
    "mapping": "dictionary dictionaries dict dicts mapping mappings map maps key keys value values entries",
    "set": "set sets element elements item items",
}
_PLURALS: dict[Kind, str] = {
    "integer": "numbers integers ints values",
    "float": "numbers floats values",
    "number": "numbers values",
    "text": "strings texts words sentences names",
    "sequence": "lists arrays tuples sequences matrices sublists",
    "mapping": "dictionaries dicts mappings",
    "set": "sets",
}
"""What several inputs of a kind are called together."""
_LETTER = r"[klmn](?=['’-]?(?:th)?\b)"
_LETTERS = frozenset("k l m n kth lth mth nth".split())
"""The words that begin with such a letter."""


def spoken(subject: Subject, value: Value) -> str:
    """A pattern of what stands for ``value`` in the prose: its name, and its kind's nouns."""
    name = rf"(?<!\w){re.escape(value.name.lower())}(?!\w)" if value.name is not None else ""
    nouns = rf"\b(?:{'|'.join(words)})\b" if (words := _nouns(subject, value)) else ""
    letter = rf"\b{_LETTER}" if _is_lettered(value) else ""
    return "|".join(filter(None, (name, nouns, letter))) or r"(?!)"


def _nouns(subject: Subject, value: Value) -> list[str]:
    """The nouns that may mean ``value``.

    Where several inputs are of its kind, only nouns in the plural, which may mean it among the others.
    """
    ways = _NOUNS if value.name is None or alone(value, inputs(subject)) else _PLURALS
    return ways.get(value.kind, "").split()


def _is_lettered(value: Value) -> bool:
    """Whether a lone letter, as in "the n-th", may mean it."""
    return value.name is None and value.numeric


def about(subject: Subject, value: Value) -> tuple[Phrase, ...]:
    """The sentences that say something about ``value``."""
    known = _found(subject)
    if value.label not in known:
        known[value.label] = tuple(_search(subject, value))
    return known[value.label]


@fact
def _found(subject: Subject) -> dict[str, tuple[Phrase, ...]]:
    """What ``about`` has found so far, by label: most rules ask for the same inputs."""
    return {}


def _search(subject: Subject, value: Value) -> Iterator[Phrase]:
    same = _labelled(subject, value)
    if same is None:
        return
    words = frozenset(_nouns(subject, same)) | (_LETTERS if _is_lettered(same) else frozenset())
    low, own = (same.name or "").lower(), (value.name or "").lower()
    others = words - {own}
    for phrase in phrases(subject):
        if phrase.bound:
            # "a" is the article, unless the lexicon took it for the parameter.
            named = value.name is not None and value.name in phrase.about
            spoken_of = not (words if named else others).isdisjoint(phrase.runs)
            if spoken_of or (low and (named or low != own) and next(whole_words(low, phrase.low), None) is not None):
                yield phrase


def _labelled(subject: Subject, value: Value) -> Value | None:
    """The input of this label: there are no two, but in a stub that Python would refuse."""
    return next((each for each in inputs(subject)[::-1] if each.label == value.label), None)


def span_of(subject: Subject, value: Value) -> Span:
    """Where a finding about ``value`` points: its name in the header, else its first mention."""
    if value.name is not None:
        return parameter_span(subject, value.name)
    for phrase in about(subject, value):
        same = _labelled(subject, value) or value
        words = [*_nouns(subject, same), *([same.name.lower()] if same.name is not None else [])]
        places = [(at, at + len(word)) for word in words for at in islice(whole_words(word, phrase.low), 1)]
        if _is_lettered(same):
            # Of "nth" it is the letter that stands for the number.
            places += [(at, at + 1) for word in _LETTERS for at in islice(whole_words(word, phrase.low), 1)]
        return sentence_span(subject.spec, phrase.sentence, *min(places))
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
