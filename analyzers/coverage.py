"""What a spec states beyond its task: constraints, edge cases, and what happens when something is wrong."""

import re
from collections import Counter

from analyzers.facts import fact
from analyzers.lexicon import Phrase, Put
from analyzers.subject import Raises, Subject

_FARTHEST = 110
"""Characters between a word and what it is said of: about twenty words."""


class Said(Put):
    """How something is said of a parameter or the result: the first place that is near a mention of one."""

    def __init__(self, pattern: str, held: str) -> None:
        super().__init__(pattern, held, bound=True, listed=True)

    def _search(self, phrase: Phrase) -> re.Match[str] | None:
        if not phrase.bound:
            return None
        if len(phrase.low) <= _FARTHEST:
            # It mentions something, and nothing in it is far away.
            return self.pattern.search(phrase.low)
        for match in self.pattern.finditer(phrase.low):
            start, end = match.span()
            for _, first, last in phrase.mentions:
                if first - _FARTHEST <= end and start <= last + _FARTHEST:
                    return match
        return None


def _wording(held: str, *parts: str) -> Said:
    return Said("|".join(parts), held)


CONSTRAINTS: dict[str, Said] = {
    "range": _wording(
        "positive negative nonnegative zero nonzero natural least most between than range ranges ranging from up upto "
        "< > ≤ ≥",
        r"\b(?:positive|negative|non-?\s?(?:negative|zero)|nonnegative|natural number|at (?:least|most)|between|"
        r"(?:greater|less|larger|smaller|more|fewer) than|(?:in|within) (?:the )?range|rang(?:es|ing) from|"
        r"from -?\d+ to|no (?:more|less) than|up ?to)\b",
        r"(?<![-=<>])(?:<=|>=|[<>≤≥])(?![<>=-])",
    ),
    "size": _wording(
        "empty nonempty length lengths size sizes least most exactly only len",
        r"\b(?:non-?\s?empty|(?:of|same|equal|different) (?:length|size)s?|lengths? (?:is|are|of|at)|"
        r"(?:at least|at most|exactly|only) (?:\d+|one|two|three|four|five|n|k) (?:\w+ )?"
        r"(?:elements?|items?|characters?|digits?|words?|letters?|numbers?|entries))\b",
        r"\blen\(",
    ),
    "order": _wording(
        "ascending descending increasing decreasing sort sorts sorted sorting alphabetical alphabetically order "
        "lexicographic lexicographical lexicographically reversed from smallest largest",
        r"\b(?:ascending|descending|(?:non-)?increasing|(?:non-)?decreasing|sort(?:s|ed|ing)?|alphabetical(?:ly)?|"
        r"(?:in|the|same|original|reversed?) (?:\w+ )?order|lexicographic(?:al|ally)?|reversed|"
        r"from (?:smallest|largest|shortest|longest|left|right|lowest|highest)|(?:smallest|largest) (?:first|to))\b",
    ),
    "ties": _wording(
        "tie ties stable multiple several than same original relative first last earliest leftmost equal",
        r"\b(?:ties?|stable|in case of (?:multiple|several|equal)|(?:original|relative) order|"
        r"(?:if|when) (?:there (?:are|is) )?(?:multiple|several|more than one)|"
        r"same (?:number|length|frequency|value|count|sum|score)|(?:appears?|comes?|occurs?) (?:first|last)|"
        r"(?:first|last|earliest|leftmost) (?:one|occurrence|of them)|equal (?:elements|items|keys|values))\b",
    ),
    "precision": _wording(
        "round rounds rounded rounding decimal precision tolerance accuracy significant truncate truncates truncated "
        "truncating nearest floor floored ceil ceiling exactly within",
        r"\b(?:round(?:s|ed|ing)?|decimal (?:places?|points?|digits?)|precision|tolerance|accuracy|"
        r"significant (?:digits|figures)|truncat(?:e|es|ed|ing)|nearest|floor(?:ed)?|ceil(?:ing)?|exactly equal|"
        r"within 1e-?\d+)\b",
    ),
    "text": _wording(
        "case* upper lower uppercase* lowercase* capital capitals capitalized capitalised space spaces whitespace "
        "whitespaces blank blanks trim trimmed strip stripped punctuation separated delimited delimiter delimiters",
        r"\b(?:case[- ]?(?:in)?sensitiv\w*|(?:upper|lower)[- ]?case\w*|(?:regardless|ignor\w+) (?:of )?(?:the )?case|"
        r"capital(?:s|ized|ised)?|white ?spaces?|spaces?|blanks?|trim(?:med)?|strip(?:ped)?|punctuation|"
        r"separated by|delimited by|delimiters?)\b",
    ),
    "duplicates": _wording(
        "duplicate duplicates duplicated distinct unique repeat repeats repeated repeating repetition repetitions once "
        "multiplicity occurrence occurrences",
        r"\b(?:duplicate[sd]?|distinct|unique|repeat(?:ed|s|ing)?|repetitions?|more than once|"
        r"(?:only |at most |exactly )once|multiplicity|multiple occurrences?|number of occurrences)\b",
    ),
    "base": _wording(
        "based indexed inclusive inclusively exclusive exclusively including excluding ends starting th",
        r"\b(?:(?:0|1|zero|one)[- ](?:based|indexed)|inclusive(?:ly)?|exclusive(?:ly)?|(?:in|ex)cluding|"
        r"both ends|starting (?:with|from|at) (?:index )?(?:0|1|zero|one)|(?:0|1|zero|one)-th)\b",
    ),
    "mutation": _wording(
        "place new copy unchanged unmodified chang* modif* mutat* alter*",
        r"\b(?:in[- ]place|new (?:list|array|dictionary|dict|set|copy)|a copy|left unchanged|is unchanged|unmodified|"
        r"(?:without|not|don['’]t|never) (?:chang|modif|mutat|alter)\w*)\b",
    ),
    "format": _wording(
        "form format formatted consist consists consisting only hexadecimal yyyy iso",
        r"\b(?:(?:in|of) (?:the )?(?:form|format)|formatted as|consist(?:s|ing)? (?:only |solely )?of|"
        r"contain(?:s|ing)? only|only contains?|hexadecimal|yyyy|iso 8601)\b",
    ),
}
"""What a constraint of each kind reads like."""

