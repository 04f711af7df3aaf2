"""What kinds of values go in and come out: from annotations, else from the examples, else from the prose."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from analyzers.facts import fact
from analyzers.lazy import lazy
from analyzers.lexicon import NAME, Naming, Phrase, Put, phrases
from analyzers.pysource import parse_expression
from analyzers.spec import Parameter
from analyzers.subject import UNKNOWN, Raises, Subject

Kind = Literal["integer", "float", "number", "text", "sequence", "mapping", "set", "bool", "none", "unknown"]
"""``number`` is an integer or a float, whichever; ``unknown`` also stands for a mixture."""

_TYPES: dict[str, Kind] = {
    **dict.fromkeys(("int", "integer", "integers"), "integer"),
    **dict.fromkeys(("float", "floats", "real"), "float"),
    **dict.fromkeys(("complex", "Number", "Decimal", "Fraction", "number", "numbers"), "number"),
    **dict.fromkeys(("str", "string", "strings", "text", "texts", "word", "words", "sentence", "character"), "text"),
    **dict.fromkeys(("list", "List", "tuple", "Tuple", "Sequence", "Iterable", "Collection", "deque"), "sequence"),
    **dict.fromkeys(("MutableSequence", "ndarray", "lists", "array", "arrays", "tuples", "sequence"), "sequence"),
    **dict.fromkeys(("matrix", "sublist", "vector"), "sequence"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"), "mapping"),
    **dict.fromkeys(("Counter", "dictionary", "dictionaries", "dicts", "mapping"), "mapping"),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet", "AbstractSet", "sets"), "set"),
    **dict.fromkeys(("bool", "boolean"), "bool"),
    "None": "none",
}
_MUTABLE = frozenset(
    "list List dict Dict set Set deque MutableSequence MutableMapping ndarray defaultdict OrderedDict Counter lists "
    "array arrays dictionary matrix".split()
)
_NOUN = (
    r"(integers?|floats?|real|numbers?|strings?|texts?|words?|sentence|character|lists?|arrays?|tuples?|sequence|matrix|"
    r"dictionar(?:y|ies)|dicts?|mapping|sets?|boolean|int|str)"
)
_NOUN_STEMS = (
    "int* float* real* number* str* text* word* sentence* character* list* array* tuple* sequence* matrix* dict* "
    "mapping* set* bool*"
)
_SAID = frozenset(
    "integer integers float floats real number numbers string strings text texts word words sentence character list "
    "lists array arrays tuple tuples sequence matrix dictionary dictionaries dict dicts mapping set sets boolean int "
    "str".split()
)
"""The words that this matches."""
_CONTAINER = r"(lists?|arrays?|tuples?|sequence|sets?)\s+(?:of|containing|with)\s+(?:\w+\s+){0,2}?" + _NOUN
_GIVEN = lazy(
    r"\b(?:given|an?|the|input|two|three|specified|takes in|each)\s+(?:(?!(?:of|to|in|from|is)\b)[\w-]+\s+){0,2}?"
    rf"(?:{_CONTAINER}|{_NOUN})\b"
)
_OUTPUT = lazy(r"\b(?:returns?|returned|returning|as|into|to|outputs?|prints?)\s+(?:an?\s+|the\s+|its\s+)?\Z")
_RETURNS = Put(
    r"\breturns?\s+(?:an?\s+|the\s+|all\s+)?(?:(?:new|single|sorted|final|resulting)\s+)?"
    rf"(?:(true|false|whether|if)|{_CONTAINER}|{_NOUN}(?!(?<=number) of\b)|"
    r"(number of|count of|length of|index of))(?!\w)",
    "return returns",
)
_MOST = 50
"""Inputs that are looked at: more of them are data, and each is looked for in every sentence."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A parameter, or the result.

    Args:
        name: Of the parameter; None for the result, and where the spec does not state its parameters.
        label: How a message speaks of it, such as "`xs`", "the list" or "the second argument".
        kind: Of the value.
        element: Of the elements, for sequences and sets.
        mutable: It is a list, dictionary or set that the function could change.
        samples: The literals that the examples show for it.
    """

    name: str | None
    label: str
    kind: Kind
    element: Kind = "unknown"
    mutable: bool = False
    samples: tuple[Any, ...] = ()

    @property
    def numeric(self) -> bool:
        """A number of whichever kind."""
        return self.kind in ("integer", "float", "number")

    @property
    def many(self) -> bool:
        """It has a length, and so can be empty."""
        return self.kind in ("text", "sequence", "mapping", "set")


@fact
def inputs(subject: Subject) -> tuple[Value, ...]:
    """What goes in, in order. Where no signature says it, what the examples pass, else what the prose speaks of."""
    if subject.parameters:
        plain = [parameter for parameter in subject.parameters if parameter.kind not in ("varargs", "varkw")]
        plain = plain[:_MOST]
        return tuple(_parameter(subject, parameter, position) for position, parameter in enumerate(plain))
    width = max((len(trial.arguments) for trial in subject.trials), default=0)
    if not width:
        return tuple(_spoken(subject))
    values = []
    for position in range(min(width, _MOST)):
        shown = (trial.arguments[position] for trial in subject.trials if position < len(trial.arguments))
        values.append(_labelled(shown, "the argument" if width == 1 else f"the {_ordinal(position)} argument"))
    nouns = {value.kind: value.label for value in _spoken(subject)}
    for kind in ("integer", "float", "number"):
        nouns.setdefault(kind, nouns.get("number", ""))
    return tuple(
        replace(value, label=nouns[value.kind]) if nouns.get(value.kind) and alone(value, values) else value
        for value in values
    )


def alone(value: Value, values: Iterable[Value]) -> bool:
    """Whether no other of ``values`` is of its kind, so that "the list" or "the number" can only mean this one."""
    return sum(other.kind == value.kind or (other.numeric and value.numeric) for other in values) == 1


@fact
def result(subject: Subject) -> Value:
    """What comes out."""
    signature = subject.spec.signature
    shown = tuple(
        trial.outcome
        for trial in subject.trials
        if trial.outcome is not UNKNOWN and trial.outcome is not None and not isinstance(trial.outcome, Raises)
    )
    annotation = signature.returns if signature is not None and signature.source else None
    value = _annotated(annotation, shown)
    if value.kind == "unknown" and not shown:
        for _, match in islice(_RETURNS.all(subject), 1):
            said: Kind = "bool" if match[1] else "integer" if match[5] else _TYPES.get(_word(match, 2, 4), "unknown")
            return replace(value, kind=said, element=_TYPES.get(match[3] or "", "unknown"))
    return value


def _parameter(subject: Subject, parameter: Parameter, position: int) -> Value:
    shown = []
    for trial in subject.trials:
        if position < len(trial.arguments):
            shown.append(trial.arguments[position])
        else:
            shown.extend(value for name, value in trial.keywords if name == parameter.name)
    samples = tuple(value for value in shown if value is not UNKNOWN)
    value = replace(_annotated(parameter.annotation, samples), name=parameter.name, label=f"`{parameter.name}`")
    if value.kind == "unknown" and (said := _said_of(subject, parameter.name)) is not None:
        kind, element = said
        value = replace(value, kind=_TYPES[kind], element=_TYPES.get(element, "unknown"), mutable=kind in _MUTABLE)
    return value


def _annotated(annotation: str | None, samples: tuple[Any, ...]) -> Value:
    shown = _labelled(samples, "the result")
    tree = parse_expression(annotation) if annotation else None
    if tree is None:
        return shown
    kind, element, mutable = _of_type(tree)
    if kind == "unknown":
        return shown
    known = element if element != "unknown" else shown.element
    return replace(shown, kind=kind, element=known, mutable=mutable)


def _of_type(tree: ast.expr, depth: int = 0) -> tuple[Kind, Kind, bool]:
    """Kind, kind of the elements, and whether it can be changed, as an annotation says."""
    match tree:
        case ast.Constant(value=str(text)) if depth < 3 and (quoted := parse_expression(text)) is not None:
            return _of_type(quoted, depth + 1)
        case ast.Constant(value=None):
            return "none", "unknown", False
        case ast.BinOp(op=ast.BitOr(), left=left, right=right) if depth < 20:
            return _either([_of_type(left, depth + 1), _of_type(right, depth + 1)])
        case ast.Subscript(value=base, slice=inside):
            name, parts = _type_name(base), inside.elts if isinstance(inside, ast.Tuple) else [inside]
            if name in ("Optional", "Union") and depth < 20:
                return _either([_of_type(part, depth + 1) for part in parts])
            if name in ("Annotated", "Final") and parts and depth < 20:
                return _of_type(parts[0], depth + 1)
            kind = _TYPES.get(name, "unknown")
            if kind not in ("sequence", "set") or depth >= 20:
                return kind, "unknown", name in _MUTABLE
            kept = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is ...)]
            elements = {_of_type(part, depth + 1)[0] for part in kept}
            return kind, elements.pop() if len(elements) == 1 else "unknown", name in _MUTABLE
    name = _type_name(tree)
    return _TYPES.get(name, "unknown"), "unknown", name in _MUTABLE


def _either(options: list[tuple[Kind, Kind, bool]]) -> tuple[Kind, Kind, bool]:
    options = [option for option in options if option[0] != "none"] or options
    kinds = {option[0] for option in options}
    if len(kinds) == 1:
        return options[0]
    return ("number" if kinds <= {"integer", "float", "number"} else "unknown"), "unknown", False


def _type_name(tree: ast.expr) -> str:
    return tree.attr if isinstance(tree, ast.Attribute) else tree.id if isinstance(tree, ast.Name) else ""


def _labelled(samples: Iterable[Any], label: str) -> Value:
    shown = tuple(value for value in samples if value is not UNKNOWN)
    kind = common_kind(shown)
    element: Kind = "unknown"
    if kind in ("sequence", "set"):
        element = common_kind([item for value in shown if value is not None for item in list(value)[:50]])
    mutable = bool(shown) and all(isinstance(value, list | dict | set) for value in shown)
    return Value(name=None, label=label, kind=kind, element=element, mutable=mutable, samples=shown)


def common_kind(values: Iterable[Any]) -> Kind:
    """The kind that all of these literals have, ``unknown`` if there is no such kind. None fits every kind."""
    kinds = {_KINDS.get(kind, "unknown") for kind in {*map(type, values)}} - {"none"}
    if kinds == {"integer", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "unknown"


_KINDS: dict[type, Kind] = {
    type(None): "none",
    bool: "bool",
    int: "integer",
    float: "float",
    **dict.fromkeys((str, bytes), "text"),
    **dict.fromkeys((list, tuple), "sequence"),
    dict: "mapping",
    **dict.fromkeys((set, frozenset), "set"),
}
"""By the types that literals have."""


def _said_of(subject: Subject, name: str) -> tuple[str, str] | None:
    """What the prose calls a parameter, and its elements: "a list of integers xs", "xs is a list", "xs: list"."""
    for phrase in phrases(subject):
        if name in phrase.about:
            low = name.lower()
            if (match := _BEFORE.of(low).first(phrase) or _AFTER.of(low).first(phrase)) is not None:
                return _word(match, 1, 3), match[2] or ""
    return None


_WORDS = rf"{_NOUN}|an?|the|is|and|or|of|containing|with"
# What says of which type a name is: before it, and after it.
_BEFORE = Naming(
    rf"\b(?:{_CONTAINER}|{_NOUN})[\s,:]+[`'\"(]*(?:\w+\s+(?:and|or)\s+)?{NAME}(?!\w)",
    _NOUN_STEMS,
    _WORDS,
)
_AFTER = Naming(
    rf"(?<!\w){NAME}[`'\"]*\s*(?:\(|:|is|[–—-]|,)\s*(?:an?\s+|the\s+)?(?:[\w-]+\s+){{0,2}}?(?:{_CONTAINER}|{_NOUN})\b",
    _NOUN_STEMS,
    _WORDS,
)


def _spoken(subject: Subject) -> list[Value]:
    """The inputs that prose without a signature speaks of, one for each kind."""
    found: dict[Kind, Value] = {}
    # "the first repeated character in a string": the string goes in.
    settled: set[Kind] = {"bool", "none"}
    for phrase in phrases(subject)[:40]:
        nouns = phrase.runs & _SAID
        if settled.issuperset(map(_TYPES.__getitem__, nouns)):
            continue
        for match in _GIVEN.finditer(phrase.low):
            noun = _word(match, 1, 3)
            kind = _TYPES.get(noun, "unknown")
            if kind in settled or kind == "unknown":
                continue
            if _OUTPUT.search(phrase.low[max(0, match.start() - 30) : match.start()]) or _before_noun(phrase, match):
                continue
            singular = {"dictionaries": "dictionary"}.get(noun, noun.removesuffix("s"))
            element = _TYPES.get(match[2] or "", "unknown")
            found[kind] = Value(
                name=None, label=f"the {singular}", kind=kind, element=element, mutable=noun in _MUTABLE
            )
            if singular != "character":
                settled.add(kind)
    return list(found.values())


def _before_noun(phrase: Phrase, match: re.Match[str]) -> bool:
    """Whether what was taken for an input is "the number of ..." or "the list's ..."."""
    rest = phrase.low[match.end() : match.end() + 4]
    return (match[0].endswith("number") and rest.startswith(" of")) or rest.startswith(("'s", "’s"))


def _word(match: re.Match[str], *groups: int) -> str:
    word = next((match[group] for group in groups if match[group]), "")
    return word if word in _TYPES else {"dictionaries": "dictionary"}.get(word, word.removesuffix("s"))


def _ordinal(position: int) -> str:
    return _ORDINALS[position] if position < len(_ORDINALS) else f"{position + 1}th"
