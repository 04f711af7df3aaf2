"""Session logs: one JSON object a line, coalesced, readable after a crash."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.event_log import EventWriter, LogFormatError, decode, encode, json_schema, read_events
from core.events import Event, Notice, ReasoningText, RunStopped, TokenText

REPOSITORY = Path(__file__).resolve().parents[2]


def token(text: str, at: float = 0.0, n: int = 0) -> TokenText:
    return TokenText(stage="draft", role="coder", text=text, at=at, n=n)


def written(*events: Event) -> list[Event]:
    file = io.StringIO()
    writer = EventWriter(file)
    for event in events:
        writer.write(event)
    writer.flush()
    return [decode(line) for line in file.getvalue().splitlines()]


@given(st.text())
def test_any_text_survives_the_round_trip(text: str) -> None:
    assert decode(encode(token(text))) == token(text)


def test_half_a_surrogate_pair_does_not_spoil_the_log() -> None:
    assert decode(encode(token("a\udce4b"))) == token("a?b")


def test_deltas_within_a_tenth_of_a_second_become_one_line() -> None:
    events = written(*(token(str(index % 10), at=index * 0.01) for index in range(25)))
    assert "".join(event.text for event in events if isinstance(event, TokenText)) == "0123456789" * 2 + "01234"
    assert len(events) == 3


def test_other_events_keep_their_place_among_deltas() -> None:
    assert written(token("a"), Notice(text="x"), token("b")) == [token("a"), Notice(text="x"), token("b")]


def test_reasoning_is_never_mixed_with_the_answer() -> None:
    reasoning = ReasoningText(stage="draft", role="coder", text="hm")
    assert written(reasoning, token("a"), reasoning) == [reasoning, token("a"), reasoning]


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(encode(Notice(text="one")) + "\n" + encode(Notice(text="two"))[:20])
    assert list(read_events(path)) == [Notice(text="one")]


def test_damage_before_the_last_line_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(encode(Notice(text="one")) + "\n{broken\n" + encode(Notice(text="two")) + "\n")
    with pytest.raises(LogFormatError, match=r"log\.jsonl, line 2"):
        list(read_events(path))


def test_a_file_that_is_no_log_says_so(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\x89PNG\r\n")
    with pytest.raises(LogFormatError, match="not a session log"):
        list(read_events(path))


def test_a_log_of_a_newer_version_asks_for_an_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"type": "run_started", "schema_version": 99, "new_field": 1}) + "\n")
    with pytest.raises(LogFormatError, match="upgrade secondpass"):
        list(read_events(path))


def test_the_published_schema_is_the_one_of_this_version() -> None:
    published = json.loads((REPOSITORY / "docs" / "events.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "run `python docs/make_schema.py` and commit the result"


def test_the_published_schema_accepts_events_and_refuses_others() -> None:
    schema = json.loads((REPOSITORY / "docs" / "events.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    stopped = RunStopped(candidate="draft", code="x = 1\n", seconds=1.0)
    validator.validate(json.loads(encode(stopped)))
    assert not validator.is_valid({"type": "run_stopped", "seconds": "soon"})
    assert not validator.is_valid({"type": "unheard_of"})
