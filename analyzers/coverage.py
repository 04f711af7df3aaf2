"""What a spec states beyond its task: constraints, edge cases, and what happens when something is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.facts import fact
from analyzers.lexicon import Phrase, with_stems
from analyzers.subject import Raises, Subject

_FARTHEST = 110
"""Characters between a word and what it is said of: about twenty words."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How something is put, in lower case; a sentence without any of ``stems`` need not be searched."""

    stems: tuple[str, ...]
    pattern: re.Pattern[str]

    def search(self, phrase: Phrase) -> re.Match[str] | None:
        """The first place in a sentence that is near a parameter or the result, which it may be said of."""
        if not phrase.bound or not any(stem in phrase.low for stem in self.stems):
            return None
        for match in self.pattern.finditer(phrase.low):
            if any(
                mention.start - _FARTHEST <= match.end() and match.start() <= mention.end + _FARTHEST
                for mention in phrase.mentions
            ):
                return match
        return None

    def found(self, subject: Subject) -> Iterator[Phrase]:
        """The sentences of a spec that put it so."""
        return (phrase for phrase in with_stems(subject, self.stems) if self.search(phrase) is not None)


def _wording(stems: str, *parts: str) -> Wording:
    return Wording(tuple(stem.replace("_", " ") for stem in stems.split()), re.compile("|".join(parts)))


CONSTRAINTS: dict[str, Wording] = {
    "range": _wording(
        "ositive egative zero natural least most than etween rang from up_to upto within < > ≤ ≥",
        r"\b(?:positive|negative|non-?\s?(?:negative|zero)|nonnegative|natural number|at (?:least|most)|between|"
        r"(?:greater|less|larger|smaller|more|fewer) than|(?:in|within) (?:the )?range|rang(?:es|ing) from|"
        r"from -?\d+ to|no (?:more|less) than|up ?to)\b",
        r"(?<![-=<>])(?:<=|>=|[<>≤≥])(?![<>=-])",
    ),
    "size": _wording(
        "empty length size least most exactly only len(",
        r"\b(?:non-?\s?empty|(?:of|same|equal|different) (?:length|size)s?|lengths? (?:is|are|of|at)|"
        r"(?:at least|at most|exactly|only) (?:\d+|one|two|three|four|five|n|k) (?:\w+ )?"
        r"(?:elements?|items?|characters?|digits?|words?|letters?|numbers?|entries))\b",
        r"\blen\(",
    ),
    "order": _wording(
        "scending creasing sort order alphabet lexico reversed from first est_to",
        r"\b(?:ascending|descending|(?:non-)?increasing|(?:non-)?decreasing|sort(?:s|ed|ing)?|alphabetical(?:ly)?|"
        r"(?:in|the|same|original|reversed?) (?:\w+ )?order|lexicographic(?:al|ally)?|reversed|"
        r"from (?:smallest|largest|shortest|longest|left|right|lowest|highest)|(?:smallest|largest) (?:first|to))\b",
    ),
    "ties": _wording(
        "tie stable case if when same one of order first last equal",
        r"\b(?:ties?|stable|in case of (?:multiple|several|equal)|(?:original|relative) order|"
        r"(?:if|when) (?:there (?:are|is) )?(?:multiple|several|more than one)|"
        r"same (?:number|length|frequency|value|count|sum|score)|(?:appears?|comes?|occurs?) (?:first|last)|"
        r"(?:first|last|earliest|leftmost) (?:one|occurrence|of them)|equal (?:elements|items|keys|values))\b",
    ),
    "precision": _wording(
        "round decimal precision tolerance accuracy significant truncat nearest floor ceil exact within",
        r"\b(?:round(?:s|ed|ing)?|decimal (?:places?|points?|digits?)|precision|tolerance|accuracy|"
        r"significant (?:digits|figures)|truncat(?:e|es|ed|ing)|nearest|floor(?:ed)?|ceil(?:ing)?|exactly equal|"
        r"within 1e-?\d+)\b",
    ),
    "text": _wording(
        "case capital space blank trim strip punct separated delimit",
        r"\b(?:case[- ]?(?:in)?sensitiv\w*|(?:upper|lower)[- ]?case\w*|(?:regardless|ignor\w+) (?:of )?(?:the )?case|"
        r"capital(?:s|ized|ised)?|white ?spaces?|spaces?|blanks?|trim(?:med)?|strip(?:ped)?|punctuation|"
        r"separated by|delimited by|delimiters?)\b",
    ),
    "duplicates": _wording(
        "duplicate distinct unique repe once multipl occurrences",
        r"\b(?:duplicate[sd]?|distinct|unique|repeat(?:ed|s|ing)?|repetitions?|more than once|"
        r"(?:only |at most |exactly )once|multiplicity|multiple occurrences?|number of occurrences)\b",
    ),
    "base": _wording(
        "based indexed clusi cluding ends starting -th",
        r"\b(?:(?:0|1|zero|one)[- ](?:based|indexed)|inclusive(?:ly)?|exclusive(?:ly)?|(?:in|ex)cluding|"
        r"both ends|starting (?:with|from|at) (?:index )?(?:0|1|zero|one)|(?:0|1|zero|one)-th)\b",
    ),
    "mutation": _wording(
        "place new copy chang modif mutat alter",
        r"\b(?:in[- ]place|new (?:list|array|dictionary|dict|set|copy)|a copy|left unchanged|is unchanged|unmodified|"
        r"(?:without|not|don['’]t|never) (?:chang|modif|mutat|alter)\w*)\b",
    ),
    "format": _wording(
        "form consist contain hexadecimal yyyy 8601",
        r"\b(?:(?:in|of) (?:the )?(?:form|format)|formatted as|consist(?:s|ing)? (?:only |solely )?of|"
        r"contain(?:s|ing)? only|only contains?|hexadecimal|yyyy|iso 8601)\b",
    ),
}
"""What a constraint of each kind reads like."""

