"""The score of a spec: what each component counts, and that the sum is what is shown."""

import math

import pytest

from analyzers.parse import parse_spec
from analyzers.richness import Component, Richness, richness
from analyzers.subject import Subject

LEAN = "Write a function to sort things.\nassert arrange([2, 1]) == [1, 2]\n"
FULL = '''def largest(xs: list[int], k: int = 1) -> list[int]:
    """Return the k largest numbers of xs, each of them as often as it occurs, in descending order.

    xs holds at most 1000 numbers, and k is between 0 and the length of xs. Equal numbers keep their original order.
    If xs is empty, the result is an empty list. Raises ValueError if k is negative.

    >>> largest([3, 1, 2], 2)
    [3, 2]
    >>> largest([], 0)
    []
    >>> largest([5, 5, 1], 2)
    [5, 5]
    >>> largest([4], 1)
    [4]
    """
'''


def score(text: str, filename: str = "spec.py") -> Richness:
    return richness(Subject(parse_spec(text, filename=filename)))


def component(found: Richness, name: str) -> Component:
    return next(part for part in found.components if part.name == name)


def stub(header: str, doc: str = "Add the numbers.") -> str:
    return f'{header}\n    """{doc}\n    """\n'


def points(text: str, name: str) -> float:
    return component(score(text), name).points


@pytest.mark.parametrize("text", [LEAN, FULL, "", "TODO", "def f(x):\n    pass\n"])
def test_the_score_is_the_sum_of_its_components(text: str) -> None:
    found = score(text)
    assert found.score == pytest.approx(sum(part.points for part in found.components), abs=0.06)
    assert 0 <= found.verifiable <= 50
    assert 0 <= found.score <= 100
    assert sum(part.most for part in found.components) == 100


@pytest.mark.parametrize("text", [LEAN, FULL, ""])
def test_what_is_not_full_says_what_raises_it_and_by_how_much(text: str) -> None:
    for part in score(text).components:
        if part.points < part.most:
            assert part.advice.startswith("+"), part
        elif part.most:
            assert part.advice == "", part


def test_a_full_interface_and_examples_fill_the_verifiable_score() -> None:
    found = score(FULL)
    assert found.verifiable == 50
    assert component(found, "edges").points == 8
    assert component(found, "errors").points == 7
    assert component(found, "constraints").points == 15


def test_a_text_about_nothing_scores_nothing() -> None:
    found = score("", "spec.txt")
    assert (found.score, found.verifiable) == (0, 0)


@pytest.mark.parametrize(
    ("header", "name"),
    [("def count_vowels(text):", 6.0), ("def f(text):", 2.0), ("def solve(text):", 2.0), ("def my_function(a):", 2.0)],
)
def test_a_name_counts_fully_if_it_says_something(header: str, name: float) -> None:
    assert points(stub(header), "name") == name


def test_a_name_that_only_an_example_calls_counts_half() -> None:
    assert component(score(LEAN, "spec.txt"), "name").points == 3


@pytest.mark.parametrize(
    ("header", "parameters", "returns"),
    [
        ("def add(xs: list[int], k: int) -> int:", 8, 6),
        ("def add(xs: list[int], k) -> int:", 4, 6),
        ("def add(xs: list, k: int) -> list:", 6, 3),
        ("def add(xs, k):", 0, 0),
        ("def add() -> None:", 8, 6),
    ],
)
def test_annotations_count_by_the_share_that_is_typed_and_bare_containers_half(
    header: str, parameters: float, returns: float
) -> None:
    found = score(stub(header, "Add."))
    assert component(found, "parameters").points == parameters
    assert component(found, "returns").points == returns


def test_types_that_sentences_state_earn_at_most_six_and_nothing_verifiable() -> None:
    told = score(stub("def add(xs, k):", "Given a list of integers and a number, return the sum as an integer."))
    silent = score(stub("def add(xs, k):", "Add."))
    assert component(told, "parameters").points + component(told, "returns").points == 6
    assert told.verifiable == silent.verifiable


def test_a_sentence_that_names_only_a_container_earns_half_of_that() -> None:
    assert points(stub("def add(xs):", "Given a list, add everything up."), "parameters") == 1.5


