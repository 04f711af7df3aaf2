"""What was asked before: kept between sessions, one JSON string a line."""

import contextlib
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from core.errors import SecondpassError
from core.paths import data_dir

KEPT = 500
"""The newest that are read back; the file is cut to them when it has grown to twice as many."""

_log = logging.getLogger(__name__)


class PromptHistory:
    """The prompts of this and earlier sessions, oldest first, with a place in them.

    A history that cannot be kept costs no prompt: it is then one of this session only.

    Args:
        path: The file; None for the one in the user's data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._entries: list[str] = []
        self._loaded = False
        self._at: int | None = None
        self._draft = ""

    @property
    def entries(self) -> tuple[str, ...]:
        """All prompts, oldest first."""
        self._load()
        return tuple(self._entries)

    def add(self, prompt: str) -> None:
        """Remember ``prompt`` as the newest; the same as the one before it is kept once."""
        self._load()
        self._at = None
        if not prompt.strip() or (self._entries and self._entries[-1] == prompt):
            return
        self._entries.append(prompt)
        try:
            path = self._file()
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(json.dumps(prompt) + "\n")
        except (OSError, SecondpassError) as error:
            _log.warning("the prompt history is not kept: %s", error)

    def back(self, draft: str) -> str | None:
        """The prompt before the one shown (``draft`` is what stands at the prompt now); None at the oldest."""
        self._load()
        if self._at is None:
            self._at, self._draft = len(self._entries), draft
        if self._at == 0:
            return None
        self._at -= 1
        return self._entries[self._at]

    def forward(self) -> str | None:
        """The one after it; behind the newest, what was being written; None where nothing was gone back to."""
        if self._at is None:
            return None
        self._at += 1
        if self._at >= len(self._entries):
            self._at = None
            return self._draft
        return self._entries[self._at]

    def search(self, words: str) -> tuple[str, ...]:
        """Prompts that hold every one of ``words``, the newest first, each once."""
        wanted = words.lower().split()
        found = (entry for entry in reversed(self.entries) if all(word in entry.lower() for word in wanted))
        return tuple(dict.fromkeys(found))

    def _file(self) -> Path:
        return self._path or data_dir() / "prompts.jsonl"

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        try:
            path = self._file()
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return
        except (OSError, SecondpassError) as error:
            _log.warning("the prompt history cannot be read: %s", error)
            return
        self._entries = _decoded(lines)[-KEPT:]
        if len(lines) > 2 * KEPT:
            self._cut(path)

    def _cut(self, path: Path) -> None:
        from core.saving import write_atomically

        with contextlib.suppress(SecondpassError):  # it is tried again at the next start
            write_atomically(path, "".join(json.dumps(entry) + "\n" for entry in self._entries), backup=False)


def _decoded(lines: Sequence[str]) -> list[str]:
    """The prompts of ``lines``; a torn one is passed over."""
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, str):
            found.append(entry)
    return found
