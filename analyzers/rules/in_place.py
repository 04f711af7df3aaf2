"""EE404: a container is changed or built anew, and the spec does not say which."""

import re
from collections.abc import Iterator

from analyzers.kinds import Value, inputs, result
from analyzers.lazy import lazy
from analyzers.lexicon import Put, place
from analyzers.rules.model import Hit, Rule
from analyzers.subject import Subject

_CHANGES = Put(
    r"(?:\A|\bto |\bthat |\bthat will |\bwhich |\bshould |\bmust |\band |; |, )"
    r"((?:re)?sorts?|reverses?|removes?|rotates?|shuffles?|inserts?|appends?|deletes?|swaps?|moves?|updates?|"
    r"re-?orders?|re-?arranges?|interchanges?|exchanges?|fills?|prepends?|drops?|adds?|extends?|shifts?|clears?|"
    r"de-?duplicates?|transposes?)\b(?! (?:up\b|the (?:numbers?|values?|integers?|elements? of|digits) (?:of|from|"
    r"and|together)))",
    "sort sorts resort resorts reverse reverses remove removes rotate rotates shuffle shuffles insert inserts append "
    "appends delete deletes swap swaps move moves update updates order orders reorder reorders arrange arranges "
    "rearrange rearranges interchange interchanges exchange exchanges fill fills prepend prepends drop drops add adds "
    "extend extends shift shifts clear clears duplicate duplicates deduplicate deduplicates transpose transposes",
    bound=True,
    listed=True,
)
_TARGET = lazy(
    r"(?:lists?|arrays?|matri(?:x|ces)|dictionar(?:y|ies)|dicts?|sets?|elements?|items?|duplicates?|sublists?|rows?|"
    r"columns?|"
    r"tuples?|keys?|entries|values?|numbers?|zero(?:e?s)?|strings|words|none|it|them|records?)\b"
)
_SETTLED = Put(
    r"\b(?:in[- ]?place|(?:an?|returns? the|gives? the|resulting) (?:\w+, )?(?:separate|resulting|sorted|reversed|"
    r"rotated|updated|filtered) (?:\w+ )?"
    r"(?:list|array|dictionary|dict|set|copy|matrix|sequence)|new|copy|copies|copied|un-?(?:changed|modified|touched|"
    r"affected)|"
    r"mutat\w*|modif\w+|alter\w*|(?:do|does|must|should|is|are|be) (?:not|never) (?:be )?chang\w*|without chang\w*|"
    r"returns? (?:a|an) (?:\w+ ){0,2}?(?:list|array|dictionary|dict|set|matrix|sequence|tuple|string|copy)|"
    r"returning (?:a|an)|into (?:a|an|one)|returns? none|original)\b",
    "place inplace separate resulting sorted reversed rotated updated filtered new copy copies copied un* mutat* "
    "modif* alter* chang* return returns returning into original",
)


def _in_place(subject: Subject) -> Iterator[Hit]:
    out = result(subject)
    changed = [value for value in inputs(subject) if value.mutable and value.kind in ("sequence", "mapping", "set")]
    if not changed or not out.mutable:
        return
    fitting = [value for value in changed if value.kind == out.kind]
    if not fitting:
        return
    for phrase, match in _CHANGES.all(subject):
        if not _acts_on(match, fitting):
            continue
        if _SETTLED.anywhere(subject):
            return
        verb = phrase.sentence.text[match.start(1) : match.end(1)].lower()
        yield Hit(
            span=place(subject, phrase, match, 1),
            message=(
                f"“{verb}” may change {fitting[0].label} itself or build a new {_noun(fitting[0])}; nothing says which."
            ),
            hint=f"Write, for example: Return a new {_noun(fitting[0])}; {fitting[0].label} is not changed.",
        )
        return


def _acts_on(match: re.Match[str], values: list[Value]) -> bool:
    """Whether the verb's object is what was passed: "sort the list", "remove the duplicates from xs"."""
    rest = match.string[match.end() : match.end() + 60]
    names = "|".join(re.escape(value.name.lower()) for value in values if value.name)
    named = re.match(rf"[^.;]{{0,50}}?(?<!\w)(?:{names})(?!\w)", rest) if names else None
    return named is not None or re.match(rf"[^.;]{{0,50}}?\b{_TARGET.pattern}", rest) is not None


def _noun(value: Value) -> str:
    return {"mapping": "dictionary", "set": "set"}.get(value.kind, "list")


RULES: tuple[Rule, ...] = (
    Rule(
        code="EE404",
        name="in-place-or-new",
        severity="info",
        summary=(
            "A list, dictionary or set is sorted, reversed or otherwise changed, and nothing says in place or anew."
        ),
        why=(
            "A caller who goes on using the argument sees the difference, and tests that compare only what is "
            "returned do "
            "not: a draft that sorts in place and returns the list passes them and breaks the program around it."
        ),
        hint="Say that a new one is returned, or that the argument is changed in place.",
        bad='def tidy(xs: list[int]) -> list[int]:\n    """Sort xs in ascending order."""\n',
        good=(
            'def tidy(xs: list[int]) -> list[int]:\n    """Return a new list with the elements of xs in ascending '
            'order."""\n'
        ),
        check=_in_place,
    ),
)
