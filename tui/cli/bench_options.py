"""The options of ``secondpass bench``. What the commands do is in the modules that they import when called."""

from pathlib import Path
from typing import Any

import click

from core.choices import GUARDS, PATTERN_NAMES

DATASETS = ("humaneval+", "mbpp+", "demo", "paired")
FETCHED = ("humaneval+", "mbpp+")
PROFILES = ("strict", "evalplus-master", "evalplus-0.3.1")
FORMATS = ("evalplus", "json", "csv", "md", "html")

_DATA = click.option(
    "--data", type=click.Path(path_type=Path), metavar="FILE", help="The data set's file, packed with gzip or not."
)
_JOBS = click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes that judge, with --ray on each node (default: one for every core).",
)
_RAY = click.option(
    "--ray",
    metavar="ADDRESS",
    help="Judge on a Ray cluster: ray://HOST:PORT, HOST:PORT, auto (the one on this machine) or local (a new one).",
)
_PROFILE = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="strict",
    show_default=True,
    help="The rules: EvalPlus's as of master or 0.3.1, or strict: master's, and reaching for the judge fails.",
)
_WEAK = click.option(
    "--allow-weak-sandbox",
    is_flag=True,
    envvar="SECONDPASS_ALLOW_WEAK_SANDBOX",
    help="Run generated code even where only resource limits are available to confine it.",
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; errors only.")
_RUN = click.argument("run", metavar="RUN")


@click.group()
def bench() -> None:
    """Measure: judge samples, generate and judge runs, compare patterns. RUN is a run's id or the beginning of it, its
    label, or "last".
    """


@bench.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--dataset", type=click.Choice(DATASETS), required=True, help="What they are samples of.")
@_DATA
@_PROFILE
@_JOBS
@_RAY
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option(
    "-o", "destination", type=click.Path(path_type=Path), metavar="FILE", help="Also write EvalPlus's results file."
)
@click.option("--extract", is_flag=True, help="Take the code out of each answer first; else it is judged as it stands.")
@click.option("--no-cache", is_flag=True, help="Judge anew what was judged before.")
@_QUIET
@_WEAK
@click.pass_context
def verify(context: click.Context, /, **options: Any) -> None:
    """Judge samples made elsewhere: a .jsonl(.gz) file with task_id and solution or completion, or EvalPlus's folder.

    Exit codes: 0 judged, 2 usage, 3 the Ray cluster cannot be reached or was lost, 4 the data set is not on this
    machine, 130 interrupted.
    """
    from tui.cli.bench_verify import VerifyOptions, verify_command

    context.exit(verify_command(VerifyOptions(**options)))


@bench.command()
@click.option("--dataset", type=click.Choice(DATASETS), help="What to solve.")
@click.option(
    "--pattern",
    "patterns",
    type=click.Choice(PATTERN_NAMES),
    multiple=True,
    help="How the models are put together; several share their drafts (default: coder-only and review-then-fix).",
)
@click.option("--pair", metavar="NAME", help="The pair of models to use, by its name in models.toml.")
@click.option(
    "--endpoints",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Addresses that serve the models, one a line, in place of those of models.toml; all are used side by side.",
)
@click.option("--guard", type=click.Choice(GUARDS), help="Which fixes are accepted (default: proven).")
@click.option("--rounds", type=click.IntRange(0, 10), help="The most review-and-fix rounds.")
@click.option("--samples", type=click.IntRange(1, 1000), help="For each task and pattern (default: 1).")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N tasks.")
@click.option("--ids", metavar="A,B", help="Only these tasks, by their whole ids, numbers or names.")
@_DATA
@click.option("--profile", type=click.Choice(PROFILES), help="The judge's rules (default: strict).")
@click.option(
    "--schedule",
    type=click.Choice(("auto", "phases", "pipeline")),
    help="One role at a time, or both at once (default: what the placement of the models allows).",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Requests to a model at a time (default: as planned for the GPU, or as the endpoint takes).",
)
@_JOBS
@_RAY
@click.option("--label", metavar="TEXT", help="What you call this run.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped.")
@click.option(
    "--output",
    type=click.Choice(("text", "json", "jsonl")),
    default="text",
    show_default=True,
    help="A summary, one JSON object, or events as they happen.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be asked of which model, and ask nothing.")
@_QUIET
@click.option(
    "--models", type=click.Path(path_type=Path), help="A models.toml to merge over the shipped and your own one."
)
@_WEAK
@click.pass_context
def run(context: click.Context, /, **options: Any) -> None:
    """Generate and judge. Everything that is finished is kept; Ctrl+C stops at once, --resume goes on.

    Exit codes: 0 finished, 2 usage or configuration, 3 an engine or the Ray cluster is not available or failed, 4 the
    data set is not on this machine, 130 interrupted.
    """
    from tui.cli.bench_run import BenchOptions, bench_run_command

    context.exit(bench_run_command(BenchOptions(**options)))


@bench.group()
def data() -> None:
    """The data sets on this machine."""


@data.command("list")
def data_list() -> None:
    """Which data sets are here, and where."""
    from tui.cli.bench_data import list_command

    list_command()


@data.command("fetch")
@click.argument("name", type=click.Choice(FETCHED))
@click.option("--yes", is_flag=True, help="Do not ask before the network is used.")
def data_fetch(name: str, yes: bool) -> None:
    """Download a data set from EvalPlus's release page."""
    from tui.cli.bench_data import fetch_command

    fetch_command(name, yes=yes)


@data.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dataset", "name", type=click.Choice(FETCHED), help="Which one it is (else told by its content).")
def data_import(file: Path, name: str | None) -> None:
    """Take a file that you have."""
    from tui.cli.bench_data import import_command

    import_command(file, name)


@bench.command("list")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def list_(form: str) -> None:
    """List the stored runs, the newest first."""
    from tui.cli.bench_show import list_command

    list_command(form)


@bench.command()
@_RUN
@click.option("--task", metavar="ID", help="One task: draft, findings, fix, difference, and what failed.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def show(run: str, task: str | None, form: str) -> None:
    """Show a run: rates with intervals, patterns compared, failures by kind."""
    from tui.cli.bench_show import show_command

    show_command(run, task, form)


@bench.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--fail-on-regression", is_flag=True, help="Exit with 1 if a pattern is distinguishably worse in B.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.pass_context
def compare(context: click.Context, before: str, after: str, fail_on_regression: bool, form: str) -> None:
    """Compare two runs on the tasks that both have finished, and name the tasks that flipped."""
    from tui.cli.bench_show import compare_command

    context.exit(compare_command(before, after, form, fail_on_regression=fail_on_regression))


@bench.command()
@_RUN
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option(
    "-o", "destination", type=click.Path(path_type=Path), metavar="PATH", help="A file; a folder for evalplus."
)
def export(run: str, form: str, destination: Path | None) -> None:
    """Write a run for others: EvalPlus's samples and results, JSON, CSV, Markdown, or one HTML page."""
    from tui.cli.bench_show import export_command

    export_command(run, form, destination)


@bench.command()
@_RUN
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(run: str, yes: bool) -> None:
    """Delete a stored run with its answers and results."""
    from tui.cli.bench_show import delete_command

    delete_command(run, yes=yes)
