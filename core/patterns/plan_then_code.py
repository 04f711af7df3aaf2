"""``plan-then-code``: the reviewer plans, the coder follows. It loses to the coder alone; it is here to show that."""

from core.patterns.blocks import plan_and_draft
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline


async def plan_then_code(p: Pipeline) -> Checked:
    """A plan, then a draft after it."""
    return await plan_and_draft(p)
