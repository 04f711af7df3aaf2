"""``secondpass sessions``: look at what past runs left."""

import sys

from core.event_log import encode
from core.events import RunFailed, RunFinished, RunStopped
from core.sessions import find_session, list_sessions, read_session
from tui.cli.narration import tell
from tui.visible import one_line, visible


def list_command() -> None:
    """Print one line a session, the newest first."""
    summaries = list_sessions()
    if not summaries:
        print(
            "There are no sessions yet; every `secondpass run` and every run in the Workbench keeps one.",
            file=sys.stderr,
        )
        return
    for summary in summaries:
        pair = f"{summary.pair} (scripted)" if summary.scripted else summary.pair
        ending = (summary.ending or "cut off").removeprefix("run_").replace("_", " ")
        print(f"{summary.id}  {summary.pattern:<22} {pair:<16} {ending:<11} {one_line(summary.title, 60)}")


def show_command(name: str, output: str) -> None:
    """Print a session as text, its code, or its events.

    Raises:
        UsageError: there is no such session.
        LogFormatError: the log is damaged or from a newer version.
    """
    code: str | None = None
    for event in read_session(find_session(name)):
        if output == "jsonl":
            print(encode(event))
        elif output == "text" and (line := tell(event)) is not None:
            print(f"{event.at:8.2f}  {line}")
        if isinstance(event, RunFinished | RunStopped | RunFailed):
            code = event.code
    if output == "code" and code:
        sys.stdout.write(visible(code) if sys.stdout.isatty() else code)
    elif output == "text" and code:
        print(f"\n{visible(code)}", end="")
