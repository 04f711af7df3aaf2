"""``adversarial``: both models write, each criticises the other, and the better-checked program wins."""

from core.patterns.blocks import draft
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline
from core.patterns.review_then_fix import review_rounds


async def adversarial(p: Pipeline) -> Checked:
    """Two drafts, two cross-reviews with fixes; the one that passes more visible examples, the coder's on a tie."""
    first = await draft(p, "coder")
    second = await draft(p, "reviewer", label="reviewer's draft")
    first = await review_rounds(p, first, critic="reviewer")
    second = await review_rounds(p, second, critic="coder")
    return max((first, second), key=lambda checked: (checked.loads, len(checked.passed)))
