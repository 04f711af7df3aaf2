"""``reviewer-only``: the reasoning model writes the code itself."""

from core.patterns.blocks import draft
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline


async def reviewer_only(p: Pipeline) -> Checked:
    """One draft by the reviewer."""
    return await draft(p, "reviewer")
