"""The code of an answer as the model wrote it, for where no program could be made of it."""

from core.extraction.fences import read_answer


def code_as_written(answer: str, *, entry_point: str | None) -> str:
    """The longest Python block of ``answer``, of those that mention ``entry_point`` if any does; else the whole answer.

    Nothing is repaired or required to parse: this is what a prompt or a screen quotes when it says what is wrong.
    """
    blocks = [block.text for block in read_answer(answer).blocks if block.python and block.text.strip()]
    mentioning = [text for text in blocks if entry_point is not None and entry_point in text]
    chosen = max(mentioning or blocks, key=len, default=answer)
    return chosen.strip("\n") + "\n"
