"""What becomes of the code that was found: completed, trimmed, repaired, bound, or refused with a reason."""

import pytest

from core.extraction import Extraction, extract_code


def fenced(*blocks: str) -> str:
    """An answer of Python blocks."""
    return "Here:\n\n" + "\n\nand\n\n".join(f"```python\n{block}```" for block in blocks)


def take(answer: str, name: str | None = "solve", **options: object) -> Extraction:
    return extract_code(answer, entry_point=name, **options)  # type: ignore[arg-type]


def run(extraction: Extraction, *args: object, name: str = "solve") -> object:
    assert extraction.code is not None, extraction
    namespace: dict[str, object] = {"__name__": "answer"}
    exec(compile(extraction.code, "<test>", "exec"), namespace)
    return namespace[name](*args)  # type: ignore[operator]


SOLVE = "def solve(x):\n    return x + 1\n"


class TestJoining:
    def test_imports_and_helpers_of_an_earlier_block_are_joined(self) -> None:
        found = take(
            fenced(
                "import math\nBASE = 2\n",
                "def up(x):\n    return math.ceil(x) + BASE\n",
                "def solve(x):\n    return up(x)\n",
            )
        )
        assert run(found, 1.5) == 4
        assert any("another block" in note for note in found.notes)

    def test_a_helper_that_follows_in_a_later_block_is_joined(self) -> None:
        assert run(take(fenced("def solve(x):\n    return up(x)\n", "def up(x):\n    return x + 1\n")), 1) == 2

    def test_the_nearest_helper_above_wins(self) -> None:
        found = take(
            fenced("def up(x):\n    return 1\n", "def up(x):\n    return 2\n", "def solve(x):\n    return up(x)\n")
        )
        assert run(found, 0) == 2

    def test_locals_that_share_a_name_with_an_example_bring_nothing_in(self) -> None:
        code = "def solve(x):\n    result = x\n    data = [result]\n    return sum(data)\n"
        found = take(fenced(code, "data = load()\nresult = solve(data)\nsum = 3\nprint(result)\n"))
        assert found.code == code

    def test_what_the_stub_brings_along_fills_what_is_missing(self) -> None:
        stub = "from typing import List\nimport math\nimport os\n\n\ndef poly(x):\n    return math.floor(x)\n\n"
        found = take(fenced("def solve(xs: List[int]):\n    return poly(xs[0])\n"), preamble=stub)
        assert run(found, [2.5]) == 2
        assert found.code is not None
        assert "import os" not in found.code
        assert any("from the spec" in note for note in found.notes)

    def test_the_answers_own_helper_wins_over_the_stubs(self) -> None:
        found = take(
            fenced("def poly(x):\n    return 'own'\n\n\ndef solve(x):\n    return poly(x)\n"),
            preamble="def poly(x):\n    return 'stub'\n",
        )
        assert run(found, 1) == "own"

    def test_a_name_in_a_string_annotation_counts_as_used(self) -> None:
        found = take(fenced('def solve(x: "List[int]") -> None:\n    pass\n'), preamble="from typing import List\n")
        assert found.code is not None
        assert "from typing import List" in found.code

    def test_a_stub_name_shadows_a_builtin(self) -> None:
        found = take(fenced("def solve(x):\n    return pow(x, 2)\n"), preamble="from math import pow\n")
        assert isinstance(run(found, 2), float)

    def test_future_imports_stay_first(self) -> None:
        code = "from __future__ import annotations\n\n\ndef solve(x: Unknown):\n    return math.floor(x)\n"
        assert run(take(fenced(code), preamble="import math\n"), 1.5) == 1
        found = take(
            fenced("def solve(x: Unknown):\n    return x\n"),
            preamble="from __future__ import annotations\nimport math\n",
        )
        assert run(found, 3) == 3

    def test_a_star_import_of_the_stub_is_kept_for_unknown_names(self) -> None:
        assert run(take(fenced("def solve(x):\n    return floor(x)\n"), preamble="from math import *\n"), 1.5) == 1

    def test_a_stub_that_does_not_parse_is_left_out(self) -> None:
        assert take(fenced("def solve(x):\n    return floor(x)\n"), preamble="import (\n").problem is None


