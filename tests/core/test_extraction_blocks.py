"""Which block of an answer is read, and how fences are found."""

import pytest

from core.extraction import Extraction, extract_code

SOLVE = "def solve(x):\n    return x + 1\n"


def take(answer: str, name: str | None = "solve", **options: object) -> Extraction:
    return extract_code(answer, entry_point=name, **options)  # type: ignore[arg-type]


def run(extraction: Extraction, name: str = "solve", *args: object) -> object:
    """Call what was extracted: the tests' own code, so it may run here."""
    assert extraction.code is not None, extraction
    namespace: dict[str, object] = {"__name__": "answer"}
    exec(compile(extraction.code, "<test>", "exec"), namespace)
    return namespace[name](*args)  # type: ignore[operator]


@pytest.mark.parametrize(
    "opening",
    [
        "```python",
        "```python3",
        "```py",
        "```",
        "``` python",
        '```python title="solve.py"',
        "```solve.py",
        "~~~python",
        "~~~",
        "````python",
        "```Python",
        "```python:src/solve.py",
        "```{.python}",
        "```{python}",
    ],
)
def test_a_fence_of_any_usual_form_is_read(opening: str) -> None:
    closing = opening[0] * (len(opening) - len(opening.lstrip(opening[0])))
    assert take(f"Here:\n\n{opening}\n{SOLVE}{closing}\n\nDone.").code == SOLVE


def test_one_clean_block_comes_out_byte_for_byte() -> None:
    code = "# A comment.\nimport math\n\n\nLIMIT = 3  # why\n\n\ndef solve(x):\n\tx += 1  # tab\n\n\treturn x\n"
    found = take(f"```python\n{code}```")
    assert found == Extraction(code=code, problem=None, detail="defines solve")


@pytest.mark.parametrize(
    "answer",
    [
        "1. First:\n\n   ```python\n   def solve(x):\n       return x + 1\n   ```\n",
        "- ```python\n  def solve(x):\n      return x + 1\n  ```\n",
        "> ```python\n> def solve(x):\n>     return x + 1\n> ```\n",
        "      ```python\ndef solve(x):\n    return x + 1\n      ```\n",
    ],
)
def test_a_fence_in_a_list_or_a_quotation_loses_its_indentation(answer: str) -> None:
    assert take(answer).code == SOLVE


def test_a_fence_opened_at_the_end_of_a_line_of_prose_is_read() -> None:
    assert take(f"The function is: ```python\n{SOLVE}```").code == SOLVE


def test_a_fence_closed_at_the_end_of_a_line_of_code_is_read() -> None:
    assert take("```python\ndef solve(x):\n    return x + 1```\nThat is all.").code == SOLVE


def test_a_one_line_fence_is_read() -> None:
    assert take("```python def solve(x): return x + 1```").code == "def solve(x): return x + 1\n"


def test_a_fence_inside_a_docstring_does_not_end_the_block() -> None:
    code = 'def solve(x):\n    """Add one.\n\n    ```\n    solve(1)\n    ```\n    """\n    return x + 1\n'
    assert take(f"```python\n{code}```\nmore\n```python\nprint(solve(1))\n```").code == code


def test_a_fence_that_opens_at_the_margin_of_a_docstring_does_not_end_the_block() -> None:
    code = 'def solve(x):\n    """Add one.\n```python\nsolve(1)\n```\n    """\n    return x + 1\n'
    assert take(f"```python\n{code}```").code == code


def test_a_broken_docstring_does_not_swallow_the_rest_of_the_answer() -> None:
    answer = f'```python\ndef solve(x):\n    """Oops\n    return x\n```\nCorrected:\n```python\n{SOLVE}```'
    assert take(answer).code == SOLVE


def test_tildes_inside_backticks_are_content() -> None:
    code = 'TEXT = """\n~~~\n"""\n\n\ndef solve(x):\n    return TEXT\n'
    assert take(f"```python\n{code}```").code == code


def test_a_second_opening_fence_ends_a_block_that_was_never_closed() -> None:
    found = take(f"```python\n{SOLVE}\n```python\nprint(solve(1))\n```")
    assert found.code == SOLVE


def test_an_unclosed_fence_runs_to_the_end_and_is_noted() -> None:
    found = take(f"```python\n{SOLVE}")
    assert found.code == SOLVE
    assert "the closing fence is missing" in found.notes


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_ends_become_newlines(ending: str) -> None:
    assert take(f"```python\n{SOLVE}```".replace("\n", ending)).code == SOLVE


