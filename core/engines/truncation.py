"""Notice that a server cut a prompt short without saying so.

Ollama, for one, drops the beginning of a prompt that is longer than its own context length; the only sign
is the prompt's token count in the answer.
"""

import re

from analyzers.tokens import estimate_tokens
from core.engines.protocol import Message, Usage

_SMALLEST = 1000
"""Shorter prompts, in tokens, are never judged: templates and estimates weigh too much in them."""

_DENSEST = 8.0
"""Visible characters per token that no current vocabulary exceeds on prose or code."""

_WINDOW_STEP = 2048
_NEAR = 96
"""A cut prompt fills its window but for a rest that keeps whole messages or a few tokens for the answer."""


def estimate_prompt(messages: tuple[Message, ...]) -> int:
    """About how many tokens a chat prompt has, a few for each message's frame included."""
    return sum(estimate_tokens(message.content) + 4 for message in messages) + 3


def truncation_warning(messages: tuple[Message, ...], usage: Usage, context: int) -> str | None:
    """A warning where the server counted so few tokens that it cannot have read the whole prompt.

    ``context`` is the window, in tokens, that we believe the server has.
    """
    counted = usage.prompt_tokens
    expected = estimate_prompt(messages)
    # Some servers count only what was not in their prefix cache, down to 0 or 1: that says nothing.
    if usage.estimated or counted is None or counted < 256 or expected < _SMALLEST:
        return None
    visible = sum(len(re.sub(r"\s+", "", message.content)) for message in messages)
    impossible = counted < visible / _DENSEST and counted < 0.5 * expected
    gap = -counted % _WINDOW_STEP
    fills_a_window = counted < 0.75 * expected and gap <= _NEAR and counted + gap < context
    if not (impossible or fills_a_window):
        return None
    return (
        f"The server read only {counted:,} tokens of a prompt of about {expected:,}, so it seems to cut prompts at a "
        "smaller context than models.toml says: raise the server's context length."
    )
