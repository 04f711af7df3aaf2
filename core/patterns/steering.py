"""The person's say about a review before the coder hears of it: what is sent, rewritten, added or left out."""

import dataclasses

from core.events import Finding, ReviewOffered, ReviewSent, SentFinding
from core.patterns.candidates import Checked
from core.patterns.confirm import Judged, objection
from core.patterns.pipeline import Pipeline
from core.review import Claim
from core.sandbox import Case, run_cases


async def steer(p: Pipeline, checked: Checked, judged: tuple[Judged, ...], *, round: int) -> tuple[Judged, ...]:
    """What of ``judged`` the person sends to the coder, with what they wrote themselves.

    A finding that was rewritten or added, or sent although nothing confirmed it, becomes a *requested* one. Its input
    is run, if it can be, so that the fix can be held to it.
    """
    assert p.edit_review is not None
    offered = ReviewOffered(candidate=checked.label, round=round, findings=tuple(item.finding.id for item in judged))
    p.emit(offered)
    sent = await p.edit_review(offered)
    by_id = {item.finding.id: item for item in judged}
    kept: list[Judged] = []
    for number, wish in enumerate(sent, start=1):
        known = by_id.get(wish.id) if wish.id is not None else None
        if known is not None and known.actionable and _unchanged(known.finding, wish):
            kept.append(known)
        else:
            kept.append(await _requested(p, checked, wish, known, round=round, number=number))
    p.emit(ReviewSent(candidate=checked.label, round=round, sent=tuple(item.finding.id for item in kept)))
    return tuple(kept)


def _unchanged(finding: Finding, wish: SentFinding) -> bool:
    return (finding.title, finding.call, finding.expected) == (wish.title, wish.call, wish.expected)


async def _requested(
    p: Pipeline, checked: Checked, wish: SentFinding, known: Judged | None, *, round: int, number: int
) -> Judged:
    finding = Finding(
        id=known.finding.id if known else f"{checked.label} r{round}.you{number}",
        candidate=checked.label,
        round=round,
        title=wish.title,
        citation=known.finding.citation if known else "",
        call=wish.call,
        expected=wish.expected,
        status="requested",
        reason="you sent it to the coder",
        origin=known.finding.origin if known else "person",
    )
    claim = Claim(title=wish.title, citation="", call=wish.call, expected=wish.expected, why="")
    case, problem = None, objection(p.spec, claim)
    if wish.call and problem is not None:
        finding = dataclasses.replace(finding, reason=f"you sent it to the coder; the fix is not held to it: {problem}")
    elif wish.call and checked.code is not None:
        case = Case(kind="value", source=wish.call, want=wish.expected, group=0)
        result = (await run_cases(checked.code, (case,), p.limits)).results[0]
        finding = dataclasses.replace(finding, got=result.got, line=result.line)
    p.emit(finding)
    return Judged(finding=finding, case=case, why=known.why if known else "")
