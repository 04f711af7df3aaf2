"""Drafts out of files, and drafts written by the coder of a pair."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from analyzers.parse import parse_spec
from core.deep.drafts import Draft, different
from core.deep.stored import read_drafts
from core.deep.written import write_drafts
from core.errors import EngineError, UsageError
from core.events import Event, Notice, StageFinished
from tests.core.patterns.scripted import fenced, of_type, scripted_pair

SPEC = parse_spec('def halve(number: int) -> int:\n    """Half of number, rounded down."""\n')
ONE = "def halve(number):\n    return number // 2\n"
OTHER = "def halve(number):\n    return int(number / 2)\n"


def lines(path: Path, samples: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    return path


def test_a_folder_holds_drafts_by_the_name_that_they_define(tmp_path: Path) -> None:
    for name, code in {
        "halve.py": ONE,
        "halve-2.py": OTHER,
        "halve_3.py": ONE,
        "halve.gpt.py": OTHER,
        "halve/a.py": ONE,
        "some-model/halve.py": OTHER,
        "double.py": "def double(number):\n    return number * 2\n",
        "halve-4.py": "def halves(number):\n    return number\n",
        ".venv/halve.py": ONE,
        "[(.py": ONE,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    origins = {draft.origin for draft in read_drafts(tmp_path).of(SPEC, "spec")}
    assert origins == {"halve.py", "halve-2.py", "halve_3.py", "halve.gpt.py", "halve/a.py", "some-model/halve.py"}


@pytest.mark.parametrize("field", ["solution", "completion", "response"])
def test_samples_are_found_by_the_name_that_they_define(tmp_path: Path, field: str) -> None:
    samples = [
        {"task_id": "T/1", field: ONE},
        {"task_id": "T/1", field: OTHER},
        {"task_id": "T/2", field: "def f(): ..."},
    ]
    found = read_drafts(lines(tmp_path / "s.jsonl", samples)).of(SPEC, "spec")
    assert found == (Draft(ONE, "s.jsonl, line 1"), Draft(OTHER, "s.jsonl, line 2"))


def test_a_task_that_is_called_like_the_file_goes_before_the_name(tmp_path: Path) -> None:
    body = "    return number // 2\n"
    samples = [{"task_id": "T/1", "completion": body}, {"task_id": "T/2", "solution": OTHER}]
    (draft,) = read_drafts(lines(tmp_path / "s.jsonl", samples)).of(SPEC, "T_1")
    assert draft.origin == "s.jsonl, line 1"
    assert "def halve(number: int)" in draft.code


def test_two_tasks_of_one_name_ask_which_one_is_meant(tmp_path: Path) -> None:
    samples = [{"task_id": "T/1", "solution": ONE}, {"task_id": "T/2", "solution": OTHER}]
    stored = read_drafts(lines(tmp_path / "s.jsonl", samples))
    with pytest.raises(UsageError, match=r"several tasks \(T/1, T/2\).*t_1\.py"):
        stored.of(SPEC, "spec")


def test_an_answer_without_the_asked_program_is_no_draft(tmp_path: Path) -> None:
    samples = [
        {"entry_point": "halve", "response": "I would divide by two."},
        {"entry_point": "halve", "solution": ONE},
    ]
    assert len(read_drafts(lines(tmp_path / "s.jsonl", samples)).of(SPEC, "spec")) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no drafts"),
        (b"{", "line 1"),
        (b'{"solution": "x"}\n[1]\n', "line 2"),
        (b'{"task_id": "T/1"}\n', '"solution"'),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_what_are_no_samples_is_said_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "s.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=says):
        read_drafts(tmp_path / "s.jsonl")


def test_a_place_without_drafts_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--drafts-from"):
        read_drafts(tmp_path / "absent.jsonl")
    with pytest.raises(UsageError, match=r"NAME-1\.py"):
        read_drafts(tmp_path)


def test_layout_comments_docstrings_and_annotations_make_no_other_draft() -> None:
    same = [
        ONE,
        "# half\n" + ONE,
        'def halve(number: int) -> int:\n    """Half."""\n    return number // 2\n',
        "from typing import List\n\n\ndef halve(number):\n    return (number //\n            2)\n",
    ]
    drafts = [Draft(code, str(number)) for number, code in enumerate([*same, OTHER])]
    assert different(drafts) == (drafts[0], drafts[4])


async def test_the_coder_writes_each_draft_from_the_spec_alone_and_is_sampled_anew() -> None:
    pair, coder, reviewer = scripted_pair([fenced(ONE), "No code today.", fenced(OTHER)])
    events: list[Event] = []
    drafts = await write_drafts(SPEC, pair, 3, events.append)
    assert drafts == (Draft(ONE, "draft 1"), Draft(OTHER, "draft 3"))
    assert reviewer.requests == []
    assert len({request.messages for request in coder.requests}) == 1
    assert len({request.seed for request in coder.requests}) == 3
    assert all(request.temperature >= 0.8 for request in coder.requests)
    assert [notice.text for notice in of_type(events, Notice)][-1] == "halve: draft 3 of 3"
    assert len(of_type(events, StageFinished)) == 3
    assert any("no code" in notice.text for notice in of_type(events, Notice))


async def test_a_coder_that_fails_ends_it() -> None:
    pair, _, _ = scripted_pair([fenced(ONE), EngineError("The engine is gone.")])
    with pytest.raises(EngineError, match="gone"):
        await write_drafts(SPEC, pair, 3, lambda event: None)
