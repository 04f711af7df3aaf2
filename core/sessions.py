"""Sessions on disk: one append-only event log each, which is all there is of a session."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import UsageError
from core.event_log import EventWriter, LogFormatError, decode, read_events
from core.events import Event, RunStarted
from core.paths import data_dir

_SUFFIX = ".jsonl"
_ENDINGS = {"run_finished", "run_stopped", "run_failed", "code_saved", "save_undone", "code_chosen", "rewound"}


def sessions_dir(*, create: bool = True) -> Path:
    """The folder of the session logs, mode 0700."""
    folder = data_dir(create=create) / "sessions"
    if create:
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class SessionLog:
    """The log of a session, open for what happens next.

    A file that exists is gone on with: a last line that a crash tore is dropped first, since nothing may follow it.

    A log that cannot be written must not cost the user the run: the first failure is kept in ``problem`` and
    nothing more is written.

    Raises:
        UsageError: another secondpass writes to it now.
        OSError: the file cannot be made or opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        # Not `open`: other users must not read specs, whatever the umask.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor, path)
            _drop_torn_line(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")
        self._writer = EventWriter(self._file)
        self._last: Event | None = None

    @classmethod
    def create(cls) -> "SessionLog":
        """A new log under a new name: the UTC time and four random characters.

        Raises:
            SecondpassError: the data folder cannot be used.
            OSError: the file cannot be made.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        return cls(sessions_dir() / f"{stamp}-{secrets.token_hex(2)}{_SUFFIX}")

    @property
    def id(self) -> str:
        """The session's name: its file name without suffix."""
        return self.path.stem

    def write(self, event: Event) -> None:
        """Append ``event``; never raises (see ``problem``)."""
        if self.problem is not None:
            return
        try:
            self._writer.write(event)
            self._last = event
        except (OSError, ValueError) as error:
            self.problem = f"The session log {self.path} cannot be written ({error}); this run is not kept on disk."

    def append_after(self, event: Event, *, last: tuple[int, float] | None = None) -> Event:
        """Append an event that comes after the run's end, numbered after the last one; returns it as written.

        ``last`` is number and time of the event before it, where this log was opened after that was written.
        """
        if self._last is not None:
            last = (self._last.n, self._last.at)
        if last is not None:
            event = replace(event, n=last[0] + 1, at=last[1])
        self.write(event)
        return event

    def close(self) -> None:
        """Write what is held and close the file."""
        try:
            self._writer.flush()
            self._file.close()
        except (OSError, ValueError) as error:
            self.problem = self.problem or f"The session log {self.path} is incomplete ({error})."


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"The session {path.stem} is open in another secondpass; close it there, or begin a new session here."
        ) from None
    except OSError:
        # A file system without locks (some network mounts): one program is the rule, and appending stays whole lines.
        return


def _drop_torn_line(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n":
        return
    end = size
    while end > 0:
        begin = max(0, end - 65_536)
        newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            os.ftruncate(descriptor, begin + newline + 1)
            return
        end = begin
    os.ftruncate(descriptor, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """One line of the list of sessions. ``ending`` is the type of the last event, None if the run was cut off."""

    id: str
    path: Path
    started: str
    title: str
    pattern: str
    pair: str
    scripted: bool
    ending: str | None


def list_sessions() -> tuple[SessionSummary, ...]:
    """All sessions on disk, the newest first; files that are no session logs are passed over."""
    folder = sessions_dir(create=False)
    if not folder.is_dir():
        return ()
    found = (_summary(path) for path in sorted(folder.glob(f"*{_SUFFIX}"), reverse=True))
    return tuple(summary for summary in found if summary is not None)


def find_session(name: str) -> Path:
    """The log of the session called ``name``, or the only one whose name begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    folder = sessions_dir(create=False)
    exact = folder / f"{name}{_SUFFIX}"
    if exact.is_file() and exact.parent == folder:
        return exact
    found = [path for path in folder.glob(f"*{_SUFFIX}") if path.stem.startswith(name)] if folder.is_dir() else []
    if len(found) == 1:
        return found[0]
    what = "no session" if not found else f"{len(found)} sessions"
    raise UsageError(f'There is {what} whose name begins with "{name}"; `secondpass sessions list` shows them all.')


def read_session(path: Path) -> Iterator[Event]:
    """The events of a session log; see :func:`core.event_log.read_events`."""
    return read_events(path)


def _summary(path: Path) -> SessionSummary | None:
    try:
        with path.open("rb") as file:
            first = decode(file.readline())
            # The last event's type is enough: a log can be long, its list must be quick.
            file.seek(max(0, path.stat().st_size - 65_536))
            last_line = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    except (OSError, ValueError, LogFormatError):
        return None
    if not isinstance(first, RunStarted):
        return None
    try:
        ending = json.loads(last_line)["type"]
    except (ValueError, KeyError, TypeError):
        ending = None
    finished = ending in _ENDINGS
    return SessionSummary(
        id=path.stem,
        path=path,
        started=first.started,
        title=_title(first.spec),
        pattern=first.pattern,
        pair=first.pair,
        scripted=first.scripted,
        ending=ending if finished else None,
    )


def _title(spec: str) -> str:
    lines = (line.strip().strip('"#').strip() for line in spec.splitlines())
    skipped = ("from ", "import ", "@")
    return next((line for line in lines if line and not line.startswith(skipped)), "(empty spec)")[:80]
