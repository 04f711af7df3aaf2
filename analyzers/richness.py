"""Richness: how much a spec gives to check an answer against, 0 to 100, with every point accounted for.

It says how much there is to review with, not whether the spec is right (that is soundness), and not whether a model
will pass: on the public sets longer specs are the harder tasks.
"""

import math
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from analyzers.bound import behaviour_words
from analyzers.coverage import constraint_kinds, edge_statements
from analyzers.spec import Example, Span
from analyzers.stated_types import input_type_share, output_type_share
from analyzers.subject import UNKNOWN, Raises, Subject, Trial

_EXAMPLES = (0.0, 12.0, 17.0, 20.0, 22.0)
"""Points for so many distinct examples; more than four add nothing."""
_KINDS = 3
_WORDS = 35
_MORE_WORDS = 12
"""Advice speaks of a sentence of about so many new words."""
_SMELL = 2.5
_MOST_SMELLS = 10.0
_LOOSE = frozenset(
    "list dict tuple set frozenset List Dict Tuple Set FrozenSet Sequence Iterable Iterator Mapping Collection "
    "Callable Any object typing.List typing.Dict typing.Any".split()
)
OPAQUE_NAMES = frozenset(
    "f fn fun func function foo bar baz foobar solve solution main run go do doit do_it do_stuff process handle "
    "compute calculate calc helper test tmp temp method my_function my_func myfunction candidate answer task".split()
)


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the score; ``points`` is 0 to ``most``, and for smells, whose ``most`` is 0, negative.

    ``advice`` says what raises it and by how much ("+4: add an example whose result differs"), "" if nothing can.
    """

    name: str
    points: float
    most: float
    advice: str


@dataclass(frozen=True, slots=True)
class Richness:
    """A spec's score (0 to 100) and the part of it that a machine checked (0 to 50).

    ``score`` is the sum of the points of ``components``. ``verifiable`` counts the name, the annotations and the
    examples that can be run, and nothing that only stands in sentences.
    """

    score: float
    verifiable: float
    components: tuple[Component, ...]


def richness(subject: Subject, smells: Collection[Span] | None = None) -> Richness:
    """Score a spec.

    Args:
        subject: The spec.
        smells: Where its ambiguities (rules AM5xx) are, if that is known already; None looks for them.
    """
    typed, returned = _annotated(subject), _return_annotated(subject)
    # Sentences about types earn at most six: less than annotations, beside which they need not be looked for.
    told = 3.0 * input_type_share(subject) if typed < 3.0 else 0.0
    told_result = 3.0 * output_type_share(subject) if returned < 3.0 else 0.0
    tried = _tried(subject)
    checked = [_name(subject), *_examples(tried)]
    spoken = [
        _behaviour(len(behaviour_words(subject))),
        _constraints(constraint_kinds(subject)),
        *_edges(*edge_statements(subject)),
    ]
    types = [_parameters(subject, max(typed, told)), _returns(max(returned, told_result))]
    # What the prose earned, and smells may take back: else a spec would gain by deleting its prose.
    earned = sum(part.points for part in spoken) + max(0.0, told - typed) + max(0.0, told_result - returned)
    found = _smelly(subject, smells)
    components = (checked[0], *types, *checked[1:], *spoken, _smells(found, earned))
    return Richness(
        score=round(sum(part.points for part in components), 1),
        verifiable=round(sum(part.points for part in checked) + typed + returned - tried.readable, 1),
        components=components,
    )


def _component(name: str, points: float, most: float, advice: str, gain: float | None = None) -> Component:
    gain = most - points if gain is None else gain
    said = f"+{gain:.2g}: {advice}" if gain >= 0.05 else ""
    return Component(name, points, most, said)


def _name(subject: Subject) -> Component:
    name = subject.spec.name
    if name is None:
        return _component(
            "name", 0.0, 6.0, "state the name to define, with a signature such as def count_vowels(text):"
        )
    if len(name.strip("_")) < 2 or name.lower() in OPAQUE_NAMES:
        return _component("name", 2.0, 6.0, f"choose a name that says what {name} does")
    stated = subject.spec.signature is not None and subject.spec.signature.source != ""
    return _component(
        "name", 6.0 if stated else 3.0, 6.0, f"state the signature of {name}: so far it is only mentioned"
    )


def _annotated(subject: Subject) -> float:
    """Points for annotated parameters: a container that does not say of what counts half."""
    signature = subject.spec.signature
    if signature is None or not signature.source:
        return 0.0
    parameters = [p for p in subject.parameters if p.name not in ("self", "cls")]
    if not parameters:
        # A class's methods are not read: without __init__ it is not known what there is to annotate.
        return 4.0 if signature.kind == "class" else 8.0
    stated = [p.annotation.strip("'\" ") if p.annotation else None for p in parameters]
    return 8.0 * sum(0.0 if a is None else 0.5 if a in _LOOSE else 1.0 for a in stated) / len(stated)


def _return_annotated(subject: Subject) -> float:
    """A class gives what its constructor's parameters give: it has no return type of its own."""
    signature = subject.spec.signature
    if signature is None or not signature.source:
        return 0.0
    if signature.kind == "class":
        return _annotated(subject) * 6.0 / 8.0
    if signature.returns is None:
        return 0.0
    return 3.0 if signature.returns.strip("'\" ") in _LOOSE else 6.0


