"""What rules and scores ask of a spec, worked out once: its examples as values, its words, the kinds of its values."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from analyzers.expectations import raised_name
from analyzers.lazy import lazy
from analyzers.plain import NOT_PLAIN, plain_assert, plain_call, plain_value
from analyzers.pysource import parse_expression, parse_module
from analyzers.spec import Example, Parameter, Spec


class _Unknown:
    """The one value that says "not a literal": it equals nothing, itself included."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Raises:
    """The outcome "an exception of this name"."""

    name: str


class Trial(NamedTuple):
    """An example that is one call of the asked name and its outcome.

    ``arguments`` are literals or UNKNOWN, by position; ``keywords`` by name. ``outcome`` is a literal, a ``Raises``, or
    UNKNOWN where the example does not state a plain value (an assert of a property, a name).
    """

    example: Example
    call: str
    arguments: tuple[Any, ...]
    keywords: tuple[tuple[str, Any], ...]
    outcome: Any
    want: str
    inputs: tuple[Any, ...]
    """All arguments, positional ones first."""
    literal: bool
    """Whether all of them are literals."""
    input_key: str
    """Equal for equal inputs, whatever their layout."""


STOP_WORDS = frozenset(
    "a an and any are as at be been being but by can could do does for from given has have he her his if in into is it "
    "its may might must no not of on or our shall she should so some such than that the their them then there these "
    "they this those to was we were which while will with would you your e.g i.e etc also each both only very "
    "just".split()
)
_SHORT = 400
"""Characters; what examples up to this length show is kept for a while."""
_HUGE = 3_000
"""Characters; a number of so many hexadecimal digits may be too long for Python to show in decimal ones."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HUGE_NUMBER = lazy(rf"0[xXoObB][0-9a-fA-F_]{{{_HUGE},}}")


@dataclass(frozen=True)
class Subject:
    """A spec with what is known about it. Every property is computed when it is first asked for."""

    spec: Spec

    @cached_property
    def prose(self) -> str:
        """All sentences, lower case, one a line."""
        return "\n".join(sentence.text.lower() for sentence in self.spec.sentences)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the prose in order, lower case."""
        return tuple(_WORD.findall(self.prose))

    @cached_property
    def content_words(self) -> frozenset[str]:
        """Distinct words that carry meaning: no stop words, nothing shorter than three letters."""
        return frozenset(word for word in self.words if len(word) > 2 and word not in STOP_WORDS)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, empty where the spec does not state a signature."""
        return self.spec.signature.parameters if self.spec.signature and self.spec.signature.source else ()

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Every example of the form "call and outcome", in the order of the spec."""
        found = []
        for example in self.spec.examples:
            short = len(example.source) + len(example.want or "") <= _SHORT
            read = (_read_short if short else _read)(example.source, example.want, self.spec.name)
            if read is not None:
                found.append(Trial(example, *read))
        return tuple(found)

    @cached_property
    def distinct_trials(self) -> tuple[Trial, ...]:
        """The trials without those whose call and outcome were given before."""
        seen: dict[tuple[str, str], Trial] = {}
        for trial in self.trials:
            call = trial.input_key if trial.literal else trial.call
            seen.setdefault((call, trial.want if trial.outcome is UNKNOWN else repr(trial.outcome)), trial)
        return tuple(seen.values())


class _Read(NamedTuple):
    """What an example shows, wherever it stands; the fields are those of ``Trial``."""

    call: str
    arguments: tuple[Any, ...]
    keywords: tuple[tuple[str, Any], ...]
    outcome: Any
    want: str
    inputs: tuple[Any, ...]
    literal: bool
    input_key: str


def _plain(call: str, arguments: tuple[Any, ...], outcome: Any, want: str) -> _Read:
    """The same of literals by position."""
    return _Read(call, arguments, (), outcome, want, arguments, True, repr((arguments, [])))


def _read(source: str, want: str | None, name: str | None) -> _Read | None:
    if len(source) + len(want or "") > _HUGE and (_HUGE_NUMBER.search(source) or _HUGE_NUMBER.search(want or "")):
        return None
    if want is None:
        return _asserted(source, name)
    source, want = source.strip(), want.strip()
    if want == "True":
        # A session says so of sets, dictionaries and floats, which are not always shown in one way.
        match parse_expression(source):
            case ast.Compare(left=ast.Call() as left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                return _called(ast.unparse(left), ast.unparse(right), name)
    return _called(source, want, name)


# While somebody types, all examples but one are those of the moment before. Values are only read, like trees.
_read_short = lru_cache(1024)(_read)


def _asserted(source: str, name: str | None) -> _Read | None:
    if (plain := plain_assert(source)) is not None:
        called, arguments, result = plain
        if name and called != name:
            return None
        return _plain(f"{called}({', '.join(map(repr, arguments))})", arguments, result, repr(result))
    tree = parse_module(source)
    match tree.body[-1] if tree and tree.body else None:
        case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right])):
            if _calls(left, name):
                return _called(ast.unparse(left), ast.unparse(right), name)
        case ast.Assert(test=ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call)):
            return _called(ast.unparse(call), "False", name)
        case ast.Assert(test=ast.Call() as call):
            return _called(ast.unparse(call), "True", name)
    return None


def _calls(tree: ast.expr, name: str | None) -> bool:
    """Whether a tree is a plain call of ``name``, or of any name where there is none."""
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or (name and tree.func.id != name):
        return False
    return not any(isinstance(argument, ast.Starred) for argument in tree.args)


def _called(source: str, want: str, name: str | None) -> _Read | None:
    if (plain := plain_call(source)) is not None:
        called, arguments = plain
        return None if name and called != name else _plain(source, arguments, _outcome(want), want)
    tree = parse_expression(source)
    if not isinstance(tree, ast.Call) or not _calls(tree, name):
        return None
    arguments = tuple([_literal(argument) for argument in tree.args])
    keywords = tuple([(word.arg, _literal(word.value)) for word in tree.keywords if word.arg is not None])
    return _Read(
        call=source,
        arguments=arguments,
        keywords=keywords,
        outcome=_outcome(want),
        want=want,
        inputs=(inputs := (*arguments, *[value for _, value in keywords])),
        literal=all(value is not UNKNOWN for value in inputs),
        input_key=repr((arguments, sorted(keywords, key=lambda item: item[0]))),
    )


def _outcome(want: str) -> Any:
    if (value := plain_value(want)) is not NOT_PLAIN:
        return value
    if want.startswith("Traceback (most recent call last)"):
        return Raises(want.splitlines()[-1].split(":", 1)[0].strip())
    if (name := raised_name(want)) is not None:
        return Raises(name)
    tree = parse_expression(want)
    return UNKNOWN if tree is None else _literal(tree)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN
