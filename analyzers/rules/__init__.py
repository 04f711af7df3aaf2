"""The catalogue: every rule of the linter, and how rules are selected."""

import difflib
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from analyzers.rules.model import Rule

_FAMILIES = ("examples", "interface", "constraints", "edges", "ambiguity", "structure", "consistency", "suppressions")


def _collect() -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for family in _FAMILIES:
        name = f"{__name__}.{family}"
        if find_spec(name) is not None:
            rules += import_module(name).RULES
    return tuple(sorted(rules, key=lambda rule: rule.code))


ALL_RULES: tuple[Rule, ...] = _collect()
"""Every rule, by code."""

_BY_CODE = {rule.code: rule for rule in ALL_RULES}
_BY_NAME = {rule.name: rule for rule in ALL_RULES}


def find_rule(code: str) -> Rule:
    """The rule of this code (in any case) or name.

    Raises:
        ValueError: No rule has it; the message names the nearest one.
    """
    rule = _BY_CODE.get(code.strip().upper()) or _BY_NAME.get(code.strip().lower())
    if rule is None:
        raise ValueError(_unknown(code))
    return rule


def select(selectors: Iterable[str]) -> tuple[Rule, ...]:
    """The rules that the selectors name, by code: ``EX101``, a prefix (``EX``, ``EX1``), a rule's name, or ``ALL``.

    Raises:
        ValueError: A selector names no rule; the message names the nearest one.
    """
    chosen: set[str] = set()
    for selector in selectors:
        wanted = selector.strip()
        prefix = "" if wanted.upper() == "ALL" else wanted.upper()
        matching = {code for code in _BY_CODE if code.startswith(prefix)} if wanted else set()
        if not matching and wanted.lower() in _BY_NAME:
            matching = {_BY_NAME[wanted.lower()].code}
        if not matching:
            raise ValueError(_unknown(selector))
        chosen |= matching
    return tuple(rule for rule in ALL_RULES if rule.code in chosen)


def _unknown(selector: str) -> str:
    known = [*_BY_CODE, *_BY_NAME, *sorted({code[:2] for code in _BY_CODE})]
    near = difflib.get_close_matches(selector.strip().upper(), known, n=1, cutoff=0.5)
    near = near or difflib.get_close_matches(selector.strip().lower(), known, n=1, cutoff=0.5)
    advice = f"did you mean {near[0]}?" if near else "`secondpass rules` lists them."
    return f"There is no rule {selector.strip()!r}; {advice}"
