"""Does a richer spec gain more? The gain of a pattern in three equal parts of the tasks, by richness."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.bench.statistics.intervals import Interval, bootstrap_mean

Part = Literal["lean", "mid", "rich"]
_PARTS: tuple[Part, ...] = ("lean", "mid", "rich")
FEWEST = 9
"""Tasks below which thirds say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tercile:
    """A third of the tasks: ``low`` to ``high`` is its richness, ``gain`` the mean difference of its pass rates."""

    part: Part
    tasks: int
    low: float
    high: float
    gain: Interval
    fixed: int
    broke: int


def gain_by_richness(
    before: Mapping[str, float], after: Mapping[str, float], richness: Mapping[str, float], *, level: float = 0.95
) -> tuple[Tercile, ...]:
    """The gain from ``before`` to ``after`` in each third of the tasks whose richness is known.

    Equal richness is ordered by the task's name. Empty where there are fewer than ``FEWEST`` such tasks.

    Args:
        before: Task to share of its samples that pass.
        after: The same.
        richness: Task to the score of its spec, 0 to 100.
        level: Of confidence.
    """
    tasks = sorted((task for task in before if task in after and task in richness), key=lambda t: (richness[t], t))
    if len(tasks) < FEWEST:
        return ()
    found = []
    for number, part in enumerate(_PARTS):
        own = tasks[number * len(tasks) // 3 : (number + 1) * len(tasks) // 3]
        found.append(
            Tercile(
                part=part,
                tasks=len(own),
                low=richness[own[0]],
                high=richness[own[-1]],
                gain=bootstrap_mean([after[task] - before[task] for task in own], level=level),
                fixed=sum(after[task] > before[task] for task in own),
                broke=sum(after[task] < before[task] for task in own),
            )
        )
    return tuple(found)
