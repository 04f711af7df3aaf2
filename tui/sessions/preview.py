"""What is in a session, read in slices so that a long log holds up no key."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.event_log import LogFormatError, read_events
from core.events import Event
from core.session_markdown import session_markdown
from tui.widgets.feeds import AnswerFeed, Growing
from tui.widgets.lines import Line, line

_SLICE = 100
"""Events that are read before the keys have their turn."""
_MOST = 30_000
"""Characters of a preview."""


async def read_in_slices(path: Path) -> tuple[list[Event], str]:
    """The events of a log, and why the rest of them cannot be read, "" if all can."""
    events: list[Event] = []
    try:
        for event in read_events(path):
            events.append(event)
            if len(events) % _SLICE == 0:
                await asyncio.sleep(0)
    except LogFormatError as error:
        return events, str(error)
    except OSError as error:
        return events, f"{path} cannot be read ({error.strerror or error})."
    return events, ""


def preview_lines(events: Sequence[Event], problem: str) -> Sequence[Line]:
    """A session as its Markdown document, cut where it gets long."""
    text = session_markdown(_as_read(events, problem))
    shown = Growing(AnswerFeed).show(text[:_MOST])
    if len(text) > _MOST:
        shown = [*shown, line(("… cut here: e writes the whole session into a file.", "muted"))]
    return shown


def _as_read(events: Sequence[Event], problem: str) -> Iterator[Event]:
    yield from events
    if problem:
        raise LogFormatError(problem)
