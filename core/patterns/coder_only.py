"""``coder-only``: the code specialist's draft, as it is."""

from core.patterns.blocks import draft
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline


async def coder_only(p: Pipeline) -> Checked:
    """One draft by the coder."""
    return await draft(p, "coder")
