"""Which rules judged a verdict. The figures are EvalPlus's own (``evalplus/config.py`` of 0.3.1 and of master)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named set of rules.

    Args:
        minimum_seconds: Every input gets at least this much processor time,
        factor: and at least this many times what the canonical solution takes.
        polynomial_passes: HumanEval/32 can be passed; 0.3.1 fails every answer to it.
        flags_fail: What reaches for the judge fails.
        refereed: Results are compared in a process that the code cannot reach, as plain data. EvalPlus compares them in
            the code's own process, which the code can talk into anything.
        names_crashes: An end without a verdict (the process died) is called crash, not time-out.
    """

    name: str
    minimum_seconds: float
    factor: float = 4.0
    polynomial_passes: bool = True
    flags_fail: bool = False
    refereed: bool = True
    names_crashes: bool = False
    memory_mib: int = 4096


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(name="strict", minimum_seconds=4.0, flags_fail=True, names_crashes=True),
        Profile(name="evalplus-master", minimum_seconds=4.0, refereed=False),
        Profile(name="evalplus-0.3.1", minimum_seconds=1.0, polynomial_passes=False, refereed=False),
    )
}
DEFAULT_PROFILE = "strict"
