"""``secondpass sessions`` and its options. What the commands do is imported when they are called."""

from pathlib import Path

import click

_SESSION = click.argument("session")


@click.group()
def sessions() -> None:
    """Past sessions: every run keeps its log. SESSION is a session's name or title, or the beginning of it."""


@sessions.command("list")
@click.argument("words", nargs=-1)
def sessions_list(words: tuple[str, ...]) -> None:
    """List the sessions, the one used last first; with WORDS those that hold all of them."""
    from tui.cli.sessions import list_command

    list_command(" ".join(words))


@sessions.command("show")
@_SESSION
@click.option("--output", type=click.Choice(("text", "code", "jsonl")), default="text", show_default=True)
def sessions_show(session: str, output: str) -> None:
    """Show a SESSION: what happened, its code, or its events."""
    from tui.cli.sessions import show_command

    show_command(session, output)


@sessions.command("export")
@_SESSION
@click.option(
    "-o", "destination", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE, not to stdout."
)
def sessions_export(session: str, destination: Path | None) -> None:
    """Write a SESSION as a Markdown document."""
    from tui.cli.sessions import export_command

    export_command(session, destination)


@sessions.command("rename")
@_SESSION
@click.argument("title")
def sessions_rename(session: str, title: str) -> None:
    """Give a SESSION a TITLE."""
    from tui.cli.sessions import rename_command

    rename_command(session, title)


@sessions.command("delete")
@_SESSION
@click.option("--yes", is_flag=True, help="Do not ask.")
def sessions_delete(session: str, yes: bool) -> None:
    """Delete a SESSION for good."""
    from tui.cli.sessions import delete_command

    delete_command(session, yes=yes)
