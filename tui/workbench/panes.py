"""The text of the panes: pure functions from the state to lines."""

from core.events import CheckResult, Finding, GuardDecision
from core.review import in_words
from tui.diff.unified import diff_lines
from tui.visible import one_line
from tui.widgets.feeds import AnswerFeed, Growing
from tui.widgets.lines import Line, line, lines
from tui.workbench.origins import legend, marked_code, origins
from tui.workbench.state import Answer, Workbench, after_turn

FINDING_MARKS = {
    "requested": ("◆", "good"),
    "checking": ("…", "muted"),
    "proven": ("●", "bad"),
    "supported": ("◐", "warn"),
    "disputed": ("◇", "info"),
    "unconfirmed": ("○", "muted"),
    "advisory": ("▷", "info"),
}
OUTCOME_MARKS = {
    "pass": ("✓", "good"),
    "fail": ("✗", "bad"),
    "error": ("✗", "bad"),
    "timeout": ("✗", "bad"),
    "crash": ("✗", "bad"),
    "not_run": ("–", "muted"),
}
_VERDICT_TONES = {"no defect": "good", "defects": "warn", "unclear": "muted"}


class AnswerText:
    """The lines of an answer: its reasoning folded or open, then its text as it streams."""

    def __init__(self) -> None:
        self._text = Growing(AnswerFeed)
        self._reasoning = Growing(lambda: AnswerFeed("muted"))

    def lines(self, answer: Answer, *, reasoning_open: bool, text: str | None = None) -> list[Line]:
        """What to show of ``answer``; ``text`` stands in the place of its own."""
        made: list[Line] = []
        if answer.reasoning:
            words = len(answer.reasoning.split())
            # While there is nothing else the reasoning is what there is to read; it folds when the answer begins.
            unfolded = reasoning_open or not answer.text
            mark, hint = ("▾", "folded when the answer begins") if unfolded else ("▸", "Ctrl+O opens it")
            if reasoning_open:
                hint = "Ctrl+O folds it"
            made.append(line((f"{mark} Reasoning, {words} words ({hint})", "muted")))
            if unfolded:
                made += self._reasoning.show(answer.reasoning)
                made.append(line())
        if answer.text:
            made += self._text.show(answer.text if text is None else text)
        elif answer.finished is None and not answer.reasoning:
            made.append(line(("Waiting for the first token (the model reads the prompt) …", "muted")))
        if answer.finished is not None and answer.finished.finish_reason in ("stopped", "failed", "length"):
            why = {"stopped": "stopped here", "failed": "the engine failed here", "length": "cut off: no room left"}
            made.append(line((f"■ {why[answer.finished.finish_reason]}", "warn")))
        if answer.finished is not None and answer.finished.warning:
            made.append(line(("! ", "warn"), one_line(answer.finished.warning)))
        return made


def code_pane(state: Workbench, answer: Answer, text: AnswerText, *, raw: bool, told: bool = False) -> list[Line]:
    """A draft or fix: the answer while it streams or where asked for (``raw``), else the code taken from it.

    ``told`` puts above the code who wrote which line. What the person put together stands in the place of the
    candidate that it was made of.
    """
    taken = next((each for each in reversed(state.candidates) if each.candidate == answer.candidate), None)
    if answer.finished is None or raw or taken is None or answer.stage == "plan":
        return [*_above(state), *text.lines(answer, reasoning_open=raw)]
    made = [line(("! ", "warn"), note) for note in taken.notes]
    if taken.code is None:
        made.append(line(("✗ No code was found in this answer: ", "bad"), one_line(taken.problem or "")))
        return [*made, line(), *_above(state), *text.lines(answer, reasoning_open=False)]
    guard = next((each for each in reversed(state.guards) if each.candidate == answer.candidate), None)
    if guard is not None:
        made.append(guard_line(guard))
    name, code = taken.candidate, taken.code
    chosen = state.put_together
    if chosen is not None and chosen.candidate == name:
        name, code = state.standing, chosen.code
        made.append(line(("✎ ", "info"), f"{name}: {chosen.taken} taken, {len(chosen.rejected)} left out", hang=2))
    known = origins(state, name)
    if told:
        made += legend(known)
    return [*made, *marked_code(code, known)]


def standing_code(state: Workbench) -> list[Line]:
    """Of a turn that came to nothing: the code of the turn before, which stands."""
    if not state.base_stands:
        return []
    before = after_turn(state, state.turn - 1)
    while before.base_stands:
        before = after_turn(before, before.turn - 1)
    head = line(("● ", "info"), f"The code of turn {before.turn} stands:", hang=2)
    return [head, *marked_code(before.code or "", origins(before, before.standing))]


def _above(state: Workbench) -> list[Line]:
    """What stands above an answer that came to nothing."""
    stands = standing_code(state)
    return [*stands, line(), line(("What came of this turn:", "muted"))] if stands else []


def shown_code(state: Workbench, answer: Answer) -> str | None:
    """The code that the pane of ``answer`` shows, None if there is none."""
    chosen = state.put_together
    if chosen is not None and chosen.candidate == answer.candidate:
        return chosen.code
    return state.code if state.base_stands else state.code_of(answer.candidate)


def guard_line(guard: GuardDecision) -> Line:
    """What the guard decided about a fix, and why."""
    mark, tone = ("✓ accepted", "good") if guard.accepted else ("✗ refused", "bad")
    size = f"+{guard.lines_added} −{guard.lines_removed} lines"
    return line((mark, tone), f" ({size}): {one_line(guard.reason)}", hang=2)


