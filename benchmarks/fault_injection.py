"""Kill the program at random points of sessions and of benchmark runs, again and again; nothing finished may be lost.

python benchmarks/fault_injection.py [--kills 1000] [--sessions 0.7] [--seed 0] [--longest 2.0] [--minutes 0]

Every run is the program's own command (`run`, `bench run`), with the demo pair, in a process forked from one that has
imported everything, so that it can be killed a few milliseconds after its start. After every kill: the store opens,
every sample and every event that had been told is there, once; all logs of sessions can be read and listed, and the one
that was torn can be gone on with. --sessions is the share of kills that hit sessions. In the end an interrupted run of
the benchmark that was resumed again and again has the results of an undisturbed one. Exit status 1 on any loss.
"""

import argparse
import contextlib
import hashlib
import importlib
import io
import json
import os
import pkgutil
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import checkout

from core.bench.store import Store
from core.event_log import read_events
from core.events import SessionRenamed
from core.sandbox import available_tier
from core.sessions import SessionInUseError, SessionLog, list_sessions, session_paths
from tui.cli.commands import command

PATTERNS = ("coder-only", "review-then-fix", "review-then-fix-retry")
BENCH = ("bench", "run", "--output", "jsonl", "--pair", "demo", "--dataset", "demo")
NOT_IMPORTED = (".child", ".cluster", "datasets.prepare")
"""Programs of their own, and what needs packages that are not always there."""
UNLOGGED = ("token", "reasoning")
"""Events that are gathered for a tenth of a second before they are written."""


@dataclass(slots=True)
class Tally:
    """What was seen."""

    kills: dict[str, int] = field(default_factory=lambda: {"session": 0, "bench": 0})
    ends: dict[str, int] = field(default_factory=lambda: {"session": 0, "bench": 0})
    problems: list[str] = field(default_factory=list)
    events: int = 0
    samples: int = 0
    torn: int = 0

    def wrong(self, what: str) -> None:
        self.problems.append(what)
        print(what, file=sys.stderr, flush=True)


def main() -> int:
    """Kill, and say what became of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--sessions", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=2.0, help="seconds after which at the latest a run is killed")
    parser.add_argument("--minutes", type=float, default=0.0, help="end then, however many kills there were (0: never)")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    _import_everything()
    available_tier()  # found out once, for all that are forked
    begun = time.monotonic()
    tally = Tally()
    wanted = {"session": round(options.kills * options.sessions)}
    wanted["bench"] = options.kills - wanted["session"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SECONDPASS_HOME"] = str(Path(folder, "killed"))
        while tally.kills != wanted and not (options.minutes and time.monotonic() - begun > 60 * options.minutes):
            kinds = [kind for kind, count in wanted.items() if tally.kills[kind] < count]
            kind = draw.choice(kinds)
            longest = draw.uniform(0.002, options.longest if kind == "bench" else options.longest / 4)
            (_kill_a_session if kind == "session" else _kill_a_run)(tally, draw, longest)
        if wanted["bench"]:
            _compare_with_undisturbed(tally, Path(folder, "whole"))
    total = sum(tally.kills.values())
    print(
        f"{total} kills ({tally.kills['session']} of sessions, {tally.kills['bench']} of benchmark runs; seed "
        f"{options.seed}); {tally.ends['session']} sessions and {tally.ends['bench']} runs came to their end first. "
        f"{tally.events} events and {tally.samples} samples that had been told were looked for, {tally.torn} torn lines"
        f" were found: {len(tally.problems)} problems; {time.monotonic() - begun:.0f} s."
    )
    return 1 if tally.problems else 0


def _import_everything() -> None:
    for package in ("core", "analyzers"):
        for module in pkgutil.walk_packages([str(checkout.ROOT / package)], f"{package}."):
            if not any(part in module.name for part in NOT_IMPORTED):
                importlib.import_module(module.name)
    for name in ("bench_run", "run"):
        importlib.import_module(f"tui.cli.{name}")


def _killed(arguments: Sequence[str], seconds: float) -> tuple[list[dict[str, Any]], bool, int]:
    """What the program told in whole lines before it was killed, whether it was, and its exit status otherwise."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(writing, 1)
            os.dup2(os.open(os.environ.get("FAULT_STDERR", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
            os.closerange(3, 64)
            # Those of this process may hold what was not written yet.
            sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(number, "w"), "utf-8") for number in (1, 2))
            status = command(list(arguments))
            sys.stdout.flush()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    out, killed = b"", False
    deadline = time.monotonic() + seconds
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 and not killed:
                os.killpg(pid, signal.SIGKILL) if _leads(pid) else os.kill(pid, signal.SIGKILL)
                killed = True
            if select.select([reading], [], [], max(left, 0) if not killed else 30)[0]:
                piece = os.read(reading, 1 << 16)
                if not piece:
                    break
                out += piece
    finally:
        os.close(reading)
        _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status)
    return [json.loads(line) for line in out.split(b"\n")[:-1]], killed, 0 if killed else os.WEXITSTATUS(status)


