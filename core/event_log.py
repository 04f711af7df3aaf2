"""Events as JSON: one object a line, written as a run goes and read back tolerantly."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.errors import SecondpassError
from core.events import SCHEMA_VERSION, Event, ReasoningText, RunStarted, TokenText

if TYPE_CHECKING:
    from pydantic import TypeAdapter

COALESCE_SECONDS = 0.1
"""Deltas of one stage are gathered into at most ten lines a second."""


class LogFormatError(SecondpassError):
    """A session log is not one, or was written by a newer version."""


def encode(event: Event) -> str:
    """One line of JSON, without the line end; always valid UTF-8 (a lone surrogate becomes "?")."""
    line = json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "replace").decode("utf-8")


@cache
def adapter() -> "TypeAdapter[Event]":
    """Validates and describes the JSON form of events (pydantic is imported here, not with the events)."""
    from typing import Annotated

    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Event, Field(discriminator="type")])


def decode(line: str | bytes) -> Event:
    """The event of one line.

    Raises:
        ValueError: the line is not an event.
    """
    return adapter().validate_json(line)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one line of a log (docs/events.schema.json is made from this)."""
    schema = adapter().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"secondpass event, schema version {SCHEMA_VERSION}",
        "description": "One line of a session log and of `secondpass run --output jsonl`.",
        **schema,
    }


def read_events(path: Path) -> Iterator[Event]:
    """The events of a log, in order. A torn last line, as a crash leaves it, is passed over.

    Raises:
        LogFormatError: the file is no session log, is damaged before its last line, or comes from a newer version.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        held: tuple[int, bytes, ValueError] | None = None
        for number, line in enumerate(file, start=1):
            if held is not None:
                raise LogFormatError(f"{path}, line {held[0]}: not an event of a session log ({wrong(*held[1:])}).")
            try:
                event = decode(line)
            except ValueError as error:
                newer = _newer_version(line)
                if newer is not None:
                    raise LogFormatError(_too_new(path, newer)) from None
                held = (number, line, error)
                continue
            if isinstance(event, RunStarted) and event.schema_version > SCHEMA_VERSION:
                raise LogFormatError(_too_new(path, event.schema_version))
            yield event
        if held is not None and held[0] == 1:
            raise LogFormatError(f"{path}: not a session log ({wrong(*held[1:])}).")


def _newer_version(line: bytes) -> int | None:
    try:
        version = json.loads(line).get("schema_version")
    except (ValueError, AttributeError, RecursionError):
        return None
    return version if isinstance(version, int) and version > SCHEMA_VERSION else None


def _too_new(path: Path, version: int) -> str:
    return (
        f"{path} has schema version {version} and this program reads up to {SCHEMA_VERSION}; "
        "upgrade secondpass to open it."
    )


def wrong(line: bytes, error: ValueError) -> str:
    """Why ``line`` is no event, in a few words of ours; ``error`` is what ``decode`` raised."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return "the line is not JSON" if line.strip(b"\0\r\n\t ") else "the line is empty"
    if not isinstance(content, dict):
        return "the line is no JSON object"
    kind = content.get("type")
    if not isinstance(kind, str):
        return 'it has no "type"'
    details: list[Any] = getattr(error, "errors", list)()
    if not details or details[0]["type"] == "union_tag_invalid":
        return f'there is no event "{kind[:40]}"'
    at = ".".join(str(part) for part in details[0]["loc"][1:])
    return f'"{at}" of the event "{kind}" is {"missing" if details[0]["type"] == "missing" else "not what it must be"}'


class EventWriter:
    """Writes events to a text file, gathering deltas.

    Every line is flushed as it is written, so that a killed program loses at most the deltas of the last tenth
    of a second.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._held: TokenText | ReasoningText | None = None

    def write(self, event: Event) -> None:
        """Append ``event``.

        Raises:
            OSError: the disk is full or the file cannot be written.
        """
        held = self._held
        if isinstance(event, TokenText | ReasoningText):
            if held is None:
                self._held = event
                return
            same = type(held) is type(event) and (held.stage, held.role) == (event.stage, event.role)
            if same and event.at - held.at < COALESCE_SECONDS:
                self._held = replace(held, text=held.text + event.text)
                return
            self.flush()
            self._held = event
            return
        self.flush()
        self._line(event)

    def flush(self) -> None:
        """Write the deltas that are held."""
        if self._held is not None:
            held, self._held = self._held, None
            self._line(held)

    def _line(self, event: Event) -> None:
        self._file.write(encode(event) + "\n")
        self._file.flush()
