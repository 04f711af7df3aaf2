"""Escape sequences in what a program prints: colours, titles, moves of the cursor."""

import re

# ECMA-48, 5.4 (control sequences) and 5.6 (strings such as a title, ended by ST or, as xterm has it, by BEL).
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
)


def without_escapes(text: str) -> str:
    """``text`` without the sequences that a terminal would obey; other control characters stay."""
    return _SEQUENCE.sub("", text) if "\x1b" in text else text
