"""``secondpass rules``: the catalogue, and one rule explained."""

import json
import os
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import click

from analyzers.rules import ALL_RULES, select
from analyzers.rules.model import Rule
from core.errors import UsageError
from core.linting.gates import GATES

_WIDTH = 100
_FIXES = {"safe": "safe fix (--fix)", "unsafe": "fix (--fix --unsafe-fixes)"}


def rules_command(selector: str | None, output: str) -> None:
    """Print everything about one rule, or those that the selector names, or all of them, one a line.

    Raises:
        UsageError: there is no such rule.
    """
    rules = (*ALL_RULES, *GATES) if selector is None else meant(selector)
    if output == "json":
        print(json.dumps([_as_json(rule) for rule in rules], indent=2, ensure_ascii=False))
    else:
        print(told(rules, color=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))


def meant(selector: str) -> tuple[Rule, ...]:
    """The rules of this code, name or prefix, by code.

    Raises:
        UsageError: there is none.
    """
    wanted = selector.strip()
    gates = tuple(one for one in GATES if one.name == wanted.lower())
    if wanted:
        gates = gates or tuple(one for one in GATES if one.code.startswith(wanted.upper()))
    try:
        return gates or select([selector])
    except ValueError as error:
        raise UsageError(str(error)) from None


def told(rules: Sequence[Rule], *, color: bool = False) -> str:
    """One rule explained, several listed; for a terminal."""
    if len(rules) == 1:
        return explanation(rules[0], color=color)
    width = max(len(rule.name) for rule in rules)
    return "\n".join(f"{rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.summary}" for rule in rules)


def explanation(rule: Rule, *, color: bool = False) -> str:
    """Everything that is known about ``rule``, for a terminal."""

    def heading(text: str) -> str:
        return click.style(text, bold=True) if color else text

    traits: list[str] = [rule.severity]
    if rule.fixable:
        traits.append(_FIXES[rule.fixable])
    if rule.deep:
        traits.append("needs --deep")
    return "\n".join(
        [
            heading(f"{rule.code} {rule.name} ({', '.join(traits)})"),
            "",
            *textwrap.wrap(rule.summary, _WIDTH),
            "",
            *textwrap.wrap(rule.why, _WIDTH),
            "",
            heading("Write instead"),
            *textwrap.wrap(rule.hint, _WIDTH),
            "",
            heading("Bad"),
            textwrap.indent(rule.bad.rstrip(), "    "),
            "",
            heading("Good"),
            textwrap.indent(rule.good.rstrip(), "    "),
        ]
    )


def _as_json(rule: Rule) -> dict[str, Any]:
    texts = ("code", "name", "severity", "summary", "why", "hint", "bad", "good", "fixable", "deep")
    return {key: getattr(rule, key) for key in texts}