def _leads(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(pid) == pid
    return False


_finished: dict[Path, str] = {}
"""The logs that were complete, and the digest of each: they must stay as they are."""


def _kill_a_session(tally: Tally, draw: random.Random, seconds: float) -> None:
    spec = draw.choice(sorted((checkout.ROOT / "examples").glob("*.py")))
    before = set(session_paths())
    arguments = ["run", str(spec), "--pair", "demo", "--pattern", draw.choice(PATTERNS), "--output", "jsonl"]
    told, killed, status = _killed(arguments, seconds)
    tally.kills["session"] += killed
    tally.ends["session"] += not killed
    if not killed and status not in (0, 1):
        tally.wrong(f"a session ended with exit status {status}")
    new = set(session_paths()) - before
    if len(new) > 1 or (told and not new):
        tally.wrong(f"{len(new)} logs were made for one session")
    for path in new:
        _check_log(tally, path, told)
    for path, digest in _finished.items():
        if _digest(path) != digest:
            tally.wrong(f"{path} was complete and has changed")
    if len(_finished) > 40:  # looking at all of them each time would take longer each time
        _start_afresh(tally)


def _check_log(tally: Tally, path: Path, told: list[dict[str, Any]]) -> None:
    content = path.read_bytes()
    tally.torn += bool(content) and not content.endswith(b"\n")
    if not content.rstrip():
        if told:
            tally.wrong(f"{path} is empty although {len(told)} events had been told")
        return
    try:
        events = list(read_events(path))
    except Exception as error:
        if content.count(b"\n"):
            tally.wrong(f"{path} cannot be read: {error}")
        return
    numbers = [event.n for event in events]
    if numbers != sorted(set(numbers)):
        tally.wrong(f"{path} holds an event twice, or not in order")
    kept = set(numbers)
    for event in told:
        if event["type"] not in UNLOGGED:
            tally.events += 1
            if event["n"] not in kept:
                tally.wrong(f"{path} lacks event {event['n']} ({event['type']}), which had been told")
    log = _opened(path)  # which drops a torn line
    log.append_after(SessionRenamed(n=0, at=0.0, title="after the kill"), last=(numbers[-1], events[-1].at))
    log.close()
    if log.problem or [event.n for event in read_events(path)] != [*numbers, numbers[-1] + 1]:
        tally.wrong(f"{path} cannot be gone on with: {log.problem}")
    if path not in {each.path for each in list_sessions()}:
        tally.wrong(f"{path} is not listed")
    _finished[path] = _digest(path)


def _opened(path: Path) -> SessionLog:
    """The log of a killed session. A child that was forked and not yet replaced by its program holds the lock as well,
    until it is."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return SessionLog(path)
        except SessionInUseError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _start_afresh(tally: Tally) -> None:
    if len(list_sessions()) < len(_finished):
        tally.wrong("a session that was complete is not listed any more")
    for path in session_paths():
        path.unlink()
    _finished.clear()


_resumed: dict[str, str] = {}
"""``id`` of the run that is gone on with."""


def _bench_arguments() -> list[str]:
    if "id" in _resumed:
        return ["bench", "run", "--output", "jsonl", "--resume", _resumed["id"]]
    return [*BENCH, *(word for pattern in PATTERNS for word in ("--pattern", pattern))]


def _kill_a_run(tally: Tally, draw: random.Random, seconds: float) -> None:
    told, killed, status = _killed(_bench_arguments(), seconds)
    tally.kills["bench"] += killed
    tally.ends["bench"] += not killed
    if not killed and status != 0:
        tally.wrong(f"a run ended with exit status {status}")
    _check_store(tally, told)


def _check_store(tally: Tally, told: list[dict[str, Any]]) -> None:
    path = Path(os.environ["SECONDPASS_HOME"], "data", "bench", "runs.sqlite")
    if not path.exists():
        return
    with Store(path) as store:
        runs = store.runs()
        if not runs:
            return
        run = runs[0]
        results = store.results(run)
        keys = [(each.key.pattern, each.key.task) for each in results]
        if len(set(keys)) != len(keys):
            tally.wrong("a sample is there twice")
        for line in told:
            if line["type"] == "finished":
                tally.samples += 1
                if (line["pattern"], line["task"]) not in keys:
                    tally.wrong(f"a sample that was finished is lost: {line}")
        if run.complete and all(each.judged for each in results):
            _compared.append(_outcome(results))
            _resumed.clear()
        else:
            _resumed["id"] = run.id


_compared: list[dict[tuple[str, str], tuple[Any, ...]]] = []
"""The results of runs that were killed again and again and came to their end."""


def _outcome(results: Sequence[Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(r.key.pattern, r.key.task): (r.draft, r.final, r.draft_passes, r.passes) for r in results}


def _compare_with_undisturbed(tally: Tally, home: Path) -> None:
    for _ in range(20):
        if "id" not in _resumed:
            break
        told, killed, _ = _killed(_bench_arguments(), 300)
        if killed:
            tally.wrong("a resumed run does not come to its end")
            return
        _check_store(tally, told)
    os.environ["SECONDPASS_HOME"] = str(home)
    _resumed.clear()
    disturbed = list(_compared)
    told, killed, _ = _killed(_bench_arguments(), 300)
    _check_store(tally, told)
    if killed or len(_compared) != len(disturbed) + 1:
        tally.wrong("an undisturbed run does not come to its end")
        return
    if any(each != _compared[-1] for each in disturbed):
        tally.wrong("a run that was killed and resumed has other results than an undisturbed one")


if __name__ == "__main__":
    sys.exit(main())
