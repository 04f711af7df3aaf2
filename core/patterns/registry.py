"""The one table that names the patterns."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.patterns.adversarial import adversarial
from core.patterns.auto import auto
from core.patterns.candidates import Checked
from core.patterns.coder_only import coder_only
from core.patterns.pipeline import Pipeline
from core.patterns.plan_then_code import plan_then_code
from core.patterns.review_then_fix import review_then_fix
from core.patterns.review_then_fix_retry import review_then_fix_retry
from core.patterns.reviewer_only import reviewer_only


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: its control flow returns the code that stands at the end."""

    name: str
    rounds: int
    run: Callable[[Pipeline], Awaitable[Checked]]


PATTERNS = {
    pattern.name: pattern
    for pattern in (
        Pattern("review-then-fix", 2, review_then_fix),
        Pattern("review-then-fix-retry", 3, review_then_fix_retry),
        Pattern("coder-only", 0, coder_only),
        Pattern("reviewer-only", 0, reviewer_only),
        Pattern("plan-then-code", 0, plan_then_code),
        Pattern("adversarial", 2, adversarial),
        Pattern("auto", 2, auto),
    )
}
