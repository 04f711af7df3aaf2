"""Text as code in Markdown, whatever it holds: in a document, in a prompt for a model."""

import re


def fenced(text: str, language: str = "") -> str:
    """``text`` in a fence that nothing in it can close."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}"


def in_ticks(text: str) -> str:
    """``text`` as code on one line."""
    one = " ".join(text.split())
    ticks = "`" * (_longest_run(one) + 1)
    return f"{ticks} {one} {ticks}" if "`" in one else f"{ticks}{one}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
