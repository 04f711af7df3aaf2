"""Which change the Diff screen shows, and what is said about code that the person put together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.events import CodeChosen, Finding, HunkChoice
from tui.diff.choosing import Choosing
from tui.visible import one_line
from tui.workbench.panes import diff_pair
from tui.workbench.state import Workbench

if TYPE_CHECKING:
    from core.chosen import Rechecked

CHOICE = "your choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change between two programs of a turn. ``taken`` is whether it stands unless the person says otherwise."""

    base: str
    candidate: str
    before: str
    after: str
    taken: bool = True
    note: str = ""

    def choosing(self, known: CodeChosen | None) -> Choosing:
        """The change, with the choices that were made of it before if ``known`` holds them."""
        same = known is not None and (known.base, known.candidate) == (self.base, self.candidate)
        choices: tuple[HunkChoice, ...] = known.choices if known is not None and same else ()
        return Choosing.between(self.before, self.after, taken=self.taken, choices=choices)


def change_of(state: Workbench) -> Change | None:
    """What the last run changed: the draft into the fix, in a further turn the code before into the code after.

    A fix that was refused can be looked at too; then nothing of it is taken to begin with. None: nothing was changed.
    """
    run, ending = state.run, state.ending
    if run is None or ending is None:
        return None
    after = state.code_of(ending.candidate) if ending.candidate else None
    if run.turn > 1 and run.base and after is not None:
        candidate = ending.candidate or ""
        return Change(base=f"turn {run.turn - 1}", candidate=candidate, before=run.base, after=after)
    pair = diff_pair(state)
    if pair is None:
        return None
    base, candidate, guard = pair
    before, after = state.code_of(base), state.code_of(candidate)
    if before is None or after is None:
        return None
    refused = guard is not None and not guard.accepted
    note = f"The guard refused this fix: {one_line(guard.reason, 160)}." if guard is not None and refused else ""
    return Change(base=base, candidate=candidate, before=before, after=after, taken=not refused, note=note)


def repaired(state: Workbench) -> tuple[Finding, ...]:
    """The findings that the code that stands was held to: those about code that an accepted fix replaced."""
    replaced = {guard.base for guard in state.guards if guard.accepted}
    return tuple(
        each
        for each in state.findings
        if each.candidate in replaced and each.call and each.status in ("proven", "supported")
    )


def next_label(state: Workbench) -> str:
    """What the code that is put together next is called."""
    count = sum(total.candidate.startswith(CHOICE) for total in state.totals)
    return CHOICE if count == 0 else f"{CHOICE} {count + 1}"


def objection(state: Workbench, checked: "Rechecked") -> str:
    """What speaks against ``checked`` in place of the code that stands, "" if nothing does."""
    if checked.load_error is not None:
        return f"It does not load: {checked.load_error}."
    standing = {each.example for each in state.checks_of(state.standing) if each.outcome == "pass"}
    lost = [each for each in checked.failures if each.example in standing]
    if not lost and checked.back:
        finding, got = checked.back[0]
        number = state.findings.index(finding) + 1
        return (
            f"Finding {number} ({finding.status}) is in it again: {one_line(finding.call, 80)} gives "
            f"{one_line(got, 60)}, not {one_line(finding.expected, 60)}."
        )
    if not lost:
        return ""
    first = lost[0]
    if first.want is not None and first.got:
        how = f"{one_line(first.source, 80)} gives {one_line(first.got, 60)}, not {one_line(first.want, 60)}"
    else:
        how = f"{one_line(first.source, 80)}: {first.outcome}"
    which = f"example {first.example + 1}, which passes" if len(lost) == 1 else f"{len(lost)} examples that pass"
    return f"It fails {which} now: {how}."


def chosen_event(choosing: Choosing, change: Change, label: str) -> CodeChosen:
    """What the session's log keeps of the choices."""
    return CodeChosen(
        code=choosing.code,
        taken=choosing.taken,
        rejected=tuple(each.reason for each in choosing.choices if not each.taken),
        edited=choosing.edited,
        base=change.base,
        candidate=change.candidate,
        choices=choosing.choices,
        label=label,
    )
