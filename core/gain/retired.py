"""Which stored calibrations are used, and why the others are not any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.gain.key import PairKey


@dataclass(frozen=True, slots=True)
class Use:
    """``pairs`` of the configuration that predict with it; ``reason`` why none does ("" if one does)."""

    pairs: tuple[str, ...]
    reason: str


def use_of(key: PairKey, pairs: Mapping[str, PairKey], *, measured_as: str = "") -> Use:
    """How the calibration of ``key`` stands to the configuration of today.

    Args:
        key: What it was measured with.
        pairs: The keys of all configured pairs by name, under the prompts of this version.
        measured_as: The name that its pair had.
    """
    used = tuple(name for name, own in pairs.items() if own == key)
    if used:
        return Use(used, "")
    same_models = [own for own in pairs.values() if (own.coder, own.reviewer) == (key.coder, key.reviewer)]
    nearest = same_models[0] if same_models else pairs.get(measured_as)
    if nearest is None:
        return Use((), f"no pair of the configuration has {key.coder} with {key.reviewer} any more")
    changes = [
        f"{what} {before}, now {now}"
        for what, before, now in (
            ("the coder was", key.coder, nearest.coder),
            ("the reviewer was", key.reviewer, nearest.reviewer),
            ("the quantisation was", key.quantisation, nearest.quantisation),
            ("the prompts were", key.prompt_version, nearest.prompt_version),
        )
        if before != now
    ]
    return Use((), "; ".join(changes))
