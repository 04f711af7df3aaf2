"""From a stored run of the paired set to a calibration, and everything that it says about its pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from analyzers.gain.calibration import Guard
from analyzers.gain.predict import Gain, predict
from core.bench.datasets import Dataset
from core.bench.reports import RunReport, report_of
from core.bench.reports.by_variant import PairedGain
from core.bench.reports.read import rates
from core.bench.statistics import Interval, wilson
from core.bench.store import Store
from core.errors import UsageError
from core.gain.elements import Element, by_element, points_of
from core.gain.key import PairKey
from core.gain.measured import measured_outcomes
from core.gain.reading import read_scores
from core.gain.refit import Refit, refit
from core.gain.store import Provenance, calibration_for

BEFORE, AFTER = "coder-only", "review-then-fix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Events among the samples in which they could have happened, with Wilson's 95 % interval (None: in none)."""

    events: int
    of: int

    @property
    def rate(self) -> Interval | None:
        """The share."""
        return wilson(self.events, self.of) if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What a calibration run says. ``fixed``: of wrong drafts, ``broke``: of right ones (samples).

    ``predicted``: by variant, at its mean richness, what the new calibration predicts. ``replaced``: outcomes of the
    calibration that it takes the place of, None where there was none.
    """

    report: RunReport
    gain: PairedGain
    fixed: Counted
    broke: Counted
    elements: tuple[Element, ...]
    refit: Refit
    predicted: Mapping[str, Gain]
    replaced: int | None


def calibrate_from(store: Store, run: str, dataset: Dataset, key: PairKey) -> Calibrated:
    """Refit the predictor of ``key`` from a run of the paired set and keep it.

    Args:
        store: Holds the run.
        run: Its id.
        dataset: The paired set.
        key: The pair that ran.

    Raises:
        UsageError: No problem has all of its specs finished and judged.
        SecondpassError: The calibration cannot be written.
    """
    stored = store.run(run)
    config = stored.config
    guard = cast(Guard, config.guard)
    results = store.results(stored)
    report = report_of(stored, results)
    gain = next((each.by_variant for each in report.pairs if (each.before, each.after) == (BEFORE, AFTER)), None)
    if gain is None:
        raise UsageError(
            f"No problem of {stored.id} has all three specs finished and judged, so nothing can be fitted; "
            "`secondpass calibrate --resume` goes on with it."
        )
    outcomes = measured_outcomes(results, dataset)
    wrong = [each for each in outcomes if not each.draft_right]
    right = [each for each in outcomes if each.draft_right]
    before, after = (rates(each for each in results if each.key.pattern == name) for name in (BEFORE, AFTER))
    points = {
        task: points_of(read_scores(problem.prompt, filename="spec.py", name=problem.entry_point).richness)
        for task, problem in dataset.problems.items()
        if task in before and task in after
    }
    known = calibration_for(key, guard).calibration
    slope = gain.slope
    provenance = Provenance(
        pair=config.pair,
        dataset=config.dataset,
        digest=config.dataset_digest,
        run=stored.id,
        problems=gain.variants[0].problems,
        samples=config.samples,
        temperature=config.temperature,
        slope=None if slope is None else (100 * slope.value, 100 * slope.low, 100 * slope.high),
    )
    made = refit(key, outcomes, guard=guard, provenance=provenance)
    predicted = {}
    for each in gain.variants:
        found = predict(each.richness, guard=guard, calibration=made.calibration)
        if found is not None:
            predicted[each.variant] = found
    return Calibrated(
        report=report,
        gain=gain,
        fixed=Counted(events=sum(each.final_right for each in wrong), of=len(wrong)),
        broke=Counted(events=sum(not each.final_right for each in right), of=len(right)),
        elements=by_element(before, after, points),
        refit=made,
        predicted=predicted,
        replaced=known.outcomes if known is not None and known.guard == guard else None,
    )
