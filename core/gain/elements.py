"""What each element of a spec added on the paired set: examples, types, constraints and so on, by their richness.

A richer variant of a problem has more of everything, so the elements rise together and a slope over one of them is also
that of the others. Both figures are given: over the element alone, and beside the others, with how much of an element
the others explain. Where that is most of it, no analysis can tell them apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers.richness import Richness
from core.bench.reports.by_variant import whole_problems
from core.bench.statistics.within import Slope, explained_within, slope_within, slopes_within

ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "types": ("parameters", "returns"),
    "examples": ("examples", "outcomes", "edge_inputs"),
    "behaviour": ("behaviour",),
    "constraints": ("constraints",),
    "edge cases": ("edges",),
    "errors": ("errors",),
}
"""Components of richness by element. The name is left out: it is the same in all specs of a problem."""
PER = 10.0
TOGETHER = 0.8
"""Share of an element that the others explain, above which its own part is not claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element. Slopes are shares for ten of its points of richness; ``added``: its mean points in the rich specs
    less those in the lean ones. ``explained``: the share of it that the other elements explain (0 to 1).

    ``draft`` and ``gain`` are over the element alone, ``gain_beside`` with the others held.
    """

    name: str
    added: float
    explained: float
    draft: Slope | None
    gain: Slope | None
    gain_beside: Slope | None

    def from_lean_to_rich(self, slope: Slope) -> Slope:
        """``slope`` for the whole of ``added``, in place of ten points."""
        by = self.added / PER
        low, high = sorted((slope.low * by, slope.high * by))
        return replace(slope, value=slope.value * by, low=low, high=high)

    @property
    def apart(self) -> bool:
        """Whether its own part can be told from the others' at all."""
        return self.explained <= TOGETHER and self.gain_beside is not None


def points_of(found: Richness) -> tuple[float, ...]:
    """Points of richness by element, in the order of ``ELEMENTS``."""
    points = {each.name: each.points for each in found.components}
    return tuple(sum(points[name] for name in names) for names in ELEMENTS.values())


def by_element(
    before: Mapping[str, float], after: Mapping[str, float], points: Mapping[str, Sequence[float]]
) -> tuple[Element, ...]:
    """What each element added.

    Args:
        before: Task to the share of its drafts that pass.
        after: The same after review.
        points: Task to ``points_of`` its spec.

    Returns:
        Empty where no problem is whole.
    """
    problems = whole_problems(before.keys() & after.keys() & points.keys())
    if not problems:
        return ()
    tasks = [list(problem.values()) for problem in problems]
    x = {task: [value / PER for value in points[task]] for own in tasks for task in own}
    explained = explained_within([[x[task] for task in own] for own in tasks])
    beside = slopes_within([[(x[task], after[task] - before[task]) for task in own] for own in tasks])
    found = []
    for number, name in enumerate(ELEMENTS):
        added = sum(points[own[-1]][number] - points[own[0]][number] for own in tasks) / len(tasks)
        found.append(
            Element(
                name=name,
                added=added,
                explained=explained[number],
                draft=slope_within([[(x[task][number], before[task]) for task in own] for own in tasks]),
                gain=slope_within([[(x[task][number], after[task] - before[task]) for task in own] for own in tasks]),
                gain_beside=beside[number],
            )
        )
    return tuple(found)
