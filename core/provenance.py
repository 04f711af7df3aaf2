"""Where every line of a program comes from: the version that brought it."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from core.hunks import text_lines


@dataclass(frozen=True, slots=True)
class Version:
    """A program and the versions that it was made from, by their places before it; the first has the first say."""

    code: str
    parents: tuple[int, ...] = ()


def blame(versions: Sequence[Version]) -> tuple[tuple[int, ...], ...]:
    """For every version and each of its lines, the place of the version that brought the line.

    A line that stands unchanged in a parent comes from where that has it from; all others are the version's own.
    """
    known: list[tuple[int, ...]] = []
    texts: list[list[str]] = []
    for place, version in enumerate(versions):
        lines = text_lines(version.code)
        owners: list[int | None] = [None] * len(lines)
        for parent in version.parents:
            matcher = difflib.SequenceMatcher(None, texts[parent], lines, autojunk=False)
            for block in matcher.get_matching_blocks():
                for step in range(block.size):
                    if owners[block.b + step] is None:
                        owners[block.b + step] = known[parent][block.a + step]
        known.append(tuple(place if owner is None else owner for owner in owners))
        texts.append(lines)
    return tuple(known)


def ranges(numbers: Sequence[int]) -> str:
    """Ascending line numbers in words, such as "3, 5-7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][-1:] = [number] if len(parts[-1]) > 1 else [parts[-1][-1], number]
        else:
            parts.append([number])
    return ", ".join("-".join(str(number) for number in part) for part in parts)
