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


class Blame:
    """For every version and each of its lines, the place of the version that brought the line.

    A line that stands unchanged in a parent comes from where that has it from; all others are the version's own. What
    is known of versions that were asked about before is kept: a session grows at its end.
    """

    def __init__(self) -> None:
        self._versions: list[Version] = []
        self._lines: list[list[str]] = []
        self._owners: list[tuple[int, ...]] = []

    def of(self, versions: Sequence[Version]) -> tuple[tuple[int, ...], ...]:
        """The owners of the lines of ``versions``, each the place of a version among them."""
        same = 0
        for old, new in zip(self._versions, versions, strict=False):
            if old != new:
                break
            same += 1
        for kept in (self._versions, self._lines, self._owners):
            del kept[same:]
        for version in versions[same:]:
            lines = text_lines(version.code)
            self._owners.append(self._own(version, lines))
            self._versions.append(version)
            self._lines.append(lines)
        return tuple(self._owners)

    def _own(self, version: Version, lines: list[str]) -> tuple[int, ...]:
        owners: list[int | None] = [None] * len(lines)
        for parent in version.parents:
            for a, b in unchanged(self._lines[parent], lines):
                if owners[b] is None:
                    owners[b] = self._owners[parent][a]
        place = len(self._versions)
        return tuple(place if owner is None else owner for owner in owners)


def unchanged(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Where lines of ``old`` stand unchanged in ``new``: pairs of places, in order.

    What both begin and end with is set aside first; between two versions of a program that is most of it.
    """
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = difflib.SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    pairs = [(place, place) for place in range(start)]
    for block in middle.get_matching_blocks():
        pairs += [(start + block.a + step, start + block.b + step) for step in range(block.size)]
    return pairs + [(len(old) - step, len(new) - step) for step in range(end, 0, -1)]


def ranges(numbers: Sequence[int]) -> str:
    """Ascending line numbers in words, such as "3, 5-7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(str(number) for number in part) for part in parts)
