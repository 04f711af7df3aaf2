"""``review-then-fix-retry``: review-then-fix, then up to three retries on the visible examples that still fail."""

from core.patterns import prompts
from core.patterns.blocks import emit_ruling
from core.patterns.candidates import Checked, take_candidate
from core.patterns.guard import Ruling, judge_fix
from core.patterns.pipeline import Pipeline
from core.patterns.review_then_fix import review_then_fix

RETRIES = 3


async def review_then_fix_retry(p: Pipeline) -> Checked:
    """Review-then-fix, then retries with what the failing examples gave."""
    standing = await review_then_fix(p)
    for number in range(1, RETRIES + 1):
        if standing.all_pass:
            break
        label = f"retry {number}"
        messages = prompts.messages("retry", spec=p.told, code=standing.shown, failures=_failures(p, standing))
        answer = await p.ask("retry", "coder", messages, round=number, candidate=label)
        attempt = await take_candidate(p, label, "coder", answer, base=standing)
        ruling = _judge(p, standing, attempt)
        emit_ruling(p, standing, attempt, ruling)
        if ruling.accepted:
            standing = attempt
    return standing


def _judge(p: Pipeline, standing: Checked, attempt: Checked) -> Ruling:
    """A retry exists to make more examples pass, so under any guard it must."""
    ruling = judge_fix(p.guard, standing, attempt, (), name=p.spec.name)
    if ruling.accepted and p.guard != "off" and len(attempt.passed) <= len(standing.passed):
        return Ruling(False, "it passes no more examples than before")
    return ruling


def _failures(p: Pipeline, standing: Checked) -> str:
    if not standing.loads:
        return f"The code cannot be loaded: {standing.load_error or standing.problem}"
    lines = []
    for example, result in zip(p.spec.examples, standing.results, strict=True):
        if result.outcome != "pass":
            wanted = f"\n  expected: {example.want.strip()}" if example.want else ""
            lines.append(f"- {example.source.strip()}{wanted}\n  got: {result.got or result.outcome}")
    return "\n".join(lines)
