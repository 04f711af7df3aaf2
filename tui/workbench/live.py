"""One live run: its log, its events, and the person's answers to its questions."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from core.engines.pair import EnginePair
from core.errors import SecondpassError
from core.events import ApprovalRequested, Event, Notice, ReviewOffered, SentFinding
from core.request import RunRequest
from core.run import Run
from core.sessions import SessionInUseError, SessionLog, copy_session


class LiveRun:
    """A run that feeds ``receive`` with its events, in order.

    The log stays open after the end, for what the person does with the code; ``close`` closes it.

    Args:
        request: What to run.
        pair: The engines.
        receive: Takes every event.
        session: The log of the session that this is a further turn of; None begins a session.
        edit_review: Whether the person is asked which findings go to the coder.

    Raises:
        UsageError: the request cannot be run.
    """

    def __init__(
        self,
        request: RunRequest,
        pair: EnginePair,
        receive: Callable[[Event], None],
        *,
        session: Path | None = None,
        edit_review: bool = False,
    ) -> None:
        self._receive = receive
        self._answer: asyncio.Future[str] | None = None
        self._sent: asyncio.Future[tuple[SentFinding, ...]] | None = None
        self._log, self._log_problem = _open_log(session)
        try:
            self._run = Run(
                request,
                pair,
                decide=self._decide,
                edit_review=self._edit_review if edit_review else None,
                log=self._log,
            )
        except SecondpassError:
            # Nothing happened: an empty file must not stay behind in the list of sessions.
            if self._log is not None:
                self._log.close()
                if session is None:
                    self._log.path.unlink(missing_ok=True)
            raise

    @property
    def session(self) -> Path | None:
        """The log of the session, None if it is not kept on disk."""
        return self._log.path if self._log is not None else None

    async def drive(self) -> None:
        """Run to the end; the run is stopped where an event cannot be received."""
        problem = self._log_problem
        async with aclosing(self._run.events()) as events:
            async for event in events:
                self._receive(event)
                if problem:
                    self._receive(Notice(text=problem, at=event.at))
                    problem = None

    def stop(self) -> None:
        """Stop; the last event tells what stands."""
        self._run.stop()

    def answer(self, choice: str) -> None:
        """Answer the question that the run waits for; ignored if it waits for none."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(choice)

    def send_review(self, sent: tuple[SentFinding, ...]) -> None:
        """Say which findings go to the coder; ignored if the run does not wait for that."""
        if self._sent is not None and not self._sent.done():
            self._sent.set_result(sent)

    def after(self, event: Event) -> Event:
        """Add to the log what the person did after the run; returns the event as it stands there."""
        return self._log.append_after(event) if self._log is not None else event

    def close(self) -> None:
        """Close the log."""
        if self._log is not None:
            self._log.close()

    async def _decide(self, asked: ApprovalRequested) -> str:
        self._answer = asyncio.get_running_loop().create_future()
        return await self._answer

    async def _edit_review(self, offered: ReviewOffered) -> tuple[SentFinding, ...]:
        self._sent = asyncio.get_running_loop().create_future()
        return await self._sent


def _open_log(session: Path | None) -> tuple[SessionLog | None, str | None]:
    try:
        return SessionLog.create() if session is None else SessionLog(session), None
    except SessionInUseError:
        assert session is not None
        return _open_copy(session)
    except (OSError, SecondpassError) as error:
        return None, f"This run is not kept on disk: {error}"


def _open_copy(session: Path) -> tuple[SessionLog | None, str | None]:
    try:
        log = SessionLog(copy_session(session))
    except (OSError, SecondpassError) as error:
        return None, f"This run is not kept on disk: {error}"
    return log, f"The session {session.stem} is open in another secondpass: this is kept in a copy of it, {log.id}."
