"""Which rules are on: layers of selectors, the more specific selector winning within a layer."""

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.rules import ALL_RULES, select
from analyzers.rules.model import Rule
from core.linting.gates import GATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """One layer. ``select`` None: go on from the layer below (all rules below the first)."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def resolve(layers: Iterable[Selectors]) -> tuple[Rule, ...]:
    """The rules that are on, by code.

    Within a layer ``EX101`` is stronger than ``EX1``, that than ``EX``, and ``ALL`` is the weakest; of two that are
    equally specific, ignoring wins. A later layer with ``select`` starts anew, without it changes what it is given.

    Raises:
        ValueError: a selector names no rule; the message says which, and the nearest one.
    """
    on = {rule.code for rule in ALL_RULES}
    for layer in layers:
        ruled: dict[str, tuple[int, bool]] = {}
        for selector in (*(layer.select or ()), *layer.extend_select):
            _rule_on(selector, True, ruled)
        for selector in layer.ignore:
            _rule_on(selector, False, ruled)
        kept = set() if layer.select is not None else {code for code in on if code not in ruled}
        on = kept | {code for code, (_, enabled) in ruled.items() if enabled}
    return tuple(rule for rule in ALL_RULES if rule.code in on)


def named(selectors: Iterable[str]) -> frozenset[str]:
    """The codes that ``selectors`` name, gates included.

    Raises:
        ValueError: a selector names no rule.
    """
    return frozenset(code for selector in selectors for code in _codes(selector))


def _rule_on(selector: str, enabled: bool, ruled: dict[str, tuple[int, bool]]) -> None:
    codes = _codes(selector)
    wanted = selector.strip()
    weight = 0 if wanted.upper() == "ALL" else len(wanted)
    if codes and weight and not any(code.startswith(wanted.upper()) for code in codes):
        weight = 99  # a rule's name: as specific as can be
    for code in codes:
        if (before := ruled.get(code)) is None or weight >= before[0]:
            ruled[code] = (weight, enabled)


def _codes(selector: str) -> tuple[str, ...]:
    gates = tuple(gate.code for gate in GATES if selector.strip().upper() == gate.code)
    return gates or tuple(rule.code for rule in select([selector]))
