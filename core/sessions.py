"""Sessions on disk: one append-only event log each, which is all there is of a session."""

import fcntl
import json
import mmap
import os
import secrets
import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import UsageError
from core.event_log import EventWriter, decode, read_events, wrong
from core.events import Event, RunStarted, SessionRenamed
from core.paths import data_dir

_SUFFIX = ".jsonl"
LONGEST_TITLE = 80


class SessionInUseError(UsageError):
    """Another secondpass writes to the session now."""


def sessions_dir(*, create: bool = True) -> Path:
    """The folder of the session logs, mode 0700.

    Raises:
        SecondpassError: it cannot be made or written to.
    """
    return data_dir("sessions", create=create)


class SessionLog:
    """The log of a session, open for what happens next.

    A file that exists is gone on with: a last line that a crash tore is dropped first, since nothing may follow it.

    A log that cannot be written must not cost the user the run: the first failure is kept in ``problem`` and
    nothing more is written.

    Raises:
        SessionInUseError: another secondpass writes to it now.
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
        return cls(_new_file())

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


def _new_file() -> Path:
    while True:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        path = sessions_dir() / f"{stamp}-{secrets.token_hex(2)}{_SUFFIX}"
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            continue  # another session of this second drew the same characters
        return path


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SessionInUseError(
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
    """One line of the list of sessions.

    ``started`` is when it began (ISO 8601), ``used`` when it was last written to (seconds since 1970). ``ending`` is
    the type of the last event, None if the run was cut off. ``problem`` says why the log cannot be read; all else but
    name, path and time is empty then.
    """

    id: str
    path: Path
    used: float = 0.0
    started: str = ""
    title: str = ""
    spec: str = ""
    requests: tuple[str, ...] = ()
    pattern: str = ""
    pair: str = ""
    scripted: bool = False
    ending: str | None = None
    problem: str = ""

    @property
    def turns(self) -> int:
        """How many turns its last run follows from, itself included."""
        return 1 + len(self.requests)

    @property
    def ended(self) -> str:
        """How it ended, in a word or two."""
        return (self.ending or "cut off").removeprefix("run_").replace("_", " ")

    def holds(self, words: str) -> bool:
        """Whether every one of ``words`` stands in its title, spec, requests, pattern, pair or name."""
        text = "\n".join((self.id, self.title, self.spec, *self.requests, self.pattern, self.pair)).lower()
        return all(word in text for word in words.lower().split())


def list_sessions() -> tuple[SessionSummary, ...]:
    """All sessions on disk, the one used last first; files that are no session logs are passed over."""
    found = (summary(path) for path in session_paths())
    return tuple(each for each in found if not each.problem)


def session_paths() -> tuple[Path, ...]:
    """The files in the folder of sessions, the one written to last first."""
    folder = sessions_dir(create=False)
    if not folder.is_dir():
        return ()
    dated = []
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            dated.append((path.stat().st_mtime, path.name, path))
        except OSError:
            continue  # deleted meanwhile
    return tuple(path for _, _, path in sorted(dated, reverse=True))


def find_session(name: str) -> Path:
    """The log of the session called ``name``, or the only one whose name or title begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    folder = sessions_dir(create=False)
    exact = folder / f"{name}{_SUFFIX}"
    if exact.is_file() and exact.parent == folder:
        return exact
    paths = session_paths()
    found = [path for path in paths if path.stem.startswith(name)]
    found = found or [path for path in paths if summary(path).title.lower().startswith(name.lower())]
    if len(found) == 1:
        return found[0]
    what = "no session" if not found else f"{len(found)} sessions"
    raise UsageError(
        f'There is {what} whose name or title begins with "{name}"; `secondpass sessions list` shows them all.'
    )


def read_session(path: Path) -> Iterator[Event]:
    """The events of a session log; see :func:`core.event_log.read_events`."""
    return read_events(path)


