"""Log files of the servers that secondpass starts: one per start, small, the last few kept."""

import re
import time
from pathlib import Path
from typing import BinaryIO

_KEEP = 6
"""Log files kept per model."""

_LARGEST = 4 * 1024 * 1024
"""Bytes after which a log is turned over; one older part is kept."""


class ServerLog:
    """What a server prints, with its secret taken out. Only the user can read the file."""

    def __init__(self, folder: Path, name: str, *, secret: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^\w.-]+", "_", name)
        _drop_old(folder, stem)
        self.path = folder / f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**6:06d}.log"
        self._secret = secret
        self._file = self._open()
        self._size = 0

    def clean(self, line: str) -> str:
        """The line without the secret."""
        return line.replace(self._secret, "***")

    def write(self, line: str) -> None:
        """Append one line, given without its end, at once; a process that could not be ended may write too late."""
        if self._file.closed:
            return
        data = (line + "\n").encode("utf-8", "replace")
        if self._size + len(data) > _LARGEST:
            self._file.close()
            self.path.replace(self.path.with_suffix(".log.1"))
            self._file, self._size = self._open(), 0
        self._file.write(data)
        self._file.flush()
        self._size += len(data)

    def close(self) -> None:
        self._file.close()

    def _open(self) -> BinaryIO:
        self.path.touch(mode=0o600)
        return self.path.open("ab")


def _drop_old(folder: Path, stem: str) -> None:
    pattern = re.compile(re.escape(stem) + r"-\d{8}-\d{6}-\d{6}\.log")
    old = sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
    for path in old[: max(0, len(old) - (_KEEP - 1))]:
        path.unlink(missing_ok=True)
        path.with_suffix(".log.1").unlink(missing_ok=True)
