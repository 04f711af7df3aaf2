"""The catalogue: what every rule says of itself holds."""

import re

import pytest

from analyzers.lint import lint_text
from analyzers.rules import ALL_RULES
from analyzers.rules.model import Rule

FAMILIES = {"EX1": 6, "IF2": 5, "CN3": 6, "EE4": 4, "AM5": 5, "ST6": 3, "TC7": 6}


def fires(rule: Rule, text: str) -> bool:
    suffix = "py" if re.match(r"(?:def|class|import|from|@|#)", text) else "txt"
    if re.match(r"# (?!secondpass)\w|```|## ", text):
        suffix = "md"
    # What a comment silences, and what it does not, shows only beside the rules that it is about.
    selection = None if rule.code.startswith("SP") else [rule]
    found = lint_text(text, filename=f"spec.{suffix}", selection=selection).all_findings
    return any(finding.code == rule.code for finding in found)


SHALLOW = [rule for rule in ALL_RULES if not rule.deep]


@pytest.mark.parametrize("rule", SHALLOW, ids=lambda rule: rule.code)
def test_a_rule_fires_on_its_own_bad_spec(rule: Rule) -> None:
    assert fires(rule, rule.bad)


@pytest.mark.parametrize("rule", SHALLOW, ids=lambda rule: rule.code)
def test_a_rule_is_silent_on_its_own_good_spec(rule: Rule) -> None:
    assert not fires(rule, rule.good)


def test_codes_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in ALL_RULES]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"[A-Z]{2}\d{3}", code) for code in codes)


def test_names_are_unique_and_in_kebab_case() -> None:
    names = [rule.name for rule in ALL_RULES]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name) for name in names)


@pytest.mark.parametrize(("prefix", "count"), FAMILIES.items())
def test_no_family_is_missing(prefix: str, count: int) -> None:
    assert sum(rule.code.startswith(prefix) for rule in ALL_RULES) == count
