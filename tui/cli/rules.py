"""``secondpass rules``: the catalogue, and one rule explained."""

import json
import sys
import textwrap
from typing import Any

import click

from analyzers.rules import ALL_RULES, find_rule
from analyzers.rules.model import Rule
from core.errors import UsageError
from core.linting.gates import GATES

_WIDTH = 100
_FIXES = {"safe": "safe fix (--fix)", "unsafe": "fix (--fix --unsafe-fixes)"}


def rules_command(code: str | None, output: str) -> None:
    """Print all rules, one a line, or everything about one.

    Raises:
        UsageError: there is no such rule.
    """
    rules = (*ALL_RULES, *GATES) if code is None else (explained(code),)
    if output == "json":
        print(json.dumps([_as_json(rule) for rule in rules], indent=2, ensure_ascii=False))
    elif code is None:
        width = max(len(rule.name) for rule in rules)
        for rule in rules:
            print(f"{rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.summary}")
    else:
        print(explanation(rules[0], color=sys.stdout.isatty()))


def explained(code: str) -> Rule:
    """The rule to explain.

    Raises:
        UsageError: there is no such rule.
    """
    for gate in GATES:
        if code.strip().upper() == gate.code or code.strip().lower() == gate.name:
            return gate
    try:
        return find_rule(code)
    except ValueError as error:
        raise UsageError(str(error)) from None


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
