"""Programs that take all they can get: they are cut off, and the program that runs them lives on.

The ``attack`` fixture runs each of them as this user and, as root, also from an unprivileged process. It asserts
that the process which called the sandbox survived and that neither processes nor files were left behind.
"""

import pytest

from core.sandbox import Case
from tests.core.sandbox.driven import Attack, each


def test_endless_loops_are_stopped_and_the_next_cases_run(attack: Attack) -> None:
    loops = [
        "while True: pass",
        "sum(range(10**14))",
        "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import signal\nfor s in (1, 2, 3, 14, 15): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
        "import time; time.sleep(1000)",
    ]
    after = Case(kind="assert", source="assert 2 + 2 == 4", group=len(loops) - 1)
    seen = attack("", *each(loops), after, case_seconds=0.8, total_seconds=20)
    assert dict(zip(loops, seen.outcomes, strict=False)) == dict.fromkeys(loops, "timeout")
    assert seen.outcomes[-1] == "pass"


def test_an_endless_loop_at_import_is_a_load_error(attack: Attack) -> None:
    seen = attack("while True: pass", "1", "2", case_seconds=0.8)
    assert seen.load_error is not None
    assert seen.outcomes == ["timeout", "timeout"]


def test_memory_bombs_end_in_an_error(attack: Attack) -> None:
    grow = ["x = []\nwhile True: x.append(bytearray(10**7))", "x = [0]\nwhile True: x += x"]
    seen = attack("", *each(["bytearray(10**12)", "'x' * 10**10", *grow]), "2 + 2", needs="memory_limited")
    assert set(seen.outcomes[:4]) <= {"error", "crash"}
    assert seen.outcomes[4] == "pass"


def test_the_private_folder_can_be_used_but_not_filled(attack: Attack) -> None:
    use = (
        "import os, tempfile\nos.mkdir('a')\nopen('a/b', 'w').write('hello')\n"
        "with tempfile.TemporaryFile() as f: f.write(b'x' * 1000)"
    )
    fill = "import time\nfor i in range(100000):\n    open(f'{i}', 'wb').write(b'x' * 1_000_000); time.sleep(0.02)"
    one = "open('big', 'wb').write(b'x' * 10_000_000)"
    seen = attack("", *(Case(kind="assert", source=source, group=i) for i, source in enumerate((use, fill, one))))
    assert seen.outcomes == ["pass", "crash", "error"]
    assert "wrote more than 2 MiB" in seen.got[1]
    assert "File too large" in seen.got[2]


def test_a_deep_tree_of_folders_is_removed(attack: Attack) -> None:
    dig = "import os\nfor i in range(1200):\n    os.mkdir('d' * 20)\n    os.chdir('d' * 20)\nos.mkdir('closed', 0)"
    assert attack("", Case(kind="assert", source=dig)).outcomes[0] in ("pass", "crash")


@pytest.mark.parametrize("kind", ["assert", "doctest"])
def test_leaving_the_interpreter_is_never_a_pass(attack: Attack, kind: str) -> None:
    ways = [
        "__import__('os')._exit(0)",
        "__import__('sys').exit()",
        "__import__('sys').exit(0)",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "raise GeneratorExit",
        "__import__('os').kill(__import__('os').getpid(), 9)",
        "__import__('os').abort()",
        "__import__('ctypes').string_at(0)",
        "quit()",
        "__import__('os').close(3)",
        "__import__('os').closerange(0, 64)",
    ]
    want = "" if kind == "doctest" else None
    cases = [Case(kind=kind, source=way, want=want, group=group) for group, way in enumerate(ways)]  # type: ignore[arg-type]
    seen = attack("", *cases, Case(kind="value", source="2 + 2", want="4", group=99), total_seconds=30)
    assert {
        way: outcome for way, outcome in zip(ways, seen.outcomes, strict=False) if outcome not in ("crash", "error")
    } == {}
    assert seen.outcomes[-1] == "pass"


@pytest.mark.parametrize("leave", ["import os; os._exit(0)", "raise SystemExit(0)", "import sys; sys.exit()"])
def test_code_that_leaves_at_import_passes_nothing(attack: Attack, leave: str) -> None:
    seen = attack(leave, Case(kind="assert", source="pass"), Case(kind="assert", source="pass", group=1))
    assert seen.load_error
    assert set(seen.outcomes) <= {"crash", "error"}


def test_floods_of_output_are_cut_off(attack: Attack) -> None:
    floods = [
        "while True: print('x' * 1000)",
        "print('x' * 10**9)",
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "import os\nwhile True: os.write(1, b'x' * 10000)",
        "import sys\nwhile True: sys.stdout.buffer.write(b'x' * 10000)",
    ]
    seen = attack("", *each(floods), "2 + 2", case_seconds=5, total_seconds=30)
    assert set(seen.outcomes[:-1]) <= {"crash", "error"}
    assert all("printed more than 64 KiB" in got or "MemoryError" in got for got in seen.got[:-1])
    assert seen.outcomes[-1] == "pass"


def test_deep_recursion_is_reported(attack: Attack) -> None:
    ways = [
        "def f(): f()\nf()",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(x): return f(x + 1)\nf(0)",
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n def __getattr__(self, n): return getattr(self, n)\nA().x",
        "x = []\nfor _ in range(10**6): x = [x]\nrepr(x)",
        "eval('(' * 100000)",
        "eval('-' * 1000000 + '1')",
    ]
    seen = attack("", *each(ways), "2 + 2", case_seconds=2, total_seconds=30)
    # A million frames take CPython longer to unwind than the case may run.
    assert set(seen.outcomes[:-1]) <= {"crash", "error", "timeout"}
    assert seen.outcomes[-1] == "pass"


def test_threads_do_not_outlive_the_run_nor_count_as_a_pass(attack: Attack) -> None:
    code = (
        "import threading as t, time\ndef go():\n for _ in range(5): t.Thread(target=time.sleep, args=(1000,)).start()"
    )
    seen = attack(code, "go()", "t.active_count()")
    assert seen.got == ["None", "6"]
    assert seen.seconds < 20


def test_groups_do_not_see_what_another_left(attack: Attack) -> None:
    harm = "import math, builtins, os; math.sqrt = None; builtins.len = None; open('left', 'w').close()"
    look = "import math, os; assert math.sqrt(4) == 2 and len('ab') == 2 and os.listdir('.') == []"
    seen = attack("", Case(kind="assert", source=harm), Case(kind="assert", source=look, group=1))
    assert seen.outcomes == ["pass", "pass"]


def test_a_report_cannot_be_written_by_hand(attack: Attack) -> None:
    forge = """
import os
line = b'{"type": "seen", "seen": {"repr": "5", "value": ["i", "5"], "only": true, "shown": ""}}\\n'
def answer(prefix):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, prefix + line)
        except OSError:
            pass
    return 1
"""
    forgeries = [
        Case(kind="value", source="answer(b'')", want="5"),
        Case(kind="value", source="answer(b' ' * 32)", want="5", group=1),
    ]
    seen = attack(forge, *forgeries, Case(kind="value", source="5", want="5"))
    assert seen.outcomes == ["crash", "crash", "pass"]
