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
    ``cluster`` names what several outcomes have in common, such as a problem that was posed in several specs: those are
    not independent of each other, and "" is.
    """

    richness: float
    draft_right: bool
    final_right: bool
    has_signature: bool
    length: int
    benchmark: str = ""
    branches: int | None = None
    cluster: str = ""

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


def clusters(outcomes: Iterable[Outcome]) -> list[str]:
    """The cluster of each outcome; one of its own where it has none."""
    return [each.cluster or f"\0{number}" for number, each in enumerate(outcomes)]


def design_effect(outcomes: Sequence[Outcome], happened: Sequence[bool]) -> float:
    """How many outcomes of clusters are worth one independent outcome, for the share that ``happened``; at least 1.

    The ratio of the share's variance by cluster to that of as many independent outcomes (L. Kish, Survey Sampling,
    1965, section 5.4).
    """
    names = clusters(outcomes)
    count = len(set(names))
    if count == len(names) or count < 2:
        return 1.0
    mean = sum(happened) / len(happened)
    off: dict[str, float] = {}
    for name, each in zip(names, happened, strict=True):
        off[name] = off.get(name, 0.0) + each - mean
    independent = len(happened) * mean * (1 - mean)
    together = count / (count - 1) * math.fsum(value * value for value in off.values())
    return max(1.0, together / independent) if independent > 0 else 1.0


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the order statistics; ``values`` must not be empty."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
