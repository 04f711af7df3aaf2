"""Write docs/rules.md from the catalogue: python docs/make_rules.py"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzers.rules import ALL_RULES
from analyzers.rules.model import Rule
from core.linting.gates import GATES

PAGE = Path(__file__).with_name("rules.md")

_FAMILIES = {
    "EX": "Examples",
    "IF": "Interface",
    "CN": "Constraints",
    "EE": "Edges and errors",
    "AM": "Ambiguity",
    "ST": "Structure",
    "TC": "Consistency",
    "SC": "Minimum scores",
    "SP": "Suppressions",
}
_FIXES = {"safe": "safe fix", "unsafe": "unsafe fix"}


def page() -> str:
    """The whole page; the same catalogue gives the same text."""
    return "\n".join(_lines([*ALL_RULES, *GATES])) + "\n"


def _lines(rules: list[Rule]) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "<!-- Written by docs/make_rules.py from the catalogue; change a rule there. -->"
    yield ""
    yield "`secondpass rules CODE` shows the same in the terminal. How rules are switched on and off, and how a finding"
    yield "is silenced, is on the page of the [lint command](lint.md)."
    families = {code: [rule for rule in rules if rule.code.startswith(code)] for code in _FAMILIES}
    assert sum(map(len, families.values())) == len(rules), "a rule of an unknown family"
    for code, members in families.items():
        if members:
            yield from ("", f"## {_FAMILIES[code]} ({code})", "")
            yield from _table(members)
    for members in families.values():
        for rule in members:
            yield from _rule(rule)


def _table(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| code | severity | finds | fix |"
    yield "|---|---|---|---|"
    for rule in rules:
        link = f"[{rule.code}](#{_anchor(_title(rule))})"
        yield f"| {link} | {rule.severity} | {_cell(rule.summary)} | {_FIXES[rule.fixable] if rule.fixable else ''} |"


def _rule(rule: Rule) -> Iterator[str]:
    traits = [rule.severity, *([_FIXES[rule.fixable]] if rule.fixable else []), *(["--deep"] if rule.deep else [])]
    yield from ("", f"### {_title(rule)}", "", f"*{', '.join(traits)}.* {rule.summary}")
    yield from ("", rule.why, "", f"**Write instead:** {rule.hint}")
    for heading, text in (("Bad", rule.bad), ("Good", rule.good)):
        yield from ("", f"{heading}:", "", *_fenced(text.rstrip()))


def _title(rule: Rule) -> str:
    return f"{rule.code} {rule.name}"


def _anchor(title: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _fenced(text: str) -> Iterator[str]:
    runs = [len(run) for run in re.findall("`{3,}", text)]
    fence = "`" * max(3, *(run + 1 for run in runs)) if runs else "```"
    language = (
        "python" if re.match(r"(?:def|from|import|class|#) ?\w*", text) and "def " in text.split("```")[0] else "text"
    )
    yield f"{fence}{language}"
    yield text
    yield fence


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
