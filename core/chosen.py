"""Code that a person put together after a run: checked like a model's before it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.briefing import with_requests
from core.events import CheckResult, Event, Finding, RunStarted
from core.patterns.candidates import check_examples
from core.request import RunRequest
from core.run import sandbox_tier, select_spec
from core.sandbox import Case, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What running the visible examples, and the inputs of the findings, gave.

    ``load_error`` says why the code does not load, None if it does. ``back`` are the findings that hold of it, with
    what the code gives. ``events`` tell the results of the examples to a session log.
    """

    load_error: str | None
    back: tuple[tuple[Finding, str], ...]
    events: tuple[Event, ...]

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The examples that do not pass."""
        return tuple(each for each in self.events if isinstance(each, CheckResult) and each.outcome != "pass")


async def recheck(
    run: RunStarted,
    name: str | None,
    code: str,
    *,
    label: str,
    findings: Sequence[Finding] = (),
    allow_weak_sandbox: bool,
) -> Rechecked:
    """Run the examples of the spec of ``run``, and of what was asked for since, on ``code`` in the sandbox.

    Args:
        run: The run that the code comes from.
        name: What the spec defines, as the run read it.
        code: A Python program.
        label: What the events call it.
        findings: Defects that were repaired; each that has an input is looked for again.
        allow_weak_sandbox: Consent to resource limits alone, where nothing better is available.

    Raises:
        SecondpassError: the sandbox cannot be used.
    """
    sandbox_tier(allow_weak=allow_weak_sandbox)
    spec = with_requests(select_spec(RunRequest(spec=run.spec, filename=run.filename, name=name)), run.requests)
    looked_for = [each for each in findings if each.call]
    cases = tuple(Case(kind="value", source=each.call, want=each.expected, group=0) for each in looked_for)
    checked, events = await check_examples(spec, label, "coder", code, limits=Limits(), extra=cases)
    back = tuple(
        (finding, result.got or result.outcome)
        for finding, result in zip(looked_for, checked.extra, strict=False)
        if result.outcome not in ("pass", "not_run")
    )
    return Rechecked(load_error=checked.load_error, back=back, events=events)
