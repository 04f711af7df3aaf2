"""The words of a spec that say what it does, as against words that are only listed."""

from collections.abc import Collection, Sequence

from analyzers.facts import fact
from analyzers.lazy import lazy
from analyzers.lexicon import Phrase, Wording, phrases
from analyzers.subject import STOP_WORDS, Subject

_ASKING = frozenset("write python function method program implement create given return returns task code".split())
"""Words that nearly every spec has: they ask for a function and do not say what it does."""
_LOGIC = frozenset(
    "if not no or each both either only otherwise unless until than same other must all any more less equal when while "
    "after before then else except into between".split()
)
"""Small words that decide what code does: they count, although elsewhere they are stop words."""
_DULL = STOP_WORDS | _ASKING
_JOINING = STOP_WORDS | frozenset(
    "but when where until unless because within between among over under above below before after via about during "
    "otherwise every either neither without through along onto return returns returned output outputs result results "
    "gives raises raise takes find check count compute calculate implement write create convert remove sort given "
    "input".split()
)
_LISTED = 8
"""So many words in a row with nothing that joins them are a list. In 542 public prompts eight sentences have such a
row, most of them lists indeed."""
_KEPT = 4
_ROW, _ROW_AFTER = bytes(_LISTED), b"\1" + bytes(_LISTED - 1)
"""Such a row, one byte for each word, 1 for one that joins: at the start of a sentence, and after a word that joins."""
_WORD = lazy(r"[^\W_]+(?:['’-][^\W\d_]+)*")
_BLANKED = bytes(ord(char) if char.isalnum() or char in "'-_(" else 32 for char in map(chr, range(128))) + bytes(128)
_CODE = lazy(r"`[^`\n]*`")
_IDENTIFIER = lazy(r"\b[^\W\d]\w*(?=\()|\b\w+_\w*|\b_\w+")


@fact
def behaviour_words(subject: Subject) -> frozenset[str]:
    """The distinct words, in lower case, that sentences put to use: no stop words, no identifiers, no row of keywords.

    A sentence that states nothing (``Phrase.says``) counts for nothing, and of a row of keywords inside of one only
    the first four do: listed words must not buy points. Identifiers (code, calls, names with an underscore) are left
    out, so that renaming the function changes nothing.
    """
    used = frozenset[str]().union(*[_USED.first(phrase) or () for phrase in phrases(subject)])
    plain = used - _DULL
    return frozenset([word for word in plain if len(word) > 2 or word.isdecimal()]) | (used & _LOGIC)


def _used(phrase: Phrase) -> Collection[str] | None:
    """The words that one sentence puts to use."""
    if not phrase.says:
        return None
    low, words, held = phrase.low, phrase.words, phrase.runs
    # Else a word is what the lexicon takes for one.
    if "_" in low or "(" in low or "`" in low or "-" in low or "'" in low or "’" in low:
        words = _words(low)
        held = frozenset(words)
    # Words that join break rows: with enough of them there is none.
    if len(words) - len(held & _JOINING) < _LISTED - 1:
        return held
    joining = bytes(map(_JOINING.__contains__, words))
    return _shortened(words, joining) if joining.startswith(_ROW) or _ROW_AFTER in joining else held


_USED = Wording(_used)


def _words(low: str) -> list[str]:
    """The words, with what hyphens and apostrophes join to them, but for identifiers."""
    if "`" in low:
        low = _CODE.sub(" ", low)
    if not low.isascii():
        return _WORD.findall(_IDENTIFIER.sub(" ", low))
    words: list[str] = []
    # What is called stays with its bracket, so that patterns need only look at the few parts that are no plain words.
    for part in low.replace("(", "( ").encode().translate(_BLANKED).decode().split():
        if part.isalnum():
            words.append(part)
        else:
            words += _WORD.findall(_IDENTIFIER.sub(" ", part) if "(" in part or "_" in part else part)
    return words


def _shortened(words: Sequence[str], joining: bytes) -> list[str]:
    """The words of a sentence without what is too much of its rows; ``joining`` says for each whether it joins."""
    found: list[str] = []
    run: list[str] = []
    for word, joins in zip(words, joining, strict=True):
        if joins:
            found += run if len(run) < _LISTED else run[:_KEPT]
            run = [word]
        else:
            run.append(word)
    return found + (run if len(run) < _LISTED else run[:_KEPT])