_EDGE = _wording(
    "empty no zero 0 none single one not less fewer",
    r"\b(?:(?:is|are|be|if|when|for|an|the|of|or|non-?) ?empty|non-?empty|(?:has|have) no \w+|"
    r"(?:if|when|in case) (?:there (?:is|are) )?(?:no|none|only one|not enough|fewer|less than)|"
    r"no (?:such|valid|elements?|items?|values?|numbers?|words?|match(?:es)?|solution|\w+ \w+ exists?)|"
    r"(?:is|equals?|of|to|or|for) (?:zero|0|none)|(?:single|only one) (?:element|item|character|word|value|node)|"
    r"(?:does not|doesn't|do not|don't) (?:exist|contain|occur|appear)|not (?:present|found))\b",
)
_FAILURE = _wording(
    "rais throw error exception valid malformed illegal ill-formed unpars none null nan -1 assum guarantee never not",
    r"\b(?:raises?|raising|throws?|(?:value|type|key|index|overflow|runtime|zerodivision|assertion|lookup)error|"
    r"errors?|exceptions?|invalid|malformed|illegal|ill-formed|not (?:a )?valid|unparsable|guaranteed|"
    r"returns? (?:none|null|nan)|(?:you (?:may|can) )?assum(?:e|es|ing) (?:that )?|always (?:be )?valid|"
    r"(?:will|can) never be|not (?:found|possible|present|allowed)|cannot be)\b",
    r"\breturns? [`'\"]?-1\b",
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|whenever|in case|otherwise|for|raises?|assume|guaranteed|given|is|are|be)\b"
)


@fact
def constraint_kinds(subject: Subject) -> frozenset[str]:
    """The kinds of constraints (the keys of ``CONSTRAINTS``) that are stated about a parameter or the result."""
    stated: dict[Phrase, set[str]] = {}
    for kind, wording in CONSTRAINTS.items():
        for phrase in wording.found(subject):
            stated.setdefault(phrase, set()).add(kind)
    kept = (kinds for phrase, kinds in stated.items() if not _stuffed(phrase, len(kinds)))
    return frozenset().union(*kept)


@fact
def edge_statements(subject: Subject) -> tuple[bool, bool]:
    """Whether the spec states an edge case (empty, none, zero), and what happens when something is wrong.

    An example that raises states the second; other examples are counted as examples.
    """
    # A sentence that says both has two hits: never a row of keywords.
    edge, failure = (
        any(_CONDITION.search(phrase.low) is not None for phrase in wording.found(subject))
        for wording in (_EDGE, _FAILURE)
    )
    return edge, failure or any(isinstance(trial.outcome, Raises) for trial in subject.trials)


def _stuffed(phrase: Phrase, hits: int) -> bool:
    """Whether the sentence is little else than keywords: fewer than five words for each."""
    return hits > 2 and len(phrase.words) < 5 * hits
