"""Types that only the prose states: "given a list of integers", "returns a string"."""

import re
from functools import cached_property

from analyzers.facts import fact
from analyzers.lexicon import Phrase, Put, Wording
from analyzers.subject import Subject

_CONTAINER = (
    r"(?:lists?|arrays?|sequences?|dicts?|dictionar(?:y|ies)|maps?|mappings?|tuples?|sets?|matri(?:x|ces)|pairs?)"
)
_SCALAR = (
    r"(?:strings?|str|characters?|chars?|words?|sentences?|texts?|letters?|integers?|ints?|numbers?|floats?|digits?|"
    r"booleans?|bools?|dates?|none|true|false)"
)
# Lengths are bounded, so that no text can make the search slow.
_GAP = r"(?:[^\w\n]{1,6}\w{1,20}){0,5}?[^\w\n]{1,6}"
_TAKES = r"\b(?:given|takes?|accepts?|receives?|expects?|inputs?|arguments?|parameters?|passed)"
_GIVES = r"\b(?:returns?|returned|outputs?|results?|yields?|gives?|produces?|answers?|prints?)"
_WHETHER = r"\b(?:checks?|determines?|tells?|tests?|finds? out|decides?|returns?) (?:whether|if)\b"


class _Stated(Wording[float]):
    """How much of a type a sentence states: 1 for a type, 0.5 for a container that does not say of what."""

    def __init__(self, verb: str, held: str) -> None:
        super().__init__(self._share, held, listed=True)
        self._verb = verb

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(
            rf"{self._verb}{_GAP}(?:(?P<loose>{_CONTAINER}\b(?! of\b| \w+ of\b))|(?:{_SCALAR}|{_CONTAINER})\b)"
        )

    def _share(self, phrase: Phrase) -> float | None:
        best = None
        for match in self._pattern.finditer(phrase.low):
            if not match["loose"]:
                return 1.0
            best = 0.5
        return best

    def share(self, subject: Subject) -> float:
        """The most that any sentence states, 0 for nothing."""
        best = 0.0
        for _, stated in self.all(subject):
            if stated == 1.0:
                return stated
            best = stated
        return best


_INPUT = _Stated(
    _TAKES,
    "given take takes accept accepts receive receives expect expects input inputs argument arguments parameter "
    "parameters passed",
)
_OUTPUT = _Stated(
    _GIVES,
    "return returns returned output outputs result results yield yields give gives produce produces answer answers "
    "print prints",
)
_TRUTH = Put(_WHETHER, "whether if", listed=True)


@fact
def input_type_share(subject: Subject) -> float:
    """1 if a sentence says of what type an input is, 0.5 if it only names a container, 0 otherwise."""
    return _INPUT.share(subject)


@fact
def output_type_share(subject: Subject) -> float:
    """The same for the result; "check whether" says that it is a truth value."""
    return 1.0 if _TRUTH.anywhere(subject) else _OUTPUT.share(subject)
