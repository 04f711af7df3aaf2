"""What happens to an error that nobody foresaw: a traceback in the log file, one sentence for the user."""

import logging
import sys
import traceback
from datetime import datetime
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


def record_crash(error: BaseException | None = None) -> str:
    """Write the traceback of ``error`` (by default the current exception) to the log; the sentence for the user."""
    error = error or sys.exception()
    name = type(error).__name__
    try:
        path = log_file()
        with path.open("a", encoding="utf-8") as file:
            when = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
            told = "".join(traceback.format_exception(error))
            file.write(f"{when},000 CRITICAL secondpass: secondpass itself failed\n{told}\n")
    except (SecondpassError, OSError):
        return f"secondpass itself failed ({name}) and its log file cannot be written; please report this."
    return f"secondpass itself failed ({name}); the details are in {path}, please report them."
