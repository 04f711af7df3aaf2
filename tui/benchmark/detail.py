"""One task of a run: what every pattern made of it."""

from pathlib import Path

from core.bench.reports.taxonomy import failing_part, failure_of
from core.bench.store import Result, Store, StoredRun
from core.event_log import decode
from core.events import RunStarted
from tui.visible import one_line
from tui.widgets.feeds import code_lines
from tui.widgets.lines import Line, line
from tui.workbench.panes import diff_lines, finding_lines
from tui.workbench.state import Workbench, apply


def task_lines(run: str, task: str, path: Path | None = None) -> tuple[list[Line], RunStarted | None]:
    """Everything that is stored of ``task``, and how its run began (its spec; None while no sample is finished).

    Raises:
        StoreError: The store cannot be read.
        UsageError: There is no such run.
    """
    with Store(path, readonly=True) as store:
        stored = store.run(run)
        results = [each for each in store.results(stored) if each.key.task == task]
        made: list[Line] = []
        started: RunStarted | None = None
        for result in results:
            state = _replayed(store, stored, result)
            started = started or state.run
            made += _sample(result, state)
    return made or [line((f"No sample of {task} is finished yet.", "muted"))], started


def _replayed(store: Store, run: StoredRun, result: Result) -> Workbench:
    state = Workbench()
    for text in store.events(run.id, result.key):
        state = apply(state, decode(text))
    return state


def _sample(result: Result, state: Workbench) -> list[Line]:
    failure = failure_of(result)
    tone, word = ("good", "✓ passes") if result.passes else ("bad", f"✗ {failure or 'not judged'}")
    made = [
        line((f"━ {result.key.pattern} ", "strong"), (word, tone), (f" · {result.summary.accepted} stands", "muted"))
    ]
    for finding in state.findings:
        made += finding_lines(finding, running=False)
    for guard in state.guards:
        accepted = "accepted" if guard.accepted else "refused"
        made.append(line((f"  {guard.candidate} {accepted}: ", "muted"), one_line(guard.reason), hang=4))
    part = failing_part(result)
    if part is not None and part.failure is not None:
        for name, value in (
            ("input", part.failure.arguments),
            ("expected", part.failure.expected),
            ("got", part.failure.got),
            ("raised", part.failure.exception),
            ("said", part.failure.text),
        ):
            if value:
                made.append(line((f"  {name:<9} ", "muted"), one_line(value, 300), hang=12))
    if result.draft is not None and result.final is not None and result.draft != result.final:
        made += [line(("  draft → final", "muted")), *diff_lines(result.draft, result.final)]
    elif result.final or result.draft:
        made += code_lines(result.final or result.draft or "")
    else:
        made.append(line(("  no code: ", "muted"), one_line(result.summary.problem or "the answer holds none")))
    return [*made, line()]
