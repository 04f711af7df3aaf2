"""The fold of a run's lines."""

import json

import pytest

from tui.benchmark.board import Board, LineError

RUN = {"type": "run", "id": "r1", "planned": 2, "finished": 0, "tasks": ["T/1"], "patterns": ["a", "b"]}
RUN |= {"dataset": "demo", "resumed": False, "samples": 1, "pair": "demo", "scripted": True}
KEY = {"pattern": "b", "task": "T/1", "sample": 0}
DONE = {"type": "finished", **KEY, "passes": True, "draft_passes": False, "failure": None}
DONE |= {"tokens": 30, "seconds": 1.5, "richness": 62.0}


def board_of(*messages: dict[str, object]) -> Board:
    board = Board()
    for message in messages:
        board.take(json.dumps(message))
    return board


def test_a_wrong_draft_that_ends_right_is_fixed_and_counted_once() -> None:
    board = board_of(RUN, {"type": "started", **KEY}, DONE, DONE)
    assert board.samples["b", "T/1", 0].change == "fixed"
    assert (board.finished, board.changed) == (1, {"T/1"})


def test_a_right_draft_that_ends_wrong_is_broken() -> None:
    board = board_of(RUN, DONE | {"passes": False, "draft_passes": True, "failure": "wrong answer"})
    sample = board.samples["b", "T/1", 0]
    assert (sample.change, sample.failure) == ("broke", "wrong answer")


def test_a_failed_sample_is_never_a_wrong_one() -> None:
    board = board_of(RUN, {"type": "failed", **KEY, "error": "the server is gone", "again": False})
    sample = board.samples["b", "T/1", 0]
    assert (sample.doing, sample.passes, board.finished) == ("failed", None, 0)


@pytest.mark.parametrize("line", ["", "[]", "{}", "Traceback", '{"type": "finished", "pattern": "a"}'])
def test_a_line_outside_the_contract_is_refused_and_changes_nothing(line: str) -> None:
    board = board_of(RUN)
    with pytest.raises(LineError):
        board.take(line)
    assert board == board_of(RUN)


def test_kinds_of_a_later_version_are_passed_over() -> None:
    later = board_of(RUN, {"type": "weather"})
    later.version = 1
    assert later == board_of(RUN)
