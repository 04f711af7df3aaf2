"""What a run tells on stderr while an answer is written."""

import io
import sys

import pytest

from core.events import Event, ReasoningText, StageStarted, TokenText
from tui.cli.narration import Narrator

STARTED = StageStarted(
    stage="draft", role="coder", round=1, model="qwen", candidate="draft", prompt_tokens=120, context=8192
)


class Stderr(io.StringIO):
    """A stderr that is a terminal, or is none."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def told(monkeypatch: pytest.MonkeyPatch, *events: Event, terminal: bool = True) -> str:
    stderr = Stderr(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", stderr)
    narrator = Narrator()
    for event in events:
        narrator.see(event)
        narrator._painted = 0.0  # as if time passed
    return stderr.getvalue()


def test_on_a_terminal_a_running_answer_is_told_in_tokens_whatever_pieces_it_comes_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thought = ReasoningText(stage="draft", role="coder", text="x" * 36)
    one = TokenText(stage="draft", role="coder", text="y" * 360)
    many = [TokenText(stage="draft", role="coder", text="y" * 4)] * 90
    for pieces in ([one], many):
        text = told(monkeypatch, STARTED, thought, *pieces)
        assert "draft by the coder (qwen): reading the prompt (≈120 tokens)" in text
        assert "draft by the coder (qwen): thinking, ≈10 tokens" in text
        assert text.endswith("draft by the coder (qwen): writing, ≈110 tokens")


def test_elsewhere_nothing_is_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [TokenText(stage="draft", role="coder", text="y" * 36)] * 3
    assert "writing" not in told(monkeypatch, STARTED, *pieces, terminal=False)
