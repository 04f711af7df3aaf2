"""Control characters that models and programs write, made harmless for terminals, browsers and editors."""

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """``text`` with every control character but tab and line feed, and what reverses writing, replaced by U+FFFD."""
    return _CONTROL.sub("\ufffd", text)
