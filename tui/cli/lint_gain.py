"""What ``lint`` predicts with: what was measured of the default pair, where anything was."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from core.errors import SecondpassError
from core.linting.report import LintedFile
from tui.visible import visible

PREDICTING = frozenset({"full", "json", "jsonl"})
"""The formats that show a prediction."""


def predicted(files: Sequence[LintedFile]) -> list[LintedFile]:
    """The files with the calibration of the default pair. One that cannot be used is named on stderr, and not used."""
    from core.gain.configured import DEFAULT_GUARD, configured_calibration

    try:
        known = configured_calibration()
    except SecondpassError as error:
        print(f"secondpass: {visible(str(error))} The prediction uses no calibration.", file=sys.stderr)
        return list(files)
    if known.problem is not None:
        print(f"secondpass: {visible(known.problem)}", file=sys.stderr)
    if known.calibration is None:
        return list(files)
    return [
        replace(
            file,
            specs=tuple(replace(spec, calibration=known.calibration, guard=DEFAULT_GUARD) for spec in file.specs),
        )
        for file in files
    ]
