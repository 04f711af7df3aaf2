"""What a run is asked for. Apart from the run itself, so that a screen that asks for one need not load what does it."""

from dataclasses import dataclass
from typing import Literal

from core.choices import DEFAULT_PATTERN
from core.events import ContextFile

Guard = Literal["proven", "strict", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A further turn of a session.

    Args:
        requests: What was asked for since the first turn, oldest first; the last one is new.
        base: The code that it is about.
        turn: The number of this turn, at least 2.
    """

    requests: tuple[str, ...]
    base: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What to run.

    ``name`` picks one of several stubs in a file. ``rounds`` None is the pattern's default. ``allow_weak_sandbox``
    consents to running generated code with limits only, where nothing better is available. ``follow_up`` makes it a
    further turn of a session; ``files`` are shown to the models beside the spec.
    """

    spec: str
    filename: str | None = None
    name: str | None = None
    pattern: str = DEFAULT_PATTERN
    guard: Guard = "proven"
    rounds: int | None = None
    allow_weak_sandbox: bool = False
    follow_up: FollowUp | None = None
    files: tuple[ContextFile, ...] = ()
