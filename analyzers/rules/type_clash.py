"""TC702: an argument or outcome of an example that cannot be of the type that the signature states."""

import re
from collections.abc import Iterator

from analyzers.annotations import Clash, describe, find_clash, kind_of, names_in
from analyzers.binding import Binder, Bound
from analyzers.facts import fact
from analyzers.found import places
from analyzers.lazy import lazy
from analyzers.pysource import parse_expression
from analyzers.rules.model import Hit
from analyzers.spec import Parameter
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_RETURNS_TUPLE = r"\b(?:returns?|returned|gives?|outputs?|results? (?:is|in))\b(?:[^\w\n]+\w+){0,3}?[^\w\n]+tuples?\b"
_IN_PLACE = r"\bin[- ]?place\b|\bmodif\w+|\bmutat\w+|\bupdates?\b|\bprints?\b|\bdisplays?\b"
_DEFINES = lazy(r"(?<!\w)def[ \t]++(\w++)[ \t]*+\(")
_NEAR = 1_000
"""Characters around a spec in which another definition of its name is looked for."""


def type_clashes(subject: Subject) -> Iterator[Hit]:
    """Arguments and outcomes, example by example; a value in parentheses counts where a tuple is due."""
    bindable = is_bindable(subject)
    due: bool | None = None
    for trial in subject.trials:
        messages = [*_arguments(subject, trial), *_outcome(subject, trial)] if bindable else []
        for message in messages:
            yield Hit(span=trial.example.span, message=message)
        shown = None if messages else _parenthesised(trial)
        if shown is None:
            continue
        due = _tuple_is_due(subject) if due is None else due
        if due:
            yield Hit(
                span=trial.example.span,
                message=f"The result {shown} is {kind_of(trial.outcome)} where a tuple is due: "
                "parentheses alone do not make one.",
                hint=f"Write a comma after the only item: {shown[:-1].rstrip()},).",
            )


@fact
def is_bindable(subject: Subject) -> bool:
    """True if a call of the asked name certainly meets the parameters that the spec shows.

    A decorator or a second definition of the name may change them, ``self`` is filled in by an instance, and a class
    that shows no ``__init__`` may inherit one.
    """
    signature = subject.spec.signature
    if signature is None or not signature.source:
        return False
    parameters = signature.parameters
    if signature.kind == "class" and not parameters:
        return False
    if parameters and parameters[0].name in ("self", "cls"):
        return False
    text, span = subject.spec.text, subject.spec.span
    if text.startswith("@", span.start):
        return False
    # Overloads stand together; a look at a whole file for each of its specs would take quadratic time.
    start, end = max(0, span.start - _NEAR), span.end + _NEAR
    if text.count("def", start, end) < 2 or text.count(signature.name, start, end) < 2:
        return True
    around = text[start:end]
    defined = [match[1] for at in places("def", around) if (match := _DEFINES.match(around, at)) is not None]
    return defined.count(signature.name) < 2


@fact
def bound_calls(subject: Subject) -> dict[int, Bound]:
    """For each trial, by its identity, which argument meets which parameter."""
    binder = Binder(subject.spec.name or "", subject.parameters)
    return {id(trial): binder.bind(trial.arguments, trial.keywords) for trial in subject.trials}


def _arguments(subject: Subject, trial: Trial) -> Iterator[str]:
    # An example of a failure may well give what the signature forbids.
    if isinstance(trial.outcome, Raises) or "**" in trial.call:
        return
    name = subject.spec.name or ""
    bound = bound_calls(subject)[id(trial)]
    if bound.problem:
        return
    for parameter, label, value in bound.given:
        if parameter.annotation is None or (value is None and _defaults_to_none(parameter)):
            continue
        clash = find_clash(value, parameter.annotation, bool_is_number=True)
        if clash is not None and _is_builtin(subject, parameter.annotation):
            yield _sentence(f"Argument {label} of {name}", value, clash)


def _outcome(subject: Subject, trial: Trial) -> Iterator[str]:
    signature = subject.spec.signature
    if signature is None or signature.kind != "function" or signature.returns is None or trial.outcome is UNKNOWN:
        return
    annotation, value = signature.returns, trial.outcome
    if annotation.strip() in ("None", "'None'", '"None"') and (
        trial.example.kind == "doctest" or re.search(_IN_PLACE, subject.prose)
    ):
        # What a doctest shows may have been printed, and an arrow may show the argument afterwards.
        return
    clash = find_clash(value, annotation, bool_is_number=False)
    if clash is not None and _is_builtin(subject, annotation):
        yield _sentence("The result", value, clash)


def _sentence(what: str, whole: object, clash: Clash) -> str:
    verb = "holds" if clash.inner else "is"
    if clash.inner and isinstance(whole, tuple) and not isinstance(clash.value, tuple):
        verb = "has"
    return f"{what} {verb} {describe(clash.value)} where the signature says {clash.wanted}."


def _defaults_to_none(parameter: Parameter) -> bool:
    return parameter.default is not None and parameter.default.strip() == "None"


def _is_builtin(subject: Subject, annotation: str) -> bool:
    """False if what the spec brings along gives one of the annotation's names a meaning of its own."""
    preamble = subject.spec.preamble
    return not preamble or not any(
        re.search(rf"^[ \t]*(?:class[ \t]+{name}\b|{name}[ \t]*[:=]|[^\n]*\bas[ \t]+{name}\b)", preamble, re.M)
        for name in names_in(annotation)
        if name in preamble
    )


def _tuple_is_due(subject: Subject) -> bool:
    """True if the other outcomes, or the prose, say that the result is a tuple."""
    if subject.spec.signature is None or subject.spec.signature.kind != "function":
        return False
    return any(type(trial.outcome) is tuple for trial in subject.trials) or bool(
        re.search(_RETURNS_TUPLE, subject.prose)
    )


def _parenthesised(trial: Trial) -> str | None:
    """The result as written if it is one value in parentheses, such as ``("Venus")``."""
    if not isinstance(trial.outcome, str | int | float | bytes):
        return None
    shown = trial.want if trial.example.want is not None else trial.example.source.rpartition("==")[2]
    shown = shown.strip()
    if not (shown.startswith("(") and shown.endswith(")")):
        return None
    inner, outer = parse_expression(shown[1:-1]), parse_expression(shown)
    return shown if inner is not None and outer is not None else None
