"""``secondpass sessions``: look at what past runs left, and put it in order."""

import sys
from pathlib import Path

import click

from core.errors import UsageError
from core.event_log import encode
from core.events import RunFailed, RunFinished, RunStopped
from core.session_markdown import session_markdown
from core.sessions import delete_session, find_session, read_session, rename_session, session_paths, summary
from tui.cli.narration import tell
from tui.visible import one_line, visible


def list_command(words: str) -> None:
    """Print one line a session, the one used last first; logs that cannot be read are told on standard error."""
    every = [summary(path) for path in session_paths()]
    shown = [each for each in every if not each.problem and each.holds(words)]
    for each in shown:
        pair = f"{each.pair} (scripted)" if each.scripted else each.pair
        print(f"{each.id}  {each.pattern:<22} {pair:<16} {each.ended:<11} {one_line(each.title, 60)}")
    if not shown:
        nothing = "There are no sessions yet; every `secondpass run` and every run in the Workbench keeps one."
        print(f"No session holds these words: {words}" if words and every else nothing, file=sys.stderr)
    for each in every:
        if each.problem:
            print(f"{each.id}: {one_line(each.problem)}", file=sys.stderr)


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


def export_command(name: str, destination: Path | None) -> None:
    """Write a session as Markdown.

    Raises:
        UsageError: there is no such session, or the file cannot be written.
    """
    text = session_markdown(read_session(find_session(name)))
    if destination is None:
        sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
        return
    from core.saving import write_atomically

    backup = write_atomically(destination, text, backup=True)
    kept = f"; what was there before is in {backup}" if backup else ""
    print(f"Written to {destination}{kept}.", file=sys.stderr)


def rename_command(name: str, title: str) -> None:
    """Give a session a title.

    Raises:
        UsageError: there is no such session, it is no title, or the session is open elsewhere.
    """
    path = find_session(name)
    rename_session(path, title)
    print(f"{path.stem} is called {one_line(title)} now.", file=sys.stderr)


def delete_command(name: str, *, yes: bool) -> None:
    """Delete a session.

    Raises:
        UsageError: there is no such session, it is open elsewhere, or nobody agreed.
    """
    path = find_session(name)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"Deleting {path.stem} cannot be undone; agree to that with --yes.")
        title = summary(path).title or "a log that cannot be read"
        if not click.confirm(f"Delete {path.stem} ({one_line(title, 60)})? It cannot be undone.", err=True):
            raise click.Abort
    delete_session(path)
    print(f"{path.stem} is deleted.", file=sys.stderr)
