"""Read the spec that a command was given."""

import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError

MOST_BYTES = 1_000_000
"""A spec beyond this is a mistake (a data file, a binary): no model's context holds it."""


@dataclass(frozen=True, slots=True)
class SpecInput:
    """A spec's text, the name of its file (None for standard input) and of the stub that is meant."""

    text: str
    filename: str | None
    name: str | None


def read_spec(file: str | None) -> SpecInput:
    """Read ``file``, which may be FILE, FILE::NAME, "-" or None (standard input, if it is a pipe).

    Raises:
        UsageError: there is nothing to read, or it is no text.
    """
    if file is None and sys.stdin.isatty():
        raise UsageError("There is no spec: name a file (secondpass run FILE), or pipe one in.")
    if file is None or file == "-":
        return SpecInput(_decode(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input"), None, None)
    path, name = _split(file)
    try:
        with path.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}; check the name of the spec.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder; name one spec file in it.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None
    return SpecInput(_decode(data, str(path)), path.name, name)


def _split(file: str) -> tuple[Path, str | None]:
    head, separator, name = file.rpartition("::")
    if separator and not Path(file).exists():
        return Path(head), name
    return Path(file), None


def _decode(data: bytes, where: str) -> str:
    if len(data) > MOST_BYTES:
        raise UsageError(
            f"{where} is larger than {MOST_BYTES // 1000} kB, which is no spec; name a text about one function."
        )
    if b"\0" in data:
        raise UsageError(f"{where} is a binary file; a spec is text (Python, Markdown or prose).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.") from None
