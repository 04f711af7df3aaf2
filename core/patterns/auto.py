"""``auto``: a draft, and a review only where what it is expected to add is worth its time."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzers.complexity import count_branches
from analyzers.gain.predict import Gain, gain_line
from analyzers.spec import SpecFormat
from core.events import Notice
from core.gain.timing import ReviewTime, review_time
from core.patterns.blocks import draft
from core.patterns.candidates import Checked
from core.patterns.pipeline import Pipeline
from core.patterns.review_then_fix import review_rounds

if TYPE_CHECKING:
    from analyzers.lint import SpecReport


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether to review, and why, as a clause that follows "review" or "review skipped"."""

    review: bool
    why: str


async def auto(p: Pipeline) -> Checked:
    """The coder's draft; then review and fix as in ``review-then-fix``, if that is worth it.

    A notice says which, and on what figures.
    """
    checked = await draft(p)
    # A thread: it reads the logs of past sessions.
    choice, problem = await asyncio.to_thread(_choose, p, checked)
    if problem is not None:
        p.emit(Notice(text=problem))
    p.emit(Notice(text=f"auto: review{'' if choice.review else ' skipped'}: {choice.why}."))
    return await review_rounds(p, checked, critic="reviewer") if choice.review else checked


def _choose(p: Pipeline, checked: Checked) -> tuple[Choice, str | None]:
    """The choice, and a sentence about a calibration that could not be used."""
    # Here: the rules take a while to import, and other patterns need none.
    from core.gain.reading import forecast, read_scores

    report = read_scores(p.spec.text, filename=_FILES.get(p.spec.format), name=p.spec.name)
    if report.soundness == "contradictory":
        return Choice(False, _contradiction(report)), None
    if (settled := _settled(p, checked)) is not None:
        return settled, None
    key = None if p.pair.scripted else p.pair.key
    expected = forecast(
        report,
        key,
        p.guard,
        draft_fails=not checked.all_pass,
        branches=None if checked.code is None else count_branches(checked.code, p.spec.name),
    )
    time = review_time(key, draft_tokens=p.totals.completion, draft_seconds=p.totals.seconds)
    if p.pair.scripted:
        time = ReviewTime(time.seconds, "scripted answers")
    choice = weigh(expected.gain, time, points_per_minute=p.pair.points_per_minute)
    remarks = []
    if not checked.all_pass:
        remarks.append("the draft fails an example, so it is wrong" if checked.loads else "the draft does not load")
    if choice.review and p.guard != "off" and not p.spec.examples:
        remarks.append("nothing in the spec can be run, so the review is advice and the draft stays unless you say so")
    return Choice(choice.review, "; ".join((choice.why, *remarks))), expected.problem


def weigh(gain: Gain | None, time: ReviewTime, *, points_per_minute: float) -> Choice:
    """Review if ``gain`` is above 0 and at least ``points_per_minute`` of the time that it takes."""
    if gain is None:
        return Choice(False, gain_line(gain))
    asked = points_per_minute * time.seconds / 60
    worth = gain.points > 0 and gain.points >= asked
    takes = f"about {time.seconds:.0f} s" if time.seconds >= 1 else "less than a second"
    far = ", extrapolated" if gain.extrapolated else ""
    return Choice(
        worth,
        f"predicted {gain.points:+.1f} points of pass@1 for {takes}, where {asked:.1f} are asked for "
        f"({gain.basis}{far}; 80 %: {gain.low:+.1f} to {gain.high:+.1f}; time: {time.basis})",
    )


_FILES = {SpecFormat.PYTHON: "spec.py", SpecFormat.MARKDOWN: "spec.md", SpecFormat.PROSE: "spec.txt"}


def _settled(p: Pipeline, checked: Checked) -> Choice | None:
    """A choice that needs no prediction."""
    if p.rounds < 1:
        return Choice(False, "no round of it is allowed")
    if p.guard == "off":
        return None
    if not checked.loads:
        return Choice(True, "the draft does not load, so it is mended without a review")
    if p.guard == "strict" and p.spec.examples and checked.all_pass:
        return Choice(False, "the draft passes every example, so the strict guard could accept no fix")
    if not p.spec.examples and not p.attended:
        return Choice(
            False,
            "nothing in the spec can be run, so it would be advice, and nobody is here to take it; "
            "--pattern review-then-fix shows it all the same",
        )
    return None


def _contradiction(report: "SpecReport") -> str:
    """What contradicts what."""
    found = [each for each in report.findings if each.code.startswith("TC") and each.severity == "error"]
    said = "; ".join(f"line {report.spec.line_of(each.span)}: {each.message.rstrip('.')}" for each in found)
    return f"the spec contradicts itself, so no program can satisfy it; mend it first ({said})"