def test_later_blocks_of_example_calls_are_passed_over() -> None:
    found = take(f"```python\n{SOLVE}```\nUsage:\n```python\nprint(solve(1))\n```\nOutput:\n```\n2\n```")
    assert found.code == SOLVE
    assert "block 1 of 3" in found.notes


def test_an_example_block_that_assigns_to_the_asked_name_defines_nothing() -> None:
    count = "def count(xs):\n    return len(xs)\n"
    assert take(f"```python\n{count}```\n```python\ncount = count([1, 2])\nprint(count)\n```", "count").code == count


def test_a_block_that_imports_the_asked_name_defines_nothing() -> None:
    assert take(f"```python\n{SOLVE}```\n```python\nfrom solution import solve\nprint(solve(2))\n```").code == SOLVE


FIRST = "```python\ndef solve(x):\n    return 'first'\n```\n"
SECOND = "```python\ndef solve(x):\n    return 'second'\n```\n"


@pytest.mark.parametrize(
    "between",
    [
        "Alternatively, here's a more concise version:",
        "Or even simpler:",
        "**Using recursion**, another way:",
        "If you want a one-liner:",
        "## Option 2: a loop",
        "3. **Using a set:** or, instead of a loop:",
    ],
)
def test_an_alternative_does_not_replace_the_solution(between: str) -> None:
    assert run(take(f"{FIRST}\n{between}\n\n{SECOND}"), "solve", 0) == "first"


@pytest.mark.parametrize(
    "between",
    [
        "Wait, that is not right. Let me correct it:",
        "Actually, let me reconsider:",
        "Here is the final solution:",
        "Fixed:",
        "However, the alternative is simpler, so I'll go with it:",
        "Putting it together:",
        "",
    ],
)
def test_a_revision_replaces_the_solution(between: str) -> None:
    assert run(take(f"{FIRST}\n{between}\n\n{SECOND}"), "solve", 0) == "second"


def test_a_quotation_of_the_wrong_code_gives_way_to_what_follows() -> None:
    assert run(take(f"The original code:\n{FIRST}\nAlternative that handles zero:\n{SECOND}"), "solve", 0) == "second"


def test_a_stub_never_wins_over_a_complete_definition() -> None:
    stub = '```python\ndef solve(x):\n    """Add one."""\n    ...\n```\n'
    assert run(take(f"{FIRST}\nThe final interface:\n{stub}"), "solve", 0) == "first"


def test_a_block_that_parses_wins_over_a_part_of_one_that_does_not() -> None:
    broken = "```python\ndef solve(x):\n    return 'broken'\n\ndef helper(:\n    pass\n```\n"
    assert run(take(f"{FIRST}\nActually:\n{broken}"), "solve", 0) == "first"


def test_other_languages_are_passed_over() -> None:
    other = "```javascript\nfunction solve(x) { return x }\n```\n```bash\npip install solve\n```\n"
    assert take(f"```python\n{SOLVE}```\n{other}").code == SOLVE
    assert take(other).problem == "no code"


def test_reasoning_before_the_answer_is_ignored() -> None:
    reasoning = "<think>\nMaybe:\n```python\ndef solve(x):\n    return 'thought'\n```\n</think>\n"
    assert run(take(reasoning + FIRST), "solve", 0) == "first"
    assert run(take(reasoning.removeprefix("<think>") + FIRST), "solve", 0) == "first"


def test_reasoning_that_never_ends_is_an_answer_cut_off() -> None:
    found = take(f"<think>\nMaybe:\n```python\n{SOLVE}```\n")
    assert (found.code, found.problem) == (None, "cut off")


def test_think_tags_in_code_stay() -> None:
    code = 'def solve(x):\n    return x.split("</think>")[-1]\n'
    assert take(f"```python\n{code}```").code == code


@pytest.mark.parametrize(
    "answer", ["", "   \n", "I cannot help with that.", "```\n```", "```python\n```", "```text\nhello there\n```"]
)
def test_an_answer_without_code_says_so(answer: str) -> None:
    found = take(answer)
    assert (found.code, found.problem) == (None, "no code")
    assert found.detail


def test_without_an_asked_name_the_block_that_defines_most_is_taken() -> None:
    library = "def area(r):\n    return r * r\n\n\ndef volume(r):\n    return area(r) * r\n"
    found = take(f"```python\nx = 1\n```\n```python\n{library}```\n```python\nprint(area(2))\n```", None)
    assert found.code == library
    assert found.detail == "defines area, volume"


def test_without_an_asked_name_a_script_is_left_as_it_is() -> None:
    assert take("```python\nprint('hello')\n```", None).code == "print('hello')\n"
    assert take("Only prose here.", None).problem == "no code"
