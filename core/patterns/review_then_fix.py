"""``review-then-fix``, the default: draft, review against the spec, fix what the review proves wrong."""

from core.engines.protocol import Role
from core.patterns.blocks import Fixed, draft, find_defects, fix
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline


async def review_then_fix(p: Pipeline) -> Checked:
    """A draft by the coder, then rounds of review by the reviewer and fix by the coder."""
    return await review_rounds(p, await draft(p, "coder"), critic="reviewer")


async def review_rounds(p: Pipeline, standing: Checked, *, critic: Role) -> Checked:
    """At most ``p.rounds`` rounds of review and fix of ``standing``; returns the code that stands at the end.

    A round whose fix was refused is followed by another attempt at the same defects, told why; reviewing the
    same code again would give the same review. An accepted fix that passes every visible example ends it.
    """
    prefix = "fix" if standing.role == "coder" else "reviewer's fix"
    defects = None
    refused: Fixed | None = None
    for round in range(1, p.rounds + 1):
        if defects is None:
            defects = await find_defects(p, standing, critic=critic, round=round)
        if not defects.text:
            break
        attempt = await fix(p, standing, defects, round=round, label=f"{prefix} {round}", refused=refused)
        if not attempt.ruling.accepted:
            refused = attempt
            continue
        standing, defects, refused = attempt.checked, None, None
        if standing.all_pass:
            break
    return standing
