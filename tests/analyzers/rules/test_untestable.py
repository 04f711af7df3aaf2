"""TC704: a quality that no test could show to be met."""

import pytest

from tests.analyzers.rules.test_consistency import found

TASK = "Merge two ascending lists into one ascending list."
UNTESTABLE = {
    "The function should be efficient.": "efficient",
    "The implementation must be robust.": "robust",
    "It should be user-friendly.": "user-friendly",
    "Make sure the code is clean.": "clean",
    "Write an elegant function for this.": "elegant",
    "The algorithm should run as fast as possible.": "fast",
    "Return the result as quickly as possible.": "as quickly as possible",
    "It must handle malformed lists gracefully.": "gracefully",
    "Keep the implementation simple.": "simple",
    "Please write a function to efficiently compute the result.": "efficiently",
    "The solution has to be easy to maintain.": "easy to maintain",
    "Provide a clean and robust implementation.": "clean",
    "The code should be production-ready.": "production-ready",
    "Write pythonic code.": "pythonic",
    "It should merge long lists with good performance.": "with good performance",
}


def spec(sentence: str, form: str) -> str:
    if form == "stub":
        return f'def merge(left: list[int], right: list[int]) -> list[int]:\n    """{TASK}\n\n    {sentence}\n    """\n'
    return f"# merge\n\n{TASK}\n\n{sentence}\n\n```python\nassert merge([1], [2]) == [1, 2]\n```\n"


@pytest.mark.parametrize("sentence", UNTESTABLE)
@pytest.mark.parametrize("form", ["stub", "markdown"])
def test_a_quality_without_a_measure_is_a_warning(sentence: str, form: str) -> None:
    messages = found(spec(sentence, form), "TC704")
    assert messages == [f'No test can show that this is met: "{UNTESTABLE[sentence]}" has no measure.']


@pytest.mark.parametrize(
    "sentence",
    [
        "The function should be efficient: it takes time linear in the length of both lists.",
        "The function should be fast. It must take under 50 ms for 10,000 items.",
        "The algorithm must run as fast as possible, in O(n log n) at most.",
        "It must handle an empty list gracefully, by returning the other one.",
        "Handle bad input gracefully: return an empty list.",
        "Return the most efficient route of the two.",
        "Count the clean words of the text.",
        "Each runner has a name and a fast or slow pace.",
        "The simple lists come first.",
        "Return True if the password is secure, which means at least eight characters.",
        "The function should be called once for each list.",
        "The flexible items may stand anywhere.",
        "Return the robust mean, which leaves out the smallest and the largest number.",
        "The code must be a text of four digits.",
        "A nice number is one that is divisible by three.",
    ],
)
@pytest.mark.parametrize("form", ["stub", "markdown"])
def test_what_can_be_measured_or_is_about_data_is_no_finding(sentence: str, form: str) -> None:
    assert found(spec(sentence, form), "TC704") == []


def test_the_sentence_is_marked() -> None:
    from analyzers.lint import lint_text
    from analyzers.rules import find_rule

    text = spec("The function should be efficient.", "stub")
    (finding,) = lint_text(text, selection=[find_rule("TC704")]).all_findings
    assert text[finding.span.start : finding.span.end] == "The function should be efficient."
