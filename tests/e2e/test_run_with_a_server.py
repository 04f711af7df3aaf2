"""`secondpass run` on a server that runs already: the whole way over HTTP, and what happens when it fails."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_run_command import PROGRAM, assert_one_sentence, models_toml, secondpass
from tests.standins.running import openai_server

SPEC = '''def halve(number: int) -> int:
    """Half of the number, rounded down. Zero gives zero.

    >>> halve(5)
    2
    """
'''
WRONG = "def halve(number: int) -> int:\n    return number // 2 if number else 1 // number\n"
RIGHT = "def halve(number: int) -> int:\n    return number // 2\n"
ANSWERS = [
    ("This is wrong with the code", f"```python\n{RIGHT}```"),
    (
        "You review Python code",
        "VERDICT: DEFECTS\nFINDING 1\nTITLE: zero raises\nCITATION: Zero gives zero.\nINPUT: halve(0)\nEXPECTED: 0\n",
    ),
    ("Implement this specification", f"Here it is:\n```python\n{WRONG}```\nDone."),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "halve.py").write_text(SPEC)
    return tmp_path


def run_at(url: str, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "mine.toml").write_text(models_toml(url))
    return secondpass("run", "--models", "mine.toml", *options, "halve.py", cwd=folder)


def test_a_wrong_draft_is_reviewed_and_fixed_over_http(folder: Path) -> None:
    with openai_server(answers=ANSWERS, reasoning="Let me think about zero.") as server:
        result = run_at(server.base_url, folder, "--output", "json")
    answer = json.loads(result.stdout)
    assert result.returncode == 0, result.stderr
    assert (answer["accepted"], answer["code"]) == ("fix", RIGHT)
    assert answer["usage"]["completion_tokens"] > 0
    assert not answer["usage"]["estimated"]
    assert "SCRIPTED" not in result.stderr


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"key": "secret"}, "key"),
        ({"window": 20}, "20"),
        ({"faults": ["drop_mid"]}, "broke the connection"),
        (
            {"faults": [{"status": 500, "body": "Internal Server Error", "type": "text/plain"}], "faults_repeat": True},
            "500",
        ),
    ],
)
def test_a_failing_server_is_one_sentence_and_exit_code_3(folder: Path, scenario: dict[str, Any], message: str) -> None:
    with openai_server(answers=ANSWERS, **scenario) as server:
        result = run_at(server.base_url, folder, "-q")
    assert result.returncode == 3
    assert_one_sentence(result)
    assert message in result.stderr
    assert "secret" not in result.stderr


def test_a_server_killed_while_it_streams_is_one_sentence_and_the_session_is_kept(folder: Path) -> None:
    with openai_server(rate=20, answer="word " * 2000) as server:
        (folder / "mine.toml").write_text(models_toml(server.base_url))
        with subprocess.Popen(
            [PROGRAM, "run", "-q", "--models", "mine.toml", "--output", "jsonl", "halve.py"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            next(line for line in process.stdout if '"type":"token"' in line)
            server.kill()
            _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    (log,) = Path(os.environ["SECONDPASS_HOME"], "data", "sessions").iterdir()
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert events[-1]["type"] == "run_failed"
    assert "word" in next(event["text"] for event in events if event["type"] == "stage_finished")


def test_sigterm_stops_as_ctrl_c_does(folder: Path) -> None:
    with openai_server(rate=5, answer="word " * 200) as server:
        (folder / "mine.toml").write_text(models_toml(server.base_url))
        with subprocess.Popen(
            [PROGRAM, "run", "--models", "mine.toml", "halve.py"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            server.wait_for("requests", 1)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped" in said
