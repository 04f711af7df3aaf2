"""String literals: what they say, and where in the source each character of it stands."""

import re
import unicodedata

from analyzers.excerpt import Excerpt
from analyzers.lazy import lazy

_SIMPLE = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b",
    "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_OPENING = lazy(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
_SPECIAL = lazy(r"\\|\"\"\"|'''|\"|'")
_BETWEEN = lazy(r"(?:[ \t\f\n()]|\\\n|#[^\n]*)*")
_OCTAL = lazy(r"[0-7]{1,3}")


def decode(source: Excerpt, expected: str) -> Excerpt:
    """The value of a string literal, or of several in a row, mapped to its source.

    ``expected`` is the value as Python sees it. Should the two disagree, the source's own characters between the
    outer quotes are returned instead: the text is then not unescaped, but every offset is right.
    """
    if (one := _OPENING.match(source.text)) and source.text[one.end() : -len(one[2])] == expected:
        # Nearly every docstring: one literal without escapes.
        return source[one.end() : len(source.text) - len(one[2])]
    chars: list[str] = []
    offsets: list[int] = []
    at = _skip_between(source.text, 0)
    end = at
    while opening := _OPENING.match(source.text, at):
        end = _decode_one(source, opening, chars, offsets)
        at = _skip_between(source.text, end)
    offsets.append(source.offsets[max(0, end - 3 if source.text[:end].endswith(('"""', "'''")) else end - 1)])
    if "".join(chars) == expected:
        return Excerpt("".join(chars), offsets)
    body = source.text.strip("rRuU\"'()\n\t ")
    start = source.text.find(body)
    return source[start : start + len(body)]


def _skip_between(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _decode_one(source: Excerpt, opening: re.Match[str], chars: list[str], offsets: list[int]) -> int:
    """Append one literal's characters; returns where the literal ends."""
    text, quote, raw = source.text, opening[2], "r" in opening[1].lower()
    at = opening.end()
    while special := _SPECIAL.search(text, at):
        chars.extend(text[at : special.start()])
        offsets.extend(source.offsets[at : special.start()])
        at = special.start()
        if text.startswith(quote, at):
            return at + len(quote)
        if special[0] != "\\":
            # Another kind of quote, or one quote inside of a literal that three of them end.
            chars.append(text[at])
            offsets.append(source.offsets[at])
            at += 1
            continue
        value, after = _escape(text, at)
        if raw:
            value, after = text[at : at + 2], at + 2
        chars.extend(value)
        offsets.extend(source.offsets[at : at + 2] if raw else [source.offsets[at]] * len(value))
        at = after
    return len(text)


def _escape(text: str, at: int) -> tuple[str, int]:
    """The value of the escape that begins at ``at``, and where it ends; an unknown one stands for itself."""
    kind = text[at + 1 : at + 2]
    if kind in _SIMPLE:
        return _SIMPLE[kind], at + 2
    if kind == "\n":
        return "", at + 2
    if octal := _OCTAL.match(text, at + 1):
        return chr(int(octal[0], 8)), octal.end()
    if kind in _HEX_DIGITS:
        digits = text[at + 2 : at + 2 + _HEX_DIGITS[kind]]
        if re.fullmatch(r"[0-9a-fA-F]+", digits) and int(digits, 16) < 0x110000:
            return chr(int(digits, 16)), at + 2 + len(digits)
    if text.startswith("N{", at + 1) and (close := text.find("}", at, at + 120)) > 0:
        try:
            return unicodedata.lookup(text[at + 3 : close]), close + 1
        except KeyError:
            pass  # not a name of a character: the backslash stands for itself
    return "\\", at + 1
