"""Fit a calibration to outcomes; the published aggregates stay in it as a few tasks' worth of pseudo-data."""

from collections.abc import Sequence

from analyzers.gain.calibration import (
    Calibration,
    Chance,
    Guard,
    Head,
    Rate,
    anchors,
    cold_start,
    prior_draft_wrong,
    prior_rate,
)
from analyzers.gain.logistic import Point, fit_line
from analyzers.gain.outcomes import Labelled, Outcome, design_effect, labelled, quantile
from analyzers.gain.published import HUMANEVAL_PLUS, MBPP_PLUS
from analyzers.gain.validation import Validation, branch_anchors, validate


def calibrate(outcomes: Sequence[Outcome], *, guard: Guard = "off") -> tuple[Calibration, Validation]:
    """Fit and validate: what may be shown, and the report that says why.

    Args:
        outcomes: Of one pair of models, all under ``guard``.
        guard: The guard that they ran under.
    """
    report = validate(outcomes, guard=guard)
    return fit(outcomes, guard=guard, report=report), report


def fit(outcomes: Sequence[Outcome], *, guard: Guard = "off", report: Validation | None = None) -> Calibration:
    """The calibration of ``outcomes``. Lines are used where ``report`` found them better than the base rate.

    Without a report, or where there were too few outcomes for one, the lines stay: they begin as the published
    aggregates, and ``standing`` says that nothing was validated.
    """
    if not outcomes:
        return cold_start()
    wrong = sum(not each.draft_right for each in outcomes)
    prior = prior_draft_wrong()
    effect = design_effect(outcomes, [not each.draft_right for each in outcomes])
    low = quantile([each.richness for each in outcomes], 0.05)
    high = quantile([each.richness for each in outcomes], 0.95)
    return Calibration(
        guard=guard,
        standing="checked" if report is not None and report.checked else "too few",
        outcomes=len(outcomes),
        draft_wrong=Rate(prior.yes + wrong / effect, prior.no + (len(outcomes) - wrong) / effect),
        fix=_chance(outcomes, "fix", guard, report),
        break_=_chance(outcomes, "break", guard, report),
        line_from=min(low, MBPP_PLUS.richness),
        line_to=max(high, HUMANEVAL_PLUS.richness),
        seen_from=low,
        seen_to=high,
    )


def _chance(outcomes: Sequence[Outcome], head: Head, guard: Guard, report: Validation | None) -> Chance:
    data = labelled(outcomes, head)
    prior = anchors(head, guard)
    events = sum(each.happened for each in data)
    base = prior_rate(prior)
    by_branches = report is not None and report.believes_branches(head)
    # Outcomes that have a problem in common count for fewer than they are.
    effect = design_effect([each.outcome for each in data], [each.happened for each in data])
    points = [Point(float(each.outcome.branches or 0), float(each.happened), 1 / effect) for each in data]
    return Chance(
        line=fit_line(_points(data, 1 / effect), prior),
        base=Rate(base.yes + events / effect, base.no + (len(data) - events) / effect),
        uses_line=report is None or report.believes(head),
        events=events,
        of=len(data),
        by_branches=fit_line(points, branch_anchors(data, head, guard)) if by_branches else None,
        most_branches=max(each.outcome.branches or 0 for each in data) if by_branches else 0,
    )


def _points(data: Sequence[Labelled], weight: float) -> list[Point]:
    return [Point(each.outcome.richness, float(each.happened), weight) for each in data]
