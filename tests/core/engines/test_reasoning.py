"""Telling reasoning from the answer where both come as one text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.protocol import ReasoningDelta, TextDelta
from core.engines.reasoning import ReasoningSplitter


def split(*parts: str, opened: bool = False, complete: bool = True) -> tuple[str, str]:
    splitter = ReasoningSplitter(opened=opened)
    pieces = [piece for part in parts for piece in splitter.feed(part)] + splitter.finish(complete=complete)
    reasoning = "".join(piece.text for piece in pieces if isinstance(piece, ReasoningDelta))
    return reasoning, "".join(piece.text for piece in pieces if isinstance(piece, TextDelta))


@pytest.mark.parametrize(
    ("parts", "reasoning", "answer"),
    [
        (["<think>why</think>code"], "why", "code"),
        (["<think>\nwhy\n</think>\n\n", "code\n"], "why\n", "code\n"),
        (["<th", "ink>wh", "y</", "thi", "nk>", "\n", "\n    code"], "why", "    code"),
        (["\n\n<think>", "why</think>x"], "why", "x"),
        (["\n  code"], "", "\n  code"),
        (["code <think>not reasoning</think>"], "", "code <think>not reasoning</think>"),
        (["<think>a</think>b <think>c</think>"], "a", "b <think>c</think>"),
        (["<think>never closed"], "never closed", ""),
        (["<think>ends with </thi"], "ends with </thi", ""),
        (["<thin"], "", "<thin"),
        (["<thinking> is text"], "", "<thinking> is text"),
        (["<think>\n\n</think>\n\nx"], "", "x"),
        (["a < b </think>"], "", "a < b </think>"),
        ([], "", ""),
    ],
)
def test_only_the_first_block_at_the_start_is_reasoning(parts: list[str], reasoning: str, answer: str) -> None:
    assert split(*parts) == (reasoning, answer)


def test_a_template_that_opens_the_block_leaves_only_the_closing_tag() -> None:
    assert split("I wonder", "</think>\n", "code", opened=True) == ("I wonder", "code")
    assert split("<think>I wonder</think>code", opened=True) == ("I wonder", "code")


def test_a_complete_answer_without_any_tag_is_not_lost_as_reasoning() -> None:
    assert split("just ", "code", opened=True) == ("just code", "just code")
    assert split("cut off", opened=True, complete=False) == ("cut off", "")
    assert split("<think>complete, never closed", opened=True) == ("complete, never closed", "")


def test_text_is_answer_when_the_server_sends_reasoning_apart() -> None:
    splitter = ReasoningSplitter(opened=True)
    splitter.reasoning_came_apart()
    assert splitter.feed("code") == [TextDelta("code")]


@given(
    st.text("a<>/think \n", max_size=40),
    st.text("a<>/think \n", max_size=40),
    st.lists(st.integers(0, 200)),
    st.booleans(),
)
def test_where_the_text_is_cut_changes_nothing(thought: str, answer: str, cuts: list[int], opened: bool) -> None:
    text = f"<think>{thought}</think>{answer}" if thought else answer
    edges = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    parts = [text[a:b] for a, b in pairwise(edges)]
    assert split(*parts, opened=opened) == split(text, opened=opened)
