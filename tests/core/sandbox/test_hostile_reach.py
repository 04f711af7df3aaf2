"""Programs that reach for what is not theirs: none gets there, and the program that runs them lives on.

The ``attack`` fixture runs each of them as this user and, as root, also from an unprivileged process. It asserts
that the process which called the sandbox survived and that neither processes nor files were left behind.
"""

import os
import socket
from pathlib import Path

import pytest

from core.sandbox import Case
from tests.core.sandbox.driven import Attack, each


def test_a_fork_bomb_cannot_fork_once(attack: Attack, open_folder: Path) -> None:
    bomb = f"""
import os
def bomb():
    while True:
        os.fork()
        open({str(open_folder / "forked")!r}, "a").write("x")
"""
    seen = attack(bomb, "bomb()", needs="processes_blocked")
    assert seen.outcomes == ["error"]
    assert "PermissionError" in seen.got[0]
    assert not (open_folder / "forked").exists()


def test_no_other_program_can_be_started(attack: Attack, open_folder: Path) -> None:
    touched = open_folder / "touched"
    ways = [
        "import subprocess; subprocess.run([{touch!r}, {path!r}])",
        "import os; os.system('touch ' + {path!r})",
        "import os; os.posix_spawn({touch!r}, ['touch', {path!r}], {{}})",
        "import os; os.execv({touch!r}, ['touch', {path!r}])",
        "import multiprocessing as m; m.get_context('fork').Process(target=open, args=({path!r}, 'w')).start()",
    ]
    attack(
        "", *each([way.format(touch="/usr/bin/touch", path=str(touched)) for way in ways]), needs="processes_blocked"
    )
    assert not touched.exists()


def test_nothing_outside_the_private_folder_can_be_changed(attack: Attack, open_folder: Path) -> None:
    ways = [
        "open({path!r}, 'w').write('changed')",
        "import io; io.open({path!r}, 'a').write('changed')",
        "import os; os.write(os.open({path!r}, os.O_WRONLY), b'changed')",
        "import os; os.close(os.open({path!r}, os.O_RDONLY | os.O_TRUNC))",
        "import os; os.truncate({path!r}, 0)",
        "import os; os.remove({path!r})",
        "import os; os.rename({path!r}, {path!r} + '2')",
        "import os; os.chmod({path!r}, 0)",
        "import os; os.utime({path!r}, (1, 1))",
        "import os; os.setxattr({path!r}, 'user.mark', b'changed')",
        "import os; os.link({path!r}, 'mine'); open('mine', 'w').write('changed')",
        "import os; os.symlink({path!r}, 'mine'); open('mine', 'w').write('changed')",
        "import pathlib; (pathlib.Path({path!r}).parent / 'new').mkdir()",
    ]
    victim = open_folder / "victim"
    victim.write_text("precious")
    victim.chmod(0o666)
    os.utime(victim, (5, 5))
    seen = attack("", *each([way.format(path=str(victim)) for way in ways]), needs="writes_confined", owns=open_folder)
    assert dict(zip(ways, seen.outcomes, strict=True)) == dict.fromkeys(ways, "error")
    after = victim.stat()
    assert victim.read_text() == "precious"
    assert (after.st_mode & 0o7777, after.st_mtime, after.st_nlink) == (0o666, 5, 1)
    assert os.listxattr(victim) == [] if hasattr(os, "listxattr") else True
    assert [entry.name for entry in open_folder.iterdir()] == ["victim"]


