"""What happens when the machine is unkind: full disks, folders that cannot be written, clocks set back, two programs at
once, kills at random points. ``benchmarks/fault_injection.py`` kills a thousand times."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.bench.store import RunConfig, Store, StoreError, database
from core.events import SessionRenamed
from core.sessions import SessionInUseError, SessionLog, list_sessions, read_session
from tests.core.bench.making import config as bench_config
from tests.core.session_making import draft, ended, started

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from tui.cli import main; main()"]
SPEC = str(ROOT / "examples" / "median.py")


def secondpass(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The program, with ``home`` as its own folder."""
    environment = {**os.environ, "SECONDPASS_HOME": str(home)}
    return subprocess.run(
        [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = os.geteuid() == 0 and shutil.which("mount") is not None
    made = made and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=False).returncode == 0
    if not made:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def planned(label: str | None = None) -> RunConfig:
    """A run of the bench."""
    return bench_config(["Demo/0", "Demo/1"], ["coder-only"], label=label)


def fill(disk: Path, *, but: int = 0) -> Path:
    """Fill the disk but for so many bytes."""
    filler = disk / "filler"
    try:
        with filler.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
    except OSError:
        pass
    os.truncate(filler, max(0, filler.stat().st_size - but))
    return filler


@pytest.mark.parametrize("room", [0, 4_096])
def test_a_session_on_a_full_disk_gives_its_code_and_says_that_it_is_not_kept(small_disk: Path, room: int) -> None:
    home = small_disk / "home"
    assert secondpass(home, "run", SPEC, "--pair", "demo").returncode == 0
    before = secondpass(home, "sessions", "list").stdout
    fill(small_disk, but=room)
    done = secondpass(home, "run", SPEC, "--pair", "demo")
    assert done.returncode == 0
    assert "def median" in done.stdout
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    after = secondpass(home, "sessions", "list")
    assert after.returncode == 0
    assert before.splitlines()[-1].split()[0] in after.stdout


def test_a_benchmark_run_on_a_full_disk_is_one_sentence_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    home = small_disk / "home"
    arguments = ["bench", "run", "--pair", "demo", "--dataset", "demo", "--pattern", "coder-only", "--output", "jsonl"]
    assert secondpass(home, "bench", "list").returncode == 0
    with Store(home_store(home)) as store:
        store.add_run(planned())
    filler = fill(small_disk, but=0)
    done = secondpass(home, *arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()[-1]) > 20
    filler.unlink()
    with Store(home_store(home)) as store:
        assert len(store.runs()) >= 1  # it opens, and what was there is there
    finished = secondpass(home, *arguments)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout.splitlines()[-1])["complete"] is True


def home_store(home: Path) -> Path:
    """Where a run's program keeps its runs."""
    path = home / "data" / "bench" / "runs.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_the_store_says_that_the_disk_is_full_and_stays_whole(small_disk: Path) -> None:
    with Store(small_disk / "runs.sqlite") as store:
        kept = store.add_run(planned())
        fill(small_disk)

        def add_many() -> None:
            for number in range(200):
                store.add_run(planned(f"{number}" * 1000))

        with pytest.raises(StoreError, match=r"full.*free some space"):
            add_many()
    (small_disk / "filler").unlink()
    with Store(small_disk / "runs.sqlite") as store:
        assert kept.id in {run.id for run in store.runs()}


def test_a_log_on_a_full_disk_says_so_once_and_what_was_written_reads(small_disk: Path) -> None:
    log = SessionLog(small_disk / "a.jsonl")
    log.write(started())
    fill(small_disk)
    for event in draft("x" * 9_000):
        log.write(event)
    log.close()
    assert log.problem is not None
    assert "No space left" in log.problem
    assert next(iter(read_session(small_disk / "a.jsonl"))).type == "run_started"
    (small_disk / "filler").unlink()
    again = SessionLog(small_disk / "a.jsonl")  # the torn line is dropped
    again.write(ended())
    again.close()
    assert [event.type for event in read_session(small_disk / "a.jsonl")][-1] == "run_finished"


def test_a_home_that_cannot_be_written_costs_the_session_and_not_the_run(small_disk: Path) -> None:
    home = small_disk / "home"
    home.mkdir()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = secondpass(home, "run", SPEC, "--pair", "demo")
    assert done.returncode == 0
    assert "def median" in done.stdout
    assert "not kept as a session" in done.stderr
    for arguments in (["bench", "run", "--pair", "demo", "--dataset", "demo", "--pattern", "coder-only"],):
        refused = secondpass(home, *arguments)
        assert refused.returncode in (2, 4)
        assert "Traceback" not in refused.stderr
        assert str(home) in refused.stderr
    for arguments in (["sessions", "list"], ["bench", "list"], ["doctor"], ["models", "list"]):
        assert "Traceback" not in secondpass(home, *arguments).stderr


def test_a_clock_set_back_does_not_change_which_run_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(["2026-03-29T03:10:00.000+02:00", "2026-03-29T02:50:00.000+01:00", "2020-01-01T00:00:00.000+00:00"])
    monkeypatch.setattr(database, "now", lambda: next(times))
    with Store(tmp_path / "runs.sqlite") as store:
        made = [store.add_run(planned(str(number))).id for number in range(3)]
        assert len(set(made)) == 3
        assert [run.id for run in store.runs()] == made[::-1]
        assert store.run("last").id == made[-1]
        created = [datetime.fromisoformat(run.created) for run in store.runs()]
        assert created[0] - created[1] == timedelta(milliseconds=1)


def test_sessions_begun_in_the_same_second_are_two_sessions() -> None:
    logs = [SessionLog.create() for _ in range(20)]
    for log in logs:
        log.write(started())
        log.close()
    assert len({log.id for log in logs}) == 20


def test_a_clock_set_back_makes_no_time_of_a_session_negative(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    counted = iter(range(10**6, 0, -1))
    monkeypatch.setattr(time, "time", lambda: float(next(counted)))
    log = SessionLog.create()
    first = started()
    log.write(first)
    after = log.append_after(SessionRenamed(n=0, at=0.0, title="x"))
    log.close()
    assert after.at >= first.at
    assert after.n > first.n
    assert [each.id for each in list_sessions()] == [log.id]


def test_two_programs_cannot_write_to_one_session() -> None:
    log = SessionLog.create()
    log.write(started())
    writer = f"from pathlib import Path; from core.sessions import SessionLog; SessionLog(Path({str(log.path)!r}))"
    done = subprocess.run([sys.executable, "-c", writer], capture_output=True, text=True, check=False, cwd=ROOT)
    log.close()
    assert done.returncode == 1
    assert SessionInUseError.__name__ in done.stderr
    assert [event.type for event in read_session(log.path)] == ["run_started"]


def test_two_programs_can_write_to_one_store(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with Store(path) as store:
        store.add_run(planned())
    writer = (
        "from pathlib import Path; from core.bench.store import Store\n"
        f"with Store(Path({str(path)!r})) as store:\n    for _ in range(15): store.add_run(store.run('last').config)"
    )
    together = [subprocess.Popen([sys.executable, "-c", writer], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    assert [(each.communicate()[1], each.returncode) for each in together] == [(b"", 0)] * 3
    with Store(path) as store:
        assert len({run.id for run in store.runs()}) == 46


def test_a_few_kills_at_random_points_lose_nothing() -> None:
    script = str(ROOT / "benchmarks" / "fault_injection.py")
    done = subprocess.run(
        [sys.executable, script, "--kills", "14", "--seed", "3", "--longest", "1.5"],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert "14 kills" in done.stdout
    assert ": 0 problems" in done.stdout
