"""The stages that patterns are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.engines.protocol import Role
from core.events import Finding, GuardDecision, Notice, ReviewVerdict
from core.patterns import prompts
from core.patterns.candidates import Checked, change_size, take_candidate
from core.patterns.confirm import Judged, announce, confirm
from core.patterns.guard import Ruling, judge_fix
from core.patterns.pipeline import Pipeline
from core.patterns.steering import steer
from core.review import REVIEW_SCHEMA, Review, labelled, parse_review

_KEEP = "Keep the draft"
_APPLY = "Apply the review"


async def draft(p: Pipeline, role: Role = "coder", *, label: str = "draft") -> Checked:
    """A first program from the spec alone; in a further turn, the code with what was asked for."""
    messages = prompts.messages("draft", spec=p.told, target=p.target)
    if p.follow_up is not None:
        base, request = p.follow_up.base, p.follow_up.requests[-1]
        messages = prompts.messages("follow_up", spec=p.told, target=p.target, code=base, request=request)
    answer = await p.ask("draft", role, messages, round=1, candidate=label)
    return await take_candidate(p, label, role, answer)


async def plan_and_draft(p: Pipeline) -> Checked:
    """The reviewer plans, the coder follows the plan."""
    told = p.told
    if p.follow_up is not None:
        told += f"\n\nThe code so far:\n\n```python\n{p.follow_up.base.rstrip()}\n```"
    plan = await p.ask("plan", "reviewer", prompts.messages("plan", spec=told), round=1, candidate="draft")
    messages = prompts.messages("planned_draft", spec=told, target=p.target, plan=plan.strip())
    answer = await p.ask("draft", "coder", messages, round=1, candidate="draft")
    return await take_candidate(p, "draft", "coder", answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defects:
    """What the fixer is told, and the cases a fix must pass. Empty ``text``: there is nothing to fix."""

    text: str = ""
    judged: tuple[Judged, ...] = ()
    approved: bool = False


async def find_defects(p: Pipeline, checked: Checked, *, critic: Role, round: int) -> Defects:
    """Review ``checked`` and keep what is worth a fix under the run's guard."""
    if p.guard != "off" and not checked.loads:
        return _does_not_load(p, checked, round=round)
    structured = p.pair.sampling(critic).structured
    name, schema = ("review_json", REVIEW_SCHEMA) if structured else ("review", "")
    messages = prompts.messages(name, spec=p.told, code=checked.shown, target=p.target)
    answer = await p.ask("review", critic, messages, round=round, candidate=checked.label, schema=schema)
    review = parse_review(answer)
    p.emit(ReviewVerdict(candidate=checked.label, role=critic, round=round, verdict=review.verdict))
    if p.edit_review is not None:
        return await _steered(p, checked, review, critic=critic, round=round)
    if review.verdict == "no defect":
        return Defects()
    if p.guard == "off":
        announce(p, checked, review.claims, round=round, critic=critic)
        return Defects(text=labelled(review) if structured else answer.strip())
    if review.verdict == "unclear":
        p.emit(Notice(text=f"The {critic}'s review states no verdict and no finding, so the code stays as it is."))
        return Defects()
    judged = await confirm(p, checked, review.claims, round=round, critic=critic)
    if p.guard == "strict" and p.spec.examples and checked.all_pass:
        p.emit(
            Notice(text="The code passes every example, so the strict guard could accept no fix; none was asked for.")
        )
        return Defects()
    if p.spec.examples:
        kept = tuple(item for item in judged if item.actionable)
        return Defects(text=_describe(kept), judged=kept) if kept else Defects()
    return await _advisory(p, judged)


async def _steered(p: Pipeline, checked: Checked, review: Review, *, critic: Role, round: int) -> Defects:
    """What the person makes of the review; what they send is asked for whatever confirmed it."""
    if p.guard == "off":
        findings = announce(p, checked, review.claims, round=round, critic=critic)
        judged = tuple(Judged(finding=each, case=None) for each in findings)
    else:
        judged = await confirm(p, checked, review.claims, round=round, critic=critic)
    sent = await steer(p, checked, judged, round=round)
    asked_for = any(item.finding.status == "requested" for item in sent)
    return Defects(text=_describe(sent), judged=sent, approved=asked_for) if sent else Defects()


async def _advisory(p: Pipeline, judged: tuple[Judged, ...]) -> Defects:
    """Nothing in the spec can be run, so no fix could be refused: the person decides."""
    choice = await p.choose(
        "The spec has no example that could be run, so this review is advice. What should happen to the draft?",
        (_KEEP, _APPLY),
        default=_KEEP,
    )
    if choice != _APPLY:
        return Defects()
    actionable = tuple(item for item in judged if item.actionable)
    return Defects(text=_describe(judged), judged=actionable, approved=True)


def _does_not_load(p: Pipeline, checked: Checked, *, round: int) -> Defects:
    """Code that does not parse or load proves its own defect; a review of it would be wasted."""
    what = checked.load_error or checked.problem or "the answer holds no code"
    p.emit(
        Finding(
            id=f"{checked.label} r{round}.0",
            candidate=checked.label,
            round=round,
            title="the code does not load",
            citation="",
            call="",
            expected="",
            status="proven",
            reason=what,
            got=what,
            origin="check",
        )
    )
    return Defects(text=f"The code cannot be loaded: {what}")


def _describe(judged: Sequence[Judged]) -> str:
    """Findings as the fix prompt lists them."""
    parts = []
    for number, item in enumerate(judged, start=1):
        finding = item.finding
        lines = [f"{number}. {finding.title}"]
        if finding.citation:
            lines.append(f'   The specification says: "{finding.citation}"')
        if finding.call:
            lines.append(f"   {finding.call} must give: {finding.expected}")
        if finding.got:
            lines.append(f"   It gives: {finding.got}")
        if item.why:
            lines.append(f"   Reason: {item.why}")
        parts.append("\n".join(lines))
    return "\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A fix and the guard's ruling on it."""

    checked: Checked
    ruling: Ruling


async def fix(
    p: Pipeline, base: Checked, defects: Defects, *, round: int, label: str, refused: Fixed | None = None
) -> Fixed:
    """Let the author of ``base`` fix ``defects``; the guard rules on the result.

    ``refused`` is the attempt before this one: the fixer is told why it did not count.
    """
    findings = defects.text
    if refused is not None:
        findings = prompts.fill(
            "refused", findings=findings, reason=refused.ruling.reason, refused=refused.checked.shown
        )
    messages = prompts.messages("fix", spec=p.told, code=base.shown, findings=findings)
    answer = await p.ask("fix", base.role, messages, round=round, candidate=label)
    causes = tuple(item.case for item in defects.judged if item.case is not None)
    checked = await take_candidate(p, label, base.role, answer, base=base, extra=causes)
    ruling = judge_fix(p.guard, base, checked, causes, name=p.spec.name, approved=defects.approved)
    emit_ruling(p, base, checked, ruling)
    return Fixed(checked=checked, ruling=ruling)


def emit_ruling(p: Pipeline, base: Checked, checked: Checked, ruling: Ruling) -> None:
    """Announce whether ``checked`` replaces ``base``."""
    added, removed = change_size(base.shown, checked.shown)
    p.emit(
        GuardDecision(
            candidate=checked.label,
            base=base.label,
            accepted=ruling.accepted,
            reason=ruling.reason,
            lines_added=added,
            lines_removed=removed,
        )
    )
