"""The options of ``secondpass models``. What the commands do is in the module that they import when called."""

from pathlib import Path

import click

_FILE = click.option(
    "--models",
    "file",
    type=click.Path(path_type=Path),
    help="A models.toml to merge over the shipped and your own one (else the SECONDPASS_MODELS variable).",
)
_PAIR = click.option("--pair", metavar="NAME", help="A pair, by its name in models.toml (default: the default pair).")


class _Sizes(click.ParamType[tuple[float, ...]]):
    name = "gib"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            sizes = tuple(float(each) for each in str(value).split(","))
        except ValueError:
            sizes = ()
        if not sizes or not all(0.5 <= each <= 10_000 for each in sizes):
            self.fail(f"{value!r} is no list of sizes in GiB, such as 24 or 24,24.", param, ctx)
        return sizes


@click.group()
def models() -> None:
    """The models of models.toml: which there are, whether they fit into memory, and fetching their weights."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (docs/engines.md).")
@_FILE
def models_list(as_json: bool, file: Path | None) -> None:
    """List every model: the pairs that use it, whether its weights are on disk, their size and revision."""
    from tui.cli.models import list_command

    list_command(as_json=as_json, file=file)


@models.command()
@_PAIR
@click.option(
    "--gpu-memory",
    type=_Sizes(),
    metavar="GIB[,GIB]",
    help="Plan for cards of these sizes in GiB, with nothing else on them, instead of for this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object (docs/engines.md).")
@_FILE
@click.pass_context
def plan(
    context: click.Context, pair: str | None, gpu_memory: tuple[float, ...] | None, as_json: bool, file: Path | None
) -> None:
    """Say whether a pair's models fit into GPU memory, and where they go.

    Both on one card, one card each, or one at a time: what each takes (weights, KV cache, buffers), how many requests
    run side by side, and what would have to give where it does not fit. Nothing is loaded.

    Exit codes: 0 it fits, or that cannot be known here, 1 it does not fit, 2 usage or configuration.
    """
    from tui.cli.models import plan_command

    context.exit(plan_command(pair=pair, sizes=gpu_memory, as_json=as_json, file=file))


@models.command()
@click.argument("names", nargs=-1, metavar="[MODEL]...")
@_PAIR
@click.option("--yes", is_flag=True, help="Use the network without asking.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; errors only.")
@_FILE
def pull(names: tuple[str, ...], pair: str | None, yes: bool, quiet: bool, file: Path | None) -> None:
    """Fetch the weights of MODELs, or of a pair, to where MLC-LLM looks for them.

    Needs git and git-lfs. What was interrupted goes on where it stopped; a revision in models.toml is obeyed.

    Exit codes: 0 all are on disk, 2 usage or configuration, 3 something could not be fetched, 130 interrupted.
    """
    from tui.cli.models import pull_command

    pull_command(names, pair=pair, yes=yes, quiet=quiet, file=file)
