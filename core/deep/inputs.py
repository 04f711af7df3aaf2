"""Inputs to try drafts on, made from the spec's types and examples: the same spec always gives the same ones."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from analyzers.kinds import Kind, Value, inputs
from analyzers.rules.type_clash import is_bindable
from analyzers.subject import UNKNOWN, Subject

_SEED = 706
_MOST_VALUES = 2_000
"""Characters of an input; beyond that nobody could answer a question about it."""
_TYPICAL: dict[Kind, Any] = {
    "integer": 3,
    "float": 1.5,
    "number": 3,
    "text": "abc",
    "sequence": [3, 1, 2],
    "mapping": {"a": 1},
    "bool": True,
}
_TYPICAL_ITEMS: dict[Kind, list[Any]] = {
    "integer": [3, 1, 2],
    "float": [3.0, 1.5, 2.0],
    "number": [3, 1, 2],
    "text": ["b", "a", "c"],
    "sequence": [[1, 2], [3]],
    "bool": [True, False],
    "unknown": [3, 1, 2],
}


@dataclass(frozen=True, slots=True)
class _Given:
    """The arguments of a call."""

    arguments: tuple[Any, ...]
    keywords: tuple[tuple[str, Any], ...] = ()

    def call(self, name: str) -> str:
        words = [_source(value) for value in self.arguments]
        words += [f"{word}={_source(value)}" for word, value in self.keywords]
        return f"{name}({', '.join(words)})"

    def changed(self, position: int, value: Any) -> "_Given":
        return _Given((*self.arguments[:position], value, *self.arguments[position + 1 :]), self.keywords)


def _source(value: Any) -> str:
    """``repr``, with the items of a set in one order whatever the process's hash seed."""
    if isinstance(value, set | frozenset) and value:
        return f"{{{', '.join(sorted(map(repr, value)))}}}"
    return repr(value)


def generated_calls(subject: Subject, *, most: int = 24) -> tuple[str, ...]:
    """Calls of the asked function that no example shows, the simplest first; () where its inputs are not known.

    One argument of an example is replaced by an edge value at a time, then several by chance with a fixed seed. What
    the text rules out (positive numbers, lists that are not empty) is left out.
    """
    signature = subject.spec.signature
    if signature is None or signature.kind != "function" or (signature.source and not is_bindable(subject)):
        return ()
    shown = [_Given(t.arguments, t.keywords) for t in subject.trials if UNKNOWN not in t.inputs and "**" not in t.call]
    bases = shown or list(_typical(subject))
    fits = _domain(subject.prose)
    found: dict[str, None] = {}
    for given in _candidates(bases, inputs(subject)):
        call = given.call(signature.name)
        if given not in shown and len(call) <= _MOST_VALUES and all(map(fits, given.arguments)):
            found.setdefault(call)
        if len(found) >= most:
            break
    return tuple(found)


def _typical(subject: Subject) -> Iterator[_Given]:
    """Arguments for a function of which no example shows any; nothing if a parameter's kind is not known."""
    arguments = []
    for parameter, value in zip(subject.parameters, inputs(subject), strict=False):
        if parameter.kind not in ("positional", "positional_only"):
            return
        if parameter.default is not None:
            break
        if value.kind == "sequence":
            arguments.append(_TYPICAL_ITEMS.get(value.element, [3, 1, 2]))
        elif value.kind in _TYPICAL:
            arguments.append(_TYPICAL[value.kind])
        else:
            return
    if arguments:
        yield _Given(tuple(arguments))


def _candidates(bases: list[_Given], values: tuple[Value, ...]) -> Iterator[_Given]:
    for base in bases[:1]:
        edges = [list(_edges(value)) for value in base.arguments]
        # Every argument's first edge before any argument's second: the emptiest inputs are the best questions.
        for number in range(max(map(len, edges), default=0)):
            for position, of_one in enumerate(edges):
                if number < len(of_one) and _may_be(values, position, of_one[number]):
                    yield base.changed(position, of_one[number])
    chance = random.Random(_SEED)
    for _ in range(60 if bases else 0):
        given = chance.choice(bases)
        for position in range(len(given.arguments)):
            if chance.random() < 0.6:
                varied = _varied(given.arguments[position], chance)
                if _may_be(values, position, varied):
                    given = given.changed(position, varied)
        yield given


def _may_be(values: tuple[Value, ...], position: int, value: Any) -> bool:
    """False for a float where the spec says integer."""
    whole = position < len(values) and values[position].kind == "integer"
    return not (whole and isinstance(value, float))


def _edges(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (0, 1, -1, 2, -value)
        case float():
            yield from (0.0, 1.0, -1.0, 0.5, -value)
        case str():
            yield ""
            if value.replace(" ", "").isalpha():
                yield from (value[:1], value * 2, value.upper(), value.lower(), value[::-1], f" {value}")
        case list() | tuple():
            yield value[:0]
            yield value[:1]
            if value:
                yield value[:1] * 2
            yield value[::-1]
            yield value * 2
            if all(type(item) in (int, float) for item in value):
                yield type(value)(-item for item in value)
        case dict():
            yield {}
            yield dict(list(value.items())[:1])
        case set():
            yield set()


def _varied(value: Any, chance: random.Random) -> Any:
    """A value like ``value``, of the same type."""
    match value:
        case bool():
            return chance.random() < 0.5
        case int():
            return value + chance.choice((-2, -1, 1, 2, 7))
        case float():
            return value + chance.choice((-1.0, -0.5, 0.25, 1.0))
        case str():
            # Pieces of a text with a form of its own, such as brackets or a date, need not be a text of that form.
            words = value.split(" ")
            if not all(word.isalnum() for word in words):
                return value
            parts, joint = (words, " ") if len(words) > 1 else (list(value), "")
            chance.shuffle(parts)
            return joint.join(parts[: chance.randint(1, len(parts))])
        case list() | tuple() if value:
            items = [_varied(item, chance) if chance.random() < 0.3 else item for item in value]
            chance.shuffle(items)
            return type(value)(items[: chance.randint(1, len(items))])
    return value


def _domain(prose: str) -> Callable[[Any], bool]:
    """Whether a value is among those that the text speaks of; words about any parameter hold for all of them."""
    above_zero = re.search(r"(?<!non-)(?<!non )\bpositive\b|\bgreater than (?:0|zero)\b|>\s*0\b|\bnatural\b", prose)
    not_below = re.search(r"\bnon-?\s?negative\b|>=\s*0\b|≥\s*0\b", prose)
    filled = re.search(r"\bnon-?\s?empty\b|\bnot (?:be )?empty\b|\bat least (?:one|two|three|\d)\b", prose)
    sized = re.search(r"\b(?:same|equal) (?:length|size|number)\b|\blength \d|\bsquare matrix\b", prose)
    lower = re.search(r"\blower[- ]?case\b", prose)
    least = 1 if above_zero else 0 if not_below else None

    def fits(value: Any) -> bool:
        match value:
            case bool():
                return True
            case int() | float():
                return least is None or value >= least
            case str():
                return not (filled and not value) and not (lower and value != value.lower())
            case list() | tuple() | set() | dict():
                return not ((filled or sized) and len(value) < 2) and all(map(fits, value))
        return True

    return fits
