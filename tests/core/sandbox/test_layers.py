"""Each layer for itself, and machines that lack some of them."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.errors import SandboxError
from core.sandbox import Case, available_tier, launch, run_cases, tier
from core.sandbox.child import seccomp
from tests.core.sandbox.driven import ROOT, SOMEBODY, interpreter_for_others

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="a layer of Linux")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="giving up root takes root")

_LACKING = """
import json, os, sys
sys.path.insert(0, {root!r})
from core.sandbox.child import seccomp
arguments = {{"landlock": ("landlock", 38), "seccomp": ("seccomp", 22), "both": ("both", 95)}}
column = 0 if os.uname().machine == "x86_64" else 1
PRCTL, ENOSYS, EINVAL, ALLOW = seccomp.NUMBERS["prctl"][column], 0x50026, 0x50016, 0x7FFF0000
program = [(0x20, 0, 0, 0)]
if {lacking!r} in ("landlock", "both"):
    program += [(0x15, 0, 1, 444), (6, 0, 0, ENOSYS)]
if {lacking!r} in ("seccomp", "both"):
    program += [(0x15, 0, 3, PRCTL), (0x20, 0, 0, 16), (0x15, 0, 1, 22), (6, 0, 0, EINVAL)]
program += [(6, 0, 0, ALLOW)]
seccomp.install(program)
import asyncio
from core.sandbox import Case, available_tier, run_cases
tier = available_tier()
report = asyncio.run(run_cases("import decimal", [Case(kind="value", source="1 + 1", want="2")]))
print(json.dumps([tier.name, list(tier.layers), tier.reads_confined, tier.network_blocked, tier.processes_blocked,
                  len(tier.notes), report.results[0].outcome]))
"""


def _on_a_kernel_without(lacking: str) -> list[object]:
    import json

    code = _LACKING.format(root=str(ROOT), lacking=lacking)
    code = "\n".join(line for line in code.splitlines() if not line.startswith("arguments"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


@linux_only
@pytest.mark.skipif(available_tier().name == "none", reason="no sandbox here at all")
@pytest.mark.parametrize("lacking", ["landlock", "seccomp", "both"])
def test_a_kernel_that_lacks_a_layer_gives_a_lower_tier_that_says_so(lacking: str) -> None:
    name, layers, reads, network, processes, notes, outcome = _on_a_kernel_without(lacking)
    missing = {"landlock", "seccomp"} if lacking == "both" else {lacking}
    assert not missing & set(layers)  # type: ignore[call-overload]
    assert not any(layer in str(name).lower() for layer in missing)
    if "landlock" in missing:
        assert not reads
    if "seccomp" in missing:
        assert not network
        assert not processes
    assert isinstance(notes, int)
    assert notes > 0
    assert outcome == "pass"


@linux_only
def test_the_whole_protection_is_there_where_the_kernel_has_it() -> None:
    found = available_tier()
    if not {"landlock", "seccomp"} <= set(found.layers):
        pytest.skip(f"this kernel has less: {found.name}")
    assert found.network_blocked
    assert found.writes_confined
    assert found.reads_confined
    assert found.processes_blocked
    assert found.memory_limited
    assert found.notes == ()


@linux_only
def test_without_layers_the_self_test_proves_nothing() -> None:
    answer = tier.ask(())
    assert not answer["network_blocked"]
    assert not answer["writes_confined"]
    assert not answer["reads_confined"]
    assert not answer["processes_blocked"]
    assert answer["memory_limited"]
    assert answer["usable"]


@linux_only
@root_only
async def test_every_program_is_a_user_of_its_own() -> None:
    if "user" not in available_tier().layers:
        pytest.skip("this root may not become another user")
    source = Case(kind="observe", source="__import__('os').getuid()")
    layers = available_tier().layers
    reports = await asyncio.gather(*(launch.run_in(layers, "", [source]) for _ in range(2)))
    users = {report.results[0].got for report in reports}
    assert len(users) == 2
    assert "0" not in users


@linux_only
@pytest.mark.parametrize("where", ["at import", "in a case"])
async def test_in_a_weak_tier_a_program_that_kills_its_parent_is_a_crash(where: str) -> None:
    kill = "__import__('os').kill(__import__('os').getppid(), 9)"
    code, source = (kill, "1") if where == "at import" else ("", kill)
    report = await launch.run_in((), code, [Case(kind="observe", source=source), Case(kind="observe", source="2")])
    assert [result.outcome for result in report.results] == ["crash", "crash"]
    assert report.load_error is not None


async def test_where_no_sandbox_comes_up_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise SandboxError("The sandbox does not come up on this machine (a test), so no code can be run.")

    monkeypatch.setattr(tier, "ask", broken)
    monkeypatch.setattr(tier, "_tier", tier._tier.__wrapped__)
    assert available_tier().name == "none"
    assert "does not come up" in available_tier().notes[0]
    with pytest.raises(SandboxError, match="does not come up"):
        await run_cases("x = 1", [])


@linux_only
def test_what_a_weak_tier_lets_a_program_leave_behind_is_ended(own_temporary_folder: str) -> None:
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
"""
    report = asyncio.run(launch.run_in((), code, [Case(kind="observe", source="1")]))
    assert report.results[0].outcome == "pass"
    for status in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = os.readlink(status)
        except OSError:
            continue
        assert not where.startswith(f"{own_temporary_folder}/")


