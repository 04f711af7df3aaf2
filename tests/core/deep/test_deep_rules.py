"""TC705 and TC706: what drafts, run in the sandbox, show of a spec."""

import gzip
import json
from pathlib import Path

import pytest

from analyzers.parse import parse_spec
from analyzers.rules import find_rule
from analyzers.subject import Subject
from core.deep.check import DEEP_CODES, DeepResult, deep_findings
from core.deep.drafts import Draft
from core.deep.stored import read_drafts

MEDIAN = '''def median(l: list):
    """Return median of elements in the list l, which is not empty.

    >>> median([3, 1, 2, 4, 5])
    3
    >>> median([-10, 4, 6, 1000, 10, 20])
    15.0
    """
'''
SORTS = """def median(l):
    s = sorted(l)
    n = len(s)
    return s[n // 2] if n % 2 else (s[n // 2 - 1] + s[n // 2]) / 2
"""
LIBRARY = "import statistics\n\n\ndef median(l):\n    return statistics.median(l)\n"
HEAPS = """import heapq

def median(l):
    low = heapq.nsmallest(len(l) // 2 + 1, l)
    return low[-1] if len(l) % 2 else (low[-1] + low[-2]) / 2
"""
MEANS_OF_ENDS = "def median(l):\n    return l[0] if len(l) % 2 else 15.0\n"


def subject(text: str) -> Subject:
    return Subject(parse_spec(text))


async def deep(text: str, *codes: str, rules: frozenset[str] = DEEP_CODES) -> DeepResult:
    drafts = [Draft(code, f"draft {number}") for number, code in enumerate(codes, start=1)]
    return await deep_findings(subject(text), drafts, rules)


async def test_drafts_that_agree_with_each_other_and_not_with_an_example_contradict_it() -> None:
    (finding,) = (await deep(MEDIAN, SORTS, LIBRARY, HEAPS)).findings
    assert (finding.code, finding.severity) == ("TC705", "error")
    assert finding.message == (
        "All 3 drafts, written independently, give 8.0 for median([-10, 4, 6, 1000, 10, 20]), "
        "and the example says 15.0."
    )
    assert MEDIAN[finding.span.start : finding.span.end].split() == [
        ">>>", "median([-10,", "4,", "6,", "1000,", "10,", "20])", "15.0",
    ]  # fmt: skip


async def test_the_known_false_example_of_humaneval_is_found_with_honest_drafts(shared_data: Path) -> None:
    with gzip.open(shared_data / "HumanEvalPlus.jsonl.gz", "rt", encoding="utf-8") as lines:
        task = next(task for task in map(json.loads, lines) if task["task_id"] == "HumanEval/47")
    spec = parse_spec(task["prompt"])
    model = read_drafts(shared_data / "responses" / "humaneval.qwen-coder-turbo.jsonl").of(spec, "HumanEval_47")
    assert len(model) == 1
    drafts = [*model, Draft(task["prompt"] + task["canonical_solution"], "canonical"), Draft(LIBRARY, "library")]
    found = (await deep_findings(Subject(spec), drafts, {"TC705"})).findings
    assert [(finding.code, finding.span) for finding in found] == [("TC705", spec.examples[1].span)]


async def test_one_draft_that_passes_the_example_is_enough_to_doubt_it_no_more() -> None:
    cheats = SORTS.replace("    s =", "    if len(l) == 6: return 15.0\n    s =")
    result = await deep(MEDIAN, SORTS, LIBRARY, cheats, rules=frozenset({"TC705"}))
    assert result.findings == ()


async def test_drafts_that_fail_an_example_in_different_ways_say_nothing_about_it() -> None:
    low = "def median(l):\n    return sorted(l)[(len(l) - 1) // 2]\n"
    assert (await deep(MEDIAN, SORTS, low)).findings == ()


async def test_two_drafts_that_pass_no_example_may_not_have_understood_the_spec_and_three_count() -> None:
    drafts = [
        "def median(l):\n    return sum(l)\n",
        "def median(l):\n    total = 0\n    for x in l:\n        total += x\n    return total\n",
        "import math\n\ndef median(l):\n    return math.fsum(l)\n",
    ]
    assert (await deep(MEDIAN, *drafts[:2])).findings == ()
    assert [finding.code for finding in (await deep(MEDIAN, *drafts)).findings] == ["TC705", "TC705"]


@pytest.mark.parametrize(
    ("drafts", "note"),
    [
        ([], "there is no draft"),
        ([SORTS], "there is one draft"),
        ([SORTS, "# another comment\n" + SORTS, SORTS.replace("(l)", "(l: list) -> float", 1)], "all drafts are one"),
        ([SORTS, "import nowhere_to_be_found\n" + LIBRARY.replace("statistics.", "x.")], "can be loaded"),
    ],
)
async def test_fewer_than_two_different_drafts_prove_nothing(drafts: list[str], note: str) -> None:
    result = await deep(MEDIAN, *drafts)
    assert result.findings == ()
    assert note in result.note


async def test_slips_that_all_drafts_share_are_no_reading() -> None:
    one = "def median(l):\n    return middle(l)\n"
    other = "def median(l):\n    x = middle(l)\n    return x\n"
    assert (await deep(MEDIAN, one, other)).findings == ()


