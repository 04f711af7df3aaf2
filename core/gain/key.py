"""What a calibration belongs to: two models as they are quantised, the prompts, and the guard."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.patterns import prompts

if TYPE_CHECKING:
    from core.config import ResolvedPair

_QUANTISATION = re.compile(
    r"(?<![a-z0-9])(q\d+f\d+(?:_\d+)?|q\d+_[0-9k](?:_[a-z])?|awq|gptq|fp8|bf16|int[48])(?![a-z0-9])"
)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairKey:
    """Two models with their quantisations, and the prompts. Another in any of these is another pair."""

    coder: str
    reviewer: str
    quantisation: str
    """The coder's and the reviewer's, such as "q4f16_1+q4f16_1"; "unknown" for what a running server does not say."""
    prompt_version: str


def pair_key(resolved: "ResolvedPair") -> PairKey:
    """The key of a configured pair under the prompts of this version."""
    coder, reviewer = resolved.coder, resolved.reviewer
    kinds = [quantisation(one.config.source or one.config.served_name or one.name) for one in (coder, reviewer)]
    return PairKey(
        coder=coder.name, reviewer=reviewer.name, quantisation="+".join(kinds), prompt_version=prompts.prompt_version()
    )


def quantisation(source: str) -> str:
    """How the weights called ``source`` are quantised, as far as their name says: "q4f16_1", "awq"."""
    found = _QUANTISATION.search(source.lower())
    return found[1] if found else UNKNOWN
