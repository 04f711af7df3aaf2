"""Whether code may be judged on this machine."""

from core.errors import UsageError
from core.sandbox import available_tier


def tier_for(*, allow_weak: bool) -> str:
    """The name of the sandbox tier that confines judged code.

    Raises:
        UsageError: Nothing confines it, and that was not agreed to.
    """
    tier = available_tier()
    if not (tier.network_blocked and tier.writes_confined) and not allow_weak:
        raise UsageError(
            f"This machine cannot confine generated code ({' '.join(tier.notes)}); "
            "pass --allow-weak-sandbox if you accept that (see docs/sandbox.md)."
        )
    return tier.name