def review_pane(state: Workbench, answer: Answer | None, text: AnswerText, *, raw: bool) -> list[Line]:
    """Verdict and findings of every round, the newest first; the review as it was written while it streams."""
    if answer is not None and (answer.finished is None or raw):
        # Some engines are held to JSON, which nobody wants to read as it streams.
        return text.lines(answer, reasoning_open=raw, text=None if raw else in_words(answer.text))
    made: list[Line] = []
    for candidate, round_ in reversed(_rounds(state)):
        if made:
            made.append(line())
        made += _round_lines(state, candidate, round_)
    if answer is None:
        return made
    if not made:
        return text.lines(answer, reasoning_open=False)
    return [*made, line(), line(("Ctrl+O shows the review as it was written", "muted"))]


def _rounds(state: Workbench) -> list[tuple[str, int]]:
    """Which candidates were judged in which rounds, oldest first."""
    seen = [(each.n, each.candidate, each.round) for each in state.verdicts]
    seen += [(each.n, each.candidate, each.round) for each in state.findings]
    return list(dict.fromkeys((candidate, round_) for _, candidate, round_ in sorted(seen)))


def _round_lines(state: Workbench, candidate: str, round_: int) -> list[Line]:
    verdict = next((each for each in state.verdicts if (each.candidate, each.round) == (candidate, round_)), None)
    head: tuple[tuple[str, str], ...] = (("On ", "muted"), (candidate, "strong"), (f", round {round_}: ", "muted"))
    if verdict is None:
        made = [line(*head, ("no review was needed", "muted"))]
    else:
        made = [line(*head, (verdict.verdict.upper(), _VERDICT_TONES[verdict.verdict]))]
    for number, finding in enumerate(state.findings, start=1):
        if (finding.candidate, finding.round) == (candidate, round_):
            made += finding_lines(finding, running=state.running, number=number)
    return made


def finding_lines(finding: Finding, *, running: bool, number: int | None = None) -> list[Line]:
    """A finding: status in word and symbol, its number in the turn, title, and its evidence."""
    mark, tone = FINDING_MARKS[finding.status]
    status: str = finding.status
    if status == "checking" and not running:
        mark, status = "–", "not checked"
    where = f"L{finding.line} " if finding.line else ""
    numbered = "" if number is None else f"{number}. "
    title = (one_line(finding.title), "strong")
    made = [line((f"{mark} {status}", tone), "  ", (numbered, "strong"), (where, "number"), title, hang=2)]
    for label, text, look in (
        ("call", finding.call, "builtin"),
        ("expected", finding.expected, "good"),
        ("got", finding.got, "bad"),
        ("why", finding.reason, "text"),
        ("spec says", finding.citation, "string"),
    ):
        if text:
            made.append(line((f"    {label:<9} ", "muted"), (one_line(text), look), hang=14))
    return made


def checks_pane(state: Workbench) -> list[Line]:
    """Every visible example on every candidate, the newest candidate first."""
    made: list[Line] = []
    for total in reversed(state.totals):
        all_passed = total.failed == 0
        mark, tone = ("✓", "good") if all_passed and total.passed else ("✗", "bad") if total.failed else ("–", "muted")
        count = f"{total.passed} of {total.passed + total.failed} examples pass"
        if not total.passed + total.failed:
            count = "the spec has no example that could be run"
        made.append(
            line((f"{mark} ", tone), (total.candidate, "strong"), f"  {count}  ", (f"{total.seconds:.2f} s", "muted"))
        )
        for check in state.checks_of(total.candidate):
            made += check_lines(check)
        made.append(line())
    pending = {check.candidate for check in state.checks} - {total.candidate for total in state.totals}
    for check in state.checks:
        if check.candidate in pending:
            made += check_lines(check)
    return made


def check_lines(check: CheckResult) -> list[Line]:
    """One example on one candidate: got against want where it did not pass."""
    mark, tone = OUTCOME_MARKS[check.outcome]
    word = check.outcome.replace("_", " ")
    made = [line(f"  {mark} ", (f"{word:<7} ", tone), (one_line(check.source), "text"), hang=12)]
    if check.outcome == "pass":
        return made
    if check.want is not None:
        made.append(line(("            want ", "muted"), (one_line(check.want), "good"), hang=17))
    if check.got:
        made.append(line(("            got  ", "muted"), (one_line(check.got), "bad"), hang=17))
    return made


def diff_pair(state: Workbench) -> tuple[str, str, GuardDecision | None] | None:
    """Which two candidates the Diff pane compares: draft and the code that stands, else the last fix, even refused."""
    if not state.guards:
        return None
    first = next((each for each in state.candidates if each.code is not None), None)
    accepted = [guard for guard in state.guards if guard.accepted]
    standing = getattr(state.ending, "candidate", None) or (accepted[-1].candidate if accepted else None)
    chain = [guard for guard in accepted if guard.candidate == standing]
    if first is not None and chain and standing != first.candidate:
        base = chain[-1].base
        while (earlier := next((guard for guard in accepted if guard.candidate == base), None)) is not None:
            base = earlier.base
        return base, chain[-1].candidate, chain[-1]
    last = state.guards[-1]
    return last.base, last.candidate, last


def diff_pane(state: Workbench) -> list[Line]:
    """Unified diff between draft and final code, or of the last refused fix, with the guard's words above it."""
    pair = diff_pair(state)
    if pair is None:
        return []
    base, other, guard = pair
    before, after = state.code_of(base), state.code_of(other)
    head = [line((base, "strong"), " → ", (other, "strong"))]
    if guard is not None:
        head.append(guard_line(guard))
    if before is None or after is None:
        return [*head, line((f"{base if before is None else other} holds no code to compare.", "muted"))]
    return [*head, *diff_lines(before, after)]


def notice_lines(state: Workbench) -> list[Line]:
    """The run's notices, the newest last."""
    return [each for notice in state.notices for each in lines(notice)]
