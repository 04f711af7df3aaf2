"""Without being asked to, the program opens no connection and looks up no name.

Every Python process of it is watched by an audit hook that writes down, and refuses, what would leave the machine;
where the machine allows it, a run is made without any network at all.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.screen import Terminal, secondpass

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())"]
WATCH = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"):
        told = repr(arguments)
    elif event == "socket.connect":
        if isinstance(arguments[1], (str, bytes)):
            return  # a socket file of this machine: processes of ours
        told = repr(arguments[1])
    else:
        return
    with open({log!r}, "a") as file:
        file.write(f"{{sys.argv}}: {{event}} {{told}}\\n")
    raise OSError("refused: no network")

sys.addaudithook(refuse)
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """An environment in which every attempt is refused and written to ``attempts``."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WATCH.format(log=str(tmp_path / "attempts")))
    return {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}


COMMANDS = [
    ["run", "examples/median.py", "--pair", "demo", "--output", "json"],
    ["run", "examples/median.py", "--pair", "demo", "--dry-run"],
    ["lint", "examples"],
    ["rules"],
    ["bench", "run", "--pair", "demo", "--dataset", "demo", "--pattern", "review-then-fix", "--limit", "2"],
    ["bench", "data", "list"],
    ["sessions", "list"],
    ["models", "list"],
    ["models", "plan"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_asks_nobody_on_the_network(command: list[str], watched: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, *command],
        cwd=ROOT,
        env=os.environ | watched,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "attempts").exists(), (tmp_path / "attempts").read_text()


def test_the_watch_would_have_seen_it(watched: dict[str, str], tmp_path: Path) -> None:
    code = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError as error: print(error)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | watched, capture_output=True, text=True, check=False
    )
    assert "refused: no network" in done.stdout
    assert (tmp_path / "attempts").exists()


def test_the_screen_asks_nobody_on_the_network(watched: dict[str, str], tmp_path: Path) -> None:
    with Terminal(secondpass(), "--pair", "demo", cwd=tmp_path, PYTHONPATH=watched["PYTHONPATH"]) as terminal:
        terminal.shows("Merge intervals")
        terminal.leave()
    assert not (tmp_path / "attempts").exists(), (tmp_path / "attempts").read_text()


def test_a_run_works_on_a_machine_without_any_network() -> None:
    alone = ["unshare", "--net", "--"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this user may not take the network away from a process")
    for command in (COMMANDS[0], COMMANDS[4]):
        done = subprocess.run(
            [*alone, *PROGRAM, *command], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stderr
