"""SP: comments that silence findings. What these two find is about the file's comments, not about one spec."""

from collections.abc import Iterator
from typing import Final

from analyzers.rules.model import Hit, Rule
from analyzers.subject import Subject


def _of_the_file(_subject: Subject) -> Iterator[Hit]:
    """Nothing: ``analyzers.suppressions`` finds them, once the findings of all specs of the file are known."""
    return iter(())


_GOOD = '''\
def count_vowels(text: str) -> int:
    """Count the vowels (a, e, i, o, u) in text, in upper or lower case; 0 for an empty text.

    >>> count_vowels("Anna")
    2
    >>> count_vowels("")
    0
    """
'''

UNUSED: Final = Rule(
    code="SP901",
    name="unused-suppression",
    severity="warning",
    summary="A suppression that silences nothing.",
    why=(
        "It was written for a finding that is gone. Left in place it tells the reader of a fault that is not there, "
        "and it will hide the next finding of that rule, which nobody has judged."
    ),
    hint="Remove it.",
    bad=f"{_GOOD.rstrip()}  # noqa: EX101\n",
    good=_GOOD,
    check=_of_the_file,
    fixable="safe",
)
UNKNOWN: Final = Rule(
    code="SP902",
    name="unknown-suppression",
    severity="warning",
    summary="A suppression that names no rule, or is none.",
    why=(
        "It was meant to silence something and silences nothing: a code or name that no rule has, or a comment that is "
        "almost a suppression."
    ),
    hint="`secondpass rules` lists the codes and names.",
    bad=f"# secondpass: disable-file=EX1001\n{_GOOD}",
    good=_GOOD,
    check=_of_the_file,
)
RULES: tuple[Rule, ...] = (UNUSED, UNKNOWN)
