"""The person edits the review before the coder hears of it."""

from core.events import Finding, GuardDecision, ReviewOffered, ReviewSent, RunFinished, SentFinding
from core.request import RunRequest
from core.run import Run
from tests.core.patterns.scripted import PATIENT, fenced, last, of_type, scripted_pair
from tests.core.patterns.test_safeguards import NO_DEFECT, RIGHT, WRONG_BELOW_ZERO, request, review

OPINION = "EXPECTED: raises ValueError"
BELOW_ZERO = review("halve(-1)", "raises ValueError", "A negative number raises ValueError.")


async def steered(
    coder: list[str], reviewer: list[str], *sent: SentFinding, wanted: RunRequest | None = None
) -> tuple[list[object], list[ReviewOffered], object]:
    offered: list[ReviewOffered] = []

    async def edit(event: ReviewOffered) -> tuple[SentFinding, ...]:
        offered.append(event)
        return sent

    pair, one, _ = scripted_pair([fenced(code) for code in coder], reviewer)
    run = Run(wanted or request(), pair, edit_review=edit, limits=PATIENT)
    return [event async for event in run.events()], offered, one


async def test_nothing_sent_keeps_the_draft() -> None:
    events, offered, coder = await steered([WRONG_BELOW_ZERO], [BELOW_ZERO, OPINION])
    assert offered[0].findings == ("draft r1.1",)
    assert last(events, RunFinished).accepted == "draft"  # type: ignore[arg-type]
    assert coder.stages == ["draft"]  # type: ignore[attr-defined]
    assert last(events, ReviewSent).sent == ()  # type: ignore[arg-type]


async def test_a_rewritten_finding_goes_to_the_coder_as_it_was_rewritten_and_binds_the_fix() -> None:
    wish = SentFinding(id="draft r1.1", title="minus three must raise", call="halve(-3)", expected="raises ValueError")
    events, _, coder = await steered([WRONG_BELOW_ZERO, RIGHT], [BELOW_ZERO, OPINION], wish)
    told = coder.requests[1].messages[-1].content  # type: ignore[attr-defined]
    assert "minus three must raise" in told
    assert "halve(-3) must give: raises ValueError" in told
    final = [each for each in of_type(events, Finding) if each.id == "draft r1.1"][-1]  # type: ignore[arg-type]
    assert (final.status, final.got) == ("requested", "-2")
    assert last(events, GuardDecision).accepted  # type: ignore[arg-type]


async def test_a_fix_that_does_not_do_what_was_asked_is_refused() -> None:
    wish = SentFinding(id=None, title="below zero", call="halve(-3)", expected="raises ValueError")
    again = WRONG_BELOW_ZERO.replace("// 2", "// 2 + 0")
    events, _, _ = await steered([WRONG_BELOW_ZERO, again, again], [NO_DEFECT], wish)
    ruling = last(events, GuardDecision)  # type: ignore[arg-type]
    assert not ruling.accepted
    assert "halve(-3)" in ruling.reason


async def test_a_finding_is_added_where_the_reviewer_found_none() -> None:
    wish = SentFinding(id=None, title="say in the docstring that it rounds down")
    documented = RIGHT.replace("    if", '    """Rounds down."""\n    if', 1)
    events, offered, _ = await steered([RIGHT, documented], [NO_DEFECT], wish)
    assert offered[0].findings == ()
    end = last(events, RunFinished)  # type: ignore[arg-type]
    assert (end.accepted, end.code) == ("fix", documented)
    assert last(events, GuardDecision).reason == "you asked for it, and it loads"  # type: ignore[arg-type]
    added = of_type(events, Finding)[-1]  # type: ignore[arg-type]
    assert (added.origin, added.status) == ("person", "requested")


async def test_an_input_that_cannot_be_run_is_sent_and_said_not_to_bind() -> None:
    wish = SentFinding(id=None, title="odd", call="not python (", expected="1")
    events, _, _ = await steered([RIGHT, RIGHT + "\n# done\n"], [NO_DEFECT], wish)
    added = of_type(events, Finding)[-1]  # type: ignore[arg-type]
    assert "not held to it" in added.reason
