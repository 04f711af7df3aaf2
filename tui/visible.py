"""Make text safe to print: models and specs may hold characters that a terminal obeys."""

import re

# Control pictures stand for C0; C1 controls, bidirectional overrides and zero-width characters are spelled out.
_TAB = "    "
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)}
_SPELLED = [*range(0x80, 0xA0), 0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_SAFE = str.maketrans(_PICTURES | {0x7F: "\u2421", 0x09: _TAB} | {code: f"<U+{code:04X}>" for code in _SPELLED})
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """``text`` with every character that a terminal would obey replaced by one that it prints. Newlines stay."""
    if not _UNSAFE.search(text):
        return text
    return _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n")).translate(_SAFE)


def one_line(text: str, limit: int = 400) -> str:
    """``text`` safe to print, on one line: white space folded, cut with an ellipsis after ``limit`` characters."""
    folded = " ".join(visible(text).split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"