def test_the_first_example_is_worth_most_and_the_fifth_nothing() -> None:
    examples = [f">>> double({n})\n    {2 * n}" for n in range(2, 8)]
    scored = [
        points(stub("def double(n: int) -> int:", "Double n.\n    " + "\n    ".join(examples[:count])), "examples")
        for count in range(7)
    ]
    assert scored == [0, 12, 17, 20, 22, 22, 22]


def test_an_example_given_twice_in_another_layout_counts_once() -> None:
    doc = "Add.\n    >>> add([1, 2], k=3)\n    6\n    >>> add([1,2],k = 3)\n    6"
    assert points(stub("def add(xs, k):", doc), "examples") == 12


def test_an_example_that_cannot_be_run_counts_half_and_is_not_verifiable() -> None:
    good = "Say if n is even.\n    even(2) => True\n    even(3) => False"
    broken = "Say if n is even.\n    even(2) => true\n    even(3) => false"
    runnable, rejected = (score(stub("def even(n: int) -> bool:", doc)) for doc in (good, broken))
    assert component(runnable, "examples").points == 17
    assert component(rejected, "examples").points == 8.5
    assert component(rejected, "examples").advice == "+8.5: mend the 2 examples that cannot be run"
    assert rejected.verifiable == runnable.verifiable - 17 - 4 - 4 * (component(runnable, "edge_inputs").points > 0)


def test_steps_of_a_session_that_show_nothing_are_no_examples() -> None:
    text = (
        'class Counter:\n    """Counts.\n\n    >>> c = Counter()\n    >>> c.add(2)\n    >>> c.total()\n    2\n    """\n'
        "    def __init__(self) -> None: ...\n    def add(self, n: int) -> None: ...\n    def total(self) -> int: ...\n"
    )
    assert points(text, "examples") == 12


@pytest.mark.parametrize(
    ("first", "second", "worth"),
    [("True", "False", 4), ("True", "True", 0), ("1", "True", 4), ("[1]", "[ 1 ]", 0), ("'a'", '"a"', 0)],
)
def test_outcomes_differ_by_value_and_type(first: str, second: str, worth: float) -> None:
    doc = f"Look.\n    >>> look(5)\n    {first}\n    >>> look(7)\n    {second}"
    assert points(stub("def look(n):", doc), "outcomes") == worth


@pytest.mark.parametrize("arguments", ["[]", "''", "0", "-3", "None", "[1]", "{}", "[5, 6], 0", "1"])
def test_a_smallest_input_is_an_edge(arguments: str) -> None:
    assert points(stub("def look(n, k=0):", f"Look.\n    >>> look({arguments})\n    5"), "edge_inputs") == 4


@pytest.mark.parametrize("arguments", ["[1, 2]", "'ab'", "2", "True", "False", "[3, 4], 1", "(1, 2)"])
def test_an_ordinary_input_is_no_edge(arguments: str) -> None:
    assert points(stub("def look(n, k=0):", f"Look.\n    >>> look({arguments})\n    5"), "edge_inputs") == 0


def test_behaviour_follows_the_stated_curve_of_distinct_words() -> None:
    found = score(stub("def look(n):", "Rotate the digits of the number."))
    # rotate, digits, number
    assert component(found, "behaviour").points == pytest.approx(20 * (1 - math.exp(-3 / 35)))


def test_repeated_words_add_nothing_to_behaviour() -> None:
    once = points(stub("def look(n):", "Rotate the digits of the number."), "behaviour")
    twice = points(stub("def look(n):", "Rotate the digits of the number. The number of the digits."), "behaviour")
    assert twice == once


def test_a_row_of_keywords_is_no_behaviour() -> None:
    plain = stub("def look(n):", "Rotate the digits of the number.")
    row = stub(
        "def look(n):",
        "Rotate the digits of the number.\n\n    sorted ascending unique empty error inclusive stable ties range",
    )
    assert score(row).score == score(plain).score


def test_smells_cost_at_most_ten_and_never_more_than_the_prose_earned() -> None:
    vague = " ".join(f"Handle case {n} appropriately, TBD, etc. as needed somehow." for n in "abcdefg")
    lean, rich = score(stub("def look(n):", vague)), score(FULL.replace("Equal", vague + " Equal"))
    assert component(lean, "smells").points >= -10
    assert lean.score >= score("def look(n):\n    pass\n").score
    assert component(rich, "smells").points <= 0
