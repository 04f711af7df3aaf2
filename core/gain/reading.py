"""The scores of a spec as a prediction needs them, and the prediction for a pair."""

from typing import NamedTuple

from analyzers.gain.calibration import Guard
from analyzers.gain.predict import Gain, predict
from analyzers.lint import SpecReport, lint_text
from core.gain.key import PairKey
from core.gain.store import Known, calibration_for


def read_scores(text: str, *, filename: str | None = None, name: str | None = None) -> SpecReport:
    """The report of the spec called ``name`` in ``text``; of the last one where none is called so."""
    reports = lint_text(text, filename=filename).specs
    return next((each for each in reports if each.spec.name == name), reports[-1])


class Forecast(NamedTuple):
    """What review is expected to add (None: the spec contradicts itself), and what is wrong with a calibration file."""

    gain: Gain | None
    problem: str | None


def forecast(
    report: SpecReport,
    key: PairKey | None,
    guard: Guard,
    *,
    draft_fails: bool = False,
    branches: int | None = None,
) -> Forecast:
    """The prediction for a spec under ``guard``, from what is stored of the pair; else from the published aggregates.

    Args:
        report: Of the spec.
        key: The pair, None for one that nothing can be known of (the scripted one, or none chosen yet).
        guard: Which fixes are accepted.
        draft_fails: See ``analyzers.gain.predict``; so for ``branches``.
        branches: Of the draft.
    """
    known = Known() if key is None else calibration_for(key, guard)
    gain = predict(
        report.richness.score,
        soundness=report.soundness,
        guard=guard,
        calibration=known.calibration,
        draft_fails=draft_fails,
        branches=branches,
    )
    return Forecast(gain, known.problem)
