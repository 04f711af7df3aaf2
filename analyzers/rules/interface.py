"""IF: what goes in and comes out: the signature, its types and its names."""

import re
from collections.abc import Iterator

from analyzers.about import about
from analyzers.facts import fact
from analyzers.kinds import Value, inputs
from analyzers.lazy import lazy
from analyzers.lexicon import NAME, Naming, phrases
from analyzers.locate import head_span, parameter_span
from analyzers.richness import OPAQUE_NAMES
from analyzers.rules.model import Hit, Rule
from analyzers.spec import Parameter
from analyzers.stated_types import input_type_share, output_type_share
from analyzers.subject import UNKNOWN, Subject

_BARE = frozenset(
    "list dict tuple set frozenset List Dict Tuple Set FrozenSet Sequence Iterable Iterator Mapping Collection "
    "typing.List typing.Dict typing.Tuple typing.Set typing.Sequence typing.Iterable typing.Mapping".split()
)
_TYPE = (
    r"(?:strings?|str|characters?|words?|sentences?|texts?|integers?|ints?|numbers?|floats?|booleans?|bools?|dates?|"
    r"functions?|callables?)"
)
_CONTAINER = r"(?:lists?|arrays?|tuples?|sequences?|sets?|matri(?:x|ces)|dictionar(?:y|ies)|dicts?|mappings?)"
_NOUN_STEMS = (
    "str* character* word* sentence* text* int* number* float* bool* date* function* callable* list* array* tuple* "
    "sequence* set* matri* dict* mapping*"
)
_OF = r"(?:(?: (?:of|containing|with|from|mapping|that maps?)) (?:\w+ ){0,3}?\w+)"
_STEM = 4


def _no_signature(subject: Subject) -> Iterator[Hit]:
    signature = subject.spec.signature
    if signature is not None and signature.source:
        return
    if signature is None:
        yield Hit(
            span=head_span(subject.spec),
            message="Nothing says what the function is called, what it takes, or what it returns.",
            hint="Begin with a signature, such as def count_vowels(text: str) -> int:",
        )
    else:
        yield Hit(
            span=head_span(subject.spec),
            message=f"`{signature.name}` is only named: its parameters and their types are not stated.",
            hint=f"Write the signature of {signature.name}, with a type for each parameter and for the result.",
        )


def _plain(subject: Subject) -> list[Parameter]:
    """The parameters that a caller passes and that take one value each."""
    return [
        parameter
        for parameter in subject.parameters
        if parameter.name not in ("self", "cls") and parameter.kind not in ("varargs", "varkw")
    ]


def _untyped(subject: Subject) -> Iterator[Hit]:
    parameters = _plain(subject)
    alone = len(parameters) == 1 and input_type_share(subject) == 1.0
    if alone:
        return
    for parameter in parameters:
        stated = (parameter.annotation or "").strip("'\" ")
        if parameter.default is not None and not stated:
            continue  # the default shows the type
        if stated and stated not in _BARE:
            continue
        if _told(subject, parameter.name, bare=bool(stated)):
            continue
        message = f"`{parameter.name}` is a {stated}, and nothing says of what." if stated else ""
        yield Hit(
            span=parameter_span(subject, parameter.name),
            message=message or f"Nothing says of what type `{parameter.name}` is.",
            hint=f"Say what it holds, for example {parameter.name}: {_example(stated)}."
            if stated
            else f"Annotate it, for example {parameter.name}: int.",
        )


def _example(stated: str) -> str:
    mapping = stated.rsplit(".", 1)[-1] in ("dict", "Dict", "Mapping")
    return f"{stated}[str, int]" if mapping else f"{stated}[int]"


def _told(subject: Subject, name: str, *, bare: bool) -> bool:
    """Whether a sentence that names the parameter says its type, and for a container what is in it."""
    named = [phrase for phrase in phrases(subject) if name in phrase.about]
    stated = (_STATED_WITH_CONTENTS if bare else _STATED).of(name.lower())
    return bool(named) and any(stated.first(phrase) for phrase in named)


def _stating(noun: str) -> Naming:
    return Naming(
        rf"\b{noun}[ ,:]+(?:(?:called|named) )?[`'\"(]*(?:\w+[`'\"]*(?:,| and| or)+ [`'\"]?)*{NAME}(?!\w)|"
        rf"(?<!\w){NAME}[`'\"]*(?: ?[(:,]| is| are| be| –| —| -)+ ?(?:an? |the )?(?:[\w-]+ ){{0,3}}?{noun}\b",
        _NOUN_STEMS,
        rf"{_CONTAINER}|{_TYPE}|an?|the|is|are|be|and|or|called|named|of|containing|with|from|mapping|that|maps?",
    )


_STATED, _STATED_WITH_CONTENTS = _stating(rf"(?:{_CONTAINER}|{_TYPE})"), _stating(rf"{_CONTAINER}{_OF}")


_IN_PLACE = lazy(r"\b(?:in[- ]place|prints?|writes?|mutat\w+|updates?|deletes?|sends?|returns? nothing)\b")


