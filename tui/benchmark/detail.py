"""One task of a run: what every pattern made of it."""

from collections.abc import Sequence
from pathlib import Path

from core.bench.reports.read import settled
from core.bench.reports.taxonomy import failing_part, failure_of
from core.bench.store import Result, SampleKey, Store, StoredRun
from core.event_log import decode
from core.events import RunStarted
from tui.diff.unified import diff_lines
from tui.visible import one_line
from tui.widgets.feeds import code_lines
from tui.widgets.lines import Line, line
from tui.workbench.panes import finding_lines
from tui.workbench.state import Workbench, apply


def task_lines(run: str, task: str, path: Path | None = None) -> tuple[list[Line], RunStarted | None]:
    """Everything that is stored of ``task``, and how its run began (its spec; None while no sample is finished).

    Raises:
        StoreError: The store cannot be read.
        UsageError: There is no such run.
    """
    with Store(path, readonly=True) as store:
        stored = store.run(run)
        config = stored.config
        keys = [SampleKey(name, task, number) for name in config.patterns for number in range(config.samples)]
        results = [found for key in keys if (found := store.result(stored, key)) is not None]
        made: list[Line] = []
        started: RunStarted | None = None
        for result in results:
            state = _replayed(store, stored, result)
            started = started or state.run
            made += _sample(result, state, several=config.samples > 1)
    return made or [line((f"No sample of {task} is finished yet.", "muted"))], started


def _replayed(store: Store, run: StoredRun, result: Result) -> Workbench:
    state = Workbench()
    for text in store.events(run.id, result.key):
        state = apply(state, decode(text))
    return state


def _sample(result: Result, state: Workbench, *, several: bool) -> list[Line]:
    tone, word = ("good", "✓ passes") if result.passes else ("bad", f"✗ {failure_of(result) or 'fails'}")
    if not settled(result):
        tone, word = "warn", "? not judged"
    name = f"{result.key.pattern}, sample {result.key.sample + 1}" if several else result.key.pattern
    stands = {"none": "no code stands"}.get(result.summary.accepted, f"the {result.summary.accepted} stands")
    made = [line((f"━━ {name}  ", "strong"), (word, tone), (f"  {stands}{_took(result)}", "muted"), hang=3)]
    if state.findings:
        made.append(_heading("findings of the review"))
    for finding in state.findings:
        made += finding_lines(finding, running=False)
    for guard in state.guards:
        accepted = ("accepted", "good") if guard.accepted else ("refused", "bad")
        made.append(line(("guard  ", "muted"), f"{guard.candidate} ", accepted, f": {one_line(guard.reason)}", hang=7))
    made += _failing_test(result)
    if result.draft is not None and result.final is not None and result.draft != result.final:
        made += [_heading("from draft to final code"), *diff_lines(result.draft, result.final)]
    elif result.final or result.draft:
        made += [_heading("the draft, unchanged"), *code_lines(result.final or result.draft or "")]
    else:
        made.append(line(("no code: ", "muted"), one_line(result.summary.problem or "the answer holds none")))
    return [*made, line()]


def _took(result: Result) -> str:
    summary = result.summary
    return f" · {summary.tokens} tokens, {summary.seconds:.1f} s" if summary.tokens else ""


def _heading(words: str) -> Line:
    return line((words, "heading"))


def _failing_test(result: Result) -> Sequence[Line]:
    """What of the hidden tests the final code failed on."""
    part = failing_part(result)
    if part is None or part.failure is None:
        return ()
    failure, verdict = part.failure, result.final_verdict
    name = "base" if verdict is not None and part is verdict.base else "plus"
    made = [line(("failing test", "heading"), (f"  {name}, after {part.passed} of {part.inputs} inputs", "muted"))]
    for label, value, tone in (
        ("input", failure.arguments, "builtin"),
        ("expected", failure.expected, "good"),
        ("got", failure.got, "bad"),
        ("raised", failure.exception, "bad"),
        ("said", failure.text, "text"),
    ):
        if value:
            made.append(line((f"    {label:<9} ", "muted"), (one_line(value, 300), tone), hang=14))
    return made