def _parameters(subject: Subject, points: float) -> Component:
    bare = [p.name for p in subject.parameters if p.annotation is None and p.name not in ("self", "cls")]
    loose = [p.name for p in subject.parameters if p.annotation and p.annotation.strip("'\" ") in _LOOSE]
    if bare:
        advice = f"annotate {_listed(bare)}"
    elif loose:
        advice = f"say what {_listed(loose)} holds, such as list[int]"
    else:
        advice = "state the signature with the type of each parameter"
    return _component("parameters", points, 8.0, advice)


def _listed(names: list[str]) -> str:
    shown = names[:3]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) + (" and others" if names[3:] else "")


def _returns(points: float) -> Component:
    return _component("returns", points, 6.0, "annotate the return type, with what it holds, such as -> list[int]")


@dataclass(frozen=True, slots=True)
class _Tried:
    """The distinct examples: inputs and outcomes of those that can be run, and the number of those that cannot."""

    inputs: frozenset[str]
    outcomes: frozenset[str]
    edge: bool
    rejected: int

    @property
    def runnable(self) -> float:
        """Points for the number of examples that can be run."""
        return _points(len(self.inputs))

    @property
    def readable(self) -> float:
        """Half the points that those which cannot be run would add: they inform, but check nothing."""
        return (_points(len(self.inputs) + self.rejected) - self.runnable) / 2


def _tried(subject: Subject) -> _Tried:
    trials = {id(trial.example): trial for trial in subject.trials}
    inputs: set[str] = set()
    outcomes: set[str] = set()
    edge = False
    for example in subject.spec.examples:
        trial = trials.get(id(example))
        if trial is None and example.want == "":
            continue  # a step of a session that shows nothing
        inputs.add(_input_key(example, trial))
        outcomes.add(_outcome_key(example, trial))
        edge = edge or (trial is not None and is_edge(trial))
    rejected = {" ".join(item.text.split()) for item in subject.spec.rejected}
    return _Tried(frozenset(inputs), frozenset(outcomes), edge, len(rejected))


def _examples(tried: _Tried) -> Iterator[Component]:
    points = tried.runnable + tried.readable
    if tried.readable:
        plural = "s" if tried.rejected > 1 else ""
        advice, gain = f"mend the {tried.rejected} example{plural} that cannot be run", tried.readable
    else:
        advice = "add another example with other arguments" if tried.inputs else "add an example that can be run"
        gain = _points(len(tried.inputs) + 1) - points
    yield _component("examples", points, _EXAMPLES[-1], advice, gain)
    yield _component("outcomes", 4.0 if len(tried.outcomes) > 1 else 0.0, 4.0, "add an example whose result differs")
    yield _component(
        "edge_inputs", 4.0 if tried.edge else 0.0, 4.0, "add an example with an empty, zero or smallest input"
    )


def _points(examples: int) -> float:
    return _EXAMPLES[min(examples, len(_EXAMPLES) - 1)]


def _input_key(example: Example, trial: Trial | None) -> str:
    if trial is None:
        return " ".join(f"{example.source} {example.want or ''}".split())
    return trial.input_key if trial.literal else " ".join(trial.call.split())


def _outcome_key(example: Example, trial: Trial | None) -> str:
    if trial is not None and trial.outcome is not UNKNOWN:
        return repr(trial.outcome)
    if trial is None and example.want is None:
        # An assert of another form: what it compares with stands after the last operator.
        return " ".join(example.source.rpartition("==")[2].split())
    return " ".join((trial.want if trial is not None else example.want or "").split())


def is_edge(trial: Trial) -> bool:
    """Whether an example is of a smallest input (empty, one item, zero or less, None, a lone 1) or of a failure."""
    alone = len(trial.inputs) == 1
    return isinstance(trial.outcome, Raises) or any(_is_small(value, 1 if alone else 0) for value in trial.inputs)


def _is_small(value: object, smallest: int) -> bool:
    match value:
        case None:
            return True
        case bool():
            return False
        case int() | float():
            return value <= smallest
        case str() | bytes() | list() | tuple() | set() | dict():
            return len(value) < 2
    return False


def _behaviour(words: int) -> Component:
    most = 20.0
    points = _curve(words) * most
    gain = (_curve(words + _MORE_WORDS) - _curve(words)) * most
    return _component("behaviour", points, most, "say in another sentence what it does, step by step", gain)


def _curve(words: int) -> float:
    return 1.0 - math.exp(-words / _WORDS)


def _constraints(kinds: Collection[str]) -> Component:
    points = 5.0 * min(len(kinds), _KINDS)
    have = f" beside {', '.join(sorted(kinds))}" if kinds else ", such as a range, an order or a precision"
    return _component("constraints", points, 15.0, f"state another kind of constraint{have}", 5.0 if points < 15 else 0)


def _edges(edge: bool, failure: bool) -> Iterator[Component]:
    yield _component("edges", 8.0 if edge else 0.0, 8.0, "say what an empty or smallest input gives")
    yield _component("errors", 7.0 if failure else 0.0, 7.0, "say what happens on invalid input")


def _smelly(subject: Subject, smells: Collection[Span] | None) -> int:
    """How many sentences have a smell."""
    if smells is None:
        # Here and not above: a rule may ask for the score.
        from analyzers.rules import ALL_RULES

        smells = [hit.span for rule in ALL_RULES if rule.code.startswith("AM") for hit in rule.check(subject)]
    starts = [sentence.span.start for sentence in subject.spec.sentences]
    return len({bisect_right(starts, span.start) for span in smells})


def _smells(count: int, earned: float) -> Component:
    """What smells cost: never more than the prose earned, so that no spec gains by deleting its prose."""
    points = -min(_SMELL * count, _MOST_SMELLS, earned)
    return _component("smells", points or 0.0, 0.0, "reword what the ambiguity rules (AM) name")
