"""Text of the code made safe to show: it can neither move the cursor nor reorder what is around it."""

import unicodedata

_SHOWN = 2_000


def safe(text: str) -> str:
    """``text`` with control characters (but newline and tab), surrogates and direction marks written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or not _hidden(c) else c.encode("unicode_escape").decode() for c in text)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def cut(text: str) -> str:
    """At most 2,000 characters of ``text``, with a mark where some are left out."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 4] + " ..."
