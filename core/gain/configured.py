"""The calibration that a prediction for no particular pair uses: that of the default pair, if it was ever measured."""

from typing import TYPE_CHECKING

from core.gain.store import Known, calibrations_dir

if TYPE_CHECKING:
    from analyzers.gain.calibration import Guard

DEFAULT_GUARD: "Guard" = "proven"


def configured_calibration() -> Known:
    """What is kept of the configuration's default pair under the default guard.

    Where nothing was ever calibrated no configuration is read: whoever only lints does not wait for it.

    Raises:
        SecondpassError: the configuration is wrong, or the data folder cannot be used.
    """
    if not any(calibrations_dir(create=False).glob("*.json")):
        return Known()
    from core.config import load_configuration
    from core.gain.key import pair_key
    from core.gain.store import calibration_for

    pair = load_configuration().pair()
    return Known() if pair.scripted else calibration_for(pair_key(pair), DEFAULT_GUARD)
