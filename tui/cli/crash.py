"""What happens to an error that nobody foresaw: a traceback in the log file, one sentence for the user."""

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.errors import SecondpassError
from core.paths import log_dir

_MOST_BYTES = 1_000_000


def log_file() -> Path:
    """The program's log file.

    Raises:
        SecondpassError: the log folder cannot be used.
    """
    return log_dir() / "secondpass.log"


def start_logging() -> None:
    """Send the program's log records to its file; a log that cannot be written is not worth failing for."""
    try:
        handler = RotatingFileHandler(log_file(), maxBytes=_MOST_BYTES, backupCount=2, encoding="utf-8", delay=True)
    except (SecondpassError, OSError):
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def record_crash() -> str:
    """Write the current exception's traceback to the log file; returns the sentence for the user."""
    name = type(sys.exception()).__name__
    try:
        path = log_file()
        with path.open("a", encoding="utf-8") as file:
            file.write(traceback.format_exc() + "\n")
    except (SecondpassError, OSError):
        return f"secondpass itself failed ({name}) and its log file cannot be written; please report this."
    return f"secondpass itself failed ({name}); the details are in {path}, please report them."
