"""What the tiny model shall say: for each spec of this check a wrong draft, its review, and the fix.

Each draft is wrong in another way, so that the three specs take the three ways in which a finding becomes a fix:
the draft fails a visible example, the draft raises where the spec defines a result, and a second opinion agrees.
"""

from dataclasses import dataclass
from pathlib import Path

from core.engines.protocol import Stage

SPECS = Path(__file__).parent / "specs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The answers to one spec, by stage, and the status that its finding must reach."""

    name: str
    status: str
    answers: dict[Stage, str]

    @property
    def path(self) -> Path:
        return SPECS / f"{self.name}.py"


def _review(title: str, citation: str, call: str, expected: str, why: str) -> str:
    return (
        f"VERDICT: DEFECTS\n\nFINDING 1\nTITLE: {title}\nCITATION: {citation}\n"
        f"INPUT: {call}\nEXPECTED: {expected}\nWHY: {why}"
    )


def _block(code: str) -> str:
    return f"```python\n{code.strip()}\n```"


_MERGE = '''
def merge_ranges(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge ranges that overlap, and return the result in ascending order."""
    merged: list[tuple[int, int]] = []
    for start, end in {ranges}:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
'''

_MINUTES = '''
def parse_minutes(text: str) -> int:
    """Return the number of minutes in a duration such as "2h 5m"."""
    minutes = 0
    for part in {parts}:
        amount = int(part[:-1])
        minutes += amount * 60 if part.endswith("h") else amount
    return minutes
'''

_INITIALS = '''
def initials(name: str) -> str:
    """Return the initials of a name in upper case, each followed by a full stop."""
    return "".join(part[0].upper() + "." for part in {parts})
'''

SCRIPTS = (
    Script(
        name="merge_ranges",
        status="proven",
        answers={
            "draft": _block(_MERGE.format(ranges="ranges")),
            "review": _review(
                "unsorted ranges stay unsorted",
                "The ranges may come in any order.",
                "merge_ranges([(8, 9), (1, 2)])",
                "[(1, 2), (8, 9)]",
                "The loop takes the ranges in the order in which they come.",
            ),
            "fix": _block(_MERGE.format(ranges="sorted(ranges)")),
        },
    ),
    Script(
        name="parse_minutes",
        status="proven",
        answers={
            "draft": _block(_MINUTES.format(parts='text.split(" ")')),
            "review": _review(
                "an empty text raises",
                "An empty text is 0 minutes.",
                'parse_minutes("")',
                "0",
                'Splitting "" at a space gives one empty part, and int of it raises.',
            ),
            "fix": _block(_MINUTES.format(parts="text.split()")),
        },
    ),
    Script(
        name="initials",
        status="supported",
        answers={
            "draft": _block(_INITIALS.format(parts="name.split()")),
            "review": _review(
                "hyphens do not separate parts",
                "The parts of a name are separated by spaces or hyphens.",
                'initials("jean-luc picard")',
                "'J.L.P.'",
                "Only white space separates parts here.",
            ),
            "opinion": "The parts are jean, luc and picard.\nEXPECTED: 'J.L.P.'",
            "fix": _block(_INITIALS.format(parts='name.replace("-", " ").split()')),
        },
    ),
)

ENDLESS_LINE = "    total += 1\n"
ENDLESS = Script(
    name="endless",
    status="",
    answers={"draft": "```python\ndef endless(count: int) -> int:\n    total = 0\n" + ENDLESS_LINE * 60},
)
"""A draft that never ends: what is stopped, and what is cut off when the server is killed."""
