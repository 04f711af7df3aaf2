"""Match the arguments of a call with the parameters of a signature, as Python does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analyzers.spec import Parameter

_BY_POSITION = frozenset({"positional", "positional_only"})


@dataclass(frozen=True, slots=True)
class Bound:
    """``given`` pairs parameters with the arguments that meet them, in the order of the signature.

    A ``*args`` or ``**kwargs`` parameter occurs once for each argument that it takes. ``missing`` are parameters
    that need an argument and have none; ``problem`` says why the call cannot be made, "" if it can.
    """

    given: tuple[tuple[Parameter, str, Any], ...]
    """(parameter, the name or position that identifies the argument, the argument)."""
    missing: tuple[Parameter, ...]
    problem: str


class Binder:
    """Binds calls of ``name``; ``parameters`` as the signature has them, without self."""

    def __init__(self, name: str, parameters: Sequence[Parameter]) -> None:
        self._name = name
        self._parameters = parameters
        self._names = [p.name for p in parameters]
        self._by_position = [p for p in parameters if p.kind in _BY_POSITION]
        self._by_name = {p.name: p for p in parameters if p.kind in ("positional", "keyword_only")}
        self._rest = next((p for p in parameters if p.kind == "varargs"), None)
        self._others = next((p for p in parameters if p.kind == "varkw"), None)
        self._needed = [p for p in dict.fromkeys([*self._by_position, *self._by_name.values()]) if p.default is None]
        self._order = {id(parameter): number for number, parameter in enumerate(parameters)}

    def bind(self, arguments: Sequence[Any], keywords: Sequence[tuple[str, Any]]) -> Bound:
        """Bind one call."""
        by_position = self._by_position
        if not keywords and len(arguments) == len(by_position) == len(self._parameters):
            # Nearly every call of an example: one argument for each parameter.
            return Bound(tuple(zip(self._parameters, self._names, arguments, strict=True)), (), "")
        name = self._name
        given: list[tuple[Parameter, str, Any]] = [
            (parameter, parameter.name, value) for parameter, value in zip(by_position, arguments, strict=False)
        ]
        problems: list[str] = []
        extra = arguments[len(by_position) :]
        if self._rest is not None:
            given += [(self._rest, f"{self._rest.name}[{number}]", value) for number, value in enumerate(extra)]
        elif extra:
            problems.append(f"{name} takes {_count(by_position)} and the example gives {len(arguments)}")
        taken = {parameter.name for parameter, _, _ in given if parameter.kind != "varargs"}
        for word, value in keywords:
            if word in self._by_name and word not in taken:
                taken.add(word)
                given.append((self._by_name[word], word, value))
            elif word in self._by_name:
                problems.append(f"the example gives {word} of {name} twice")
            elif self._others is not None:
                given.append((self._others, word, value))
            else:
                problems.append(f"{name} has no parameter {word}")
        missing = tuple([p for p in self._needed if p.name not in taken])
        if missing and not problems:
            problems.append(f"the example gives {name} no {' and no '.join(p.name for p in missing)}")
        if keywords:
            given.sort(key=lambda item: self._order[id(item[0])])
        return Bound(tuple(given), missing, "; ".join(problems))


def _count(parameters: Sequence[Parameter]) -> str:
    names = ", ".join(parameter.name for parameter in parameters)
    if not parameters:
        return "no positional argument"
    most = "argument" if len(parameters) == 1 else "arguments"
    fewest = sum(parameter.default is None for parameter in parameters)
    count = f"{len(parameters)}" if fewest == len(parameters) else f"{fewest} to {len(parameters)}"
    return f"{count} positional {most} ({names})"
