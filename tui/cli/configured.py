"""The configuration for a command, with what there is to say about it said."""

import sys
from pathlib import Path

from core.config import Configuration, load_configuration
from tui.visible import visible


def configured(file: Path | None) -> Configuration:
    """``load_configuration(file)``; its notices go to standard error. Raises SecondpassError."""
    configuration = load_configuration(file)
    for notice in configuration.notices:
        print(f"secondpass: {visible(notice)}", file=sys.stderr)
    return configuration
