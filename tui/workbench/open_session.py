"""The session that the Workbench shows: held, so that a second program is told, and written to between runs."""

from pathlib import Path

from core.errors import SecondpassError
from core.events import Event
from core.sessions import SessionInUseError, SessionLog


class OpenSession:
    """A session's log on disk, open while no run of it is.

    Args:
        path: The log.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log: SessionLog | None = None

    def hold(self) -> str | None:
        """Hold the log against other programs; a sentence if another has it, None otherwise."""
        if self._log is not None:
            return None
        try:
            self._log = SessionLog(self.path)
        except SessionInUseError:
            return (
                f"The session {self.path.stem} is open in another secondpass. This is how it stood; "
                "what you ask here goes into a copy of it."
            )
        except (OSError, SecondpassError):
            return None  # it can be looked at; writing says what is wrong
        return None

    def append(self, event: Event, *, last: tuple[int, float]) -> tuple[Event, str | None]:
        """Write an event of the person; returns it as written, and a sentence if it is not kept."""
        held = self._log is not None
        try:
            log = self._log or SessionLog(self.path)
        except (OSError, SecondpassError) as error:
            return event, f"This is not kept on disk: {error}"
        event = log.append_after(event, last=last)
        if not held:
            log.close()
        return event, log.problem

    def release(self) -> None:
        """Let go of the log."""
        if self._log is not None:
            self._log.close()
            self._log = None