def summary(path: Path) -> SessionSummary:
    """What the list says of the log at ``path``; never raises (see ``SessionSummary.problem``)."""
    used = 0.0
    try:
        with path.open("rb") as file:
            used = os.fstat(file.fileno()).st_mtime
            first = file.readline()
            started = decode(first)
            if not isinstance(started, RunStarted):
                return SessionSummary(id=path.stem, path=path, used=used, problem="It does not begin with a run.")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                newest, title = _newest(content, b"run_started"), _newest(content, b"session_renamed")
                ending = _ending(content)
    except OSError as error:
        reason = f"It cannot be read ({error.strerror or error})."
        return SessionSummary(id=path.stem, path=path, used=used, problem=reason)
    except ValueError as error:
        return SessionSummary(id=path.stem, path=path, used=used, problem=f"It is damaged: {wrong(first, error)}.")
    last = newest if isinstance(newest, RunStarted) else started
    return SessionSummary(
        id=path.stem,
        path=path,
        used=used,
        started=started.started,
        title=title.title if isinstance(title, SessionRenamed) else spec_title(started.spec),
        spec=started.spec,
        requests=last.requests,
        pattern=started.pattern,
        pair=started.pair,
        scripted=started.scripted,
        ending=ending,
    )


def _newest(content: mmap.mmap, kind: bytes) -> Event | None:
    """The last event of a kind. In texts of models quotes are escaped, so that they cannot pass for one."""
    at = content.rfind(b'"type":"' + kind + b'"')
    if at < 0:
        return None
    end = content.find(b"\n", at)
    try:
        return decode(content[content.rfind(b"\n", 0, at) + 1 : len(content) if end < 0 else end])
    except ValueError:
        return None  # torn, or damaged; reading the whole log says so


_ENDINGS = frozenset(
    {"run_finished", "run_stopped", "run_failed", "code_saved", "save_undone", "code_chosen", "rewound"}
)


def _ending(content: mmap.mmap) -> str | None:
    end = len(content)
    while end > 0:
        end -= content[end - 1] == 0x0A
        begin = content.rfind(b"\n", 0, end) + 1
        try:
            kind = json.loads(content[begin:end])["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        if kind != "session_renamed":
            return kind if kind in _ENDINGS else None
        end = begin
    return None


def spec_title(spec: str) -> str:
    """The first line of a spec that says something."""
    lines = (line.strip().strip('"#').strip() for line in spec.splitlines())
    skipped = ("from ", "import ", "@")
    return next((line for line in lines if line and not line.startswith(skipped)), "(empty spec)")[:LONGEST_TITLE]


# What a person does with a session


def session_title(text: str) -> str:
    """``text`` as a title.

    Raises:
        UsageError: nothing is left of it, or it is too long.
    """
    title = " ".join("".join(character for character in text if character.isprintable() or character.isspace()).split())
    if not title:
        raise UsageError("A session needs a title of at least one character.")
    if len(title) > LONGEST_TITLE:
        raise UsageError(f"A title has at most {LONGEST_TITLE} characters; this one has {len(title)}.")
    return title


def rename_session(path: Path, title: str) -> None:
    """Give a session a title.

    Raises:
        UsageError: it is no title, or another secondpass has the session open.
        LogFormatError: the log is damaged.
        OSError: it cannot be read or written.
    """
    title = session_title(title)
    last = deque(read_events(path), maxlen=1)
    log = SessionLog(path)
    log.append_after(SessionRenamed(title=title), last=(last[0].n, last[0].at) if last else None)
    log.close()
    if log.problem:
        raise UsageError(log.problem)


def delete_session(path: Path) -> None:
    """Delete a session for good.

    Raises:
        UsageError: another secondpass has it open.
        OSError: it cannot be deleted.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(descriptor, path)
        path.unlink()
    finally:
        os.close(descriptor)


def copy_session(path: Path) -> Path:
    """Copy a session under a new name, to go on with what another secondpass has open; returns the copy.

    Raises:
        OSError: it cannot be copied.
    """
    copy = _new_file()
    with path.open("rb") as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target)
    return copy
