"""What a calibration is fitted to: drafts and finals that hidden tests have judged."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzers.gain.calibration import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One task that was drafted, reviewed and judged.

    ``has_signature``, ``length`` (characters of the spec) and ``branches`` (of the draft; None where it could not be
    measured) are covariates that the validation holds richness against. ``benchmark`` names the set of tasks.
    """

    richness: float
    draft_right: bool
    final_right: bool
    has_signature: bool
    length: int
    benchmark: str = ""
    branches: int | None = None

    @property
    def log_length(self) -> float:
        """Natural logarithm of the length: what the trivial predictor uses."""
        return math.log(max(1, self.length))


class Labelled(NamedTuple):
    """An outcome under one head, and whether the event (a fix, a break) happened."""

    outcome: Outcome
    happened: bool


def labelled(outcomes: Iterable[Outcome], head: Head) -> list[Labelled]:
    """For ``fix`` the wrong drafts and whether they ended right; for ``break`` the right ones and whether wrong."""
    draft_right = head == "break"
    return [
        Labelled(each, each.final_right != each.draft_right) for each in outcomes if each.draft_right is draft_right
    ]


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the order statistics; ``values`` must not be empty."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
