"""`secondpass engines start|status|stop` with the real keeper process, against the stand-in for MLC-LLM."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.errors import ExitCode
from tests.standins.kept import StandInPair, make_pair
from tests.standins.processes import ended
from tui.cli.commands import command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted by way of /proc")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[StandInPair]:
    """The pair of a test, with nothing left of it afterwards."""
    made = make_pair(tmp_path)
    yield made
    made.call("engines", "stop")
    assert made.processes() == {}


def servers(pair: StandInPair) -> list[str]:
    return [line for line in pair.processes().values() if "mlc_wrapper" in line]


def test_a_pair_stays_loaded_and_a_run_uses_it(pair: StandInPair) -> None:
    started = pair.call("engines", "start", "--pair", "mine")
    assert started.returncode == ExitCode.OK, started.stderr
    assert "loading the pair mine" in started.stderr
    assert "coder: loading" in started.stderr
    assert "reviewer: ready" in started.stderr
    assert "mine: ready" in started.stdout
    before = set(pair.processes())
    ran = pair.call("run", "--pair", "mine", "spec.py")
    assert ran.returncode == ExitCode.OK, ran.stderr
    assert "return a + b" in ran.stdout
    assert "loading" not in ran.stderr
    assert set(pair.processes()) == before, "the run started no server, and ended none"
    status = pair.status()
    assert [(each["role"], each["phase"], each["restarts"]) for each in status["models"]] == [
        ("coder", "ready", 0),
        ("reviewer", "ready", 0),
    ]
    assert status["models"][0]["memory"] == 9728.5 * 2**20
    assert status["gpus"][0] | {"since": 0} == {
        "gpu": "0",
        "pid": status["pid"],
        "program": "secondpass engines",
        "pair": "mine",
        "since": 0,
    }
    assert 1700 < status["idle_left"] <= 1800
    assert Path(status["log"]).is_file()
    stopped = pair.call("engines", "stop")
    assert stopped.stdout == "The pair mine is unloaded.\n"
    assert pair.processes() == {}


def test_what_is_written_down_can_be_read_by_the_user_alone_and_no_key_is_in_arguments_or_logs(
    pair: StandInPair,
) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    state = pair.folder / "home/state"
    (record,) = state.rglob("keeper.json")
    assert record.stat().st_mode & 0o777 == 0o600
    assert record.parent.stat().st_mode & 0o777 == 0o700
    token = json.loads(record.read_text())["token"]
    assert not any(token in line for line in pair.processes().values())
    assert not any(token in log.read_text() for log in (pair.folder / "home/log").iterdir())


def test_nothing_is_loaded_says_how_to_load(pair: StandInPair) -> None:
    said = pair.call("engines", "status")
    assert (said.returncode, "secondpass engines start --pair NAME" in said.stdout) == (ExitCode.OK, True)
    assert pair.status() == {"version": 1, "running": False, "gpus": []}
    assert pair.call("engines", "stop").returncode == ExitCode.OK


def test_a_second_start_of_the_same_pair_waits_for_the_first(pair: StandInPair) -> None:
    pair.order("coder", pause=1.0)
    with pair.start("engines", "start", "--pair", "mine") as first:
        second = pair.call("engines", "start", "--pair", "mine")
        out, err = first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (ExitCode.OK, ExitCode.OK), err + second.stderr
    assert len(servers(pair)) == 4, "a guardian and a server for each role"
    assert "mine: ready" in out
    assert "mine: ready" in second.stdout


def test_a_start_that_is_given_up_does_not_take_the_pair_from_another(pair: StandInPair) -> None:
    pair.order("coder", pause=600)
    with start(pair) as first, start(pair) as second:
        first.send_signal(signal.SIGINT)
        _, err = first.communicate(timeout=60)
        assert first.returncode == ExitCode.INTERRUPTED
        assert "somebody else waits" in err
        assert second.poll() is None
        assert pair.status()["phase"] == "loading"
        second.send_signal(signal.SIGINT)
        _, err = second.communicate(timeout=60)
        assert "nothing is loaded" in err
    assert pair.processes() == {}


@contextmanager
def start(pair: StandInPair) -> "Iterator[subprocess.Popen[str]]":
    """``engines start``, which has said that the coder loads its weights."""
    with pair.start("engines", "start", "--pair", "mine") as process:
        assert process.stderr is not None
        while "coder: loading" not in (line := process.stderr.readline()):
            assert line, "it ended"
        yield process
        process.kill()


def test_doctor_shows_the_kept_pair(pair: StandInPair) -> None:
    def shown() -> dict[str, Any]:
        results = json.loads(pair.call("doctor", "--pair", "mine", "--json").stdout)["results"]
        return next(each for each in results if each["id"] == "engines")

    assert shown()["sentence"] == "No pair is kept loaded between commands."
    pair.call("engines", "start", "-q", "--pair", "mine")
    found = shown()
    assert (found["status"], found["details"]["pair"], found["details"]["phase"]) == ("ok", "mine", "ready")
    assert "it unloads itself in 30 min" in found["sentence"]


def test_another_pair_is_told_what_is_loaded(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    other = pair.call("engines", "start", "--pair", "other")
    assert other.returncode == ExitCode.ENGINE
    assert "The pair mine is kept loaded" in other.stderr
    assert "secondpass engines stop" in other.stderr
    run = pair.call("run", "--pair", "other", "spec.py")
    assert run.returncode == ExitCode.ENGINE
    assert "GPU 0 holds the pair mine, which is kept loaded" in run.stderr
    assert "secondpass engines stop" in run.stderr


def test_whoever_finds_the_gpu_taken_is_told_by_whom(pair: StandInPair) -> None:
    pair.order("coder", scenario={"ttft": 600})
    with pair.start("run", "--pair", "mine", "spec.py") as first:
        assert first.stderr is not None
        while "loading 9.5 GiB" not in (line := first.stderr.readline()):
            assert line, "the first run ended"
        for arguments in (["run", "--pair", "mine", "spec.py"], ["engines", "start", "--pair", "mine"]):
            second = pair.call(*arguments)
            assert second.returncode == ExitCode.ENGINE
            assert f"GPU 0 is in use by secondpass run with the pair mine (process {first.pid}" in second.stderr
        assert "in use by secondpass run" in pair.call("engines", "status").stdout
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)


def test_ctrl_c_during_the_start_leaves_nothing_behind(pair: StandInPair) -> None:
    pair.order("coder", pause=600)
    with start(pair) as process:
        assert servers(pair)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "nothing is loaded" in err
    assert pair.processes() == {}
    assert not pair.status()["running"]


def test_a_start_that_fails_says_why_and_leaves_nothing_behind(pair: StandInPair) -> None:
    pair.order("reviewer", load="gpu memory")
    failed = pair.call("engines", "start", "--pair", "mine")
    assert failed.returncode == ExitCode.ENGINE
    assert "needs 9.0 GiB besides its KV cache but may use 5.0 GiB of GPU memory" in failed.stderr
    assert pair.processes() == {}


def test_a_pair_unloads_itself_when_nobody_uses_it(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine", "--idle", "0.01")
    for pid in pair.processes():
        assert ended(pid)
    assert not pair.status()["running"]
    (log,) = (pair.folder / "home/log").glob("engines-*.log")
    assert "not used for 0.01 minutes" in log.read_text()


def test_a_server_that_crashes_while_idle_is_loaded_again(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    guardian = next(pid for pid, line in pair.processes().items() if "mlc_wrapper" in line)
    os.kill(guardian, signal.SIGKILL)
    assert ended(guardian)
    # A request waits until it is there again.
    assert pair.call("run", "--pair", "mine", "spec.py").returncode == ExitCode.OK
    assert sum(each["restarts"] for each in pair.status()["models"]) == 1


def test_nothing_outlives_a_killed_keeper_and_what_it_wrote_down_is_not_believed(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    left = pair.processes()
    keeper = pair.status()["pid"]
    assert keeper in left
    os.kill(keeper, signal.SIGKILL)
    for pid in left:
        assert ended(pid)
    assert list((pair.folder / "home/state").rglob("keeper.json"))
    assert not pair.status()["running"]
    assert not list((pair.folder / "home/state").rglob("keeper.json"))
    assert pair.call("engines", "start", "-q", "--pair", "mine").returncode == ExitCode.OK


def test_a_keeper_that_hangs_is_told_of_and_ended(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    keeper = pair.status()["pid"]
    os.kill(keeper, signal.SIGSTOP)
    assert pair.status()["phase"] == "hangs"
    os.kill(keeper, signal.SIGCONT)
    assert pair.call("engines", "stop").returncode == ExitCode.OK


def test_a_polite_kill_of_the_keeper_unloads_in_order(pair: StandInPair) -> None:
    pair.call("engines", "start", "-q", "--pair", "mine")
    left = pair.processes()
    os.kill(pair.status()["pid"], signal.SIGTERM)
    for pid in left:
        assert ended(pid)
    (log,) = (pair.folder / "home/log").glob("engines-*.log")
    assert "the pair mine is unloaded" in log.read_text()


@pytest.mark.parametrize("name", ["demo"])
def test_a_pair_with_nothing_to_load_says_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["engines", "start", "--pair", name]) == ExitCode.OK
    assert "has nothing to load on this machine: its answers are scripted" in capsys.readouterr().out


def test_an_unknown_pair_is_a_configuration_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["engines", "start", "--pair", "nope"]) == ExitCode.USAGE
    assert 'There is no pair "nope"' in capsys.readouterr().err
