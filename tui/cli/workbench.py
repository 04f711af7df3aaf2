"""Open the Workbench, and refuse where there is no terminal."""

import sys
from pathlib import Path

from core.errors import ExitCode
from tui.cli.crash import start_logging
from tui.starting import starting


def open_workbench(
    *,
    pair: str | None,
    last: bool,
    resume: str | None,
    models: Path | None,
    allow_weak_sandbox: bool,
    plain: bool = False,
) -> int:
    """Open the app; returns its exit code.

    Raises:
        SecondpassError: the configuration is wrong, or there is no such session.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(
            "secondpass: the Workbench needs a terminal; without one use `secondpass run FILE` (see --help).",
            file=sys.stderr,
        )
        return ExitCode.USAGE
    start_logging()
    code = None
    while code is None:  # once more, where the configuration has changed with an answer
        with starting(sys.stdout.fileno()):
            from tui.cli.opening import options_for

            options = options_for(
                pair=pair, last=last, resume=resume, models=models, allow_weak_sandbox=allow_weak_sandbox, plain=plain
            )
            from tui.app import open_app
        code = open_app(options)
    return code