class TestKept:
    @pytest.mark.parametrize(
        "code",
        [
            "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef solve(x):\n    return x + 1\n",
            "try:\n    from math import lcm\nexcept ImportError:\n"
            "    lcm = None\n\n\ndef solve(x):\n    return x + 1 if lcm else 0\n",
            "a, (b, *c) = 1, (2, 3, 4)\n\n\ndef solve(x):\n    return x + a\n",
            "import sys\n\nif sys.version_info >= (3, 8):\n    ONE = 1\n"
            "else:\n    ONE = 1.0\n\n\ndef solve(x):\n    return x + ONE\n",
            "def numbers(x):\n    yield x\n    yield from (1,)\n\n\ndef solve(x):\n    return sum(numbers(x))\n",
            "import sys\n\nsys.setrecursionlimit(5000)\n\n\ndef solve(x):\n    return x + 1\n",
            "TABLE = {}\nfor i in range(3):\n    TABLE[i] = i + 1\n\n\ndef solve(x):\n    return TABLE[x]\n",
            "def make():\n    return 1\n\n\nONE = make()\nTWO = [ONE]\n\n\ndef solve(x):\n    return x + TWO[0]\n",
            "def _solve(x):\n    return x + 1\n\n\ndef memo(f):\n    return f\n\n\nsolve = memo(_solve)\n",
            "solve = lambda x: x + 1\n",
            "class Counter:\n    def add(self, x):\n        return x + 1\n\n\n"
            "counter = Counter()\n\n\ndef solve(x):\n    return counter.add(x)\n",
            "if True:\n    def solve(x):\n        return x + 1\n",
            "import random; random.seed(1)\ndef solve(x): return x + 1\n",
        ],
    )
    def test_what_the_code_needs_stays_byte_for_byte(self, code: str) -> None:
        found = take(fenced(code))
        assert found.code == code
        assert run(found, 1) == 2

    def test_an_async_function_is_a_function(self) -> None:
        code = "async def solve(x):\n    return x\n"
        assert take(fenced(code)).code == code

    def test_a_class_is_found_when_a_class_is_asked(self) -> None:
        code = "class Stack:\n    items = []\n\n    def push(self, x):\n        self.items.append(x)\n"
        use = "stack = Stack()\nstack.push(1)\nassert stack.items == [1]\n"
        assert take(fenced(code + "\n\n" + use, use), "Stack", kind="class").code == code


