"""What a suppression names: codes, prefixes and names of rules, and what is close to one of them."""

import difflib
import re
from dataclasses import dataclass, field

from analyzers.rules import ALL_RULES, select
from analyzers.spec import Span

COMMANDS = ("disable-next-line", "disable", "enable", "disable-file")

_WORD = re.compile(r"[A-Za-z][\w-]*")
_FOREIGN = re.compile(r"[A-Z]+[0-9]+")
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*|[ \t]+(?!--)")
_GATE = re.compile(r"SC8\d\d\Z", re.I)
# TC and EX are letters of other tools too; with the digit of their family they are not.
_OURS = re.compile(r"(?:EX1|IF2|CN3|EE4|AM5|ST6|TC7|SC8|SP9)\d+\Z")


@dataclass(slots=True)
class Named:
    """A code, prefix or name at ``span``, the codes it stands for, and whether it has silenced anything."""

    span: Span
    codes: frozenset[str]
    used: bool = False


@dataclass(slots=True)
class Names:
    """The words of a suppression: those that name rules, all of them in order, and those that name nothing."""

    named: list[Named] = field(default_factory=list)
    words: list[Span] = field(default_factory=list)
    unknown: list[Span] = field(default_factory=list)


def read_names(text: str, start: int, end: int) -> Names:
    """The names between two offsets, where every word should be one, up to ``--`` and a reason."""
    return _read(text, start, end, noqa=False)


def read_noqa_names(text: str, start: int, end: int) -> Names:
    """The names behind ``noqa:``. Codes of other tools are skipped and words of a reason end the list: neither is ours.

    Unknown is only what cannot be another tool's.
    """
    return _read(text, start, end, noqa=True)


def why_unknown(word: str) -> tuple[str, str | None]:
    """The message and hint for a word that names no rule."""
    if _GATE.match(word):
        message = f"{word.upper()} is a minimum that the project sets; a file cannot suppress it."
        return message, "Raise the score, or lower the minimum in the settings."
    try:
        select([word])
    except ValueError as error:
        return str(error), None
    raise AssertionError(f"{word} names a rule")


def nearest_command(command: str) -> str:
    """The suppression that ``command`` was probably meant to be."""
    return next(iter(difflib.get_close_matches(command, COMMANDS, n=1, cutoff=0.0)), COMMANDS[0])


def _read(text: str, start: int, end: int, *, noqa: bool) -> Names:
    found = Names()
    at = start
    while (word := _WORD.match(text, at, end)) is not None:
        span, codes = Span(*word.span()), _codes(word[0], noqa=noqa)
        if codes:
            found.named.append(Named(span, codes))
        elif not noqa or _OURS.match(word[0]):
            found.unknown.append(span)
        elif not _FOREIGN.fullmatch(word[0]):
            break
        found.words.append(span)
        separator = _SEPARATOR.match(text, word.end(), end)
        if separator is None:
            break
        at = separator.end()
    return found


def _codes(word: str, *, noqa: bool) -> frozenset[str]:
    # Behind noqa the words of a reason follow: "if" is no family of rules there, and "placeholder" no rule.
    if noqa and word != word.upper() and "-" not in word:
        return frozenset()
    return _BY_NAME.get(word.lower()) or _by_prefix(word.upper())


def _by_prefix(wanted: str) -> frozenset[str]:
    prefix = "" if wanted == "ALL" else wanted
    return frozenset(rule.code for rule in ALL_RULES if rule.code.startswith(prefix))


_BY_NAME = {rule.name: frozenset((rule.code,)) for rule in ALL_RULES}
