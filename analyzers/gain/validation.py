"""Has the predictor earned to be believed? Out-of-sample scores against the base rate and two trivial predictors."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzers.gain.calibration import Covariate, Guard, Head, anchors, prior_rate
from analyzers.gain.logistic import Point, fit_line
from analyzers.gain.outcomes import Labelled, Outcome, clusters, labelled
from analyzers.gain.scores import Interval, Slope, auroc_interval, calibration_slope, placements, skill

FOLDS = 5
REPEATS = 10
BRANCHES = "branches of the draft"
LEAST = 10
"""Events, and non-events, that a head must have to be validated at all: two of each in every fold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one predictor did on outcomes that it was not fitted to."""

    name: str
    brier: float
    skill: Interval
    auroc: Interval
    calibration_slope: Slope | None

    @property
    def better_than_base_rate(self) -> bool:
        """Whether the interval of its skill lies above 0."""
        return not self.skill.includes_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReport:
    """One head (fix or break): counts, the base rate's Brier score, and the predictors, richness first.

    ``scores`` is empty where there are too few outcomes. ``transfer`` is richness fitted on all other benchmarks and
    tried on the named one.
    """

    head: Head
    events: int
    of: int
    base_brier: float | None
    scores: tuple[Score, ...]
    transfer: tuple[tuple[str, Score], ...]
    branches_help: bool = False
    """Whether the branches of the draft predict it better than the base rate and better than richness, both intervals
    of the skill above 0.
    """

    @property
    def checked(self) -> bool:
        """Whether there were enough outcomes."""
        return bool(self.scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The whole report on a set of outcomes."""

    outcomes: int
    guard: Guard
    heads: tuple[HeadReport, ...]

    @property
    def checked(self) -> bool:
        """Whether at least one head could be validated."""
        return any(head.checked for head in self.heads)

    def believes_branches(self, head: Head) -> bool:
        """Whether the branches of the draft may speak for ``head`` in place of richness."""
        return any(each.branches_help for each in self.heads if each.head == head)

    def believes(self, head: Head) -> bool:
        """Whether richness may speak for ``head``: better than the base rate. Not validated is not believed, unless
        nothing could be validated: then the line is still the published one, and said to be.
        """
        report = next(each for each in self.heads if each.head == head)
        return report.scores[0].better_than_base_rate if report.checked else not self.checked


def validate(
    outcomes: Sequence[Outcome], *, guard: Guard = "off", repeats: int = REPEATS, folds: int = FOLDS, seed: int = 0
) -> Validation:
    """Repeated stratified cross-validation, and every benchmark predicted from the others.

    Args:
        outcomes: Of one pair under ``guard``.
        guard: Decides which pseudo-data take part in the fits.
        repeats: How often the folds are dealt anew.
        folds: Into how many parts.
        seed: Of the folds and the bootstrap; equal seeds give equal reports.
    """
    heads: tuple[Head, ...] = ("fix", "break")
    reports = tuple(_head(outcomes, head, guard, repeats, folds, seed) for head in heads)
    return Validation(outcomes=len(outcomes), guard=guard, heads=reports)


def _head(outcomes: Sequence[Outcome], head: Head, guard: Guard, repeats: int, folds: int, seed: int) -> HeadReport:
    data = labelled(outcomes, head)
    names = clusters(each.outcome for each in data)
    events = sum(each.happened for each in data)
    if min(events, len(data) - events) < LEAST:
        return HeadReport(head=head, events=events, of=len(data), base_brier=None, scores=(), transfer=())
    splits = _splits(data, repeats, folds, random.Random(seed))
    base = _out_of_sample(data, splits, _base_rate(head, guard))
    reference = _losses(base.rows, data)
    tried = {name: _out_of_sample(data, splits, fitter) for name, fitter in _predictors(data, head, guard)}
    scores = tuple(_score(name, each, data, reference, seed) for name, each in tried.items())
    losses = {name: _losses(each.rows, data) for name, each in tried.items()}
    return HeadReport(
        head=head,
        events=events,
        of=len(data),
        base_brier=sum(reference) / len(reference),
        scores=scores,
        transfer=_transfer(data, head, guard, seed),
        branches_help=BRANCHES in losses
        and not skill(losses[BRANCHES], reference, seed=seed, clusters=names).includes_zero
        and not skill(losses[BRANCHES], losses["richness"], seed=seed, clusters=names).includes_zero,
    )


_Predict = Callable[[Outcome], float]
_Fitter = Callable[[Sequence[Labelled]], _Predict]


def _predictors(data: Sequence[Labelled], head: Head, guard: Guard) -> list[tuple[str, _Fitter]]:
    """Richness and the trivial predictors. The published aggregates speak for each of them alike.

    The two sets differ in all three, so the aggregates cannot tell which of them it was.
    """

    def over(covariate: Covariate, value: _Predict) -> _Fitter:
        return _line(anchors(head, guard, covariate), value)

    found = [
        ("richness", over("richness", lambda each: each.richness)),
        ("has a signature", over("signature", lambda each: float(each.has_signature))),
        ("length", over("log_length", lambda each: each.log_length)),
    ]
    if all(each.outcome.branches is not None for each in data):
        found.append((BRANCHES, _branches(data, head, guard)))
    return found