class TestTrimming:
    @pytest.mark.parametrize(
        "examples",
        [
            "print(solve(1))",
            "# Example usage\nprint(solve(1))  # Output: 2\n# Output: 2",
            "assert solve(1) == 2\nassert solve(2) == 3, 'wrong'",
            'if __name__ == "__main__":\n    print(solve(1))',
            "if '__main__' == __name__:\n    import doctest\n    doctest.testmod()",
            "n = int(input())\nprint(solve(n))",
            "result = solve(1)\nprint(result)\nassert result == 2",
            "for x in range(3):\n    print(solve(x))",
            "while True:\n    solve(1)",
            "try:\n    solve(None)\nexcept TypeError as error:\n    print(error)",
            "with open('x') as file:\n    print(solve(file.read()))",
            "import unittest\nunittest.main()",
            "solve(1)\nsolve(2) == 3",
            "import sys\nsys.exit(solve(1))",
            "def main():\n    print(solve(1))\n\nmain()",
        ],
    )
    def test_examples_after_the_definition_do_not_run(self, examples: str, capsys: pytest.CaptureFixture[str]) -> None:
        found = take(fenced(f"{SOLVE}\n\n{examples}\n"))
        assert run(found, 1) == 2
        assert capsys.readouterr().out == ""
        assert found.code is not None
        assert found.code.startswith(SOLVE)
        assert any("removed" in note for note in found.notes)

    def test_comments_that_introduce_examples_go_with_them(self) -> None:
        assert (
            take(fenced(f"{SOLVE}\n# Test cases\n\n# one\nprint(solve(1))\n# 2\nprint(solve(2))\n# 3\n")).code == SOLVE
        )

    def test_an_example_between_two_functions_is_removed(self) -> None:
        found = take(
            fenced(
                "def up(x):\n    return x + 1\n    # end of up\n\nprint(up(1))\n\n\ndef solve(x):\n    return up(x)\n"
            )
        )
        assert found.code == "def up(x):\n    return x + 1\n    # end of up\n\n\ndef solve(x):\n    return up(x)\n"

    def test_an_example_on_a_shared_line_is_blanked(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = take(fenced("def solve(x):\n    return x + 1\n\nç = 'é'; print(solve(1)); d = 3\n"))
        assert run(found, 1) == 2
        assert capsys.readouterr().out == ""

    def test_an_empty_repetition_of_the_stub_is_left_out(self) -> None:
        found = take(f'{SOLVE}\n\ndef solve(x):\n    """Add one."""\n\n\ndef solve(x):\n    """Add o')
        assert run(found, 1) == 2


class TestRepairs:
    @pytest.mark.parametrize(
        ("code", "note"),
        [
            (">>> def solve(x):\n...     return x + 1\n...\n>>> solve(1)\n2\n", "interactive session"),
            ("1| def solve(x):\n2|     return x + 1\n", "line numbers"),
            (" 9 def solve(x):\n10     return x + 1\n", "line numbers"),
            ("1: def solve(x):\n2:\n3:     return x + 1\n", "line numbers"),
            ("    def solve(x):\n        return x + 1\n", "indentation"),
            ("def solve(x):\n    return x + 1 if x &gt; 0 &amp; 3 else x + 1\n", "HTML"),
            ("def solve(x):\n    s = \u201cq\u201d\n    return x + len(s)\n", "typographic"),
            ("def solve(x):\n\u00a0\u00a0\u00a0\u00a0return x + 1\n", "typographic"),
            ("def solve(x):\n    my\\_value = x + 1\n    return my\\_value\n", "Markdown"),
            ("def solve(x):\n    if x:\n\treturn x + 1\n    return 0\n", "tabs"),
        ],
    )
    def test_what_chat_did_to_the_code_is_undone(self, code: str, note: str) -> None:
        found = take(fenced(code))
        assert run(found, 1) == 2
        assert any(note in said for said in found.notes)

    def test_code_that_parses_is_not_repaired(self) -> None:
        code = 'def solve(x):\n\tif x == "\u201c&gt;\\_":\n\t\treturn """\n>>> 1\n"""\n\treturn x\n'
        assert take(fenced(code)).code == code

    def test_nul_and_surrogates_are_removed(self) -> None:
        found = take(fenced("def solve(x):\n    s = '\ud800'\n    return x + len(s)\0\n"))
        assert run(found, 1) == 2
        assert found.code is not None
        found.code.encode()
        assert len(found.notes) == 2


class TestWithoutFences:
    def test_bare_code_is_read(self) -> None:
        assert take(SOLVE).code == SOLVE

    def test_prose_around_bare_code_is_left_out(self) -> None:
        found = take(
            f"Sure! Here is it.\n\nimport math\n\n{SOLVE}\n"
            f"This adds one, for x in range.\n# Notes\n- it's O(1)\nHope (this) helps!\n"
        )
        assert found.code == f"import math\n\n{SOLVE}"

    def test_code_indented_as_markdown_does_is_read(self) -> None:
        assert take("The solution:\n\n    def solve(x):\n        return x + 1\n\nIt adds one.\n").code == SOLVE

    def test_bare_code_beside_a_fence_of_examples_is_found(self) -> None:
        assert take(f"{SOLVE}\nUse it so:\n```python\nprint(solve(1))\n```\n").code == SOLVE

    @pytest.mark.parametrize(
        "body", ["    y = x\n    return y + 1\n", "y = x\n    return y + 1", "y = x\nreturn y + 1\n"]
    )
    def test_a_bare_body_continues_the_stub(self, body: str) -> None:
        found = take(body, header="def solve(x: int) -> int:", parameters=("x",))
        assert run(found, 1) == 2
        assert found.code is not None
        assert "x: int" in found.code
        assert run(take(fenced(body), parameters=("x",)), 1) == 2

    def test_what_follows_a_bare_body_is_kept_if_it_is_code(self) -> None:
        found = take("    return up(x)\n\ndef up(x):\n    return x + 1\n\nThat is it.\n", parameters=("x",))
        assert run(found, 1) == 2

    def test_prose_is_no_body(self) -> None:
        assert take("The answer is 3.\n", parameters=("x",)).problem == "no code"


class TestRenamed:
    @pytest.mark.parametrize(
        ("code", "name", "old"),
        [
            ("def solution(x):\n    return x + 1\n", "solve", "solution"),
            ("def addOne(x):\n    return x + 1\n\n\ndef other(x):\n    return 0\n", "add_one", "addOne"),
            ("def up(a, b):\n    return a + b\n\n\ndef solution(x):\n    return up(x, 1)\n", "solve", "solution"),
            ("def up(a):\n    return a + 1\n\n\ndef solution(y):\n    return up(y)\n", "solve", "solution"),
            ("def up(a):\n    return 0\n\n\ndef solution(x):\n    return x + 1\n", "solve", "solution"),
            (
                "def solution(x):\n    return x + 1\n\n\ndef main():\n    print(solution(1))\n\n\nmain()\n",
                "solve",
                "solution",
            ),
        ],
    )
    def test_a_function_under_another_name_is_bound_and_said(self, code: str, name: str, old: str) -> None:
        found = take(fenced(code), name, parameters=("x",))
        assert run(found, 1, name=name) == 2
        assert found.renamed_from == old
        assert any(old in note for note in found.notes)

    @pytest.mark.parametrize(
        "code",
        [
            "def add(a):\n    return a + 1\n\n\ndef plus(b):\n    return b + 2\n",
            "def add(a, b):\n    return a + b\n",
            "def add(*, a):\n    return a\n",
            "def outer(y, z):\n    def solve(x):\n        return x\n    return solve(y)\n",
            "VALUE = 3\n",
        ],
    )
    def test_what_is_ambiguous_or_does_not_fit_is_refused(self, code: str) -> None:
        found = take(fenced(code), parameters=("x",))
        assert (found.code, found.problem, found.renamed_from) == (None, "definition missing", None)
        assert found.detail

    def test_the_refusal_names_what_is_defined(self) -> None:
        found = take(fenced("def add(a, b):\n    return a + b\n"), parameters=("x",))
        assert found.detail == "defines add instead of solve"

    @pytest.mark.parametrize(
        "code",
        [
            "class Solution:\n    def solve(self, x):\n        return x + 1\n",
            "class Solution(object):\n    def __init__(self, start=1):\n        self.start = start\n"
            "\n    def solve(self, x):\n        self.start += 1\n        return x + self.start - 1\n",
            "class Solution:\n    @staticmethod\n    def solve(x):\n        return x + 1\n",
            "class Solution:\n    @classmethod\n    def solve(cls, x):\n        return x + 1\n",
        ],
    )
    def test_a_method_is_bound_and_calls_share_no_state(self, code: str) -> None:
        found = take(fenced(code), parameters=("x",))
        assert [run(found, 1), found.renamed_from] == [2, "Solution.solve"]
        assert found.code is not None
        namespace: dict[str, object] = {}
        exec(found.code, namespace)
        assert [namespace["solve"](1), namespace["solve"](1)] == [2, 2]  # type: ignore[operator]

    @pytest.mark.parametrize(
        "code",
        [
            "class Solution:\n    def __init__(self, start):\n"
            "        self.start = start\n\n    def solve(self, x):\n        return x\n",
            "class Solution(Base):\n    def solve(self, x):\n        return x\n",
            "class A:\n    def solve(self, x):\n        return x\n\n"
            "\nclass B:\n    def solve(self, x):\n        return -x\n",
        ],
    )
    def test_a_method_whose_object_cannot_be_made_is_refused(self, code: str) -> None:
        assert take(fenced(code), parameters=("x",)).problem == "definition missing"

    def test_a_class_where_a_function_was_asked_is_kept_and_said(self) -> None:
        found = take(fenced("class solve:\n    size = 0\n"))
        assert found.code is not None
        assert "solve is a class where a function was asked" in found.notes

    def test_a_block_of_values_defines_nothing(self) -> None:
        assert take(fenced("VALUE = 3\n")).detail == "the code does not define solve"

    def test_a_renamed_class_is_bound(self) -> None:
        found = take(
            fenced("class MyStack:\n    pass\n\n\nclass LifoStack:\n    size = 0\n"), "Lifo_Stack", kind="class"
        )
        assert found.renamed_from == "LifoStack"


class TestBroken:
    @pytest.mark.parametrize(
        "tail",
        [
            "def helper(y):\n    return [",
            "print(solve(1)",
            'TEXT = """unfinished',
            "def helper(y):\n    for i in range(3):\n",
        ],
    )
    def test_code_cut_off_after_the_definition_gives_what_is_complete(self, tail: str) -> None:
        found = take(f"```python\n{SOLVE}\n\n{tail}")
        assert found.code == SOLVE
        assert "the answer is cut off after the definition" in found.notes

    @pytest.mark.parametrize(
        "answer",
        [
            "```python\nimport math\n\ndef solve(x):\n    y = [x,\n",
            '```python\ndef solve(x):\n    """Add',
            "def solve(x):\n    for i in range(x):",
            "```python\ndef solve(x):\n    return up(x)\n\n\ndef up(x):\n    return (x",
        ],
    )
    def test_code_cut_off_within_what_is_needed_is_refused(self, answer: str) -> None:
        found = take(answer)
        assert (found.code, found.problem) == (None, "cut off")
        assert found.detail

    @pytest.mark.parametrize(
        "code",
        [
            "def solve(x)\n    return x\n",
            "def solve(x):\n    return x +* 1\n\n\nprint(solve(1))\n",
            "def solve(x):\nreturn x\n",
            "def solve(x):\n    nonlocal y\n    return x\n",
            "def solve(x, x):\n    return x\n",
        ],
    )
    def test_a_syntax_error_is_named(self, code: str) -> None:
        found = take(fenced(code))
        assert (found.code, found.problem) == (None, "syntax error")
        assert "line" in found.detail

    def test_the_line_of_a_syntax_error_is_that_of_the_block(self) -> None:
        assert "(line 4)" in take(fenced("import math\n\ndef solve(x):\n    return x +* 1\n")).detail

    def test_prose_inside_a_fence_is_left_out(self) -> None:
        found = take(fenced(f"Here is the code:\n\n{SOLVE}\nIt's simple.\n"))
        assert found.code == SOLVE

    def test_an_earlier_complete_block_stands_in_for_one_that_is_cut_off(self) -> None:
        answer = f"{fenced(SOLVE)}\n\nThe final version:\n```python\ndef solve(x):\n    return (x +"
        assert take(answer).code == SOLVE
