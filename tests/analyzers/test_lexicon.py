"""What a wording needs never hides a place where its pattern would have found something."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers import coverage, kinds, lexicon, stated_types
from analyzers.lexicon import Phrase, Put, Wording
from analyzers.rules import ambiguity, constraints, edges, failures, in_place, policies, untestable
from analyzers.spec import Sentence, Span

_MODULES = (coverage, kinds, stated_types, ambiguity, constraints, edges, failures, in_place, policies, untestable)


def _wordings() -> Iterator[tuple[str, Wording[Any], str]]:
    """Each wording that needs something, by name, with its pattern."""
    for module in _MODULES:
        for name, value in [*vars(module).items(), *getattr(module, "CONSTRAINTS", {}).items()]:
            source = getattr(value, "_source", None) or (getattr(value, "_sources", None) or [None])[0]
            if isinstance(value, Put | ambiguity._Smell | constraints._Places) and not value._anywhere:
                yield f"{module.__name__}.{name}", value, source
    yield "input types", stated_types._INPUT, stated_types._INPUT._pattern.pattern
    yield "result types", stated_types._OUTPUT, stated_types._OUTPUT._pattern.pattern
    yield "sorting", constraints._UNDIRECTED, constraints._SORT.pattern
    yield "a key", constraints._RANKED, constraints._BY_KEY.pattern
    yield "an extreme", constraints._RANKED, constraints._EXTREME.pattern
    yield "a pick", edges._PICKED, edges._PICKS.pattern
    yield "case", policies._CASE, policies._COMPARED.pattern
    yield "positions", policies._POSITION, policies._INDEX.pattern
    yield "ranges", policies._LIMITED, policies._BETWEEN.pattern
    for number, form in enumerate(untestable._FORMS):
        yield f"a quality {number}", untestable._REQUIRED, form


_WORDINGS = {name: (wording, source) for name, wording, source in _wordings()}


def _phrase(text: str) -> Phrase:
    return Phrase(Sentence(text, Span(0, len(text))), *lexicon._read(text, frozenset()))


def test_every_family_of_wordings_is_held_to_this() -> None:
    assert len(_WORDINGS) > 50


@pytest.mark.parametrize("name", _WORDINGS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_where_a_pattern_matches_what_the_wording_needs_stands(name: str, data: st.DataObject) -> None:
    wording, source = _WORDINGS[name]
    cased = isinstance(wording, ambiguity._Smell)
    phrase = _phrase(data.draw(st.from_regex(re.compile(source, re.ASCII))))
    if re.search(source, phrase.text if cased else phrase.low):
        assert wording.may_stand(phrase), phrase.low


@pytest.mark.parametrize(
    "smell",
    [ambiguity._OPEN_ALTERNATIVES, ambiguity._PLACEHOLDERS, ambiguity._VAGUE_WORDS, ambiguity._OPEN_LISTS],
    ids=["open alternatives", "placeholders", "vague words", "open lists"],
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_quick_look_at_a_sentence_misses_no_smell(smell: ambiguity._Smell, data: st.DataObject) -> None:
    phrase = _phrase(data.draw(st.from_regex(re.compile(smell._sources[0], re.ASCII))))
    if re.search(smell._sources[0], phrase.text):
        assert smell._needs(phrase), phrase.text


@pytest.mark.parametrize(("form", "words"), untestable._FORMS_AFTER, ids=range(len(untestable._FORMS_AFTER)))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_quality_is_asked_for_in_the_words_that_are_looked_for_first(
    form: str, words: frozenset[str], data: st.DataObject
) -> None:
    phrase = _phrase(data.draw(st.from_regex(re.compile(form, re.ASCII))))
    if re.search(form, phrase.low):
        assert not words.isdisjoint(phrase.runs), phrase.low


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Return max_len, not len(x).", {"return", "max_len", "not", "len", "x"}),
        ("Größe in m²: 5", {"größe", "in", "m²", "5"}),
        ("tab\x1fbed", {"tab", "bed"}),
    ],
)
def test_runs_are_rows_of_word_characters(text: str, runs: set[str]) -> None:
    assert _phrase(text).runs == runs == set(re.findall(r"\w+", text.lower()))
