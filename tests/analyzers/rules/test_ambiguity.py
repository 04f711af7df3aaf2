"""Wording that two readers take in two ways: what is reported, and the look-alikes that are plain words of a spec."""

import pytest

from analyzers.lint import lint_text
from analyzers.rules import find_rule


def hits(code: str, sentence: str) -> list[str]:
    """The messages of a rule on a sentence: in a docstring, in Markdown and as prose, which must agree."""
    header = "def shorten(text: str, limit: int, items: list[str]) -> str"
    texts = {
        "spec.py": f'{header}:\n    """Cut the text to limit characters. {sentence}\n    """\n',
        "spec.md": f"# Shorten\n\n`{header}`\n\nCut the text to limit characters. {sentence}\n",
        "spec.txt": f"{header}\n\nCut the text to limit characters. {sentence}\n",
    }
    found = [
        [finding.message for finding in lint_text(text, filename=name, selection=[find_rule(code)]).all_findings]
        for name, text in texts.items()
    ]
    assert found[0] == found[1] == found[2]
    return found[0]


REPORTED = {
    "AM501": (
        "Handle long words appropriately.",
        "Choose a suitable place for the cut.",
        "Use a reasonable default if limit is missing.",
        "Texts that are roughly as long as limit stay.",
        "Usually keep the first item.",
        "Empty items are handled properly.",
        "Drop a few characters at the end.",
        "Very long items are cut first.",
        "Common abbreviations stay as they are.",
        "Items that are too short normally stay.",
        "Convert the text to a meaningful form.",
        "The items must somehow fit.",
        "If the text is not close enough to limit, cut it accordingly.",
    ),
    "AM502": (
        "Return None or raise ValueError on a negative limit.",
        "The text may hold tabs and/or blanks, which count as one.",
        "Mark the cut with an ellipsis or something similar.",
        "Separate the items with a comma or similar.",
        "Return None or an empty string for an empty text.",
        "Return -1 or raise an IndexError for no items.",
        "Raise ValueError or return None for a negative limit.",
        "For equal items either is fine.",
        "Sort the items or whatever, then join them.",
        "Which of the items is dropped is up to you, it is up to you.",
        "Number the items as you like.",
    ),
    "AM503": (
        "Remove commas, semicolons, etc. from its end.",
        "Blanks, tabs and so on are removed.",
        "Handle articles, prepositions and the like.",
        "Supported are commas, points and so forth.",
        "Punctuation, including but not limited to commas, is removed.",
        "Remove commas, points, and others.",
        "Remove, among others, commas.",
        "Remove, among other things, blanks at the end.",
        "Remove commas, points and many more.",
        "Remove blanks or other similar characters.",
    ),
    "AM504": (
        "Cut at a word boundary if possible.",
        "Keep as much as possible of the text.",
        "Round the limit where appropriate.",
        "Remove blanks as needed.",
        "Ideally, the cut is between words.",
        "Preferably the items keep their order.",
        "The text should probably end with a point.",
        "Shorten the items at your discretion.",
        "Try to keep whole words.",
        "Normalise the text when necessary.",
        "Sort the items, if applicable.",
        "Keep the order to the extent possible.",
    ),
    "AM505": (
        "TODO: what about emoji?",
        "The handling of tabs is TBD.",
        "FIXME: say what an empty text gives.",
        "What a negative limit gives is to be determined.",
        "A negative limit gives ???",
        "Lorem ipsum dolor sit amet.",
        "<describe the edge cases here>",
        "The default of limit is still to be defined.",
        "[insert example here]",
        "XXX: think about this again.",
        "The rule for ties is TBC.",
    ),
}
PLAIN = {
    "AM501": (
        "The lengths are normally distributed.",
        "Return the words of several items joined.",
        "If there are several, return the first of them.",
        "If the text is too long for the limit, cut it.",
        "The string “roughly” is replaced by the empty string.",
        "Replace `usually` by nothing.",
        "Return the most common word of the items.",
        "Return common words of text and items.",
        "This is often called truncation.",
        "The cut works for negative limits as well.",
        "Limit is large enough to hold one character.",
        "Return False if the text is not long enough.",
    ),
    "AM502": (
        "Return True or False.",
        "Return None if the text is empty, or raise ValueError if limit is negative.",
        "Each item is a letter or a digit.",
        "Return the text or, if it is too long, its beginning.",
        "Return the smaller or equal one of the two lengths.",
        "The word “and/or” counts as one.",
        "Limit is 0 or more.",
        "Raise ValueError if the text or an item is empty.",
        "Return 1 or -1 depending on the order of the items.",
        "Cut at a blank or at a hyphen, whichever comes first.",
    ),
    "AM503": (
        "Take the first item, then the second, and so on.",
        "Positions are counted 1, 2, 3 and so on.",
        "Drop the first, then the third, etc.",
        "The text ends in “etc.” if it was cut.",
        "Replace `and so on` by three points.",
        "Return the text and the number of more characters.",
        "Items are one character or more.",
        "Other items stay as they are.",
        "Join the first two items, then the next two, and so forth.",
        "Sketches of the text are not limited to ten characters.",
    ),
    "AM504": (
        "Return True if possible, otherwise False.",
        "Check if it is possible to cut the text between words.",
        "Determine if possible cuts exist.",
        "Pad the text with blanks if necessary.",
        "Repeat the text as often as needed.",
        "The word “ideally” is dropped.",
        "Replace `if possible` by nothing.",
        "An item is a sign, optionally followed by digits.",
        "Return all possible cuts.",
        "Return the necessary number of cuts.",
        "The limit is required.",
    ),
    "AM505": (
        "Items that begin with the word TODO are dropped.",
        "The text is a todo list, one item a line.",
        "Return the items of the TODO list that are open.",
        "The string “TBD” is replaced by nothing.",
        "Replace `???` by a single question mark.",
        "Whether a cut is needed is to be determined from limit.",
        "The order is to be defined by the first item.",
        "Return the marker XXX in upper case.",
        "Does the text end with a question mark? Then drop it.",
        "Return <text> without the angle brackets.",
        "Items look like [a, b].",
    ),
}


@pytest.mark.parametrize(("code", "sentence"), [(code, each) for code in REPORTED for each in REPORTED[code]])
def test_wording_that_leaves_the_meaning_open_is_reported_in_every_format(code: str, sentence: str) -> None:
    assert hits(code, sentence)


@pytest.mark.parametrize(("code", "sentence"), [(code, each) for code in PLAIN for each in PLAIN[code]])
def test_look_alikes_are_plain_words(code: str, sentence: str) -> None:
    assert hits(code, sentence) == []


def test_the_message_quotes_the_words_and_the_place_is_theirs() -> None:
    text = 'def cut(text: str) -> str:\n    """Cut the text at a suitable\n    place."""\n'
    (finding,) = lint_text(text, filename="spec.py", selection=[find_rule("AM501")]).all_findings
    assert text[finding.span.start : finding.span.end] == "suitable"
    assert "“suitable”" in finding.message


def test_a_sentence_is_reported_once_per_rule() -> None:
    assert len(hits("AM501", "Handle it appropriately, in a suitable and sensible way.")) == 1
