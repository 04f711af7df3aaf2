"""What the read-only panes show: it remembers which answer is looked at and which are unfolded."""

from tui.widgets.line_view import LineView
from tui.widgets.lines import Line, line
from tui.workbench import panes
from tui.workbench.branches import branches_told
from tui.workbench.layout import Pane
from tui.workbench.state import Answer, Workbench

_STAGES = {"draft": ("plan", "draft"), "review": ("review", "opinion"), "fix": ("fix", "retry")}
_EMPTY: dict[Pane, str] = {
    "draft": "The first program appears here while it is written.",
    "review": "What the reviewer finds in the draft, and what came of running it.",
    "fix": "No fix: one is written when a finding is proven or supported.",
    "diff": "What a fix changed, once there is one.",
    "checks": "Every visible example of the spec, run on each candidate.",
}


class PaneTexts:
    """Draws the panes of one run."""

    def __init__(self) -> None:
        self._texts: dict[int, panes.AnswerText] = {}
        self._unfolded: set[Pane] = set()
        self._picked: dict[Pane, int] = {}
        self._told = False
        self._shown: dict[Pane, tuple[int, int]] = {}  # place of the answer shown, number of answers

    def toggle(self, pane: Pane) -> None:
        """Show a pane's answer as it was written, or what was taken from it."""
        self._unfolded ^= {pane}

    def toggle_origins(self) -> bool:
        """Show above the code who wrote which line, or do not; returns whether it is shown now."""
        self._told = not self._told
        return self._told

    def copied(self, pane: Pane, state: Workbench) -> str:
        """The program, or the answer as it was written, that ``pane`` shows; "" for a pane that shows neither."""
        found = [index for index, each in enumerate(state.answers) if each.stage in _STAGES.get(pane, ())]
        if pane == "draft" and not found and state.base_stands:
            return state.code or ""
        if pane not in ("draft", "fix") or not found:
            return ""
        answer = state.answers[found[self._place(pane, state, found)]]
        code = None if pane in self._unfolded else panes.shown_code(state, answer)
        return answer.text if code is None else code

    def move(self, pane: Pane, step: int) -> None:
        """Look at another answer of ``pane``."""
        place, count = self._shown.get(pane, (0, 0))
        if count:
            self._picked[pane] = max(0, min(count - 1, place + step))

    def draw(self, view: LineView, pane: Pane, state: Workbench) -> None:
        """Bring ``view`` in step with ``state``."""
        found = [index for index, each in enumerate(state.answers) if each.stage in _STAGES.get(pane, ())]
        place = self._place(pane, state, found)
        answer = state.answers[found[place]] if found else None
        self._shown[pane] = (place, len(found))
        streaming = answer is not None and answer.finished is None
        as_written = streaming or pane in self._unfolded
        text = self._texts.setdefault(found[place] if found else -1, panes.AnswerText())
        several = len(found) > 1 and (as_written or pane != "review")
        view.show_titles(
            _title(pane, answer, _branches(pane, answer, state), as_written=as_written),
            f"answer {place + 1} of {len(found)}: p n" if several else _hint(pane, state),
        )
        made = self._lines(pane, state, answer, text)
        view.show(made or [line((_EMPTY[pane], "muted"))], follow=streaming)

    def _place(self, pane: Pane, state: Workbench, found: list[int]) -> int:
        """Which of the answers ``found`` is looked at: the one picked, the one that streams, the one that stands."""
        last = len(found) - 1
        if last < 0 or pane in self._picked:
            return min(self._picked.get(pane, 0), max(last, 0))
        answers = [state.answers[index] for index in found]
        if answers[last].finished is None:
            return last
        standing = state.ending.candidate if state.ending else None
        # A second opinion is of interest while it is written; afterwards the review itself is.
        better = [
            place
            for place, each in enumerate(answers)
            if (each.stage == "review" if pane == "review" else each.candidate == standing and each.stage != "plan")
        ]
        return better[-1] if better else last

    def _lines(self, pane: Pane, state: Workbench, answer: Answer | None, text: panes.AnswerText) -> list[Line]:
        raw = pane in self._unfolded
        match pane:
            case "draft" | "fix":
                if answer is None:
                    return panes.standing_code(state) if pane == "draft" else []
                return panes.code_pane(state, answer, text, raw=raw, told=self._told)
            case "review":
                return panes.review_pane(state, answer, text, raw=raw)
            case "diff":
                return panes.diff_pane(state)
            case "checks":
                return panes.checks_pane(state)
        raise AssertionError(pane)


def _branches(pane: Pane, answer: Answer | None, state: Workbench) -> str:
    """Branches of a draft or fix against the examples that could tell them apart; "" while there is no code."""
    if pane not in ("draft", "fix") or answer is None or answer.finished is None or state.run is None:
        return ""
    code = state.code_of(answer.candidate)
    name = state.spec.name if state.spec else None
    return branches_told(code, state.run.spec, state.run.filename, name) if code else ""


def _hint(pane: Pane, state: Workbench) -> str:
    return "d: hunk by hunk" if pane == "diff" and state.ending is not None and state.guards else ""


def _title(pane: Pane, answer: Answer | None, branches: str, *, as_written: bool) -> str:
    if answer is None or pane in ("checks", "diff") or (pane == "review" and not as_written):
        return pane.capitalize()
    doing = "streaming" if answer.text else "thinking" if answer.reasoning else "reading the prompt"
    what = answer.candidate if pane in ("draft", "fix") and answer.stage != "plan" else f"{answer.stage} {answer.round}"
    return f"{what} · {answer.role}" + (
        f" · {doing}" if answer.finished is None else f" · {branches}" if branches else ""
    )
