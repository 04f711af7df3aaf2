"""What a person does with a session between its runs, as events of the stream (see :mod:`core.events`)."""

from dataclasses import dataclass, field
from typing import Literal

from core.event_stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HunkChoice:
    """What the person makes of one hunk.

    ``reason`` says why it was left out, "" where nothing was said; ``edited`` is what stands in its place, None: the
    hunk as it was proposed.
    """

    taken: bool
    reason: str = ""
    edited: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSaved(Stamp):
    """The person accepted code into a file (appended to the log after the run)."""

    type: Literal["code_saved"] = "code_saved"
    path: str
    candidate: str
    replaced: bool = field(default=False)
    backup: str = ""
    """Where a copy of what was there before is kept; "" if there was nothing, or in logs of older versions."""
    sha256: str = ""
    """Of what was written, in hexadecimal; "" in logs of older versions."""
    choices: tuple[HunkChoice, ...] = ()
    """One for each hunk of the change to the file, where the person went through them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveUndone(Stamp):
    """The person took a save back: the file at ``path`` is again what it was before, or gone if it was new."""

    type: Literal["save_undone"] = "save_undone"
    path: str
    restored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChosen(Stamp):
    """After the run, the person put together the code that stands: hunks taken, hunks left out, lines edited.

    ``rejected`` holds the reasons that were given, one for each hunk that was left out, "" where none was given.
    The hunks are those between ``base`` and ``candidate``, one choice each; the checks of ``label`` are in the stream
    before it.
    """

    type: Literal["code_chosen"] = "code_chosen"
    code: str
    taken: int
    rejected: tuple[str, ...] = ()
    edited: bool = False
    base: str = ""
    candidate: str = ""
    choices: tuple[HunkChoice, ...] = ()
    label: str = ""
    """What the code is called: "your choice", "your choice 2" ...; "" in logs of older versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound(Stamp):
    """The person went back to how things stood after ``turn`` (0: before the first)."""

    type: Literal["rewound"] = "rewound"
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRenamed(Stamp):
    """The person gave the session a title of its own; the last one holds."""

    type: Literal["session_renamed"] = "session_renamed"
    title: str
