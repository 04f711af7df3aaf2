"""The options of ``secondpass calibrate``. What it does is in ``tui.cli.calibrate``, imported when called."""

from pathlib import Path
from typing import Any

import click

from core.choices import GUARDS


@click.command()
@click.option("--pair", metavar="NAME", help="The pair of models to measure, by its name in models.toml.")
@click.option(
    "--guard",
    type=click.Choice(GUARDS),
    default=None,
    help="Which fixes are accepted (default: proven); a calibration is for one guard.",
)
@click.option(
    "--samples", type=click.IntRange(1, 100), metavar="K", help="Answers to each spec (default: 2; see docs/paired.md)."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N problems (three specs each).")
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    metavar="T",
    help="Of all answers (default: that of models.toml; 0.2 where that is 0 and there are several samples).",
)
@click.option("--resume", is_flag=True, help="Go on with the calibration of this pair and guard that was stopped.")
@click.option("--yes", is_flag=True, help="Do not ask before the models work.")
@click.option("--list", "listed", is_flag=True, help="Show the calibrations that are kept, and which are retired.")
@click.option(
    "--endpoints",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Addresses that serve the models, one a line, in place of those of models.toml; all are used side by side.",
)
@click.option("--batch", type=click.IntRange(1, 1024), metavar="N", help="Requests to a model at a time.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes that judge (default: one a core).")
@click.option("--output", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; errors only.")
@click.option(
    "--models", type=click.Path(path_type=Path), help="A models.toml to merge over the shipped and your own one."
)
@click.option(
    "--allow-weak-sandbox",
    is_flag=True,
    envvar="SECONDPASS_ALLOW_WEAK_SANDBOX",
    help="Run generated code even where only resource limits are available to confine it.",
)
@click.pass_context
def calibrate(context: click.Context, /, **options: Any) -> None:
    """Measure a pair on the paired set (the same problems with lean, medium and rich specs) and refit the predictor.

    Says how long it takes and asks first. Whatever is finished is kept: Ctrl+C stops at once, --resume goes on. From
    then on the Workbench, lint and the pattern auto predict with what was measured.

    Exit codes: 0 calibrated, 2 usage or configuration, 3 an engine is not available or failed, 130 interrupted.
    """
    from tui.cli.calibrate import CalibrateOptions, calibrate_command

    context.exit(calibrate_command(CalibrateOptions(**options)))