def _line(prior: tuple[Point, ...], value: _Predict) -> _Fitter:
    def fitted(train: Sequence[Labelled]) -> _Predict:
        line = fit_line((Point(value(each.outcome), float(each.happened)) for each in train), prior)
        return lambda outcome: line.probability(value(outcome))

    return fitted


def branch_anchors(data: Sequence[Labelled], head: Head, guard: Guard) -> tuple[Point, ...]:
    """Nothing is published about branches: the pseudo-data say the base rate at both ends of what was seen."""
    base = prior_rate(anchors(head, guard))
    ends = (0.0, float(max(each.outcome.branches or 0 for each in data)) + 1)
    return tuple(Point(end, base.mean, (base.yes + base.no) / 2) for end in ends)


def _branches(data: Sequence[Labelled], head: Head, guard: Guard) -> _Fitter:
    return _line(branch_anchors(data, head, guard), lambda each: float(each.branches or 0))


def _base_rate(head: Head, guard: Guard) -> _Fitter:
    prior = prior_rate(anchors(head, guard))

    def fitted(train: Sequence[Labelled]) -> _Predict:
        rate = (prior.yes + sum(each.happened for each in train)) / (prior.yes + prior.no + len(train))
        return lambda _: rate

    return fitted


_Split = tuple[list[int], list[int]]
"""Indices to fit on, and indices to try on."""


def _splits(data: Sequence[Labelled], repeats: int, folds: int, shuffler: random.Random) -> list[list[_Split]]:
    """For every repeat the folds, each with its share of events and of non-events; a cluster is never torn."""
    made = []
    by_name: dict[str, list[int]] = {}
    for index, name in enumerate(clusters(each.outcome for each in data)):
        by_name.setdefault(name, []).append(index)
    groups = list(by_name.values())
    for _ in range(repeats):
        fold_of = [0] * len(data)
        dealt = 0
        for kind in (True, False):
            members = [group for group in groups if any(data[index].happened for index in group) is kind]
            shuffler.shuffle(members)
            for group in members:
                for index in group:
                    fold_of[index] = dealt % folds
                dealt += 1
        made.append(
            [
                (
                    [index for index in range(len(data)) if fold_of[index] != fold],
                    [index for index in range(len(data)) if fold_of[index] == fold],
                )
                for fold in range(folds)
            ]
        )
    return made


@dataclass(frozen=True, slots=True)
class _Tried:
    """A predictor on outcomes that it did not see. ``rows``: for every repeat the probability of every outcome.

    ``placed``: the mean place of every outcome among those of the other kind that the same fit was tried on. Outcomes
    of different folds are never ranked together: a fit that missed an event expects fewer, so events would seem to
    score low.
    """

    rows: list[list[float]]
    placed: list[float]


def _out_of_sample(data: Sequence[Labelled], splits: list[list[_Split]], fitter: _Fitter) -> _Tried:
    rows = []
    placed = [0.0] * len(data)
    for folds in splits:
        row = [0.0] * len(data)
        for train, test in folds:
            predict = fitter([data[index] for index in train])
            found = [predict(data[index].outcome) for index in test]
            places = placements(found, [data[index].happened for index in test])
            for index, probability, place in zip(test, found, places, strict=True):
                row[index] = probability
                placed[index] += place / len(splits)
        rows.append(row)
    return _Tried(rows, placed)


def _losses(rows: list[list[float]], data: Sequence[Labelled]) -> list[float]:
    """Squared error of every outcome, averaged over the repeats."""
    return [sum((row[index] - each.happened) ** 2 for row in rows) / len(rows) for index, each in enumerate(data)]


def _score(name: str, tried: _Tried, data: Sequence[Labelled], reference: Sequence[float], seed: int) -> Score:
    losses = _losses(tried.rows, data)
    mean = [sum(column) / len(tried.rows) for column in zip(*tried.rows, strict=True)]
    happened = [each.happened for each in data]
    names = clusters(each.outcome for each in data)
    return Score(
        name=name,
        brier=sum(losses) / len(losses),
        skill=skill(losses, reference, seed=seed, clusters=names),
        auroc=auroc_interval(tried.placed, happened, seed=seed, clusters=names),
        calibration_slope=calibration_slope(mean, happened),
    )


def _transfer(data: Sequence[Labelled], head: Head, guard: Guard, seed: int) -> tuple[tuple[str, Score], ...]:
    """Leave one benchmark out; the base rate it is held against comes from the other benchmarks too."""
    names = sorted({each.outcome.benchmark for each in data})
    if len(names) < 2:
        return ()
    found = []
    for name in names:
        train = [each for each in data if each.outcome.benchmark != name]
        test = [each for each in data if each.outcome.benchmark == name]
        base = _base_rate(head, guard)(train)
        reference = [(base(each.outcome) - each.happened) ** 2 for each in test]
        predict = _line(anchors(head, guard), lambda each: each.richness)(train)
        predicted = [predict(each.outcome) for each in test]
        tried = _Tried([predicted], placements(predicted, [each.happened for each in test]))
        found.append((name, _score("richness", tried, test, reference, seed)))
    return tuple(found)
