"""What a probe of this machine finds, and what the results of all of them mean for a pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Status(StrEnum):
    """How a result stands; every status has a word and a symbol, so that colour is never the only cue."""

    OK = "ok"
    WARN = "warn"
    """It works, with a limit that the sentence names."""
    MISSING = "missing"
    """It is not on this machine."""
    ERROR = "error"
    """It is there and does not work, or it could not be found out."""

    @property
    def symbol(self) -> str:
        """One character that stands for it."""
        return _SYMBOLS[self]


_SYMBOLS = {Status.OK: "✓", Status.WARN: "!", Status.MISSING: "○", Status.ERROR: "✗"}

Detail = str | int | float | bool | None | Sequence["Detail"] | Mapping[str, "Detail"]
"""What JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one probe found.

    Attributes:
        id: Stable name, such as "gpu", "model.qwen3-32b" or "endpoint.lab".
        title: The name to show.
        sentence: One sentence on what was found.
        action: One sentence on what to do about it; "" where nothing is to be done.
        command: The shell command that does it on this machine; "" where there is none.
        needed: The pair cannot start while this is missing or an error.
        details: Figures for programs; the keys of each probe stand in docs/doctor.md. Sizes are in bytes.
    """

    id: str
    title: str
    status: Status
    sentence: str
    action: str = ""
    command: str = ""
    needed: bool = False
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether the pair cannot start because of this."""
        return self.needed and self.status in (Status.MISSING, Status.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all results mean for one pair. ``recommended`` is a pair that this machine's memory suits better."""

    pair: str
    blocking: tuple[str, ...]
    sentence: str
    recommended: str | None = None

    @property
    def can_start(self) -> bool:
        """Whether nothing that was found keeps the pair from starting."""
        return not self.blocking


def result_json(result: Result) -> dict[str, object]:
    """The result as docs/doctor.md documents it."""
    return {
        "id": result.id,
        "title": result.title,
        "status": str(result.status),
        "sentence": result.sentence,
        "action": result.action,
        "command": result.command,
        "needed": result.needed,
        "details": dict(result.details),
    }


def gib(size: float) -> str:
    """A size in bytes as it is shown: "7.7 GiB"; below a tenth of one in MiB."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 / 10 else f"{size / 2**20:.0f} MiB"


def short(path: Path) -> str:
    """A path as it is shown: the home folder as ~."""
    home = Path.home()
    return str("~" / path.relative_to(home)) if path.is_relative_to(home) else str(path)
