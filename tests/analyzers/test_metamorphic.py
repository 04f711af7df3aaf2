"""What must not change the scores, and what may only raise or only lower them, over generated specs in four formats."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.lint import lint_text
from analyzers.parse import parse_specs
from analyzers.richness import Richness, richness
from analyzers.subject import Subject
from tests.analyzers.behaviours import BEHAVIOURS, FORMATS, Behaviour, scored

BUNDLED = sorted(
    path for path in (Path(__file__).resolve().parents[2] / "examples").iterdir() if path.suffix in (".py", ".md")
)
KEYWORDS = (
    "sorted ascending descending empty zero null error exception invalid inclusive exclusive unique distinct "
    "duplicates stable ties rounding precision decimal range positive negative maximum minimum "
    "case-insensitive whitespace index boundary edge overflow timeout integer string list tuple dictionary "
    "boolean float robust efficient linear"
).split()

behaviours = st.sampled_from(BEHAVIOURS)
formats = st.sampled_from(FORMATS)


@st.composite
def generated(draw: st.DrawFn) -> Behaviour:
    """A behaviour with some of its sentences and some of its examples left out."""
    whole = draw(behaviours)
    sentences = draw(st.integers(1, len(whole.sentences)))
    examples = draw(st.integers(0, len(whole.examples)))
    return Behaviour(
        whole.name, whole.parameters, whole.returns, whole.sentences[:sentences], whole.examples[:examples], whole.more
    )


specs = generated()


def same(one: Richness, other: Richness) -> bool:
    return abs(one.score - other.score) < 0.11 and abs(one.verifiable - other.verifiable) < 0.11


def every(text: str, filename: str) -> list[Richness]:
    return [richness(Subject(spec)) for spec in parse_specs(text, filename=filename)]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_one_behaviour_in_three_formats_scores_within_five_points(behaviour: Behaviour) -> None:
    found = [scored(behaviour.written(format), format) for format in FORMATS]
    scores = [richness.score for richness in found]
    assert max(scores) - min(scores) <= 5, scores
    assert len({richness.verifiable for richness in found}) == 1
    assert min(richness.verifiable for richness in found) >= 30


@given(specs, formats, st.data())
def test_a_consistent_distinct_example_never_lowers_richness(spec: Behaviour, format: str, data: st.DataObject) -> None:
    more = data.draw(st.lists(st.sampled_from(spec.more), min_size=1, unique=True))
    before = scored(spec.written(format), format)
    after = scored(spec.with_examples(*more).written(format), format)
    assert after.score >= before.score
    assert after.verifiable > before.verifiable or len(spec.examples) >= 4


@given(specs, formats)
def test_an_example_given_again_adds_nothing(spec: Behaviour, format: str) -> None:
    again = [(call.replace(", ", ","), result) for call, result in spec.examples]
    assert same(scored(spec.with_examples(*again).written(format), format), scored(spec.written(format), format))


@given(behaviours, formats)
def test_an_inconsistent_example_never_raises_soundness(spec: Behaviour, format: str) -> None:
    order = ("contradictory", "suspect", "clean")
    filename = {"stub": "a.py", "markdown": "a.md", "prose": "a.txt", "typed": None}[format]
    call, result = spec.examples[0]
    other = {"True": "False", "False": "True"}.get(result) or (f"{result}1" if result.isdigit() else spec.more[0][1])
    assert other != result
    before = lint_text(spec.written(format), filename=filename).specs[-1].soundness
    after = lint_text(spec.with_examples((call, other)).written(format), filename=filename).specs[-1].soundness
    assert order.index(after) <= order.index(before)
    assert after == "contradictory"


@given(specs, formats)
def test_gutting_the_docstring_never_raises_richness(spec: Behaviour, format: str) -> None:
    gutted = Behaviour(spec.name, spec.parameters, spec.returns, ("",), (), ())
    assert scored(gutted.written(format), format).score <= scored(spec.written(format), format).score


@given(specs, formats, st.lists(st.sampled_from(["TBD.", "Do it somehow, etc.", "Handle it properly if possible."])))
def test_gutting_a_vague_docstring_never_raises_richness(spec: Behaviour, format: str, vague: list[str]) -> None:
    gutted = Behaviour(spec.name, spec.parameters, spec.returns, ("",), (), ())
    poor = Behaviour(spec.name, spec.parameters, spec.returns, tuple(vague) or ("",), (), ())
    assert scored(gutted.written(format), format).score <= scored(poor.written(format), format).score


@given(specs, formats, st.integers(1, 3))
def test_blank_lines_change_nothing(spec: Behaviour, format: str, count: int) -> None:
    text = spec.written(format, paragraphs=True)
    spaced = text.replace("\n\n", "\n" * (2 + count))
    assert same(scored(spaced, format), scored(text, format))


@given(specs, formats, st.integers(24, 90))
def test_wrapping_the_prose_elsewhere_changes_nothing(spec: Behaviour, format: str, width: int) -> None:
    wrapped = tuple(_wrapped(sentence, width) for sentence in spec.sentences)
    other = Behaviour(spec.name, spec.parameters, spec.returns, wrapped, spec.examples, spec.more)
    assert same(scored(other.written(format), format), scored(spec.written(format), format))


def _wrapped(sentence: str, width: int) -> str:
    lines = [""]
    for word in sentence.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


@given(specs, formats, st.sampled_from(["\r\n", "\r"]))
def test_the_kind_of_newline_changes_nothing(spec: Behaviour, format: str, newline: str) -> None:
    text = spec.written(format)
    assert same(scored(text.replace("\n", newline), format), scored(text, format))


@given(specs)
def test_tabs_for_indentation_change_nothing(spec: Behaviour) -> None:
    text = spec.written("stub")
    assert same(scored(text.replace("    ", "\t"), "stub"), scored(text, "stub"))


@given(specs, formats)
def test_typographic_quotes_in_sentences_change_nothing(spec: Behaviour, format: str) -> None:
    straight = spec.with_sentences("It doesn't return \"empty\" and the result isn't longer than the input's length.")
    curly = spec.with_sentences("It doesn’t return “empty” and the result isn’t longer than the input’s length.")
    assert same(scored(curly.written(format), format), scored(straight.written(format), format))


@given(
    specs,
    formats,
    st.lists(st.text(string.ascii_lowercase, min_size=3, max_size=9), min_size=2, max_size=3).map("_".join),
)
def test_renaming_to_another_descriptive_name_changes_nothing(spec: Behaviour, format: str, name: str) -> None:
    if name.startswith(("my_", "do_")):
        name = f"x{name}"
    assert same(scored(spec.renamed(name).written(format), format), scored(spec.written(format), format))


@given(specs, formats, st.lists(st.sampled_from(KEYWORDS), min_size=3, max_size=40), st.sampled_from([" ", ", "]))
def test_a_line_of_keywords_moves_richness_little_and_verifiable_not(
    spec: Behaviour, format: str, words: list[str], between: str
) -> None:
    plain = scored(spec.written(format, paragraphs=True), format)
    stuffed = scored(spec.with_sentences(between.join(words)).written(format, paragraphs=True), format)
    assert abs(stuffed.score - plain.score) <= 5
    assert stuffed.verifiable == plain.verifiable


@given(st.sampled_from(BUNDLED), st.lists(st.sampled_from(KEYWORDS), min_size=8, max_size=40))
@settings(max_examples=40)
def test_keywords_after_a_bundled_example_move_little(path: Path, words: list[str]) -> None:
    text = path.read_text(encoding="utf-8")
    line = " ".join(words)
    # In a stub the line goes into the docstring, before its end.
    stuffed = (
        re.sub(r'(\n[ ]*)"""\s*\Z', rf'\1\n\1{line}\1"""\n', text) if path.suffix == ".py" else f"{text}\n\n{line}\n"
    )
    for plain, after in zip(every(text, path.name), every(stuffed, path.name), strict=True):
        assert abs(after.score - plain.score) <= 5
        assert after.verifiable == plain.verifiable


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_newlines_and_blank_lines_change_no_bundled_example(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = every(text, path.name)
    for changed in (text.replace("\n", "\r\n"), text.replace("\n\n", "\n\n\n"), text + "\n\n\n"):
        assert all(same(*pair) for pair in zip(plain, every(changed, path.name), strict=True))


@pytest.mark.parametrize("path", [p for p in BUNDLED if p.suffix == ".py"], ids=lambda path: path.name)
def test_gutting_a_bundled_stub_never_raises_its_richness(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    gutted = re.sub(r'"""(?:.|\n)*?"""', "...", text)
    assert gutted != text
    for plain, after in zip(every(text, path.name), every(gutted, path.name), strict=True):
        assert after.score < plain.score
