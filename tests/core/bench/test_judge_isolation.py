"""Code that reaches for the judge: what gets through EvalPlus is refused or flagged here, and never passes strictly.

Every probe is a wrong solution of one problem that tries to be judged right, or to do harm.
"""

import asyncio
import builtins
import math
import os
import subprocess
import time
import types
from pathlib import Path

import numpy
import pytest

from core.bench.datasets import open_dataset
from core.bench.judge import Judge
from core.bench.judge.child import integrity
from core.bench.judge.profiles import PROFILES
from core.bench.judge.verdicts import Verdict

TASK = "Demo/4"  # split_bill(total_cents, people)
WRONG = "def split_bill(total_cents, people):\n    return None\n"

CHEATS = {
    "an __eq__ that always agrees": """
class Agrees:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def split_bill(total_cents, people): return Agrees()
""",
    "a list whose __eq__ always agrees": """
class Agrees(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
def split_bill(total_cents, people): return Agrees()
""",
    "reading what is expected from the frames": """
import sys
def split_bill(total_cents, people):
    frame = sys._getframe()
    while frame:
        for name in ("expected", "exp", "want", "truth"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return None
""",
    "reading it from a traceback's frames": """
def split_bill(total_cents, people):
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, list) and value and isinstance(value[0], list):
                return value[0]
        frame = frame.f_back
""",
    "looking for it among all objects": """
import gc
def split_bill(total_cents, people):
    for each in gc.get_objects():
        if isinstance(each, list) and len(each) == people and all(type(x) is int for x in each):
            if sum(each) == total_cents: return each
""",
    "patching numpy's comparison": """
import numpy
numpy.allclose = lambda *a, **k: True
numpy.testing.assert_allclose = lambda *a, **k: True
def split_bill(total_cents, people): return None
""",
    "patching the built-ins": """
import builtins
builtins.all = lambda it: True
builtins.isinstance = lambda a, b: True
builtins.len = lambda a: 3
builtins.type = lambda a: list
def split_bill(total_cents, people): return None
""",
    "patching the judge's own module": """
import sys
for name, module in list(sys.modules.items()):
    for attribute in ("compare", "agrees", "same", "is_floats", "_compare", "judge"):
        if hasattr(module, attribute):
            try: setattr(module, attribute, lambda *a, **k: True)
            except Exception: pass
def split_bill(total_cents, people): return None
""",
    "replacing the methods of the judge's own classes": """
def every(kind):
    for below in type.__subclasses__(kind):
        yield below
        yield from every(below)
import pickle
for kind in (*every(object), *every(pickle.Unpickler), *every(pickle.Pickler)):
    if str(kind.__module__).startswith("_secondpass"):
        for name in ("_compare", "_expected_at", "_is_certainly", "is_certainly", "load", "look_at", "end"):
            if name in kind.__dict__:
                setattr(kind, name, lambda *arguments: None)
def split_bill(total_cents, people): return None
""",
    "leaving with success": "import os\ndef split_bill(total_cents, people):\n    os._exit(0)\n",
    "leaving with SystemExit": "import sys\ndef split_bill(total_cents, people):\n    sys.exit(0)\n",
    "leaving while it is loaded": "import os\nos._exit(0)\n",
    "writing a result into every open descriptor": """
import os
def split_bill(total_cents, people):
    for number in range(3, 256):
        for words in (b'{"verdict": "pass", "passed": 99, "inputs": 99, "flags": []}\\n', b"pass\\n", b"\\x01" * 64):
            try: os.write(number, words)
            except OSError: pass
    os._exit(0)
""",
    "marking every input as passed in shared memory": """
import gc, mmap, ctypes
def split_bill(total_cents, people):
    for each in gc.get_objects():
        if isinstance(each, mmap.mmap):
            each[:] = b"\\x01" * len(each)
    import os
    os._exit(0)
""",
    "writing its own memory through /proc": """
def split_bill(total_cents, people):
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(id(None)); memory.write(b"\\0" * 8)
""",
    "asking for the alarm to be someone else's": """
import signal
def split_bill(total_cents, people):
    signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.alarm(0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True: pass
""",
    "a thread that outlives the call": """
import threading, time, os
def later():
    time.sleep(0.2); os._exit(0)
threading.Thread(target=later, daemon=False).start()
def split_bill(total_cents, people): return None
""",
    "an exit handler that leaves with success": """
import atexit, os
atexit.register(os._exit, 0)
def split_bill(total_cents, people): return None
""",
    "tracing the judge": """
import sys
def tracer(frame, event, arg):
    for name in list(frame.f_locals):
        if "expected" in name: frame.f_locals[name] = None
    return tracer
sys.settrace(tracer); sys.setprofile(tracer)
def split_bill(total_cents, people): return None
""",
}


async def judged(code: str, profile: str = "strict") -> Verdict:
    async with Judge(open_dataset("demo"), profile=PROFILES[profile], workers=1) as judge:
        return await judge.judge(TASK, code)


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS.keys())
async def test_no_cheat_passes(code: str) -> None:
    verdict = await judged(code)
    assert verdict.problem is None
    assert not verdict.passes_base
    assert verdict.base is not None
    assert verdict.base.status in ("fail", "timeout", "crash")


