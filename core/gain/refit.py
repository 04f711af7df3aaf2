"""Refit a pair's predictor from outcomes that hidden tests have judged, and keep the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzers.gain.calibration import Calibration, Guard
from analyzers.gain.fitting import calibrate
from analyzers.gain.outcomes import Outcome
from analyzers.gain.report import report_lines
from analyzers.gain.validation import Validation
from core.errors import UsageError
from core.gain.key import PairKey
from core.gain.store import Provenance, save_calibration


@dataclass(frozen=True, slots=True)
class Refit:
    """A new calibration, where it is kept, and the validation that says how far it may speak."""

    calibration: Calibration
    validation: Validation
    path: Path

    @property
    def report(self) -> str:
        """The validation for people, as Markdown."""
        return "\n".join(report_lines(self.validation))


def refit(key: PairKey, outcomes: Sequence[Outcome], *, guard: Guard, provenance: Provenance | None = None) -> Refit:
    """Fit, validate and keep the calibration of ``key`` under ``guard``; replaces the one before it.

    Args:
        key: The pair that the outcomes are of.
        outcomes: All that are known of it under ``guard``, not only the new ones. Each one judged by tests that neither
            model and no guard has seen (see ``core.gain.counting``).
        guard: The guard that they ran under.
        provenance: What they were measured on, for the list of calibrations.

    Raises:
        UsageError: there are no outcomes.
        SecondpassError: the calibration cannot be written.
    """
    if not outcomes:
        raise UsageError(
            f"There is no judged outcome of {key.coder} with {key.reviewer} under guard {guard}, so nothing can be "
            "fitted; run the pair on tasks with hidden tests first."
        )
    calibration, validation = calibrate(outcomes, guard=guard)
    return Refit(calibration, validation, save_calibration(key, calibration, provenance=provenance))