def _no_return(subject: Subject) -> Iterator[Hit]:
    signature = subject.spec.signature
    if signature is None or not signature.source or signature.kind == "class" or signature.name == "__init__":
        return
    stated = (signature.returns or "").strip("'\" ")
    if stated and stated not in _BARE:
        return
    known = any(trial.outcome is not UNKNOWN for trial in subject.trials)
    if known or output_type_share(subject) == 1.0 or _IN_PLACE.search(subject.prose):
        return
    yield Hit(
        span=head_span(subject.spec),
        message=f"`{signature.name}` returns a {stated}, and nothing says of what."
        if stated
        else f"Nothing says of what type the result of `{signature.name}` is.",
        hint="Say what it holds, for example -> list[int]." if stated else "Annotate the result, for example -> int.",
    )


def _opaque(subject: Subject) -> Iterator[Hit]:
    name = subject.spec.name
    if name is not None and (len(name.strip("_")) < 2 or name.lower() in OPAQUE_NAMES):
        yield Hit(
            span=head_span(subject.spec),
            message=f"The name `{name}` does not say what is asked for.",
            hint="Name it after what it returns or does, such as count_vowels.",
        )


def _unmentioned(subject: Subject) -> Iterator[Hit]:
    parameters = _plain(subject)
    if len(parameters) < 2 or not subject.spec.sentences:
        return  # a single input is what the text is about
    values = {value.name: value for value in inputs(subject)}
    for parameter in parameters:
        value = values.get(parameter.name)
        if value is None or parameter.name.startswith("_") or _mentioned(subject, value):
            continue
        yield Hit(
            span=parameter_span(subject, parameter.name),
            message=f"No sentence says what `{parameter.name}` is for.",
            hint=f"Say what {parameter.name} means and how it changes the result.",
        )


@fact
def _stems(subject: Subject) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in subject.words if len(word) >= 3)


def _mentioned(subject: Subject, value: Value) -> bool:
    name = value.name or ""
    if any(name in phrase.about for phrase in phrases(subject)) or about(subject, value):
        return True
    # "maximum length" speaks of max_len.
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name) if len(part) >= 3]
    if any(stem.startswith(part[:_STEM]) or part.startswith(stem) for part in parts for stem in _stems(subject)):
        return True
    # What is not known to be a number or a text may be meant by "the values" or "both inputs".
    return value.kind == "unknown" and any("" in phrase.about for phrase in phrases(subject))


RULES: tuple[Rule, ...] = (
    Rule(
        code="IF201",
        name="no-signature",
        severity="warning",
        summary="The spec does not state a signature.",
        why="The order and the types of the parameters are guessed, and a draft that guesses otherwise than the tests "
        "fails all of them, whatever it computes.",
        hint="Begin with a signature that has types.",
        bad="Write a function that counts the vowels in a text.\n",
        good="Write a function `count_vowels(text: str) -> int` that counts the vowels in a text.\n",
        check=_no_signature,
    ),
    Rule(
        code="IF202",
        name="untyped-parameter",
        severity="warning",
        summary="A parameter without a type, or a container that does not say of what.",
        why="Whether 7 and '7' are both meant decides conversions and errors. Neither annotation nor prose says it, so "
        "each reader takes another.",
        hint="Annotate it, with what it holds.",
        bad='def share(total: float, people) -> float:\n    """Divide total equally among people."""\n',
        good='def share(total: float, people: list[str]) -> float:\n    """Divide total equally among people."""\n',
        check=_untyped,
    ),
    Rule(
        code="IF203",
        name="no-return-type",
        severity="warning",
        summary="Neither annotation, prose nor example says what comes back.",
        why="A result that is printed, returned as text or returned as a number are three programs. Tests accept one.",
        hint="Annotate the result, with what it holds.",
        bad='def share(total: float, people: int):\n    """Divide total equally among people."""\n',
        good='def share(total: float, people: int) -> float:\n    """Divide total equally among people."""\n',
        check=_no_return,
    ),
    Rule(
        code="IF204",
        name="opaque-name",
        severity="info",
        summary="The function's name says nothing about the task.",
        why="A name is the shortest statement of intent: with `solve` or `f` a reviewer has one check fewer.",
        hint="Name it after what it returns or does.",
        bad='def process(text: str) -> int:\n    """Count the vowels in text."""\n',
        good='def count_vowels(text: str) -> int:\n    """Count the vowels in text."""\n',
        check=_opaque,
    ),
    Rule(
        code="IF205",
        name="unmentioned-parameter",
        severity="warning",
        summary="No sentence speaks of a parameter.",
        why="A draft has to invent what the parameter does, or ignores it; no reviewer can say that either is wrong.",
        hint="Say what it means and how it changes the result.",
        bad='def trim(text: str, strict: bool) -> str:\n    """Remove blanks at the end of text."""\n',
        good='def trim(text: str, strict: bool) -> str:\n    """Remove blanks at the end of text, and with strict all '
        'others too."""\n',
        check=_unmentioned,
    ),
)
