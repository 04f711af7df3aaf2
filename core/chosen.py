"""Code that a person put together after a run: checked like a model's before it stands."""

from dataclasses import dataclass

from core.briefing import with_requests
from core.events import CheckResult, Event, RunStarted
from core.patterns.candidates import check_examples
from core.run import RunRequest, sandbox_tier, select_spec
from core.sandbox import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What running the visible examples gave.

    ``passed`` holds the indices of the examples that pass, ``load_error`` says why the code does not load, None if it
    does. ``events`` tell the same to a session log.
    """

    passed: frozenset[int]
    count: int
    load_error: str | None
    events: tuple[Event, ...]

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The examples that do not pass."""
        return tuple(each for each in self.events if isinstance(each, CheckResult) and each.outcome != "pass")


async def recheck(run: RunStarted, name: str | None, code: str, *, label: str, allow_weak_sandbox: bool) -> Rechecked:
    """Run the examples of the spec of ``run``, and of what was asked for since, on ``code`` in the sandbox.

    Args:
        run: The run that the code comes from.
        name: What the spec defines, as the run read it.
        code: A Python program.
        label: What the events call it.
        allow_weak_sandbox: Consent to resource limits alone, where nothing better is available.

    Raises:
        SecondpassError: the sandbox cannot be used.
    """
    sandbox_tier(allow_weak=allow_weak_sandbox)
    spec = with_requests(select_spec(RunRequest(spec=run.spec, filename=run.filename, name=name)), run.requests)
    checked, events = await check_examples(spec, label, "coder", code, limits=Limits())
    return Rechecked(passed=checked.passed, count=len(checked.results), load_error=checked.load_error, events=events)