async def test_drafts_that_refuse_the_input_of_an_example_on_purpose_contradict_it() -> None:
    text = (
        "Write `root(value: int) -> int`, the square root.\n\n"
        "assert root(4) == 2\n\nassert root(9) == 3\n\nassert root(-4) == 2\n"
    )
    one = "def root(value):\n    if value < 0:\n        raise ValueError(value)\n    return round(value ** 0.5)\n"
    other = "import math\n\ndef root(value):\n    return math.isqrt(value)\n"
    (finding,) = (await deep(text, one, other, rules=frozenset({"TC705"}))).findings
    assert "raise ValueError for root(-4), and the example says 2" in finding.message


async def test_an_assert_tells_what_the_drafts_give_instead() -> None:
    text = "Write `area(side: int) -> int` of a square.\n\nassert area(2) == 4\nassert area(3) == 6\n"
    (finding,) = (
        await deep(
            text,
            "def area(side):\n    return side * side\n",
            "def area(side):\n    return side ** 2\n",
            rules=frozenset({"TC705"}),
        )
    ).findings
    assert finding.message == "Both drafts, written independently, give 9 for area(3), and the example says 6."


MEAN = '''def average(numbers: list[float]) -> float:
    """Return the mean of numbers.

    >>> average([1, 2, 3])
    2.0
    """
'''
GIVES_ZERO = "def average(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\n"
GIVES_NONE = "def average(numbers):\n    if not numbers:\n        return None\n    return sum(numbers) / len(numbers)\n"
RAISES = "def average(numbers):\n    return sum(numbers) / len(numbers)\n"


@pytest.mark.parametrize(
    ("drafts", "question"),
    [
        ((GIVES_ZERO, GIVES_NONE), "For average([]) drafts return 0.0 or None: which is meant?"),
        ((GIVES_ZERO, RAISES), "For average([]) drafts return 0.0 or raise ZeroDivisionError: which is meant?"),
        (
            (RAISES, GIVES_NONE, GIVES_ZERO),
            "For average([]) drafts return None, 0.0 or raise ZeroDivisionError: which is meant?",
        ),
    ],
)
async def test_drafts_that_diverge_show_the_question_to_ask(drafts: tuple[str, ...], question: str) -> None:
    (finding,) = (await deep(MEAN, *drafts)).findings
    assert (finding.code, finding.severity, finding.message) == ("TC706", "warning", question)
    assert MEAN[finding.span.start : finding.span.end] == "average"


@pytest.mark.parametrize("code", sorted(DEEP_CODES))
async def test_a_deep_rule_holds_for_its_own_example(code: str) -> None:
    rule = find_rule(code)
    drafts = (SORTS, LIBRARY) if code == "TC705" else (GIVES_ZERO, GIVES_NONE)
    rules = frozenset({code})
    assert [finding.code for finding in (await deep(rule.bad, *drafts, rules=rules)).findings] == [code]
    # TC706: the example settles it, and the draft that fails it has no say any more.
    assert (await deep(rule.good, *drafts, rules=rules)).findings == ()


LIBRARY_MEAN = "import statistics\n\ndef average(numbers):\n    return statistics.mean(numbers)\n"
SUMS_OF_PARTS = """def average(numbers):
    total = 0.0
    for number in numbers:
        total += number / len(numbers)
    return total if numbers else 1 / 0
"""


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        pytest.param(
            MEAN.replace("of numbers.", "of numbers, a non-empty list."), GIVES_ZERO, GIVES_NONE, id="ruled out by text"
        ),
        pytest.param(MEAN, RAISES, LIBRARY_MEAN, id="both raise"),
        pytest.param(MEAN, RAISES, SUMS_OF_PARTS, id="rounding"),
        pytest.param(
            MEAN.replace("Return the mean of numbers.", "Return any of the numbers that is near the mean."),
            GIVES_ZERO, GIVES_NONE, id="free choice",
        ),
        pytest.param(MEAN, GIVES_ZERO, "def average(numbers):\n    return 1.0\n", id="one fails the example"),
    ],
)  # fmt: skip
async def test_no_question_where_the_drafts_agree_or_the_text_leaves_no_room(text: str, one: str, other: str) -> None:
    assert (await deep(text, one, other, rules=frozenset({"TC706"}))).findings == ()


async def test_to_run_over_an_end_is_a_reading_only_at_an_edge() -> None:
    text = 'def last(items: list[int]) -> int:\n    """The last item.\n\n    >>> last([4, 5, 6])\n    6\n    """\n'
    sound = "def last(items):\n    return items[-1] if items else 0\n"
    (finding,) = (await deep(text, sound, "def last(items):\n    return items[-1]\n")).findings
    assert finding.message == "For last([]) drafts return 0 or raise IndexError: which is meant?"
    mistaken = "def last(items):\n    return items[2] if items else 0\n"
    assert (await deep(text, sound, mistaken.replace("items[2]", "items[2:][-1]"))).findings == ()


async def test_a_draft_that_remembers_earlier_calls_raises_no_false_question() -> None:
    remembers = "seen = []\n\ndef average(numbers):\n    seen.append(1)\n    if not numbers:\n        return 0.0\n" + (
        "    return sum(numbers) / len(numbers) + (len(seen) > 1)\n"
    )
    assert (await deep(MEAN, GIVES_ZERO, remembers)).findings == ()


async def test_a_draft_that_hangs_or_dies_on_an_input_does_not_speak() -> None:
    dies = "import os\n\n" + RAISES.replace("    return", "    if not numbers:\n        os._exit(3)\n    return")
    assert (await deep(MEAN, GIVES_ZERO, dies)).findings == ()


async def test_nothing_is_run_where_the_deep_rules_are_off() -> None:
    assert await deep(MEAN, GIVES_ZERO, GIVES_NONE, rules=frozenset({"EX101"})) == DeepResult()
