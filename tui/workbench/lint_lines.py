"""What is said below the editor about the spec that is written there: pure functions from findings to lines."""

from collections import Counter
from collections.abc import Sequence

from analyzers.gain.calibration import Calibration, Guard
from analyzers.gain.predict import predict
from analyzers.rules.model import LintFinding, Severity
from tui.widgets.lines import Line, line
from tui.workbench.spec_lint import SpecScore

MARKS: dict[Severity, tuple[str, str]] = {"error": ("✗", "bad"), "warning": ("!", "warn"), "info": ("▷", "info")}
"""Symbol and tone of each severity: colour is never the only cue."""

_FEW = 4
"""With room for so few rows of advice there is none to explain the gain."""
_SOUNDNESS_TONES = {"suspect": "warn", "contradictory": "bad"}


def score_line(score: SpecScore, change: float, *, of: int, number: int) -> Line:
    """Richness, its verifiable part, how the last edits changed it, and what speaks against its soundness.

    Args:
        change: By how many points the last edits raised the score.
        of: How many specs the text has.
        number: Which of them this is, from 1.
    """
    parts: list[str | tuple[str, str]] = []
    if of > 1:
        parts.append((f"{score.name or 'spec'} ({number}/{of}): ", "muted"))
    parts += ["richness ", (f"{score.score:.0f}", "strong"), (f" (verifiable {score.verifiable:.0f})", "muted")]
    if (points := round(change)) != 0:
        parts.append((f" {'▲' if points > 0 else '▼'}{abs(points)}", "good" if points > 0 else "bad"))
    if score.soundness != "clean":
        parts.append((f"  {score.soundness}", _SOUNDNESS_TONES[score.soundness]))
    return line(*parts, hang=2)


def gain_line(score: SpecScore, guard: Guard, calibration: Calibration | None = None) -> Line:
    """What review is expected to add to a spec, with its interval and what that rests on."""
    gain = predict(score.score, soundness=score.soundness, guard=guard, calibration=calibration)
    if gain is None:
        return line(("no gain is predicted for a spec that contradicts itself", "muted"), hang=2)
    # What stands behind a colon explains the word before it: the panel of the score has room for that.
    basis = ", ".join(part.split(":")[0] for part in gain.basis.split("; "))
    far = ", extrapolated" if gain.extrapolated else ""
    interval = f" [{gain.low:.1f}, {gain.high:.1f}]"
    return line("gain ", (f"{gain.points:+.1f}", "strong"), interval, (f" {basis}{far}", "muted"), hang=2)


def finding_line(finding: LintFinding, others: int, *, fix_key: str) -> Line:
    """The finding at the cursor with its hint; ``others`` more stand at the same place."""
    mark, tone = MARKS[finding.severity]
    parts: list[str | tuple[str, str]] = [(f"{mark} {finding.code} ", tone), (finding.message, "text")]
    if finding.hint:
        parts.append((f" → {finding.hint}", "string"))
    if finding.fix is not None:
        unsafe = "" if finding.fix.safe else ", changes what the spec says"
        parts.append((f" [{fix_key} fixes it{unsafe}]", "strong"))
    if others:
        parts.append((f" (+{others} here)", "muted"))
    return line(*parts, hang=2)


def count_line(findings: Sequence[LintFinding], *, next_key: str, advice_key: str) -> Line:
    """How many findings there are, where the cursor stands in none of them."""
    if not findings:
        return line(("✓ ", "good"), (f"no findings; {advice_key} shows what raises the score", "muted"), hang=2)
    counts = Counter(finding.severity for finding in findings)
    parts: list[str | tuple[str, str]] = []
    for severity, word in (("error", "error"), ("warning", "warning"), ("info", "hint")):
        if count := counts[severity]:  # type: ignore[index]
            mark, tone = MARKS[severity]  # type: ignore[index]
            parts.append((f"{mark} {count} {word}{'s' if count != 1 else ''}  ", tone))
    parts.append((f"{next_key} next, {advice_key} advice", "muted"))
    return line(*parts, hang=2)


def advice_rows(
    score: SpecScore, guard: Guard, calibration: Calibration | None = None, *, most: int
) -> tuple[tuple[Line, Line], ...]:
    """What would raise the score, the ``most`` weightiest first; below it, where the gain comes from."""
    made = []
    for part in score.advice[:most]:
        points, _, what = part.advice.partition(": ")
        made.append((line((points, "good")), line(what)))
    if not made:
        made.append((line(("✓", "good")), line(("nothing is left that would raise the score", "muted"))))
    gain = predict(score.score, soundness=score.soundness, guard=guard, calibration=calibration)
    if gain is not None and most > _FEW:
        made.append((line(("gain", "muted")), line((f"in points of pass@1, 80 % interval; {gain.basis}", "muted"))))
    return tuple(made)
