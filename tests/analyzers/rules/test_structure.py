"""Too little, too much, or broken: what is reported, and the texts that are only short, long or unusual."""

import pytest

from analyzers.fixes import apply_fixes
from analyzers.lint import lint_text
from analyzers.rules import find_rule
from analyzers.rules.structure import with_token_budget


def hits(code: str, text: str) -> list[str]:
    name = "spec.py" if text.startswith(("def ", "class ")) else "spec.md" if text.startswith("#") else "spec.txt"
    return [f.message for f in lint_text(text, filename=name, selection=[find_rule(code)]).all_findings]


def stub(header: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {header}:\n    """{body.strip()}\n    """\n'


THIN = (
    stub("settle(entries: list[int]) -> int", "Settle entries."),
    stub("run(x: int) -> int", "TBD."),
    stub("convert(text: str) -> str", "Convert."),
    "def convert(text: str) -> str: ...\n",
    "def convert(text: str) -> str:\n    pass\n",
    "# Convert\n\n`convert(text: str) -> str`\n",
    "convert(text: str) -> str\n",
    stub("share(total: float) -> float", "The share."),
    stub("share(total: float) -> float", "Share.", "", ">>> share(2.0)", "1.0"),
    "def convert(text: str) -> str:\n    raise NotImplementedError\n",
)
ENOUGH = (
    stub("vowels(text: str) -> int", "Count the vowels in text, in upper or lower case."),
    stub("double(n: int) -> int", "", ">>> double(1)", "2", ">>> double(0)", "0"),
    stub("mean(xs: list[float]) -> float", "Return the arithmetic mean of all elements of xs."),
    "Write a python function to find the first repeated character in a given string.\n",
    "# Mean\n\n`mean(xs: list[float]) -> float`\n\nThe arithmetic mean of the numbers, 0.0 for none.\n",
    stub("evens(xs: list[int]) -> list[int]", "Return a new list of the even elements, in their order."),
    "def double(n: int) -> int: ...\nassert double(1) == 2\nassert double(0) == 0\n",
    stub("trim(text: str) -> str", "Remove blanks at both ends of text."),
    'class Stack:\n    """A last-in first-out stack with push, pop and peek."""\n',
    "Sort the words of a sentence by length, shortest first.\nassert f('bb a') == 'a bb'\n",
)
BROKEN = (
    'def f(x: int) -> int:\n    """Double x.\n',
    "def f(x: int) -> int:\n    '''Double x.\n",
    "# Double\n\n```python\ndef double(x: int) -> int: ...\n",
    "# Double\n\nText\n\n~~~\n>>> double(1)\n2\n",
    'def f(x: int) -> int:\n"""Double x."""\n',
    'def f(x: int) -> int\n    """Double x."""\n',
    'def f(x: int -> int:\n    """Double x."""\n',
    'def f(x: int) -> int:\n    """Double x."""\n  return 1\n',
    'def f(x: int) -> int:\n    """Double x."""\n\ndef g(y: int -> int:\n    """Halve y."""\n',
    "# Double\n\n````python\ndef double(x: int) -> int: ...\n```\n",
)
WHOLE = (
    stub("f(x: int) -> int", "Double x."),
    'def f(x: int) -> int:\n    """It\'s a "quoted" word, and """ + ""\n    ...\n',
    "# Double\n\n```python\ndef double(x: int) -> int: ...\n```\n",
    "# Double\n\n~~~\n```\n~~~\n\nDoubles x.\n",
    "# Double\n\n    an indented block\n\nDoubles x.\n",
    "# Double\n\nUse `double(x)`; three backticks (```) inside of a line are text.\n",
    "def f(x: int) -> int: ...\n",
    "Doubles x. It's “quoted”.\n",
    "- a list\n  - in a list\n\nDoubles x.\n",
    "# Double\n\n> ```\n> double(1)\n\nA fence in a quotation ends with it.\n",
    'def f(x: int) -> int:\n\t"""Double x."""\n',
)
LONG = "Rows are printed as they were entered by the clerk on duty. "


@pytest.mark.parametrize("text", THIN)
def test_a_spec_of_next_to_nothing_is_reported(text: str) -> None:
    assert hits("ST601", text)


@pytest.mark.parametrize("text", ENOUGH)
def test_a_short_spec_that_says_what_it_wants_is_not(text: str) -> None:
    assert hits("ST601", text) == []


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_structure_is_reported(text: str) -> None:
    assert hits("ST603", text)


@pytest.mark.parametrize("text", WHOLE)
def test_an_unusual_structure_that_is_whole_is_not(text: str) -> None:
    assert hits("ST603", text) == []


@pytest.mark.parametrize("text", [BROKEN[0], BROKEN[1], BROKEN[2], BROKEN[3], BROKEN[4]])
def test_what_can_be_mended_for_certain_is_mended_once(text: str) -> None:
    name = "spec.md" if text.startswith("#") else "spec.py"
    report = lint_text(text, filename=name, selection=[find_rule("ST603")])
    mended = apply_fixes(text, report.all_findings, unsafe=False).text
    assert mended != text
    assert hits("ST603", mended) == []


@pytest.mark.parametrize("count", [300, 320, 350, 400, 450, 500, 600, 700, 800, 1000])
def test_a_spec_over_the_token_budget_is_reported(count: int) -> None:
    text = stub("report(rows: list[str]) -> str", "Join rows with newlines.", "", LONG * count)
    (message,) = hits("ST602", text)
    assert "≈" in message
    assert "4096" in message


@pytest.mark.parametrize("count", [0, 1, 2, 5, 10, 20, 50, 100, 150, 200])
def test_a_long_spec_within_the_budget_is_not(count: int) -> None:
    assert hits("ST602", stub("report(rows: list[str]) -> str", "Join rows.", "", LONG * count)) == []


def test_a_project_sets_its_own_budget() -> None:
    text = stub("report(rows: list[str]) -> str", "Join rows.", "", LONG * 20)
    rules = with_token_budget([find_rule("ST602")], 100)
    (finding,) = lint_text(text, filename="spec.py", selection=rules).all_findings
    assert "100" in finding.message


def test_a_budget_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        with_token_budget([], 0)
