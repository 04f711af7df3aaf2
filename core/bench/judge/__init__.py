"""Judging generated code by EvalPlus's rules, in the sandbox, on every core."""

from core.bench.judge.nodes import JudgeNode
from core.bench.judge.pool import Judge
from core.bench.judge.profiles import DEFAULT_PROFILE, PROFILES, Profile
from core.bench.judge.verdicts import Failure, Judging, PartVerdict, Verdict

__all__ = [
    "DEFAULT_PROFILE",
    "PROFILES",
    "Failure",
    "Judge",
    "JudgeNode",
    "Judging",
    "PartVerdict",
    "Profile",
    "Verdict",
]
