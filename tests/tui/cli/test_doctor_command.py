"""`secondpass doctor`: what it prints, its JSON, its exit codes, and that it starts without the screen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ExitCode
from tui.cli.commands import command

PROGRAM = """
import sys
from tui.cli import main
try:
    main()
finally:
    print(sorted(sys.modules), file=sys.stderr)
"""


def test_the_demo_pair_can_start_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["doctor", "--pair", "demo"]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert "✓ ok" in printed
    assert "The demo pair needs nothing" in printed


def test_the_json_names_everything_and_what_blocks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models = tmp_path / "models.toml"
    models.write_text(
        '[models.m]\nendpoint = "lab"\n[endpoints.lab]\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[pairs.far]\ncoder = "m"\nreviewer = "m"\n'
    )
    assert command(["doctor", "--json", "--pair", "far", "--models", str(models)]) == ExitCode.NO
    report = json.loads(capsys.readouterr().out)
    assert report["version"] == 1
    assert report["pair"]["name"] == "far"
    assert report["pair"]["blocking"] == ["endpoint.lab"]
    assert not report["pair"]["can_start"]
    assert {"gpu", "memory", "mlc-llm", "sandbox", "folders", "python", "terminal", "bench"} <= {
        each["id"] for each in report["results"]
    }
    for each in report["results"]:
        assert each.keys() == {"id", "title", "status", "sentence", "action", "command", "needed", "details"}
        assert each["status"] in ("ok", "warn", "missing", "error")
        assert each["sentence"]


def test_an_unknown_pair_is_a_mistake_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["doctor", "--pair", "dmeo"]) == ExitCode.USAGE
    assert 'did you mean "demo"?' in capsys.readouterr().err


def test_it_never_imports_textual(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "doctor", "--pair", "demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "'core.doctor'" in done.stderr
    assert "'textual'" not in done.stderr
    assert "'httpx'" not in done.stderr
