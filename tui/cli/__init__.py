"""The ``secondpass`` command: data on stdout, narration on stderr, one sentence for every error.

Subcommands are imported when they are called, so that ``--help`` stays fast and never reaches Textual.
"""

import sys

from tui.cli.commands import command


def main() -> None:
    """Run the command line; never returns, and never shows a traceback."""
    sys.exit(command(sys.argv[1:]))


__all__ = ["main"]
