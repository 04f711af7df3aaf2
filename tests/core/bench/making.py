"""Runs made up for tests: a store with samples whose verdicts are given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.bench.judge.verdicts import Failure, PartVerdict, Status, Verdict
from core.bench.store import Result, RunConfig, SampleKey, StageUse, Store, StoredRun, Summary, now

DIGEST = "0" * 32


def config(tasks: Sequence[str], patterns: Sequence[str], **changes: object) -> RunConfig:
    made = RunConfig(
        dataset="humaneval+",
        dataset_title="HumanEval+",
        dataset_digest=DIGEST,
        dataset_source="/nowhere",
        kind="humaneval",
        profile="strict",
        patterns=tuple(patterns),
        pair="test",
        coder="small-coder",
        reviewer="small-reviewer",
        scripted=False,
        guard="proven",
        rounds=None,
        samples=1,
        tasks=tuple(tasks),
        temperature=0.0,
        seed=None,
        prompt_version="1-test",
        sandbox="landlock+seccomp",
        python="3.11.7",
        program="secondpass test",
        usd_per_hour=3.6,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def part(status: Status, failure: Failure | None = None, **changes: object) -> PartVerdict:
    made = PartVerdict(
        status=status,
        passed=1 if status == "pass" else 0,
        inputs=1,
        failure=failure,
        timed_out=status == "timeout",
        flags=(),
        cpu_seconds=0.01,
        seconds=0.01,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


PASSES = Verdict(base=part("pass"), plus=part("pass"))
WRONG = Verdict(base=part("fail", Failure(phase="compare", input=0, arguments="[1]", expected="1", got="2")), plus=None)
RAISES = Verdict(base=part("pass"), plus=part("fail", Failure(phase="call", exception="builtins.ZeroDivisionError")))
SLOW = Verdict(base=part("timeout"), plus=None)


def result(
    key: SampleKey,
    verdict: Verdict | None,
    *,
    draft: Verdict | None = None,
    code: str | None = None,
    richness: float | None = 50.0,
    truncated: bool = False,
) -> Result:
    """A sample whose final code has ``verdict``; its draft has the same, or ``draft``. Codes follow from verdicts."""
    final = None if verdict is None else code or f"# {verdict.passes_plus} {verdict.base}\n"
    drafted = final if draft is None else f"# draft {draft.passes_plus} {draft.base}\n"
    return Result(
        key=key,
        draft=drafted,
        final=final,
        finished=now(),
        draft_verdict=draft or verdict,
        final_verdict=verdict,
        summary=Summary(
            accepted="draft" if draft is None else "fix",
            checks_passed=1,
            checks_failed=0,
            richness=richness,
            rounds=1,
            verdict="defects",
            findings={"proven": 1},
            problem=None if final else "the answer holds no code",
            truncated=truncated,
            stages=(
                StageUse(
                    stage="draft",
                    role="coder",
                    prompt_tokens=100,
                    completion_tokens=50,
                    seconds=2.0,
                    ttft=0.1,
                    finish_reason="stop",
                ),
            ),
        ),
    )


def stored(
    folder: Path, results: Mapping[SampleKey, Result], made: RunConfig, *, name: str = "runs.sqlite"
) -> tuple[Store, StoredRun]:
    """A store that holds ``results`` with their verdicts as one run."""
    store = Store(folder / name)
    run = store.add_run(made)
    for each in results.values():
        store.add_result(run.id, each, ['{"type": "run_started"}'])
        for code, verdict in ((each.draft, each.draft_verdict), (each.final, each.final_verdict)):
            if code is not None and verdict is not None:
                store.add_verdict(made.dataset_digest, each.key.task, code, made.profile, verdict)
    return store, store.run(run.id)
