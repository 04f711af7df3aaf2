"""What a spec states beyond its task: constraints, edge cases, and what happens when something is wrong."""

import re

from analyzers.facts import fact
from analyzers.lexicon import Phrase, Put
from analyzers.subject import Raises, Subject

_FARTHEST = 110
"""Characters between a word and what it is said of: about twenty words."""


class Said(Put):
    """How something is said of a parameter or the result: the first place that is near a mention of one."""

    def __init__(self, pattern: str, stems: str) -> None:
        super().__init__(pattern, stems, bound=True)

    def _search(self, phrase: Phrase) -> re.Match[str] | None:
        if not phrase.bound:
            return None
        for match in self.pattern.finditer(phrase.low):
            start, end = match.span()
            for _, first, last in phrase.mentions:
                if first - _FARTHEST <= end and start <= last + _FARTHEST:
                    return match
        return None


def _wording(stems: str, *parts: str) -> Said:
    return Said("|".join(parts), stems)


CONSTRAINTS: dict[str, Said] = {
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
        "tie stable multiple several more_than same order first last earliest leftmost equal",
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
    "empty _no no_ not_ zero 0 single only_one less fewer n't",
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
_CONDITION = Put(r"\b(?:if|when|unless|whenever|in case|otherwise|for|raises?|assume|guaranteed|given|is|are|be)\b")


@fact
def constraint_kinds(subject: Subject) -> frozenset[str]:
    """The kinds of constraints (the keys of ``CONSTRAINTS``) that are stated about a parameter or the result."""
    stated: dict[int, tuple[Phrase, set[str]]] = {}
    for kind, wording in CONSTRAINTS.items():
        for phrase, _ in wording.all(subject):
            stated.setdefault(id(phrase), (phrase, set()))[1].add(kind)
    kept = (kinds for phrase, kinds in stated.values() if not _stuffed(phrase, len(kinds)))
    return frozenset().union(*kept)


@fact
def edge_statements(subject: Subject) -> tuple[bool, bool]:
    """Whether the spec states an edge case (empty, none, zero), and what happens when something is wrong.

    An example that raises states the second; other examples are counted as examples.
    """
    # A sentence that says both has two hits: never a row of keywords.
    edge, failure = (
        any(_CONDITION.first(phrase) is not None for phrase, _ in wording.all(subject)) for wording in (_EDGE, _FAILURE)
    )
    return edge, failure or any(isinstance(trial.outcome, Raises) for trial in subject.trials)


def _stuffed(phrase: Phrase, hits: int) -> bool:
    """Whether the sentence is little else than keywords: fewer than five words for each."""
    return hits > 2 and len(phrase.words) < 5 * hits
