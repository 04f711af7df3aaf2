"""The commands and their options. What they do is in the modules that they import when called."""

import os
import signal
import sys
from pathlib import Path

import click

from core.choices import DEFAULT_PATTERN, GUARDS, OUTPUTS, PATTERN_NAMES
from core.errors import ExitCode, SecondpassError
from tui.cli.bench_options import bench
from tui.cli.calibrate_options import calibrate
from tui.cli.engines_options import engines
from tui.cli.lint_options import lint, rules
from tui.cli.models_options import models
from tui.cli.session_options import sessions

_MODELS = click.option(
    "--models",
    "models",
    type=click.Path(path_type=Path),
    help="A models.toml to merge over the shipped and your own one (else the SECONDPASS_MODELS variable).",
)
_PAIR = click.option("--pair", metavar="NAME", help="The pair of models to use, by its name in models.toml.")
_WEAK = click.option(
    "--allow-weak-sandbox",
    is_flag=True,
    envvar="SECONDPASS_ALLOW_WEAK_SANDBOX",
    help="Run generated code even where only resource limits are available to confine it.",
)


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"secondpass {version('secondpass')}")
        context.exit()


class _ReaderGone(Exception):
    """Whoever read our output went away."""


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Click would exit with 1, which says "the answer is no" here.
            raise _ReaderGone from None


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@_PAIR
@click.option("--continue", "last", is_flag=True, help="Open the session that was used last.")
@click.option(
    "--resume", metavar="SESSION", help="Open SESSION: its name or title, or the beginning of it (sessions list)."
)
@_MODELS
@_WEAK
@click.option(
    "--plain", is_flag=True, envvar="SECONDPASS_PLAIN", help="Plain text for screen readers: no frames, no motion."
)
@click.pass_context
def secondpass(
    context: click.Context,
    pair: str | None,
    last: bool,
    resume: str | None,
    models: Path | None,
    allow_weak_sandbox: bool,
    plain: bool,
) -> None:
    """Two local models write code: one drafts, one reviews against the spec, the first fixes what is proven wrong.

    Without a command, opens the Workbench in the terminal. Try it without any model: secondpass --pair demo
    """
    if context.invoked_subcommand is not None:
        if pair or last or resume or models:
            raise click.UsageError("put options behind the command, as in: secondpass run --pair NAME FILE")
        return
    from tui.cli.workbench import open_workbench

    if last and resume is not None:
        raise click.UsageError("name a session with --resume, or take the last one with --continue, not both")
    context.exit(
        open_workbench(
            pair=pair, last=last, resume=resume, models=models, allow_weak_sandbox=allow_weak_sandbox, plain=plain
        )
    )


@secondpass.command()
@click.argument("file", required=False, metavar="[FILE|-]")
@click.option("--pattern", type=click.Choice(PATTERN_NAMES), default=DEFAULT_PATTERN, show_default=True)
@_PAIR
@click.option(
    "--rounds", type=click.IntRange(0, 10), help="The most review-and-fix rounds (default 2; 3 for the retry pattern)."
)
@click.option(
    "--guard",
    type=click.Choice(GUARDS),
    default="proven",
    show_default=True,
    help="Which fixes are accepted; off is the published pattern.",
)
@click.option(
    "--output",
    type=click.Choice(OUTPUTS),
    default="text",
    show_default=True,
    help="Code, one JSON object, or all events.",
)
@click.option(
    "-o", "destination", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE, not to stdout."
)
@click.option("--dry-run", is_flag=True, help="Show what would be asked of which model, and ask nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No narration on stderr; errors only.")
@_MODELS
@_WEAK
@click.pass_context
def run(
    context: click.Context,
    file: str | None,
    pattern: str,
    pair: str | None,
    rounds: int | None,
    guard: str,
    output: str,
    destination: Path | None,
    dry_run: bool,
    quiet: bool,
    models: Path | None,
    allow_weak_sandbox: bool,
) -> None:
    """Write the code for one spec.

    FILE is a Python stub, Markdown or plain text; FILE::NAME picks one stub of several; - (or a pipe) reads the spec
    from standard input. The final code goes to stdout.

    Exit codes: 0 done, 1 the code fails an example of the spec, 2 usage or configuration, 3 an engine is not
    available or failed, 130 interrupted.
    """
    from tui.cli.run import RunOptions, run_command

    options = RunOptions(
        file=file,
        pattern=pattern,
        pair=pair,
        rounds=rounds,
        guard=guard,
        output=output,
        destination=destination,
        dry_run=dry_run,
        quiet=quiet,
        models=models,
        allow_weak_sandbox=allow_weak_sandbox,
    )
    context.exit(run_command(options))


secondpass.add_command(lint)
secondpass.add_command(rules)
secondpass.add_command(bench)
secondpass.add_command(calibrate)
secondpass.add_command(models)
secondpass.add_command(engines)


@secondpass.command()
@_PAIR
@click.option("--json", "as_json", is_flag=True, help="One JSON object (docs/doctor.md), when all is found out.")
@_MODELS
@click.pass_context
def doctor(context: click.Context, pair: str | None, as_json: bool, models: Path | None) -> None:
    """Say what works on this machine, and what to do about what does not.

    It looks at what the pair needs: GPUs, memory, MLC-LLM, weights on disk, servers that answer, the sandbox.

    Exit codes: 0 the pair can start (there may be warnings), 1 something that it needs is missing, 2 usage or
    configuration.
    """
    from tui.cli.doctor import doctor_command

    context.exit(doctor_command(pair=pair, as_json=as_json, models=models))


secondpass.add_command(sessions)


def command(arguments: list[str]) -> int:
    """Run the command line ``arguments``; returns the exit code (see :class:`core.errors.ExitCode`)."""
    try:
        # Click returns the code of `context.exit` when it does not end the process itself.
        result = secondpass.main(arguments, prog_name="secondpass", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except click.ClickException as error:
        # Click's own wording, which names the option; its exit code for usage is 2 as well.
        error.show(sys.stderr)
        return ExitCode.USAGE
    except SecondpassError as error:
        _complain(str(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except _ReaderGone:
        # What the reader wanted it has. Silence the interpreter's own flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _complain(f"{what}; nothing was lost, correct this and run the command again.")
        return ExitCode.USAGE
    except Exception:
        from tui.cli.crash import record_crash

        _complain(record_crash())
        return ExitCode.INTERNAL


def _complain(sentence: str) -> None:
    from tui.visible import visible

    click.echo(f"secondpass: {visible(sentence)}", err=True)
