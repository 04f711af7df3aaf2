"""Reading a reviewer's answer: the verdict first, then claims, however the model decorates them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.review import MOST_CLAIMS, REVIEW_SCHEMA, in_words, labelled, parse_expectation, parse_review

PLAIN = """\
VERDICT: DEFECTS

FINDING 1
TITLE: touching intervals stay apart
CITATION: Intervals that share at least one point are merged.
INPUT: merge([(1, 2), (2, 3)])
EXPECTED: [(1, 3)]
WHY: Both hold the point 2.
"""


def test_reads_the_form_that_the_prompt_asks_for() -> None:
    review = parse_review(PLAIN)
    assert review.verdict == "defects"
    (claim,) = review.claims
    assert claim.title == "touching intervals stay apart"
    assert claim.citation == "Intervals that share at least one point are merged."
    assert claim.call == "merge([(1, 2), (2, 3)])"
    assert claim.expected == "[(1, 3)]"
    assert claim.why == "Both hold the point 2."


@pytest.mark.parametrize(
    "answer",
    [
        "VERDICT: NO DEFECT",
        "verdict: no defect.",
        "**VERDICT:** NO DEFECTS",
        "## Verdict: No defect\n\nThe code is right.",
        "I checked every example.\n\nVERDICT: NO DEFECT",
        "No defects found.",
    ],
)
def test_no_defect_in_many_wordings(answer: str) -> None:
    assert parse_review(answer).verdict == "no defect"


def test_no_defect_wins_over_claims_that_follow_it() -> None:
    assert parse_review("VERDICT: NO DEFECT\n" + PLAIN.split("\n", 1)[1]).verdict == "no defect"


@pytest.mark.parametrize("answer", ["", "The code looks interesting.", "VERDICT: DEFECTS", "VERDICT: maybe"])
def test_an_answer_without_verdict_or_claim_is_unclear(answer: str) -> None:
    review = parse_review(answer)
    assert (review.verdict, review.claims) == ("unclear", ())


def test_decorated_labels_and_fenced_inputs() -> None:
    review = parse_review(
        "**Verdict:** DEFECTS\n\n### Finding 1\n- **Title:** wrong at zero\n"
        '- **Citation:** "Zero gives an empty text."\n'
        "- **Input:**\n```python\n>>> f(0)\n```\n- **Expected:** `''`\n- **Why:** *division*\n"
    )
    (claim,) = review.claims
    assert (claim.title, claim.citation, claim.call, claim.expected) == (
        "wrong at zero",
        "Zero gives an empty text.",
        "f(0)",
        "''",
    )


def test_several_findings_with_and_without_a_finding_line() -> None:
    two = "INPUT: f(1)\nEXPECTED: 1\nINPUT: f(2)\nEXPECTED: 2\nFINDING 3\nINPUT: f(3)\nEXPECTED: 3\n"
    assert [claim.call for claim in parse_review(two).claims] == ["f(1)", "f(2)", "f(3)"]


def test_a_flood_of_claims_is_cut() -> None:
    flood = "VERDICT: DEFECTS\n" + "".join(f"FINDING {n}\nINPUT: f({n})\nEXPECTED: 0\n" for n in range(100))
    assert len(parse_review(flood).claims) == MOST_CLAIMS


def test_a_claim_without_an_input_is_kept_with_an_empty_one() -> None:
    (claim,) = parse_review("VERDICT: DEFECTS\nFINDING 1\nTITLE: the names are ugly\n").claims
    assert (claim.title, claim.call, claim.expected) == ("the names are ugly", "", "")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("EXPECTED: [1, 2]", "[1, 2]"),
        ("First I thought\nEXPECTED: 3\nbut no:\n**EXPECTED:** `4`", "4"),
        ("EXPECTED: raises ValueError", "raises ValueError"),
        ("EXPECTED: unspecified", ""),
        ("EXPECTED: Unspecified by the specification", ""),
        ("it is 5", ""),
    ],
)
def test_the_last_expectation_of_a_second_opinion_counts(answer: str, expected: str) -> None:
    assert parse_expectation(answer) == expected


@given(st.text(alphabet=st.sampled_from(list("VERDICTFNGINPUEXWHY: *`#>-_\n1\"'“”abc()[]")), max_size=400))
def test_any_text_is_read_without_an_error(answer: str) -> None:
    review = parse_review(answer)
    assert len(review.claims) <= MOST_CLAIMS
    parse_expectation(answer)


def as_json(**changes: object) -> str:
    finding = {
        "title": "touching intervals stay apart",
        "citation": "Intervals that share at least one point are merged.",
        "input": "merge([(1, 2), (2, 3)])",
        "expected": "[(1, 3)]",
        "why": "Both hold the point 2.",
    }
    return json.dumps({"verdict": "DEFECTS", "findings": [finding | changes]})


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "\n{}\n\nThat is all."])
def test_a_review_as_json_says_the_same_as_one_with_labels(form: str) -> None:
    assert parse_review(form.replace("{}", as_json())) == parse_review(PLAIN)


def test_a_review_as_json_reads_as_one_with_labels() -> None:
    review = parse_review(as_json())
    assert labelled(review) + "\n" == PLAIN
    assert labelled(parse_review('{"verdict": "NO DEFECT", "findings": []}')) == "VERDICT: NO DEFECT"


def test_a_literal_in_place_of_its_text_is_taken_as_that_literal() -> None:
    (claim,) = parse_review(as_json(expected=[1, 3])).claims
    assert claim.expected == "[1, 3]"


@pytest.mark.parametrize(
    "answer",
    [
        as_json(title="no error is raised")[:-20],
        '{"verdict": "DEFECTS", "findings": []}',
        '{"verdict": 7, "findings": "none"}',
        '{"findings": [1, null]}',
        '{"a": ' * 2000,
    ],
)
def test_json_that_is_cut_off_or_says_nothing_is_unclear(answer: str) -> None:
    review = parse_review(answer)
    assert (review.verdict, review.claims) == ("unclear", ())


def test_the_schema_asks_for_what_is_read() -> None:
    finding = json.loads(REVIEW_SCHEMA)["properties"]["findings"]["items"]
    assert set(finding["required"]) == set(json.loads(as_json())["findings"][0])


IN_JSON = json.dumps(
    {
        "verdict": "DEFECTS",
        "findings": [
            {
                "title": "three \u2260 two",
                "citation": "twice x",
                "input": "double(1)",
                "expected": "2",
                "why": "it adds",
            },
            {"title": "zero", "citation": "", "input": "double(0)", "expected": "0", "why": "not said"},
        ],
    }
)


@pytest.mark.parametrize("fenced", [IN_JSON, f"```json\n{IN_JSON}\n```\n"], ids=["bare", "fenced"])
def test_a_review_in_json_reads_as_one_in_words(fenced: str) -> None:
    assert in_words(fenced) == labelled(parse_review(IN_JSON))


@given(st.integers(0, len(IN_JSON)))
def test_whatever_of_it_has_arrived_is_the_beginning_of_the_whole(length: int) -> None:
    assert in_words(IN_JSON).startswith(in_words(IN_JSON[:length]))


@pytest.mark.parametrize("answer", ["", "VERDICT: NO DEFECT", "{x for x in y}", '{"a": 1}', '["verdict"]'])
def test_what_is_no_review_in_json_stays_as_it_is(answer: str) -> None:
    assert in_words(answer) == answer


@pytest.mark.parametrize("odd", ['{"verdict": null}', '{"findings": 3}', '{"findings": [3, null, {"title": [1]}]}'])
def test_json_of_another_shape_is_no_error(odd: str) -> None:
    assert in_words(odd)