_EDGE = _wording(
    "empty nonempty isempty areempty beempty ifempty whenempty forempty anempty theempty ofempty orempty no none not "
    "only less fewer zero 0 single doesn don",
    r"\b(?:(?:is|are|be|if|when|for|an|the|of|or|non-?) ?empty|non-?empty|(?:has|have) no \w+|"
    r"(?:if|when|in case) (?:there (?:is|are) )?(?:no|none|only one|not enough|fewer|less than)|"
    r"no (?:such|valid|elements?|items?|values?|numbers?|words?|match(?:es)?|solution|\w+ \w+ exists?)|"
    r"(?:is|equals?|of|to|or|for) (?:zero|0|none)|(?:single|only one) (?:element|item|character|word|value|node)|"
    r"(?:does not|doesn't|do not|don't) (?:exist|contain|occur|appear)|not (?:present|found))\b",
)
_FAILURE = _wording(
    "raise raises raising throw throws error errors valueerror typeerror keyerror indexerror overflowerror "
    "runtimeerror zerodivisionerror assertionerror lookuperror exception exceptions valid invalid malformed illegal "
    "ill unparsable guaranteed none null nan 1 assume assumes assuming never not cannot",
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
    standing = Counter(id(phrase) for wording in CONSTRAINTS.values() for phrase in wording.standing(subject))
    return frozenset(
        kind
        for kind, wording in CONSTRAINTS.items()
        if any(not _stuffed(phrase, standing[id(phrase)]) for phrase, _ in wording.all(subject))
    )


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


def _stuffed(phrase: Phrase, most: int) -> bool:
    """Whether the sentence is little else than keywords: fewer than five words for each kind of constraint.

    ``most``: so many kinds of constraints it may state.
    """
    wanted = max(3, len(phrase.words) // 5 + 1)
    if most < wanted:
        return False
    for left, wording in zip(range(len(CONSTRAINTS), 0, -1), CONSTRAINTS.values(), strict=True):
        if left < wanted:
            return False
        wanted -= wording.first(phrase) is not None
    return wanted <= 0
