"""Code put into a file that holds other code."""

import ast

from core.placing import holds_more, placed

FILE = '''"""Numbers."""

import os
import re

LIMIT = 3


def before():
    return LIMIT


# Halves.
@staticmethod
def halve(x):
    return x / 2


def after():
    return halve(os.sep)


if __name__ == "__main__":
    after()
'''
CODE = '''import math
import re


def helper(x):
    return math.floor(x)


def halve(x: int) -> int:
    """Half."""
    return helper(x / 2)
'''


def test_a_definition_replaces_its_namesake_and_the_rest_stays() -> None:
    made = placed(FILE, CODE)
    assert made is not None
    names = [node.name for node in ast.parse(made).body if isinstance(node, ast.FunctionDef)]
    assert names == ["before", "helper", "halve", "after"]
    assert made.count("import re\n") == 1
    assert made.index("import math") < made.index("LIMIT = 3")
    assert made.startswith('"""Numbers."""\n')
    assert "@staticmethod" not in made
    assert 'if __name__ == "__main__":\n    after()\n' in made


def test_what_is_new_goes_to_the_end_before_the_main_guard() -> None:
    made = placed(FILE, "def other():\n    return 1\n")
    assert made is not None
    assert made.index("def after") < made.index("def other") < made.index("if __name__")
    assert made.replace("def other():\n    return 1\n\n\n", "") == FILE


def test_the_same_code_again_changes_nothing() -> None:
    once = placed(FILE, CODE)
    assert once is not None
    assert placed(once, CODE) == once


def test_a_future_import_stays_first() -> None:
    made = placed(FILE, "from __future__ import annotations\n\nimport json\n\n\ndef other():\n    return json\n")
    assert made is not None
    compile(made, "made", "exec")
    assert made.index("__future__") < made.index("import os") < made.index("import json") < made.index("LIMIT")


def test_code_goes_into_an_empty_file_and_into_one_with_only_a_docstring() -> None:
    assert placed("", "def f():\n    return 1\n") == "def f():\n    return 1\n"
    made = placed('"""Doc."""\n', "import os\n\n\ndef f():\n    return os\n")
    assert made == '"""Doc."""\n\nimport os\n\n\ndef f():\n    return os\n'


def test_what_does_not_parse_or_shares_lines_is_not_touched() -> None:
    assert placed("def (", CODE) is None
    assert placed(FILE, "def (") is None
    assert placed("x = 1; y = 2\n", "x = 3\n") is None


def test_a_file_that_holds_more_than_the_code_is_told_from_one_that_does_not() -> None:
    assert holds_more(FILE, CODE)
    assert not holds_more("import os\n\n\ndef halve(x):\n    return 0\n", CODE)
    assert not holds_more("def (", CODE)


def test_imports_go_to_the_top_though_others_stand_further_down() -> None:
    file = "X = 1\nimport os\n\n\ndef f():\n    return 1\n\n\nimport late\n"
    made = placed(file, "import json\n\nX = 2\n\n\ndef f():\n    return json\n")
    assert made == "X = 2\nimport os\nimport json\n\n\ndef f():\n    return json\n\n\nimport late\n"
