"""The end of a log file, followed as it grows, and the level of every line of it."""

import os
import re
from pathlib import Path

from core.paths import log_dir

MOST_BYTES = 200_000
"""How much of the end of a log is shown."""
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Ours, MLC-LLM's and uvicorn's lines name their level near the beginning.
_LEVEL = re.compile(r"\b(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b")
_SAME = {"WARN": "WARNING", "FATAL": "CRITICAL"}
_WITHIN = 60


def log_files() -> tuple[Path, ...]:
    """The program's own log first, then those of the engines, the one written to last first.

    Raises:
        SecondpassError: the log folder cannot be used.
    """
    folder = log_dir()
    own = folder / "secondpass.log"
    dated = []
    for path in folder.glob("*.log"):
        try:
            dated.append((path.stat().st_mtime, path))
        except OSError:
            continue  # deleted meanwhile
    return (own, *(path for _, path in sorted(dated, reverse=True) if path != own))


class Tail:
    """The last lines of ``path``; ``read`` takes in what was added since."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []
        self.problem = ""
        self._at = 0
        self._file = (0, 0)
        self._rest = b""

    def read(self) -> bool:
        """Whether there is anything new. A file that was turned over or cut is read from its beginning."""
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                identity = (status.st_dev, status.st_ino)
                if identity != self._file or status.st_size < self._at:
                    self._file, self._rest = identity, b""
                    self._at = max(0, status.st_size - MOST_BYTES)
                file.seek(self._at)
                data = file.read(MOST_BYTES)
        except FileNotFoundError:
            return self._say("")
        except OSError as error:
            return self._say(f"{self.path} cannot be read ({error.strerror or error}).")
        self._say("")
        self._at += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode(errors="replace") for line in whole]
        del self.lines[: max(0, len(self.lines) - 5_000)]
        return bool(whole)

    def _say(self, problem: str) -> bool:
        changed, self.problem = problem != self.problem, problem
        return changed


def leveled(lines: list[str]) -> list[tuple[str, str]]:
    """Every line with its level. One that names none belongs to the line before it, such as those of a traceback."""
    found: list[tuple[str, str]] = []
    level = "INFO"
    for line in lines:
        if (match := _LEVEL.search(line[:_WITHIN])) is not None:
            level = _SAME.get(match[1], match[1])
        elif line[:1].isdigit() or line.startswith("["):
            level = "INFO"
        found.append((level, line))
    return found
