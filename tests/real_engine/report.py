"""Say what the check does, time it, and sum up what was seen."""

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class CheckError(Exception):
    """Something was not as it must be; the message says what was seen instead."""


def expect(holds: bool, otherwise: str) -> None:
    """Raises:
    CheckError: ``holds`` is false; ``otherwise`` says what was seen.
    """
    if not holds:
        raise CheckError(otherwise)


@dataclass(slots=True)
class Step:
    """One row of the summary. ``seen`` grows while the step runs."""

    title: str
    outcome: str = "failed"
    seconds: float = 0.0
    seen: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """What was seen, in one line; a screen or a traceback is cut to its first line."""
        return "; ".join(line.splitlines()[0] for line in self.seen)

    def saw(self, what: str) -> None:
        """Note something for the summary, and say it now."""
        self.seen.append(what)
        say(f"   {what}")


@dataclass(slots=True)
class Report:
    """All steps so far. A step that fails is told and counted; the check goes on with the next one."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, title: str, *, needed: bool = False) -> Iterator[Step]:
        """Time one step.

        Raises:
            CheckError: the step failed, and without it (``needed``) there is nothing left to check.
        """
        step = Step(title)
        self.steps.append(step)
        say(f"-- {title}")
        begun = time.monotonic()
        try:
            yield step
            step.outcome = "ok" if step.outcome == "failed" else step.outcome
        except CheckError as error:
            step.saw(f"FAILED: {error}")
            if needed:
                raise
        except Exception as error:
            # A check that breaks in one step still has others to tell about; the run fails all the same.
            traceback.print_exc()
            step.saw(f"FAILED: {type(error).__name__}: {error}")
            if needed:
                raise CheckError(str(error)) from error
        finally:
            step.seconds = time.monotonic() - begun

    @property
    def passed(self) -> bool:
        return all(step.outcome != "failed" for step in self.steps)

    def table(self) -> str:
        """What was seen, one row a step."""
        rows = [f"{step.outcome:<8}{step.seconds:7.1f} s  {step.title}: {step.summary}" for step in self.steps]
        total = sum(step.seconds for step in self.steps)
        return "\n".join([*rows, f"{'':8}{total:7.1f} s  in all"])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