_DROPPING = """
import asyncio, sys
sys.path.insert(0, {root!r})
from core.sandbox.child.rights import drop_capabilities
drop_capabilities(kept={kept})
from core.sandbox import *
sources = ["import decimal, asyncio", "import os; assert os.getuid() == 0",
           "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))", "open('/etc/shadow')", "open('/etc/new', 'w')"]
cases = [Case(kind="assert", source=source, group=group) for group, source in enumerate(sources)]
print(available_tier().layers, [result.outcome for result in asyncio.run(run_cases("", cases)).results])
"""


@linux_only
@root_only
@pytest.mark.parametrize("kept", [0, 1 << 1], ids=["nothing", "only reading and writing any file"])
def test_root_with_few_capabilities_keeps_its_name_but_no_rights(kept: int, readable_copy: Path) -> None:
    if not {"landlock", "seccomp"} <= set(available_tier().layers):
        pytest.skip("needs both layers")
    python = interpreter_for_others()
    if python is None:
        pytest.skip("no Python here that can be started without rights")
    code = _DROPPING.format(root=str(readable_copy), kept=kept)
    done = subprocess.run([python, "-I", "-c", code], cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "('landlock', 'seccomp') ['pass', 'pass', 'error', 'error', 'error']"


_AT_HOME = """
import asyncio, sys
sys.path.insert(0, {checkout!r})
from core.sandbox import *
sources = ["import asyncio, decimal, sqlite3, json", "open({secret!r})", "import os; os.listdir({home!r})"]
cases = [Case(kind="assert", source=source, group=group) for group, source in enumerate(sources)]
print([result.outcome for result in asyncio.run(run_cases("", cases)).results])
"""


@linux_only
@root_only
@pytest.mark.parametrize("user", [0, SOMEBODY], ids=["root's", "somebody's"])
def test_an_interpreter_in_a_closed_home_directory_works(user: int, readable_copy: Path) -> None:
    """A virtual environment and the package in a home that only its owner may enter."""
    python = interpreter_for_others() if user else sys.executable
    if python is None:
        pytest.skip("no Python here that can be started without rights")
    if "landlock" not in available_tier().layers:
        pytest.skip("what is read is not confined here")
    with tempfile.TemporaryDirectory(prefix="sandbox-test-") as home:
        checkout = Path(home, "checkout")
        subprocess.run([python, "-m", "venv", "--copies", "--without-pip", checkout / "venv"], check=True)
        shutil.copytree(readable_copy / "core", checkout / "core")
        Path(home, "secret").write_text("hunter2")
        for folder, _, files in os.walk(home):
            for path in [folder, *(os.path.join(folder, file) for file in files)]:
                os.chown(path, user, user, follow_symlinks=False)
        os.chmod(home, 0o700)
        code = _AT_HOME.format(checkout=str(checkout), secret=str(Path(home, "secret")), home=home)
        command = [str(checkout / "venv" / "bin" / "python"), "-c", code]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", user=user, group=user, extra_groups=[]
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "['pass', 'error', 'error']"


@linux_only
def test_an_unreachable_interpreter_without_landlock_still_runs_programs() -> None:
    answer = tier.ask(tuple(layer for layer in available_tier().layers if layer != "landlock"))
    assert answer["usable"]
    assert answer["network_blocked"] == ("seccomp" in answer["layers"])


_HEADERS = {0: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 1: "/usr/include/asm-generic/unistd.h"}


@pytest.mark.parametrize("column", [0, 1], ids=["x86_64", "aarch64"])
def test_the_call_numbers_are_those_of_the_kernel_headers(column: int) -> None:
    try:
        text = Path(_HEADERS[column]).read_text()
    except FileNotFoundError:
        pytest.skip("no kernel headers here")
    known = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    ours = {name: numbers[column] for name, numbers in seccomp.NUMBERS.items()}
    newer = {name for name in ours if name not in known and (ours[name] or 0) > max(known.values())}
    assert {name: number for name, number in ours.items() if name not in newer} == {
        name: known.get(name) for name in ours if name not in newer
    }


def test_an_unknown_architecture_has_no_filter() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.assemble("riscv64", 1)


@pytest.mark.parametrize("machine", sorted(seccomp.ARCHITECTURES))
def test_a_filter_jumps_only_forward_and_within_itself(machine: str) -> None:
    program = seccomp.assemble(machine, 12_345)
    assert len(program) < 4_096
    for place, (code, yes, no, _) in enumerate(program):
        if code & 7 == 5:
            assert place + 1 + max(yes, no) < len(program)
    assert program[-1][0] == 6


def verdict_on(program: list[seccomp.Instruction], architecture: int, call: int, arguments: tuple[int, ...]) -> int:
    """What the kernel's filter machine says."""
    place, word = 0, 0
    while True:
        code, yes, no, operand = program[place]
        place += 1
        if code == 0x20:
            word = {0: call, 4: architecture}[operand] if operand < 16 else arguments[(operand - 16) // 8]
        elif code == 0x54:
            word &= operand
        elif code == 0x06:
            return operand
        else:
            met = {0x15: word == operand, 0x25: word > operand, 0x35: word >= operand, 0x45: bool(word & operand)}
            place += yes if met[code] else no


@pytest.mark.parametrize("column", [0, 1], ids=["x86_64", "aarch64"])
def test_a_filter_refuses_what_stands_in_its_table_and_allows_the_rest(column: int) -> None:
    machine = ("x86_64", "aarch64")[column]
    program = seccomp.assemble(machine, 77)
    allowed, refused, unknown = 0x7FFF0000, 0x50001, 0x50026

    def said(call: int, *arguments: int) -> int:
        return verdict_on(program, seccomp.ARCHITECTURES[machine], call, (*arguments, 0, 0, 0, 0))

    by_arguments = {"clone", "fcntl", "ioctl", "open", "openat", "prctl", "prlimit64", "socketpair"}
    by_arguments |= {"sched_setaffinity", "kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"}
    numbers = {name: number for name, both in seccomp.NUMBERS.items() if (number := both[column]) is not None}
    for name, number in numbers.items():
        if name not in by_arguments:
            assert said(number) == (unknown if name in ("clone3", "openat2") else refused), name
    for number in set(range(seccomp.NEWEST + 1)) - set(numbers.values()):
        assert said(number) == allowed
    assert said(seccomp.NEWEST + 1) == unknown
    assert [said(numbers["kill"], pid, 9) for pid in (77, 78, 0)] == [allowed, refused, refused]
    assert [said(numbers["clone"], flags) for flags in (0x3D0F00, 0x11)] == [allowed, refused]


def test_a_filter_made_once_lets_every_process_signal_only_itself() -> None:
    if "seccomp" not in available_tier().layers:
        pytest.skip("no filter here")
    code = (
        "import os, signal\nfrom core.sandbox.child.seccomp import Filter\nmade = Filter(truncate=False)\n"
        "for _ in range(2):\n    if os.fork() == 0:\n        made.install()\n        os.kill(os.getpid(), 0)\n"
        "        try:\n            os.kill(os.getppid(), 0)\n        except PermissionError:\n            os._exit(0)\n"
        "        os._exit(1)\n    print(os.wait()[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["0", "0"]
