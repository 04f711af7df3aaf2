"""Types that only the prose states: "given a list of integers", "returns a string"."""

import re

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


def _stating(verb: str) -> re.Pattern[str]:
    return re.compile(rf"{verb}{_GAP}(?:(?P<loose>{_CONTAINER}\b(?! of\b| \w+ of\b))|(?:{_SCALAR}|{_CONTAINER})\b)")


_INPUT, _OUTPUT, _TRUTH = _stating(_TAKES), _stating(_GIVES), re.compile(_WHETHER)


def input_type_share(subject: Subject) -> float:
    """1 if a sentence says of what type an input is, 0.5 if it only names a container, 0 otherwise."""
    return _share(_INPUT, subject)


def output_type_share(subject: Subject) -> float:
    """The same for the result; "check whether" says that it is a truth value."""
    return 1.0 if _TRUTH.search(subject.prose) else _share(_OUTPUT, subject)


def _share(pattern: re.Pattern[str], subject: Subject) -> float:
    best = 0.0
    for match in pattern.finditer(subject.prose):
        if not match["loose"]:
            return 1.0
        best = 0.5
    return best
