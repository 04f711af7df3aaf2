"""The pieces of an answer, gathered on their way."""

import asyncio
from dataclasses import replace

import pytest

from core.events import ReasoningText, TokenText
from core.patterns import deltas
from core.patterns.deltas import Deltas

Piece = TokenText | ReasoningText


def answer() -> tuple[Deltas, list[Piece]]:
    """An answer, and what of it was passed on."""
    passed_on: list[Piece] = []
    return Deltas(passed_on.append, "draft", "coder"), passed_on


def texts(passed_on: list[Piece]) -> list[str]:
    return [each.text for each in passed_on]


async def test_the_first_piece_is_passed_on_at_once_and_the_next_ones_together() -> None:
    made, passed_on = answer()
    made.add(TokenText, "def ")
    assert passed_on == [TokenText(stage="draft", role="coder", text="def ")]
    for piece in ("f", "(a", "):"):
        made.add(TokenText, piece)
    assert texts(passed_on) == ["def "]
    made.close()
    assert texts(passed_on) == ["def ", "f(a):"]


async def test_what_is_held_is_passed_on_though_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deltas, "GATHER_SECONDS", 0.01)
    made, passed_on = answer()
    made.add(TokenText, "a")
    made.add(TokenText, "b")
    await asyncio.sleep(0.5)
    assert texts(passed_on) == ["a", "b"]
    made.close()
    assert texts(passed_on) == ["a", "b"]


async def test_after_a_pause_a_piece_is_passed_on_at_once_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deltas, "GATHER_SECONDS", 0.01)
    made, passed_on = answer()
    made.add(TokenText, "a")
    await asyncio.sleep(0.5)
    made.add(TokenText, "b")
    assert texts(passed_on) == ["a", "b"]
    made.close()


async def test_reasoning_and_text_are_kept_apart_and_in_order() -> None:
    made, passed_on = answer()
    for kind, text in [
        (ReasoningText, "so "),
        (ReasoningText, "it "),
        (ReasoningText, "is"),
        (TokenText, "def"),
        (TokenText, " f"),
        (ReasoningText, "hm"),
    ]:
        made.add(kind, text)
    made.close()
    kinds = [type(each).__name__[0] + ":" + each.text for each in passed_on]
    assert kinds == ["R:so ", "R:it is", "T:def f", "R:hm"]
    assert all(replace(each, text="") == type(each)(stage="draft", role="coder", text="") for each in passed_on)


async def test_a_closed_answer_leaves_no_timer_behind() -> None:
    made, passed_on = answer()
    made.close()
    made.add(TokenText, "a")
    made.add(TokenText, "b")
    made.close()
    made.close()
    await asyncio.sleep(2 * deltas.GATHER_SECONDS)
    assert texts(passed_on) == ["a", "b"]
    assert made._timer is None
