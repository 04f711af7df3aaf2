"""Which pane is open where: six panes, side by side on a wide terminal, tabs on a narrow one."""

from dataclasses import dataclass, replace
from typing import Literal

from tui.widgets.pane_tabs import Tab
from tui.workbench.state import Workbench

Pane = Literal["spec", "draft", "review", "fix", "diff", "checks"]
PANES: tuple[Pane, ...] = ("spec", "draft", "review", "fix", "diff", "checks")
CODE_PANES: tuple[Pane, ...] = ("draft", "fix", "diff")
VERDICT_PANES: tuple[Pane, ...] = ("review", "checks")
_LABELS: dict[Pane, str] = {
    "spec": "Spec",
    "draft": "Draft",
    "review": "Review",
    "fix": "Fix",
    "diff": "Diff",
    "checks": "Checks",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person opened; None where the run decides. ``single`` is the pane of a narrow terminal."""

    code: Pane | None = None
    verdict: Pane | None = None
    single: Pane | None = None

    def opening(self, pane: Pane) -> "Chosen":
        """With ``pane`` opened by the person."""
        if pane in CODE_PANES:
            return replace(self, code=pane, single=pane)
        if pane in VERDICT_PANES:
            return replace(self, verdict=pane, single=pane)
        return replace(self, single=pane)


def open_code(state: Workbench, chosen: Chosen) -> Pane:
    """The pane open in the upper right of a wide terminal."""
    if chosen.code is not None:
        return chosen.code
    if state.ending is not None:
        standing = state.ending.candidate
        fixed = any(guard.candidate == standing and guard.accepted for guard in state.guards)
        # Of a turn that came to no code, the draft's pane shows the code that stands; a diff of nothing says nothing.
        refused = bool(state.guards) and not fixed and not state.base_stands
        return "fix" if fixed else "diff" if refused else "draft"
    return "fix" if state.answers_of("fix", "retry") else "draft"


def open_verdict(state: Workbench, chosen: Chosen) -> Pane:
    """The pane open in the lower right of a wide terminal."""
    if chosen.verdict is not None:
        return chosen.verdict
    return "review" if state.answers_of("review") or state.findings else "checks"


def open_single(state: Workbench, chosen: Chosen) -> Pane:
    """The pane open on a narrow terminal."""
    if chosen.single is not None:
        return chosen.single
    if state.run is None:
        return "spec"
    if state.ending is None:
        if state.step in ("review", "opinion"):
            return "review"
        if state.step == "check":
            return "checks"
    return open_code(state, chosen)


def tabs(state: Workbench, panes: tuple[Pane, ...], *, numbered: bool = True) -> tuple[Tab, ...]:
    """Tabs for ``panes`` with what is in them as a badge."""
    return tuple(
        Tab(pane, f"{PANES.index(pane) + 1} {_LABELS[pane]}" if numbered else _LABELS[pane], _badge(state, pane))
        for pane in panes
    )


def _badge(state: Workbench, pane: Pane) -> str:
    if pane == "review" and state.findings:
        return str(len(state.findings))
    if pane == "fix" and (fixes := state.answers_of("fix", "retry")):
        return str(len(fixes)) if len(fixes) > 1 else "✓" if state.guards and state.guards[-1].accepted else "•"
    if pane == "checks" and state.totals:
        total = state.totals[-1]
        return f"{total.passed}/{total.passed + total.failed}" if total.passed + total.failed else "–"
    return ""
