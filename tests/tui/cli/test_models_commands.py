"""`secondpass models list|plan|pull`: what is printed, JSON, exit codes, and asking before the network is used."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import ExitCode
from tests.standins.hub import Hub, make_hub
from tui.cli.commands import command

SHARDS = (b"a" * 300_000, b"b" * 200_000)
TOML = """
[models.tiny]
source = "HF://me/Tiny-MLC"
weights_gib = 0.001
{pin}

[pairs.tiny]
coder = "tiny"
reviewer = "tiny"
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub that the commands of this test use, and a folder of MLC-LLM of its own."""
    made = make_hub(tmp_path, lfs="stand-in")
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SECONDPASS_HOME", str(tmp_path / "home"))
    return made


def models_toml(folder: Path, revision: str | None = None) -> str:
    file = folder / "models.toml"
    file.write_text(TOML.format(pin="" if revision is None else f'revision = "{revision}"'))
    return str(file)


def test_list_says_what_is_on_disk(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit = hub.model("me/Tiny-MLC", *SHARDS)
    file = models_toml(tmp_path)
    assert command(["models", "list", "--models", file]) == ExitCode.OK
    listed = capsys.readouterr().out.splitlines()
    assert any(line.split() == "qwen3-32b not on disk, 17.2 GiB (paper)".split() for line in listed)
    assert any("scripted" in line and line.startswith("demo-coder") for line in listed)
    assert command(["models", "pull", "tiny", "--yes", "--models", file]) == ExitCode.OK
    assert f"revision {commit[:12]}" in capsys.readouterr().out
    assert command(["models", "list", "--json", "--models", file]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    rows = {row["name"]: row for row in document["models"]}
    assert rows["tiny"] == {
        "name": "tiny",
        "kind": "mlc",
        "source": "HF://me/Tiny-MLC",
        "endpoint": None,
        "pairs": ["tiny"],
        "folder": str(tmp_path / "mlc-home/model_weights/hf/me/Tiny-MLC"),
        "complete": True,
        "present": 500_000,
        "total": 500_000,
        "revision": commit,
        "pinned": None,
    }
    assert (rows["qwen3-32b"]["complete"], rows["qwen3-32b"]["present"]) == (False, 0)
    assert rows["demo-coder"]["folder"] is None


def test_the_network_is_not_used_unasked(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.model("me/Tiny-MLC", *SHARDS)
    assert command(["models", "pull", "tiny", "--models", models_toml(tmp_path)]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "from https://huggingface.co/me/Tiny-MLC uses the network; agree to that with --yes." in said
    assert not (tmp_path / "mlc-home").exists()


def test_pull_obeys_the_pin_and_needs_no_network_for_what_is_here(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = hub.model("me/Tiny-MLC", b"old" * 1000)
    hub.model("me/Tiny-MLC", b"new" * 1000)
    pinned = models_toml(tmp_path, old[:9])
    assert command(["models", "pull", "--pair", "tiny", "--yes", "--models", pinned]) == ExitCode.OK
    assert old[:12] in capsys.readouterr().out
    # No --yes: nothing has to be fetched.
    assert command(["models", "pull", "--pair", "tiny", "--models", pinned]) == ExitCode.OK
    assert "tiny is on disk" in capsys.readouterr().out
    other = models_toml(tmp_path, "f" * 40)
    assert command(["models", "list", "--models", other]) == ExitCode.OK
    assert f"revision {old[:12]}, pinned to {'f' * 12}" in capsys.readouterr().out
    assert command(["models", "pull", "tiny", "--yes", "--models", other]) == ExitCode.ENGINE
    assert "has no revision" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pull", "--pair", "demo", "--yes"], "The pair demo needs no weights on this machine."),
        (["pull", "demo-coder", "--yes"], "demo-coder has no weights on this machine: scripted."),
        (["pull", "qwen3-32", "--yes"], 'There is no model "qwen3-32"; did you mean "qwen3-32b"?'),
        (["pull", "qwen3-32b", "--pair", "paper", "--yes"], "Name models or a pair, not both."),
        (["plan", "--pair", "papr"], 'There is no pair "papr" (--pair); did you mean "paper"?'),
        (["plan", "--gpu-memory", "24,x"], "is no list of sizes in GiB"),
        (["plan", "--gpu-memory", "0"], "is no list of sizes in GiB"),
    ],
)
def test_mistakes_are_said_in_one_sentence(
    hub: Hub, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["models", *arguments]) == ExitCode.USAGE
    assert said in " ".join(capsys.readouterr().err.split())


def test_plan_for_another_machine(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["models", "plan", "--gpu-memory", "24,24"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert said.startswith("The pair paper fits, split (one card each): coder ")
    assert "weights 17.16 GiB" in said
    assert command(["models", "plan", "--gpu-memory", "8"]) == ExitCode.NO
    assert "What would help: use the smaller models of --pair gpu-8gb." in capsys.readouterr().out
    assert command(["models", "plan", "--gpu-memory", "8", "--json", "--pair", "gpu-8gb"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["pair"], document["fits"]) == (1, "gpu-8gb", True)
    assert [each["device"] for each in document["engines"]] == ["cuda:0", "cuda:0"]


def test_a_pair_without_models_here_has_no_plan(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["models", "plan", "--pair", "demo"]) == ExitCode.OK
    assert "loads no model on this machine" in capsys.readouterr().out


def test_an_interrupt_stops_at_once_and_the_next_pull_goes_on(hub: Hub, tmp_path: Path) -> None:
    commit = hub.model("me/Tiny-MLC", *SHARDS)
    file = models_toml(tmp_path)
    program = "import sys; from tui.cli import main; sys.argv[0] = 'secondpass'; main()"
    arguments = [sys.executable, "-c", program, "models", "pull", "tiny", "--yes", "--models", file]
    environ = {**hub.environ, "SECONDPASS_HOME": str(tmp_path / "home"), "STANDIN_LFS_HANG": str(tmp_path / "pid")}
    running = subprocess.Popen(arguments, env=environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not (tmp_path / "pid").exists():
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (ExitCode.INTERRUPTED, "")
    assert "Traceback" not in err
    del environ["STANDIN_LFS_HANG"]
    done = subprocess.run(arguments, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert commit[:12] in done.stdout
