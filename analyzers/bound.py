"""The words of a spec that say what it does, as against words that are only listed."""

from collections.abc import Sequence

from analyzers.facts import fact
from analyzers.lazy import lazy
from analyzers.lexicon import Phrase, Wording
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
_MARKS = ("_", "(", "`", "-", "'", "’")
"""Without any of these a word is what the lexicon takes for one."""
_WORD = lazy(r"[^\W_]+(?:['’-][^\W\d_]+)*")
_IDENTIFIER = lazy(r"`[^`\n]*`|\b[^\W\d]\w*(?=\()|\b\w+_\w*|\b_\w+")


@fact
def behaviour_words(subject: Subject) -> frozenset[str]:
    """The distinct words, in lower case, that sentences put to use: no stop words, no identifiers, no row of keywords.

    A sentence that states nothing (``Phrase.says``) counts for nothing, and of a row of keywords inside of one only
    the first four do: listed words must not buy points. Identifiers (code, calls, names with an underscore) are left
    out, so that renaming the function changes nothing.
    """
    return frozenset().union(*(used for _, used in _USED.all(subject)))


def _used(phrase: Phrase) -> frozenset[str] | None:
    """The words that one sentence puts to use."""
    if not phrase.says:
        return None
    low: str = phrase.low
    words: Sequence[str] = phrase.words
    if any(map(low.__contains__, _MARKS)):
        if "_" in low or "(" in low or "`" in low:
            low = _IDENTIFIER.sub(" ", low)
        words = _WORD.findall(low)
    if len(words) < _LISTED:
        return frozenset(filter(_is_content, words))
    found: list[str] = []
    run: list[str] = []
    for word in words:
        if word in _JOINING:
            found += run if len(run) < _LISTED else run[:_KEPT]
            run = [word]
        else:
            run.append(word)
    found += run if len(run) < _LISTED else run[:_KEPT]
    return frozenset(filter(_is_content, found))


def _is_content(word: str) -> bool:
    return word in _LOGIC or (len(word) > 2 and word not in _DULL) or word.isdecimal()


_USED = Wording(_used)
