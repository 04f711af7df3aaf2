"""The options of ``secondpass engines``. What the commands do is in the module that they import when called."""

from pathlib import Path

import click

_FILE = click.option(
    "--models",
    "file",
    type=click.Path(path_type=Path),
    help="A models.toml to merge over the shipped and your own one (else the SECONDPASS_MODELS variable).",
)


@click.group()
def engines() -> None:
    """Keep a pair loaded between commands, so that none of them has to load it anew.

    The Workbench, run and bench use a pair that is kept loaded. It unloads itself when it is not used for a while.
    """


@engines.command()
@click.option("--pair", metavar="NAME", help="A pair, by its name in models.toml (default: the default pair).")
@click.option(
    "--idle",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    metavar="MINUTES",
    help="Unload the pair when it was not used for so long; 0 keeps it until it is stopped.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; errors only.")
@_FILE
@click.pass_context
def start(context: click.Context, pair: str | None, idle: float, quiet: bool, file: Path | None) -> None:
    """Load a pair and keep it loaded; returns when it can answer.

    Ctrl+C gives it up and leaves nothing behind. If the pair is loaded already, that is said and nothing is done.

    Exit codes: 0 it is loaded (or has nothing to load), 2 usage or configuration, 3 it could not be loaded, 130
    interrupted.
    """
    from tui.cli.engines import start_command

    context.exit(start_command(pair=pair, idle=idle, quiet=quiet, file=file))


@engines.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object (docs/engines.md).")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say which pair is kept loaded, what its models do, and who holds a GPU."""
    from tui.cli.engines import status_command

    context.exit(status_command(as_json=as_json))


@engines.command()
@click.option("-q", "--quiet", is_flag=True, help="No narration on stderr; errors only.")
@click.pass_context
def stop(context: click.Context, quiet: bool) -> None:
    """Unload the pair that is kept loaded; answers that are being written are cut off."""
    from tui.cli.engines import stop_command

    context.exit(stop_command(quiet=quiet))
