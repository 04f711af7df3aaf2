"""Files named in a prompt as ``@path``: found, read within limits, and counted in tokens before anything is sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzers.tokens import count_tokens
from core.events import ContextFile

LARGEST_FILE = 200_000
"""Bytes; a longer file would not fit any context window that a local model has."""

_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|([^\s"]+))')
_TRAILING = ".,;:!?)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A file that a prompt names. ``file`` is None where it cannot be given, and ``problem`` says why."""

    name: str
    file: ContextFile | None
    tokens: int = 0
    """Estimated."""
    problem: str = ""


def mentioned(text: str) -> Iterator[tuple[str, int, int]]:
    """Every ``@path`` of ``text``: the path, and where it stands, the @ included."""
    for found in _MENTION.finditer(text):
        yield found[1] or found[2], found.start(), found.end()


def read_mentions(text: str, folder: Path) -> tuple[Mention, ...]:
    """The files that ``text`` names, each once, seen from ``folder``. Reads the disk."""
    seen: dict[str, Mention] = {}
    for name, _, _ in mentioned(text):
        path, name = _existing(folder, name)
        if name not in seen:
            seen[name] = _read(path, name)
    return tuple(seen.values())


def given(mentions: Sequence[Mention]) -> tuple[ContextFile, ...]:
    """The files that can be given."""
    return tuple(mention.file for mention in mentions if mention.file is not None)


def _existing(folder: Path, name: str) -> tuple[Path, str]:
    """``name``, or ``name`` without the punctuation of the sentence it ends, whichever is there."""
    for candidate in (name, name.rstrip(_TRAILING)):
        path = folder / Path(candidate).expanduser()
        if candidate and path.exists():
            return path, candidate
    return folder / name, name


def _read(path: Path, name: str) -> Mention:
    try:
        if path.is_dir():
            return Mention(name, None, problem=f"{name} is a folder; name a file in it")
        if not path.exists():
            return Mention(name, None, problem=f"there is no file {name}")
        if not path.is_file():
            return Mention(name, None, problem=f"{name} is not an ordinary file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return Mention(name, None, problem=f"{name} has {size:,} bytes, more than {LARGEST_FILE:,}")
        content = path.read_bytes()
    except OSError as error:
        return Mention(name, None, problem=f"{name} cannot be read ({error.strerror or error})")
    if b"\0" in content:
        return Mention(name, None, problem=f"{name} is not a text file")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Mention(name, None, problem=f"{name} is not UTF-8 text")
    return Mention(name, ContextFile(name=name, text=text), tokens=count_tokens(text).count)