@pytest.mark.parametrize(
    "name",
    [
        "an __eq__ that always agrees",
        "patching numpy's comparison",
        "replacing the methods of the judge's own classes",
    ],
)
async def test_under_evalplus_rules_a_cheat_carries_its_flag(name: str) -> None:
    verdict = await judged(CHEATS[name], "evalplus-master")
    assert verdict.integrity


def harm(statement: str) -> str:
    imports = "import io, os, pathlib, socket, subprocess, sys"
    return f"{imports}\ndef split_bill(total_cents, people):\n    {statement}\n    return None\n"


@pytest.mark.parametrize(
    "statement",
    [
        "open(PATH, 'w').write('x')",
        "io.open(PATH, 'w').write('x')",
        "os.close(os.open(PATH, os.O_WRONLY | os.O_CREAT))",
        "pathlib.Path(PATH).write_text('x')",
        "os.posix_spawn('/bin/sh', ['sh', '-c', 'echo x > ' + PATH], {})",
        "subprocess.run(['/bin/sh', '-c', 'echo x > ' + PATH])",
        "os.system('echo x > ' + PATH)",
        "os.rename(sys.executable, PATH)",
        "os.symlink('/etc/passwd', PATH)",
        "os.mkdir(PATH)",
    ],
)
async def test_nothing_is_written_outside(statement: str, tmp_path: Path) -> None:
    target = tmp_path / "written"
    verdict = await judged(harm(statement.replace("PATH", repr(str(target)))))
    assert not verdict.passes_base
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


@pytest.mark.parametrize(
    "statement",
    ["socket.create_connection(('127.0.0.1', PORT), timeout=1)", "socket.socket(socket.AF_UNIX).bind('/tmp/x.sock')"],
)
async def test_nothing_reaches_a_network(statement: str) -> None:
    reached = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(1)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    verdict = await judged(harm(statement.replace("PORT", str(port))))
    server.close()
    assert not verdict.passes_base
    assert not reached


def alive(marker: str) -> list[str]:
    """Processes whose command line holds ``marker``."""
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in shown.splitlines() if marker in line]


async def test_no_process_outlives_the_verdict(tmp_path: Path) -> None:
    marker = f"orphan-{os.getpid()}-{time.monotonic_ns()}"
    code = harm(
        "pid = os.fork() if hasattr(os, 'fork') else 1\n    if pid == 0:\n        os.setsid()\n"
        f"        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', {marker!r}])"
    )
    await judged(code)
    assert not alive(marker)


async def test_a_fork_bomb_and_a_memory_bomb_end_and_the_judge_goes_on() -> None:
    right = open_dataset("demo").problems[TASK].canonical
    async with Judge(open_dataset("demo"), workers=1) as judge:
        bombs = [harm("[os.fork() for _ in range(64)]"), harm("hold = [bytearray(1 << 28) for _ in range(64)]")]
        for bomb in bombs:
            verdict = await judge.judge(TASK, bomb)
            assert not verdict.passes_base
        assert (await judge.judge(TASK, right)).passes_plus


async def test_output_without_end_harms_nothing() -> None:
    verdict = await judged(harm("sys.stdout.write('x' * 50_000_000); sys.stderr.write('y' * 50_000_000)"))
    assert not verdict.passes_base
    assert verdict.problem is None


async def test_a_hostile_result_is_a_wrong_answer() -> None:
    for result in ("float('nan')", "'x' * 100_000_000", "type('X', (), {'__repr__': lambda s: 1 / 0})()", "print"):
        verdict = await judged(f"def split_bill(total_cents, people):\n    return {result}\n")
        assert verdict.base is not None
        assert verdict.base.status == "fail"


@pytest.mark.parametrize(
    "trace", ["io.open('left', 'w').write('x')", "os.mkdir('left')", "os.utime('.', (0, 0))", "io.open('/dev/null')"]
)
async def test_what_one_sample_leaves_in_its_folder_the_next_does_not_find(trace: str) -> None:
    right = open_dataset("demo").problems[TASK].canonical
    looks = (
        "import io, os\nassert os.listdir('.') == [] and os.stat('.').st_mtime > 1e9, 'it finds a trace'\n"
        f"try:\n    {trace}\nexcept PermissionError:\n    pass\n{right}"
    )
    async with Judge(open_dataset("demo"), workers=1) as judge:
        for number in range(3):
            verdict = await judge.judge(TASK, f"{looks}\n# {number}\n")
            assert verdict.passes_plus, verdict


@pytest.mark.parametrize("versioned", [True, False])
@pytest.mark.parametrize("space", [math, builtins, numpy], ids=["math", "builtins", "numpy"])
def test_a_patched_name_is_noticed_with_or_without_versions_of_dictionaries(
    space: types.ModuleType, versioned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not versioned:
        monkeypatch.setattr(integrity, "_VERSIONED", False)
    watch = integrity.Watch()
    monkeypatch.setitem(space.__dict__, "a_name_of_its_own", 1)
    assert watch.end([]) == []
    with monkeypatch.context() as patched:
        patched.setattr(space, "pow", lambda *arguments: 1)
        assert integrity.Watch.end(watch, []) == ["patched"]


async def test_a_buffer_in_a_list_that_equals_everything_is_flagged() -> None:
    code = """
class Agrees(bytearray):
    def __eq__(self, other): return True
    def __hash__(self): return 0
def split_bill(total_cents, people): return [Agrees() for _ in range(people)]
"""
    verdict = await judged(code, "evalplus-master")
    assert "equality" in verdict.integrity
