"""A change cut into hunks, each of which can be taken, edited or left out; and what is said about those left out."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from core.events import HunkChoice


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines ``before`` of the old text and lines ``after`` in their place.

    ``start`` and ``new_start`` are the 1-based lines where they begin in the old and in the new text; where one of
    them is empty, the line that it would stand before.
    """

    start: int
    new_start: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def text_lines(text: str) -> list[str]:
    """The lines of ``text`` without their ends; blank lines at its end do not count."""
    stripped = text.replace("\r\n", "\n").rstrip("\n")
    return stripped.split("\n") if stripped else []


def hunks_between(before: str, after: str) -> tuple[Hunk, ...]:
    """The hunks that make ``after`` of ``before``, in order. Changes with only blank lines between them are one."""
    old, new = text_lines(before), text_lines(after)
    found: list[tuple[int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if found and not any(line.strip() for line in old[found[-1][1] : i1]):
            found[-1] = (found[-1][0], i2, found[-1][2], j2)
        else:
            found.append((i1, i2, j1, j2))
    return tuple(Hunk(i1 + 1, j1 + 1, tuple(old[i1:i2]), tuple(new[j1:j2])) for i1, i2, j1, j2 in found)


def assemble(before: str, hunks: Sequence[Hunk], choices: Sequence[HunkChoice]) -> str:
    """``before`` with the hunks that are taken, as they were edited; it ends with a line end unless it is empty."""
    made = text_lines(before)
    for hunk, choice in reversed(list(zip(hunks, choices, strict=True))):
        if choice.taken:
            lines = hunk.after if choice.edited is None else text_lines(choice.edited)
            made[hunk.start - 1 : hunk.start - 1 + len(hunk.before)] = lines
    return "\n".join(made) + "\n" if made else ""


def refusal(hunks: Sequence[Hunk], choices: Sequence[HunkChoice]) -> str:
    """What the coder is asked because of the hunks that were left out with a reason; "" if there are none."""
    parts = [
        _refused(number, hunk, choice.reason)
        for number, (hunk, choice) in enumerate(
            ((h, c) for h, c in zip(hunks, choices, strict=True) if not c.taken and c.reason.strip()), start=1
        )
    ]
    if not parts:
        return ""
    several = len(parts) > 1
    return (
        f"I did not take {'these changes' if several else 'this change'} of yours; the code is without "
        f"{'them' if several else 'it'}:\n\n" + "\n\n".join(parts) + "\n\n"
        "Change the code so that it does what I say there, and leave everything else as it is."
    )


def _refused(number: int, hunk: Hunk, reason: str) -> str:
    change = [f"-{line}" for line in hunk.before] + [f"+{line}" for line in hunk.after]
    return f"({number}) What I say: {' '.join(reason.split())}\n\n" + "\n".join(f"    {line}" for line in change)
