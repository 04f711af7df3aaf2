"""What could stand where the cursor is: a command, its argument, or a file."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.fuzzy import Matcher

from tui.prompt.commands import COMMANDS

MOST_FILES = 5_000
MOST_OFFERED = 8
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "dist", "build"})
_TYPED_FILE = re.compile(r'(?:^|(?<=\s))@("?)([^\s"]*)$')


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to go on: ``insert`` replaces the text between ``start`` and the cursor."""

    insert: str
    label: str
    detail: str
    start: int


def list_files(folder: Path, most: int = MOST_FILES) -> tuple[str, ...]:
    """Files under ``folder``, relative, nearer ones first; hidden ones, environments and builds are passed over."""
    found: list[str] = []
    level = [folder]
    while level and len(found) < most:
        deeper: list[Path] = []
        for current in level:
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError:
                continue  # a folder that may not be read has no file to offer
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _SKIPPED or len(found) >= most:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    deeper.append(Path(entry.path))
                elif entry.is_file():
                    found.append(os.path.relpath(entry.path, folder))
        level = deeper
    return tuple(found)


def wants_files(before: str) -> bool:
    """Whether the text before the cursor ends in the beginning of a file's name."""
    return _TYPED_FILE.search(before) is not None


def offers(before: str, files: Sequence[str] = ()) -> tuple[Offer, ...]:
    """The best ways to go on behind ``before``, the text before the cursor, the best first."""
    if (typed := _TYPED_FILE.search(before)) is not None:
        return _files(typed[2], typed.start(), files)
    if not before.startswith("/") or "\n" in before:
        return ()
    name, space, argument = before[1:].partition(" ")
    if not space:
        return tuple(
            Offer(f"/{each.name}" + (" " if each.choices else ""), f"/{each.name}", each.does, 0)
            for each in COMMANDS
            if each.name.startswith(name.lower()) and f"/{each.name}" != before
        )
    command = next((each for each in COMMANDS if each.name == name.lower()), None)
    if command is None:
        return ()
    start = len(name) + 2
    return tuple(
        Offer(choice, choice, "", start)
        for choice in command.choices
        if choice.startswith(argument) and choice != argument
    )


def _files(typed: str, start: int, files: Sequence[str]) -> tuple[Offer, ...]:
    if typed:
        matcher = Matcher(typed)
        ranked = sorted(
            ((score, name) for name in files if (score := matcher.match(name)) > 0),
            key=lambda item: (-item[0], len(item[1])),
        )
        names = [name for _, name in ranked[:MOST_OFFERED]]
    else:
        names = list(files[:MOST_OFFERED])
    return tuple(Offer(_mention(name), name, "", start) for name in names if name != typed)


def _mention(name: str) -> str:
    return f'@"{name}" ' if " " in name else f"@{name} "
