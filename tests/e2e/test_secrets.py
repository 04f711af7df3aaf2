"""A key comes from the environment, goes into the header of a request, and is written nowhere: not to sessions, stores,
logs, crash reports or the terminal, whatever the server says and whatever goes wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.standins.running import openai_server

ROOT = Path(__file__).parents[2]
KEY = "sk-hunter2-0123456789abcdef"
SPEC = 'def halve(number: int) -> int:\n    """Half of the number.\n\n    >>> halve(4)\n    2\n    """\n'
ANSWERS = [
    ("You review Python code", "VERDICT: NO DEFECT"),
    ("", "```python\ndef halve(number: int) -> int:\n    return number // 2\n```"),
]
MODELS = """
default_pair = "mine"
[endpoints.lab]
base_url = "{url}"
api_key_env = "LAB_KEY"
[models.m]
endpoint = "lab"
served_name = "m"
[pairs.mine]
coder = "m"
reviewer = "m"
"""
COMMANDS = [
    ["run", "halve.py", "--output", "jsonl"],
    ["run", "halve.py", "--dry-run"],
    ["bench", "run", "--dataset", "demo", "--pattern", "coder-only", "--limit", "1", "--output", "jsonl"],
    ["doctor", "--json"],
    ["models", "list"],
]
# An error that nobody foresaw, with the key at hand: what a bug in the program would do.
CRASH = """
import sys
from core.engines import endpoint
def broken(self, *arguments, **named):
    key = self._key
    raise RuntimeError("a bug")
endpoint.Endpoint.stream = endpoint.Endpoint.list_models = endpoint.Endpoint.answers = broken
from tui.cli import main
sys.exit(main())
"""
PROGRAM = "import sys; from tui.cli import main; sys.exit(main())"


def written(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def call(folder: Path, *arguments: str, key: str = KEY, program: str = PROGRAM) -> str:
    """What the program printed, to both streams."""
    environment = {**os.environ, "SECONDPASS_HOME": str(folder / "home"), "LAB_KEY": key, "TMPDIR": str(folder / "tmp")}
    done = subprocess.run(
        [sys.executable, "-c", program, arguments[0], *arguments[1:]],
        cwd=folder,
        env=environment | {"SECONDPASS_MODELS": str(folder / "own.toml"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "halve.py").write_text(SPEC)
    return tmp_path


def point_to(folder: Path, url: str) -> None:
    (folder / "own.toml").write_text(MODELS.format(url=url))


def test_a_key_that_works_is_written_nowhere(folder: Path) -> None:
    with openai_server(answers=ANSWERS, key=KEY, models=["m"]) as server:
        point_to(folder, server.base_url)
        said = [call(folder, *command) for command in COMMANDS]
    assert "run_finished" in said[0], said[0]
    assert '"done"' in said[2], said[2]
    files = written(folder)
    assert any(name.endswith(".sqlite") for name in files)
    assert any("sessions" in name for name in files)
    assert not [name for name, content in files.items() if KEY.encode() in content]
    assert KEY not in "".join(said)


@pytest.mark.parametrize(
    "key", [KEY, f"{KEY}\n", f"{KEY}é", f" {KEY}"], ids=["wrong", "line end", "not ASCII", "space"]
)
def test_a_key_that_is_refused_or_cannot_be_sent_is_written_nowhere(folder: Path, key: str) -> None:
    with openai_server(answers=ANSWERS, key="another", models=["m"]) as server:
        point_to(folder, server.base_url)
        said = "".join(call(folder, *command, key=key) for command in COMMANDS[:4])
    assert "Traceback" not in said
    assert KEY not in said
    assert not [name for name, content in written(folder).items() if KEY.encode() in content]


def test_a_crash_report_holds_no_key(folder: Path) -> None:
    point_to(folder, "http://127.0.0.1:9/v1")
    said = call(folder, "run", "halve.py", program=CRASH)
    assert "please report them" in said
    files = written(folder)
    assert any(b"a bug" in content for content in files.values())
    assert KEY not in said
    assert not [name for name, content in files.items() if KEY.encode() in content]