def test_files_outside_cannot_be_read(attack: Attack, open_folder: Path) -> None:
    ways = [
        "open({path!r}).read()",
        "open(__import__('os').open({path!r}, 0)).read()",
        "__import__('os').listdir({folder!r})",
        "__import__('os').listdir(__import__('os').path.expanduser('~root'))",
        "open('/etc/shadow').read()",
        "open('/etc/passwd').read()",
        "open('/proc/%d/environ' % __import__('os').getppid()).read()",
        "open('/proc/self/environ').read()",
        "open('/proc/self/mem', 'rb').read(1)",
        "__import__('os').listdir('/home')",
        "open('/proc/DRIVER_PID/environ').read()",
    ]
    secret = open_folder / "secret"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    sources = [way.format(path=str(secret), folder=str(open_folder)) for way in ways]
    seen = attack("", *sources, needs="reads_confined", owns=open_folder)
    assert dict(zip(ways, seen.outcomes, strict=True)) == dict.fromkeys(ways, "error")
    assert "hunter2" not in "".join(seen.got)


def test_the_home_directory_cannot_be_read(attack: Attack) -> None:
    import pwd

    home = pwd.getpwuid(os.geteuid()).pw_dir
    seen = attack(
        "import os", f"os.listdir({home!r})", f"[open(e.path) for e in os.scandir({home!r})]", needs="reads_confined"
    )
    assert seen.outcomes == ["error", "error"]


def test_the_environment_holds_nothing_of_ours(attack: Attack) -> None:
    seen = attack("import os", "dict(os.environ)", "os.path.expanduser('~') == os.getcwd()")
    assert "hunter2" not in seen.got[0]
    assert seen.got[1] == "True"


@pytest.mark.parametrize("local", [False, True], ids=["TCP", "socket file"])
def test_no_connection_can_be_made(attack: Attack, open_folder: Path, local: bool) -> None:
    family = socket.AF_UNIX if local else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(str(open_folder / "door") if local else ("127.0.0.1", 0))
        if local:
            os.chmod(open_folder / "door", 0o777)
        server.listen()
        server.setblocking(False)
        code = (
            f"import socket\ndef call():\n    s = socket.socket({int(family)})\n    s.connect({server.getsockname()!r})"
        )
        seen = attack(code, "call()", needs="network_blocked")
        assert seen.outcomes == ["error"]
        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_packet_leaves_through_any_kind_of_socket(attack: Attack, open_folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(open_folder / "letters"))
        os.chmod(open_folder / "letters", 0o777)
        server.setblocking(False)
        ways = [
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
            "socket.socket(socket.AF_INET6)",
            "socket.socket(socket.AF_UNIX)",
            "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
            f"socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', {str(open_folder / 'letters')!r})",
            "socket.create_connection(('1.1.1.1', 53), 1)",
        ]
        seen = attack("import socket", *ways, needs="network_blocked")
        assert seen.outcomes == ["error"] * len(ways)
        with pytest.raises(BlockingIOError):
            server.recv(1)


def test_no_other_process_can_be_touched(attack: Attack) -> None:
    ways = [
        "os.kill(os.getppid(), 9)",
        "os.kill(DRIVER_PID, 9)",
        "os.killpg(os.getpgid(os.getppid()), 9)",
        "os.kill(-1, 9)",
        "os.kill(0, 9)",
        "signal.pidfd_send_signal(os.pidfd_open(DRIVER_PID), 9)",
        "resource.prlimit(DRIVER_PID, resource.RLIMIT_CPU, (0, 0))",
        "os.sched_setaffinity(DRIVER_PID, [0])",
        "os.setpriority(os.PRIO_PROCESS, DRIVER_PID, 19)",
        "fcntl.fcntl(3, fcntl.F_SETOWN, DRIVER_PID)",
        "ctypes.CDLL(None).ptrace(16, DRIVER_PID, 0, 0) and 1 / 0",
        "ctypes.CDLL(None).shmget(0, 4096, 0o1600) == -1 and 1 / 0",
    ]
    code = "import os, signal, resource, fcntl, ctypes"
    cases = [
        *each(ways),
        Case(kind="assert", source="assert True", group=99),
    ]
    seen = attack(code, *cases, needs="processes_blocked", total_seconds=30)
    assert dict(zip(ways, seen.outcomes, strict=False)) == dict.fromkeys(ways, "error")
    assert seen.outcomes[-1] == "pass"
